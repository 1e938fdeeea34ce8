"""Who works at a place? By what firms say of their area."""

from django.db.models import Q

from gewerk.firms.models import AreaKind
from gewerk.kit import lookups  # noqa: F401 - registers ``names_any_of``
from gewerk.marketplace.postcodes import region_of


def works_at(country: str, postcode: str) -> Q | None:
    """Of organisations. None where no place is known: then everybody counts as working there.

    Nobody's coordinates are known, so a firm that works within a radius counts where it sits in the region.
    """
    region = region_of(country, postcode)
    if region is None:
        return None
    spellings = {postcode, postcode.replace(" ", "")}
    beginnings = sorted({spelling[:length] for spelling in spellings for length in range(1, len(spelling) + 1)})
    return (
        Q(firm_profile__isnull=True)
        | Q(firm_profile__area_kind=AreaKind.ANYWHERE)
        | Q(firm_profile__area_kind=AreaKind.POSTCODES, firm_profile__area_postcodes__names_any_of=beginnings)
        | Q(firm_profile__area_kind=AreaKind.RADIUS, postcode__regex=region.pattern)
    )
