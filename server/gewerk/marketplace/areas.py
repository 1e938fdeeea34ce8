"""Who works at a place, and at which places does somebody work? By what firms say of their area.

A radius is kilometres as the crow flies where the postcodes have a position; where one has none it is the region of the postcode.
"""

import re
from collections.abc import Callable

from django.db.models import Q

from gewerk.firms.models import AreaKind, FirmProfile
from gewerk.identity.models import Organisation
from gewerk.kit import lookups  # noqa: F401 - registers ``names_any_of`` and ``among``
from gewerk.marketplace.postcodes import region_of
from gewerk.places import distances_from, nearby

_COARSE_KM = 100
"""Radii up to here are sieved by the database first; who says more is looked at one by one."""

InRadius = Callable[[str, int | None], bool]
"""Own postcode and radius in kilometres of a firm."""


def works_at(country: str, postcode: str) -> tuple[Q, InRadius] | None:
    """Of organisations: a condition that leaves out nobody who works there, and what a firm with a radius has to pass besides.

    None where no place is known: then everybody counts as working there.
    """
    region = region_of(country, postcode)
    if region is None:
        return None
    spellings = {postcode, postcode.replace(" ", "")}
    beginnings = sorted({spelling[:length] for spelling in spellings for length in range(1, len(spelling) + 1)})
    around = Q(firm_profile__area_kind=AreaKind.RADIUS)
    near = nearby(country, postcode, _COARSE_KM)
    # Where a postcode of the table is a whole postcode, the database may ask for it.
    if near is not None and country in {"DE", "AT"}:
        around &= (
            Q(firm_profile__area_radius_km__gt=_COARSE_KM) | Q(postcode__among=near) | Q(postcode__regex=region.pattern)
        )
    may = (
        Q(firm_profile__isnull=True)
        | Q(firm_profile__area_kind=AreaKind.ANYWHERE)
        | Q(firm_profile__area_kind=AreaKind.POSTCODES, firm_profile__area_postcodes__names_any_of=beginnings)
        | around
    )
    return may, _in_radius(country, postcode, re.compile(region.pattern))


def _in_radius(country: str, postcode: str, region: "re.Pattern[str]") -> InRadius:
    distance = distances_from(country, postcode)

    def reaches(own: str, radius_km: int | None) -> bool:
        km = distance(own)
        if km is None or radius_km is None:
            return region.search(own) is not None
        return km <= radius_km

    return reaches


def places_of(firm: Organisation, field: str) -> Q:
    """Where the firm works: a condition on the postcode in ``field``."""
    profile = FirmProfile.objects.filter(firm=firm).first()
    if profile is None or profile.area_kind == AreaKind.ANYWHERE:
        return Q()
    if profile.area_kind == AreaKind.RADIUS:
        return _within(firm, profile.area_radius_km, field)
    named = Q(pk__in=[])
    for start in profile.area_postcodes:
        named |= Q(**{f"{field}__startswith": start})
    return named


def _within(firm: Organisation, radius_km: int | None, field: str) -> Q:
    near = nearby(firm.country, firm.postcode, radius_km) if radius_km is not None else None
    if near is None:
        region = region_of(firm.country, firm.postcode)
        return Q(**{f"{field}__regex": region.pattern}) if region else Q()
    if firm.country in {"DE", "AT"}:
        return Q(**{f"{field}__among": near})
    # Of a British postcode the table holds the outward part.
    return Q(**{f"{field}__regex": rf"^({'|'.join(sorted(near))}) ?[0-9][A-Z][A-Z]$"})
