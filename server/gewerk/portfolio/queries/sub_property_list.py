"""The lists of units, tenants and owners: what they find and what a row shows; a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import CharField, Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Length, NullIf

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Occupancy, Property, SubProperty, SubPropertyType, Tenure
from gewerk.portfolio.queries.findings import FoundFault
from gewerk.portfolio.queries.german_order import LeadingNumber, spelled_out
from gewerk.portfolio.queries.property_list import two_places
from gewerk.portfolio.queries.property_page import UnitRow, unit_rows
from gewerk.portfolio.queries.search import contains, words


@dataclass(frozen=True, slots=True)
class SubPropertyRow:
    """One line: a unit with its people, or a person with their units."""

    record: SubProperty
    has_finding: bool
    unit: UnitRow | None = None
    units: tuple[SubProperty, ...] = ()

    @property
    def properties(self) -> tuple[Property, ...]:
        """Where the person's units lie, each property once."""
        found = {u.property_id: u.property for u in self.units if u.property is not None}
        return tuple(found.values())


def found_sub_properties(actor: Actor, kind: str, text: str) -> QuerySet[SubProperty]:
    """Records of that kind in which every typed word occurs, or in their property; a unit is found by its tenants too, and a
    person by the units they hold."""
    found = sub_properties(actor).filter(type=kind)
    tenures = Tenure.objects.filter(organisation_id=actor.organisation_id)
    for spellings in words(text):
        # The few properties are searched first, not once more for every unit in them.
        there = properties(actor).filter(contains(spellings)).values("pk")
        if kind == SubPropertyType.UNIT:
            live = tenures.filter(contains(spellings, field="party__search"), party__archived_at__isnull=True)
            found = found.filter(contains(spellings) | Q(property_id__in=there) | Q(pk__in=live.values("unit_id")))
        else:
            units = sub_properties(actor).filter(contains(spellings), type=SubPropertyType.UNIT).values("pk")
            held = tenures.filter(Q(unit_id__in=units) | Q(unit__property_id__in=there))
            found = found.filter(contains(spellings) | Q(pk__in=held.values("party_id")))
    return found


def in_property(rows: QuerySet[SubProperty], kind: str, property_ids: list[UUID]) -> QuerySet[SubProperty]:
    if kind == SubPropertyType.UNIT:
        return rows.filter(property_id__in=property_ids)
    return rows.filter(pk__in=Tenure.objects.filter(unit__property_id__in=property_ids).values("party_id"))


def in_city(rows: QuerySet[SubProperty], kind: str, city: str) -> QuerySet[SubProperty]:
    if kind == SubPropertyType.UNIT:
        return rows.filter(property__city=city)
    return rows.filter(pk__in=Tenure.objects.filter(unit__property__city=city).values("party_id"))


def without_tenant(actor: Actor, rows: QuerySet[SubProperty], *, as_of: date) -> QuerySet[SubProperty]:
    """Units that are let although no tenant of today was sent."""
    now = Tenure.objects.filter(
        Q(party__contract_start__isnull=True) | Q(party__contract_start__lte=as_of),
        Q(party__contract_end__isnull=True) | Q(party__contract_end__gte=as_of),
        organisation_id=actor.organisation_id,
        party__type=SubPropertyType.TENANT,
        party__archived_at__isnull=True,
    )
    return rows.filter(occupancy=Occupancy.LET).exclude(pk__in=now.values("unit_id"))


def unit_list_rows(listed: Sequence[SubProperty], *, fault: FoundFault, as_of: date) -> list[SubPropertyRow]:
    """Units with their people: one query for the page."""
    faulty = fault.of(SubPropertyType.UNIT)
    return [
        SubPropertyRow(row.unit, row.unit.external_id in faulty, unit=row) for row in unit_rows(listed, as_of=as_of)
    ]


def party_list_rows(listed: Sequence[SubProperty], *, fault: FoundFault) -> list[SubPropertyRow]:
    """People with their units and the units' properties: one query for the page."""
    held: dict[UUID, list[SubProperty]] = {}
    tenures = Tenure.objects.filter(party_id__in=[one.pk for one in listed]).select_related("unit__property")
    for tenure in tenures.order_by("unit__external_id"):
        held.setdefault(tenure.party_id, []).append(tenure.unit)
    return [
        SubPropertyRow(one, one.external_id in fault.of(one.type), units=tuple(held.get(one.pk, ()))) for one in listed
    ]


@dataclass(frozen=True, slots=True)
class SubPropertyTotals:
    records: int
    vacant: int
    area_m2: Decimal


def sub_property_totals(rows: QuerySet[SubProperty]) -> SubPropertyTotals:
    """Count and sums over the whole list, in one query."""
    area = Coalesce("living_area_m2", "usable_area_m2")
    found = rows.order_by().aggregate(
        records=Count("pk"),
        vacant=Count("pk", filter=Q(occupancy=Occupancy.VACANT)),
        area=Sum(area, output_field=DecimalField(max_digits=14, decimal_places=2)),
    )
    return SubPropertyTotals(found["records"], found["vacant"], two_places(found["area"]))


def with_order(rows: QuerySet[SubProperty], kind: str) -> QuerySet[SubProperty]:
    """``street_order``, ``number_order`` and ``id_length`` of a unit, ``name_order`` of a person, for sorting as a clerk expects."""
    if kind == SubPropertyType.UNIT:
        return rows.alias(
            street_order=spelled_out("property__street"),
            number_order=LeadingNumber("property__house_number"),
            # A shorter number comes first: unit 9 before unit 10.
            id_length=Length("external_id"),
        )
    surname = Coalesce(NullIf("last_name", Value("")), "company_name", output_field=CharField())
    return rows.alias(name_order=spelled_out(surname))
