"""How far two positions are apart, as the crow flies, and which postcodes lie around one."""

import math
from collections.abc import Callable
from functools import lru_cache

from gewerk.places.table import Position, place_of, places

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
_MOST_KEPT = 512


def km_between(one: Position, other: Position) -> float:
    """Kilometres along the great circle."""
    return _km(one.vector, other.vector)


def distance_km(country: str, postcode_a: str, postcode_b: str) -> float | None:
    """Between two postcodes of one country; 0 for the same, None where one has no position."""
    return distances_from(country, postcode_a)(postcode_b)


def distances_from(country: str, postcode: str) -> Callable[[str], float | None]:
    """As ``distance_km`` from the one to many: a microsecond or two each."""
    here, known = place_of(country, postcode), places(country)
    if here is None:
        return lambda _: None
    vector = here.vector

    def to(other: str) -> float | None:
        there = known.get(other) or place_of(country, other)
        return _km(vector, there.vector) if there else None

    return to


def nearby(country: str, postcode: str, km: float) -> frozenset[str] | None:
    """The postcodes within ``km``, as ``key_of`` names them, itself among them; None where its position is not known.

    Ask ``key_of(country, firm.postcode) in nearby(...)``. A few milliseconds the first time; kept for the same question after that.
    """
    here = place_of(country, postcode)
    return _around(country, here.vector, km) if here else None


@lru_cache(maxsize=_MOST_KEPT)
def _around(country: str, here: tuple[float, float, float], km: float) -> frozenset[str]:
    reach = _chord(km)
    x, y, z = here
    return frozenset(
        postcode
        for postcode, place in places(country).items()
        if (place.vector[0] - x) ** 2 + (place.vector[1] - y) ** 2 + (place.vector[2] - z) ** 2 <= reach
    )


def _chord(km: float) -> float:
    """The square of the straight way through a sphere of radius 1 under an arc of so many kilometres, and a hair more."""
    return (2 * math.sin(min(max(km, 0.0) / EARTH_KM, math.pi) / 2)) ** 2 + 1e-15


def _km(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    half = math.dist(one, other) / 2
    return 2 * EARTH_KM * math.asin(min(half, 1.0))
