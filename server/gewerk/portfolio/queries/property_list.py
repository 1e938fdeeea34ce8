"""The list of properties: what it finds, and what each row shows. The number of queries does not depend on the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Occupancy, Property, SubProperty, SubPropertyType, Tenure
from gewerk.portfolio.queries.findings import FoundFault, property_has_finding
from gewerk.portfolio.queries.german_order import LeadingNumber, spelled_out
from gewerk.portfolio.queries.search import contains, occurs, words

ROWS_FOUND_BY = 3
"""A row names at most so many units or people through which it was found."""


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """One line of the list. Areas in m²: living area, where there is none usable area."""

    record: Property
    units: int
    let: int
    vacant: int
    area_m2: Decimal
    has_finding: bool
    found_by: tuple[tuple[str, str], ...]
    """(type, name) of units, tenants and landlords that the search hit instead of the property itself."""

    @property
    def vacancy(self) -> float:
        return self.vacant / self.units if self.units else 0.0


@dataclass(frozen=True, slots=True)
class PropertyTotals:
    properties: int
    units: int
    vacant: int
    area_m2: Decimal

    @property
    def vacancy(self) -> float:
        return self.vacant / self.units if self.units else 0.0


def _live_units(actor: Actor) -> QuerySet[SubProperty]:
    return sub_properties(actor).filter(type=SubPropertyType.UNIT, archived_at__isnull=True)


def found_properties(actor: Actor, text: str) -> QuerySet[Property]:
    """Properties in which every typed word occurs: in street, number, postcode, city, district, name or external id, or in
    the name or number of one of their units, tenants or landlords."""
    found = properties(actor)
    for spellings in words(text):
        hit = sub_properties(actor).filter(contains(spellings), archived_at__isnull=True)
        parties = Tenure.objects.filter(
            contains(spellings, field="party__search"),
            organisation_id=actor.organisation_id,
            party__archived_at__isnull=True,
        )
        found = found.filter(
            contains(spellings)
            | Q(pk__in=hit.filter(type=SubPropertyType.UNIT).values("property_id"))
            | Q(pk__in=parties.values("unit__property_id"))
        )
    return found


def with_street_order(rows: QuerySet[Property]) -> QuerySet[Property]:
    """``street_order``, ``number_order`` and ``city_order``, for sorting as a clerk expects."""
    return rows.alias(
        street_order=spelled_out("street"), number_order=LeadingNumber("house_number"), city_order=spelled_out("city")
    )


def in_street_order(rows: QuerySet[Property]) -> QuerySet[Property]:
    order: Sequence[str] = ("street_order", "number_order", "house_number", "pk")
    return with_street_order(rows).order_by(*order)


def with_vacancy_over(rows: QuerySet[Property], share: float) -> QuerySet[Property]:
    """Properties with a greater share (0 to 1) of vacant units."""
    return with_unit_counts(rows).filter(Q(vacancy__gt=share))


def _units_of_outer() -> QuerySet[SubProperty, Any]:
    """Live units of the outer query's property, which is the actor's already.

    Only units stand in a property, so the condition on it says all: with organisation and type beside it, SQLite's planner
    would go through all units of the organisation once per property.
    """
    return (
        SubProperty.objects.filter(property_id=OuterRef("pk"), archived_at__isnull=True)
        .order_by()
        .values("property_id")
    )


def _count(**conditions: str) -> Coalesce:
    return Coalesce(Subquery(_units_of_outer().filter(**conditions).annotate(n=Count("pk")).values("n")), Value(0))


def with_unit_counts(rows: QuerySet[Property]) -> QuerySet[Property]:
    """``unit_count``, ``vacant_count`` and ``vacancy`` (share of vacant units, null without units), for sorting and filtering."""
    return rows.alias(unit_count=_count(), vacant_count=_count(occupancy=Occupancy.VACANT)).alias(
        vacancy=Cast(F("vacant_count"), FloatField()) / NullIf(Cast(F("unit_count"), FloatField()), Value(0.0)),
    )


def with_area(rows: QuerySet[Property]) -> QuerySet[Property]:
    """``area`` in m², for sorting."""
    return rows.alias(area=Subquery(_units_of_outer().annotate(sum=_area()).values("sum")))


def _area() -> Sum:
    return Sum(Coalesce("living_area_m2", "usable_area_m2"), output_field=DecimalField(max_digits=14, decimal_places=2))


def two_places(area: Decimal | None) -> Decimal:
    """A sum of areas as it was stored: SQLite adds in floating point."""
    return (area or Decimal(0)).quantize(Decimal("0.01"))


def property_rows(
    actor: Actor, listed: Sequence[Property], *, text: str = "", fault: FoundFault | None = None
) -> list[PropertyRow]:
    """What the list shows of these properties: one query for the counts, one for findings, two for what the search hit."""
    ids = [p.pk for p in listed]
    counts = {
        row["property_id"]: row
        # The ids are the actor's already; see ``_units_of_outer``.
        for row in SubProperty.objects.filter(property_id__in=ids, archived_at__isnull=True)
        .order_by()
        .values("property_id")
        .annotate(
            units=Count("pk"),
            let=Count("pk", filter=Q(occupancy=Occupancy.LET)),
            vacant=Count("pk", filter=Q(occupancy=Occupancy.VACANT)),
            area=_area(),
        )
    }
    faulty = _with_finding(actor, listed, fault)
    found_by = _found_by(listed, text)
    nothing: dict[str, Any] = {"units": 0, "let": 0, "vacant": 0, "area": None}
    rows = []
    for one in listed:
        count: Mapping[str, Any] = counts.get(one.pk, nothing)
        rows.append(
            PropertyRow(
                record=one,
                units=count["units"],
                let=count["let"],
                vacant=count["vacant"],
                area_m2=two_places(count["area"]),
                has_finding=one.pk in faulty,
                found_by=tuple(found_by.get(one.pk, ()))[:ROWS_FOUND_BY],
            )
        )
    return rows


def property_totals(actor: Actor, listed: QuerySet[Property]) -> PropertyTotals:
    """Count and sums over the whole list, not only its page: two queries."""
    sums = (
        _live_units(actor)
        .filter(property_id__in=listed.order_by().values("pk"))
        .aggregate(
            units=Count("pk"),
            vacant=Count("pk", filter=Q(occupancy=Occupancy.VACANT)),
            area=_area(),
        )
    )
    return PropertyTotals(
        properties=listed.count(), units=sums["units"], vacant=sums["vacant"], area_m2=two_places(sums["area"])
    )


def _with_finding(actor: Actor, listed: Sequence[Property], fault: FoundFault | None) -> set[object]:
    if fault is None or not fault.by_entity:
        return set()
    return set(
        properties(actor)
        .filter(property_has_finding(actor, fault), pk__in=[p.pk for p in listed])
        .values_list("pk", flat=True)
    )


def _found_by(listed: Sequence[Property], text: str) -> dict[object, list[tuple[str, str]]]:
    """Units and people that explain why a property is in the list although its own text lacks a typed word."""
    typed = words(text)
    unexplained = {p.pk: [w for w in typed if not occurs(w, p.search)] for p in listed}
    wanted = {pk: missing for pk, missing in unexplained.items() if missing}
    if not wanted:
        return {}
    any_word = Q()
    any_party_word = Q()
    for spellings in dict.fromkeys(w for missing in wanted.values() for w in missing):
        any_word |= contains(spellings)
        any_party_word |= contains(spellings, field="party__search")
    found: dict[object, list[tuple[str, str]]] = {}
    units = SubProperty.objects.filter(any_word, property_id__in=wanted, archived_at__isnull=True).order_by(
        "external_id"
    )
    for property_id, name, external_id in units.values_list("property_id", "name", "external_id"):
        found.setdefault(property_id, []).append((SubPropertyType.UNIT, name or external_id or ""))
    parties = Tenure.objects.filter(
        any_party_word,
        unit__property_id__in=wanted,
        party__archived_at__isnull=True,
    ).order_by("party__name")
    for property_id, kind, name in parties.values_list("unit__property_id", "party__type", "party__name").distinct():
        found.setdefault(property_id, []).append((kind, name))
    return found
