# ruff: noqa: ARG001, ARG005 - every cell, export, filter and option takes the same arguments, needed or not
"""The list of properties: its columns, filters, tabs and sums."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import Action, Cell, Column, Filter, Listing, Option, Reader, Tab
from gewerk.entrypoints.web.manager.listing.show import show_list
from gewerk.entrypoints.web.manager.stock_kinds import stock_kinds
from gewerk.identity.models import MANAGING_ROLES, Person
from gewerk.kit.prepared import Given, prepared
from gewerk.portfolio.access import properties, property_groups, sub_properties
from gewerk.portfolio.models import Property
from gewerk.portfolio.queries.findings import found_fault, latest_runs, property_has_finding
from gewerk.portfolio.queries.property_list import (
    PropertyRow,
    found_properties,
    property_rows,
    property_totals,
    with_area,
    with_street_order,
    with_unit_counts,
    with_vacancy_over,
)
from gewerk.portfolio.queries.values import values_of

NEEDS_COUNTS = {"units", "vacant", "vacancy"}


def _address(row: PropertyRow, reader: Reader) -> Cell:
    one = row.record
    small = " ".join(p for p in (words.place_line(one), one.district) if p)
    if row.found_by:
        kind, name = row.found_by[0]
        small += " · " + _("found through %(kind)s %(name)s") % {"kind": words.KINDS.get(kind, ""), "name": name}
    return Cell(text=words.street_line(one), small=small)


def _person(person: Person | None) -> Cell:
    return Cell(text=person.name, initials=person.initials) if person else Cell(text=_("nobody"), muted=True)


def _state(row: PropertyRow, reader: Reader) -> Cell:
    if row.record.archived_at:
        return Cell(
            text=_("archived"),
            icon="archive",
            state="st st-neutral",
            title=words.archived_because(row.record.archive_reason),
        )
    if row.has_finding:
        return Cell(
            text=_("Finding"),
            icon="triangle-alert",
            state="st st-danger",
            title=_("The last run of the connector found fault with this property."),
        )
    return Cell(text=_("nothing open"), icon="check", state="st st-quiet")


def _vacant(row: PropertyRow, reader: Reader) -> Cell:
    return Cell(text=str(row.vacant), bar=row.vacancy, muted=not row.vacant, title=reader.formats.percent(row.vacancy))


def _changed(row: PropertyRow, reader: Reader) -> Cell:
    at = row.record.updated_at
    return Cell(text=reader.formats.ago(at), title=reader.formats.moment(at), muted=True)


COLUMNS: tuple[Column[PropertyRow], ...] = (
    Column(
        "address",
        gettext_lazy("Property"),
        _address,
        lambda row, reader: words.address_line(row.record),
        sort=("street_order", "number_order", "house_number", "city_order"),
    ),
    Column(
        "number",
        gettext_lazy("Number"),
        lambda row, reader: Cell(text=row.record.external_id or "–"),
        lambda row, reader: row.record.external_id,
        sort=("external_id",),
        unbroken=True,
    ),
    Column(
        "postcode",
        gettext_lazy("Postcode"),
        lambda row, reader: Cell(text=row.record.postcode),
        lambda row, reader: row.record.postcode,
        sort=("postcode", "street_order", "number_order"),
        shown=False,
    ),
    Column(
        "city",
        gettext_lazy("Place"),
        lambda row, reader: Cell(text=row.record.city),
        lambda row, reader: row.record.city,
        sort=("city_order", "street_order", "number_order", "house_number"),
        shown=False,
    ),
    Column(
        "type",
        gettext_lazy("Type"),
        lambda row, reader: Cell(text=row.record.property_type),
        lambda row, reader: row.record.property_type,
        sort=("property_type", "street_order", "number_order"),
        shown=False,
    ),
    Column(
        "units",
        gettext_lazy("Units"),
        lambda row, reader: Cell(text=str(row.units), muted=not row.units),
        lambda row, reader: row.units,
        sort=("unit_count",),
        numeric=True,
        word=gettext_lazy("units"),
    ),
    Column(
        "vacant",
        gettext_lazy("Vacant"),
        _vacant,
        lambda row, reader: row.vacant,
        sort=("vacant_count",),
        numeric=True,
        word=gettext_lazy("vacant"),
    ),
    Column(
        "vacancy",
        gettext_lazy("Vacancy"),
        lambda row, reader: Cell(text=reader.formats.percent(row.vacancy), muted=not row.vacant),
        lambda row, reader: round(100 * row.vacancy, 1),
        sort=("vacancy",),
        numeric=True,
        shown=False,
    ),
    Column(
        "area",
        gettext_lazy("Area"),
        lambda row, reader: Cell(text=reader.formats.area(row.area_m2)),
        lambda row, reader: row.area_m2,
        sort=("area",),
        numeric=True,
    ),
    Column(
        "year",
        gettext_lazy("Year of construction"),
        lambda row, reader: Cell(text=str(row.record.construction_year or "–")),
        lambda row, reader: row.record.construction_year,
        sort=("construction_year",),
        numeric=True,
        shown=False,
    ),
    Column(
        "client",
        gettext_lazy("Client"),
        lambda row, reader: Cell(text=row.record.client_number),
        lambda row, reader: row.record.client_number,
        sort=("client_number", "external_id"),
        shown=False,
    ),
    Column("state", gettext_lazy("State"), _state, lambda row, reader: str(_state(row, reader).text)),
    Column(
        "responsible",
        gettext_lazy("Responsible"),
        lambda row, reader: _person(row.record.responsible),
        lambda row, reader: row.record.responsible.name if row.record.responsible else "",
        sort=("responsible__last_name", "responsible__first_name"),
    ),
    Column(
        "deputy",
        gettext_lazy("Deputy"),
        lambda row, reader: _person(row.record.deputy),
        lambda row, reader: row.record.deputy.name if row.record.deputy else "",
        sort=("deputy__last_name", "deputy__first_name"),
        shown=False,
    ),
    Column(
        "changed", gettext_lazy("Changed"), _changed, lambda row, reader: row.record.updated_at, sort=("updated_at",)
    ),
)


def _values(field: str) -> Any:
    def options(reader: Reader) -> list[Option]:
        return [Option(v, v) for v in values_of(reader.actor, properties, field)]

    return options


def group_options(reader: Reader) -> list[Option]:
    rows = property_groups(reader.actor).filter(archived_at__isnull=True).order_by("name", "external_id")
    return [
        Option(str(pk), name or external_id or "")
        for pk, name, external_id in rows.values_list("pk", "name", "external_id")
    ]


_managing_people = prepared(
    lambda: (
        Person.objects.filter(
            memberships__organisation_id=Given("organisation", UUIDField()),
            memberships__ended_at__isnull=True,
            memberships__role__in=MANAGING_ROLES,
            is_active=True,
        )
        .distinct()
        .order_by("last_name", "first_name", "id")
        .only("first_name", "last_name", "email")
    )
)


def people_of(reader: Reader) -> list[Person]:
    """Those who may be responsible: the organisation's managing people; to look at, not to change."""
    return _managing_people.seen(organisation=reader.actor.organisation_id)


