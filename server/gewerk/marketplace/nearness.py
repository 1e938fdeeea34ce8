"""How near a firm is to the place of work: in kilometres where both postcodes have a position, else by the areas that they share.

Both are put on one scale of steps, 0 to ``postcodes.SAME``, so that an order can weigh firms of both kinds. Pure: no query.
"""

import re
from dataclasses import dataclass

from gewerk.marketplace.postcodes import SAME, areas_of
from gewerk.places import distance_km

BANDS_KM = (5, 15, 40, 100)
"""Up to so many kilometres are 4, 3, 2 and 1 steps near; about as wide as the areas of a postcode that stand in for them."""


@dataclass(frozen=True, slots=True)
class Nearness:
    steps: int
    """0 (far, or not known) to ``postcodes.SAME``."""
    km: float | None
    """As the crow flies between the middles of the postcodes; None where one has no position."""
    area: str
    """The narrowest area of postcodes that both share; empty: none."""


def nearness(country: str, work: str, firm: str) -> Nearness:
    """Of the postcode ``firm`` to the postcode ``work``, both of ``country``."""
    shared = [area.label for area in areas_of(country, work) if re.match(area.pattern, firm.strip().upper())]
    area = shared[-1] if shared else ""
    km = distance_km(country, work, firm)
    return Nearness(len(shared) if km is None else steps_of(km), km, area)


def steps_of(km: float) -> int:
    """``BANDS_KM`` as steps."""
    return next((SAME - n for n, most in enumerate(BANDS_KM) if km <= most), 0)


def within_radius(country: str, work: str, firm: str, km: int) -> bool | None:
    """Whether a firm that works ``km`` around its own postcode comes to ``work``; None where a position is missing."""
    apart = distance_km(country, work, firm)
    return None if apart is None else apart <= km
