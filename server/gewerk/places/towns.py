"""Towns by which one finds one's way on a map."""

import csv
import gzip
from dataclasses import dataclass
from functools import lru_cache

from gewerk.places.table import DELIVERED, Position


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    position: Position
    people: int


@lru_cache
def towns(country: str) -> tuple[Town, ...]:
    """Of more than 10,000 people, the greatest first; none of a country that is not delivered."""
    with gzip.open(DELIVERED / "towns.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return tuple(
            Town(name, Position(float(latitude), float(longitude)), int(people))
            for of, name, latitude, longitude, people in csv.reader(lines)
            if of == country
        )
