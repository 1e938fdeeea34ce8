"""How near a firm is to the place of work: in kilometres where both postcodes have a position, else by the areas that they share.

Both are put on one scale of steps, 0 to ``postcodes.SAME``, so that an order can weigh firms of both kinds. Pure: no query.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from gewerk.config.installation import installation
from gewerk.marketplace.postcodes import SAME, steps_to
from gewerk.places import distances_from

BANDS_KM = (5, 15, 40, 100)
"""Up to so many kilometres are 4, 3, 2 and 1 steps near; about as wide as the areas of a postcode that stand in for them."""


@dataclass(frozen=True, slots=True)
class Nearness:
    steps: int
    """0 (far, or not known) to ``postcodes.SAME``."""
    km: float | None
    """As the crow flies between the middles of the postcodes; None where one has no position."""


_MOST_KEPT = 64
"""Places of work, each with the postcodes that were asked for: up to a megabyte of a large country."""


def nearness_to(country: str, work: str) -> Callable[[str], Nearness]:
    """Of a firm's postcode to the postcode ``work``, both of ``country``; each postcode is reckoned once."""
    return _nearness(country, work, installation().data)


@lru_cache(maxsize=_MOST_KEPT)
def _nearness(country: str, work: str, _tables: Path) -> Callable[[str], Nearness]:
    shared, distance = steps_to(country, work), distances_from(country, work)

    @cache
    def near(firm: str) -> Nearness:
        km = distance(firm)
        return Nearness(shared(firm) if km is None else steps_of(km), km)

    return near


def steps_of(km: float) -> int:
    """``BANDS_KM`` as steps."""
    return SAME - bisect_left(BANDS_KM, km)
