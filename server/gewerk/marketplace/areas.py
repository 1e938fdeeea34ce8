"""Who works at a place, and at which places does somebody work? By what firms say of their area.

A radius is kilometres as the crow flies where the postcodes have a position; where one has none it is the region of the postcode.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Q, UUIDField

from gewerk.firms.models import AreaKind, FirmProfile
from gewerk.identity.models import Organisation
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.marketplace.postcodes import region_of
from gewerk.places import distances_from, nearby


@dataclass(frozen=True, slots=True)
class Area:
    """Where a firm says that it works (``FirmProfile``)."""

    kind: str
    postcodes: tuple[str, ...]
    radius_km: int | None


Works = Callable[[str, Area | None], bool]
"""Own postcode and area of a firm; no area: it says nothing, and counts as working everywhere."""


def works_at(country: str, postcode: str) -> Works | None:
    """Does a firm work at this place? Pure: no query. None where no place is known: then everybody counts as working there."""
    region = region_of(country, postcode)
    if region is None:
        return None
    beginnings = beginnings_of(postcode)
    reaches = _in_radius(country, postcode, re.compile(region.pattern))

    def works(own: str, area: Area | None) -> bool:
        if area is None or area.kind == AreaKind.ANYWHERE:
            return True
        if area.kind == AreaKind.POSTCODES:
            return not beginnings.isdisjoint(area.postcodes)
        return reaches(own, area.radius_km)

    return works


def beginnings_of(postcode: str) -> frozenset[str]:
    """What a firm may name of it, with and without its space."""
    spellings = {postcode, postcode.replace(" ", "")}
    return frozenset(spelling[:length] for spelling in spellings for length in range(1, len(spelling) + 1))


def _in_radius(country: str, postcode: str, region: "re.Pattern[str]") -> Callable[[str, int | None], bool]:
    distance = distances_from(country, postcode)

    def reaches(own: str, radius_km: int | None) -> bool:
        km = distance(own)
        if km is None or radius_km is None:
            return region.search(own) is not None
        return km <= radius_km

    return reaches


class Form(StrEnum):
    """Of the condition that picks the places where a firm works."""

    EVERYWHERE = "everywhere"
    AMONG = "among"
    LIKE = "like"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a firm works, as a database is asked."""

    form: Form
    postcodes: frozenset[str] = frozenset()
    pattern: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """Of ``at_places`` of this form."""
        return {"postcodes": self.postcodes, "pattern": self.pattern}


def at_places(form: Form, field: str) -> Q:
    """A condition on the postcode in ``field``, for a prepared query: ``Places.values`` belong to it."""
    if form is Form.AMONG:
        return Q(**{f"{field}__among": GivenMany("postcodes", CharField())})
    return Q(**{f"{field}__regex": Given("pattern", CharField())}) if form is Form.LIKE else Q()


_profile = prepared(lambda: FirmProfile.objects.filter(firm_id=Given("firm", UUIDField())))


def places_of(firm: Organisation) -> Places:
    """Where the firm works. One query."""
    profile = next(iter(_profile(firm=firm.pk)), None)
    if profile is None or profile.area_kind == AreaKind.ANYWHERE:
        return Places(Form.EVERYWHERE)
    if profile.area_kind == AreaKind.RADIUS:
        return _within(firm, profile.area_radius_km)
    return _like([re.escape(start) for start in profile.area_postcodes])


def _within(firm: Organisation, radius_km: int | None) -> Places:
    near = nearby(firm.country, firm.postcode, radius_km) if radius_km is not None else None
    if near is None:
        region = region_of(firm.country, firm.postcode)
        return Places(Form.LIKE, pattern=region.pattern) if region else Places(Form.EVERYWHERE)
    if firm.country in {"DE", "AT"}:
        return Places(Form.AMONG, near)
    # Of a British postcode the table holds the outward part.
    return _like([f"{outward} ?[0-9][A-Z][A-Z]$" for outward in sorted(near)])


def _like(beginnings: list[str]) -> Places:
    return Places(Form.LIKE, pattern=f"^({'|'.join(beginnings)})") if beginnings else Places(Form.AMONG)
