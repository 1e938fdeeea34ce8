"""One property with its units, who holds them, who owns them: five queries, however many units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.portfolio.models import Occupancy, OutsideReference, Property, SubProperty, SubPropertyType, Tenure
from gewerk.portfolio.queries.occupants import Occupants, Stay, occupants

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its tenants before, now and next."""

    unit: SubProperty
    tenants: Occupants[Stay]
    owners: tuple[Stay, ...]

    @property
    def area_m2(self) -> Decimal | None:
        """Living area, where there is none usable area."""
        return self.unit.living_area_m2 if self.unit.living_area_m2 is not None else self.unit.usable_area_m2

    @property
    def is_let_without_tenant(self) -> bool:
        """Let according to the ERP, to somebody who was not sent (spec 01, rule 9)."""
        return self.unit.occupancy == Occupancy.LET and not self.tenants.now

    @property
    def is_vacant(self) -> bool:
        """Vacant according to the ERP; a unit made by hand is so when nobody holds it now."""
        return self.unit.occupancy == Occupancy.VACANT and not self.tenants.now

    @property
    def is_let(self) -> bool:
        return bool(self.tenants.now) or self.unit.occupancy == Occupancy.LET


@dataclass(frozen=True, slots=True)
class PropertyUnits:
    rows: tuple[UnitRow, ...]
    owners: tuple[Stay, ...]
    """Present owners of any unit, each once."""

    @property
    def area_m2(self) -> Decimal:
        return sum((row.area_m2 or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def let(self) -> int:
        return sum(row.is_let for row in self.rows)

    @property
    def vacant(self) -> int:
        return sum(row.is_vacant for row in self.rows)

    @property
    def without_tenant(self) -> int:
        return sum(row.is_let_without_tenant for row in self.rows)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which 9 comes before 10 and 12 before 12 a."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text) if part)


def property_units(one: Property, *, as_of: date) -> PropertyUnits:
    """The live units of a property in their natural order, with the people at ``as_of``."""
    units = list(SubProperty.objects.filter(property=one, archived_at__isnull=True))
    for unit in units:
        unit.property = one  # known already: no query per unit
    units.sort(key=lambda u: (natural(u.external_id or u.name), u.pk))
    rows = unit_rows(units, as_of=as_of)
    owners = {owner.party_id: owner for row in rows for owner in row.owners}
    return PropertyUnits(rows=rows, owners=tuple(sorted(owners.values(), key=lambda o: o.name)))


def unit_rows(units: Iterable[SubProperty], *, as_of: date) -> tuple[UnitRow, ...]:
    """The units with their people, in one query."""
    listed = list(units)
    stays = stays_of([u.pk for u in listed])
    rows = []
    for unit in listed:
        mine = stays.get(unit.pk, {})
        owners = occupants(mine.get(SubPropertyType.LANDLORD, []), as_of=as_of)
        rows.append(UnitRow(unit, occupants(mine.get(SubPropertyType.TENANT, []), as_of=as_of), owners.now))
    return tuple(rows)


def stays_of(unit_ids: list[UUID]) -> dict[UUID, dict[str, list[Stay]]]:
    """Contract parties by unit and kind."""
    # The units are the actor's already: asked by unit alone, the database takes the index on it.
    tenures = Tenure.objects.filter(unit_id__in=unit_ids).values_list(
        "unit_id",
        "party_id",
        "party__type",
        "party__name",
        "party__contract_start",
        "party__contract_end",
        "party__archived_at",
    )
    found: dict[UUID, dict[str, list[Stay]]] = {}
    for unit_id, party_id, kind, name, start, end, archived_at in tenures:
        stay = Stay(party_id=party_id, name=name, start=start, end=end, live=archived_at is None)
        found.setdefault(unit_id, {}).setdefault(kind, []).append(stay)
    return found


def outside_references(actor: Actor, object_type: str, object_id: UUID) -> list[OutsideReference]:
    return list(
        OutsideReference.objects.filter(
            organisation_id=actor.organisation_id, object_type=object_type, object_id=object_id
        ).order_by("system", "reference")
    )