def _people(reader: Reader) -> list[Option]:
    return [
        Option("me", _("me")),
        Option("none", _("nobody")),
        *(Option(str(p.pk), p.name) for p in people_of(reader) if p.pk != reader.person.pk),
    ]


def _is_responsible(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "none":
        return rows.filter(responsible__isnull=True)
    return rows.filter(responsible_id__in=_ids(str(reader.person.pk) if value == "me" else value))


def _ids(value: str) -> list[Any]:
    """The id as a list, empty when it is none: a wrong address finds nothing instead of failing."""
    try:
        return [UUID(value)]
    except ValueError:
        return []


def _vacancy_over(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if not value.isdecimal() or int(value) > 100:
        return rows.none()
    return with_vacancy_over(rows, int(value) / 100)


def _archived(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "all":
        return rows
    return rows.filter(archived_at__isnull=value != "archived")


def _has_usage(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    units = sub_properties(reader.actor).filter(type="unit", archived_at__isnull=True, usage=value)
    return rows.filter(pk__in=units.values("property_id"))


STATE_FILTER = Filter(
    "state",
    gettext_lazy("State"),
    gettext_lazy("State is %(value)s"),
    lambda reader: [
        Option("active", _("active")),
        Option("archived", _("archived")),
        Option("all", _("active or archived")),
    ],
    _archived,
    always="active",
)

FILTERS = (
    Filter(
        "city",
        gettext_lazy("Place"),
        gettext_lazy("Place is %(value)s"),
        _values("city"),
        lambda rows, v, r: rows.filter(city=v),
        prominent=True,
    ),
    Filter(
        "responsible",
        gettext_lazy("Responsible"),
        gettext_lazy("Responsible is %(value)s"),
        _people,
        _is_responsible,
        prominent=True,
    ),
    Filter(
        "vacancy",
        gettext_lazy("Vacancy"),
        gettext_lazy("Vacancy over %(value)s"),
        lambda reader: [Option(str(n), reader.formats.percent(n / 100)) for n in (0, 5, 10, 20, 50)],
        _vacancy_over,
        prominent=True,
    ),
    Filter(
        "type",
        gettext_lazy("Type"),
        gettext_lazy("Type is %(value)s"),
        _values("property_type"),
        lambda rows, v, r: rows.filter(property_type=v),
    ),
    Filter(
        "group",
        gettext_lazy("Group"),
        gettext_lazy("Group is %(value)s"),
        group_options,
        lambda rows, v, r: rows.filter(groups__in=_ids(v)),
    ),
    Filter(
        "client",
        gettext_lazy("Client"),
        gettext_lazy("Client is %(value)s"),
        _values("client_number"),
        lambda rows, v, r: rows.filter(client_number=v),
    ),
    Filter(
        "usage",
        gettext_lazy("Usage"),
        gettext_lazy("Has units for %(value)s"),
        lambda reader: [Option(value, title) for value, title in words.USAGES.items()],
        _has_usage,
    ),
    Filter(
        "finding",
        gettext_lazy("Finding"),
        gettext_lazy("Last run: %(value)s"),
        lambda reader: [Option("yes", _("with finding"))],
        lambda rows, v, r: rows.filter(property_has_finding(r.actor, found_fault(r.actor))),
        anew=True,
    ),
    STATE_FILTER,
)


def _annotate(_reader: Reader, rows: QuerySet[Any], keys: frozenset[str]) -> QuerySet[Any]:
    if keys & NEEDS_COUNTS:
        rows = with_unit_counts(rows)
    if "area" in keys:
        rows = with_area(rows)
    return with_street_order(rows)


def _rows(reader: Reader, listed: Sequence[Property], search: str, columns: Collection[str]) -> Sequence[PropertyRow]:
    return property_rows(reader.actor, listed, text=search, fault=found_fault(reader.actor))


def _totals(reader: Reader, rows: QuerySet[Any]) -> Mapping[str, Cell]:
    totals = property_totals(reader.actor, rows)
    return {
        "count": Cell(text=str(totals.properties)),
        "units": Cell(text=reader.formats.number(totals.units)),
        "vacant": Cell(text=reader.formats.number(totals.vacant), small=reader.formats.percent(totals.vacancy)),
        "vacancy": Cell(text=reader.formats.percent(totals.vacancy)),
        "area": Cell(text=reader.formats.area(totals.area_m2)),
    }


PROPERTIES: Listing[PropertyRow] = Listing(
    key="properties",
    route="properties",
    title=gettext_lazy("Properties"),
    columns=COLUMNS,
    filters=FILTERS,
    tabs=(
        Tab(gettext_lazy("All properties"), {}, counted=True),
        Tab(gettext_lazy("My properties"), {"responsible": "me"}, counted=True),
        Tab(gettext_lazy("Vacancy over 10 %"), {"vacancy": "10"}, counted=True),
        Tab(gettext_lazy("With a finding"), {"finding": "yes"}, counted=True),
    ),
    default_sort="address",
    find=lambda reader, text: found_properties(reader.actor, text),
    annotate=_annotate,
    rows=_rows,
    href=lambda row: reverse("property", args=[row.record.pk]),
    identity=lambda row: str(row.record.pk),
    sums=lambda row: {"units": row.units, "vacant": row.vacant},
    bulk_words=(("units", gettext_lazy("units")), ("vacant", gettext_lazy("vacant"))),
    totals=_totals,
    count_sentence=words.properties,
    actions=(
        Action("assign_responsible", gettext_lazy("Change who is responsible"), "user-round-cog"),
        Action("put_in_group", gettext_lazy("Put in a group"), "folder-input"),
    ),
    related=("responsible", "deputy"),
)


@managing
def property_list(request: HttpRequest) -> HttpResponseBase:
    """Every property of the organisation."""
    who = reader(request)
    return show_list(request, who, PROPERTIES, "manager/properties.html", lambda page: _more(who, page))


def _more(reader: Reader, page: Page) -> dict[str, Any]:
    everything = properties(reader.actor).filter(archived_at__isnull=True).count()
    if page.state.narrowed:
        sentence = words.part_of("property", reader.formats.number(page.count), everything)
    else:
        sentence = page.count_sentence
    run = next(iter(latest_runs(reader.actor)), None)
    if run is not None and run.finished_at:
        sentence += ". " + _("The ERP leads the master data, as of %(when)s.") % {
            "when": reader.formats.when(run.finished_at)
        }
    return {
        "kinds": stock_kinds("property"),
        "any_record": bool(everything or page.count or page.state.narrowed),
        "sentence": sentence,
        "placeholder": _("Street, number, place, tenant"),
        "search_label": _("Search properties: street, number, place, postcode, unit or tenant"),
    }
