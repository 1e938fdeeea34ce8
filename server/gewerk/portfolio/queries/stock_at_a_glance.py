"""The whole stock in a handful of numbers, for the front page: two queries, whatever its size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from gewerk.identity.access import require, sees_stock
from gewerk.journal.actor import Actor
from gewerk.kit.kept import Kept
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Occupancy, SubPropertyType, Usage


@dataclass(frozen=True, slots=True)
class Occupied:
    """Units by occupancy. A let flat whose tenant was not sent is let (spec 01, rule 9)."""

    let: int = 0
    vacant: int = 0
    unknown: int = 0

    @property
    def units(self) -> int:
        return self.let + self.vacant + self.unknown

    @property
    def vacancy(self) -> float:
        """Share of vacant units, 0 to 1."""
        return self.vacant / self.units if self.units else 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """The stock in one city."""

    city: str
    properties: int
    occupied: Occupied


@dataclass(frozen=True, slots=True)
class Glance:
    properties: int = 0
    total: Occupied = field(default_factory=Occupied)
    by_usage: tuple[tuple[Usage, Occupied], ...] = ()
    """In the order of ``Usage``; only usages that occur."""
    places: tuple[Place, ...] = ()
    """Most units first."""


def _counts() -> dict[str, Count]:
    return {
        "let": Count("pk", filter=Q(occupancy=Occupancy.LET)),
        "vacant": Count("pk", filter=Q(occupancy=Occupancy.VACANT)),
        "units": Count("pk"),
    }


def _occupied(row: Mapping[str, Any]) -> Occupied:
    return Occupied(let=row["let"], vacant=row["vacant"], unknown=row["units"] - row["let"] - row["vacant"])


def _sum(parts: Iterable[Occupied]) -> Occupied:
    listed = list(parts)
    return Occupied(
        let=sum(p.let for p in listed), vacant=sum(p.vacant for p in listed), unknown=sum(p.unknown for p in listed)
    )


_glances: Kept[Glance] = Kept(lambda glance: glance.total.units)


def stock_at_a_glance(actor: Actor) -> Glance:
    """Objects, units by usage and occupancy, places; archived records left out. Of many thousand units it may be some seconds old."""
    require(sees_stock(actor))
    return _glances.get((actor.organisation_id, actor.client_number), lambda: _looked_at(actor))


def _looked_at(actor: Actor) -> Glance:
    units = sub_properties(actor).filter(
        type=SubPropertyType.UNIT, archived_at__isnull=True, property__archived_at__isnull=True
    )
    usages: dict[str, Occupied] = {}
    cities: dict[str, Occupied] = {}
    for row in units.order_by().values("usage", city=F("property__city")).annotate(**_counts()):
        its = _occupied(row)
        usages[row["usage"]] = _sum((usages.get(row["usage"], Occupied()), its))
        cities[row["city"]] = _sum((cities.get(row["city"], Occupied()), its))
    objects = {
        row["city"]: row["n"]
        for row in properties(actor).filter(archived_at__isnull=True).order_by().values("city").annotate(n=Count("pk"))
    }
    places = [Place(city, n, cities.get(city, Occupied())) for city, n in objects.items()]
    unnamed = _sum(o for usage, o in usages.items() if usage not in Usage.values or usage == Usage.OTHER)
    by_usage = [(u, unnamed if u is Usage.OTHER else usages.get(u.value, Occupied())) for u in Usage]
    return Glance(
        properties=sum(objects.values()),
        total=_sum(usages.values()),
        by_usage=tuple((u, o) for u, o in by_usage if o.units),
        places=tuple(sorted(places, key=lambda p: (-p.occupied.units, -p.properties, p.city))),
    )
