# ruff: noqa: ARG001, ARG005 - every cell, export, filter and option takes the same arguments, needed or not
"""The lists of units, tenants and owners: three listings of one engine, chosen by ``type``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import Cell, Column, Filter, Listing, Option, Reader, Tab
from gewerk.entrypoints.web.manager.listing.show import show_list
from gewerk.entrypoints.web.manager.occupant_words import unit_line
from gewerk.entrypoints.web.manager.property_list import STATE_FILTER
from gewerk.entrypoints.web.manager.record_words import party_title, phone_words
from gewerk.entrypoints.web.manager.stock_kinds import stock_kinds
from gewerk.journal.actor import Actor
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Occupancy, SubProperty, SubPropertyType
from gewerk.portfolio.queries.findings import found_fault
from gewerk.portfolio.queries.sub_property_list import (
    SubPropertyRow,
    found_sub_properties,
    in_city,
    in_property,
    party_list_rows,
    sub_property_totals,
    unit_list_rows,
    with_order,
    without_tenant,
)
from gewerk.portfolio.queries.values import values_of

Row = SubPropertyRow


def _state(row: Row, reader: Reader) -> Cell:
    if row.record.archived_at:
        reason = words.archived_because(row.record.archive_reason)
        return Cell(text=_("archived"), small=reason, icon="archive", state="st st-neutral")
    if row.has_finding:
        return Cell(text=_("Finding"), icon="triangle-alert", state="st st-danger")
    return Cell(text=_("active"), icon="check", state="st st-quiet")


def _changed(row: Row, reader: Reader) -> Cell:
    at = row.record.updated_at
    return Cell(text=reader.formats.ago(at), title=reader.formats.moment(at), muted=True)


STATE: Column[Row] = Column(
    "state", gettext_lazy("State"), _state, lambda row, reader: str(_state(row, reader).text), shown=False
)
CHANGED: Column[Row] = Column(
    "changed",
    gettext_lazy("Changed"),
    _changed,
    lambda row, reader: row.record.updated_at,
    sort=("updated_at",),
    shown=False,
)
NUMBER: Column[Row] = Column(
    "number",
    gettext_lazy("Number"),
    lambda row, reader: Cell(text=row.record.external_id or "–"),
    lambda row, reader: row.record.external_id,
    sort=("external_id",),
    unbroken=True,
)
CLIENT: Column[Row] = Column(
    "client",
    gettext_lazy("Client"),
    lambda row, reader: Cell(text=row.record.client_number),
    lambda row, reader: row.record.client_number,
    sort=("client_number", "external_id"),
    shown=False,
)


def _unit_title(row: Row, reader: Reader) -> Cell:
    one = row.record.property
    place = words.position(row.record) or words.unit_title(row.record)
    return Cell(text=f"{words.street_line(one)}, {place}" if one else place, small=words.place_line(one) if one else "")


def _now(row: Row, reader: Reader) -> Cell:
    assert row.unit is not None
    living = unit_line(row.unit, reader.formats).now
    if living.people:
        first = living.people[0]
        return Cell(
            text=", ".join(p.name for p in living.people),
            small=living.note,
            href=first.url if len(living.people) == 1 else "",
        )
    return Cell(text=living.sentence, icon=living.icon, state="st", small=living.note)


def _next(row: Row, reader: Reader) -> Cell:
    assert row.unit is not None
    living = unit_line(row.unit, reader.formats).next
    return Cell(text=", ".join(p.name for p in living.people), small=living.note)


def _area(row: Row, reader: Reader) -> Cell:
    area = row.unit.area_m2 if row.unit else None
    return Cell(text=reader.formats.area(area) if area is not None else "–", muted=area is None)


UNIT_COLUMNS: tuple[Column[Row], ...] = (
    Column(
        "unit",
        gettext_lazy("Unit"),
        _unit_title,
        lambda row, reader: str(_unit_title(row, reader).text),
        sort=("street_order", "number_order", "property__house_number", "id_length", "external_id"),
    ),
    NUMBER,
    Column(
        "usage",
        gettext_lazy("Usage"),
        lambda row, reader: Cell(text=words.usage(row.record)),
        lambda row, reader: words.usage(row.record),
        sort=("usage", "usage_raw"),
    ),
    Column(
        "floor",
        gettext_lazy("Floor"),
        lambda row, reader: Cell(text=words.floor(row.record)),
        lambda row, reader: row.record.floor,
        sort=("floor",),
        shown=False,
    ),
    Column(
        "area",
        gettext_lazy("Area"),
        _area,
        lambda row, reader: row.unit.area_m2 if row.unit else None,
        sort=("living_area_m2", "usable_area_m2"),
        numeric=True,
    ),
    Column(
        "rooms",
        gettext_lazy("Rooms"),
        lambda row, reader: Cell(
            text=reader.formats.number(row.record.rooms.normalize()) if row.record.rooms is not None else "–"
        ),
        lambda row, reader: row.record.rooms,
        sort=("rooms",),
        numeric=True,
        shown=False,
    ),
    Column(
        "now", gettext_lazy("Occupied now"), _now, lambda row, reader: str(_now(row, reader).text), sort=("occupancy",)
    ),
    Column(
        "next",
        gettext_lazy("Comes next"),
        _next,
        lambda row, reader: str(_next(row, reader).text),
        label=gettext_lazy("next:"),
    ),
    CLIENT,
    STATE,
    CHANGED,
)


def _units_of(row: Row, reader: Reader) -> Cell:
    first = row.properties[0] if row.properties else None
    places = [words.position(u) or words.unit_title(u) for u in row.units[:3]]
    more = f" +{len(row.units) - 3}" if len(row.units) > 3 else ""
    return Cell(text=words.street_line(first) if first else "–", small=", ".join(places) + more)


def _contract(row: Row, reader: Reader) -> Cell:
    start, end = row.record.contract_start, row.record.contract_end
    since = _("since %(day)s") % {"day": reader.formats.day(start)} if start else ""
    until = _("until %(day)s") % {"day": reader.formats.day(end)} if end else ""
    return Cell(text=row.record.contract_number, small=" ".join(p for p in (since, until) if p))


def _phone(row: Row, reader: Reader) -> Cell:
    numbers = [phone_words(p, reader.formats.locale.territory or "") for p in row.record.phones]
    return Cell(text=numbers[0] if numbers else "", title=", ".join(numbers))


def _party_columns(kind: str, title: Promise) -> tuple[Column[Row], ...]:
    return (
        Column(
            "name",
            title,
            lambda row, reader: Cell(text=party_title(row.record)),
            lambda row, reader: row.record.name,
            sort=("name_order", "first_name"),
        ),
        replace(NUMBER, shown=False),
        Column(
            "units",
            gettext_lazy("Units"),
            _units_of,
            lambda row, reader: "; ".join(u.external_id or u.name for u in row.units),
        ),
        Column(
            "contract",
            gettext_lazy("Contract"),
            _contract,
            lambda row, reader: row.record.contract_number,
            sort=("contract_number",),
        ),
        Column(
            "start",
            gettext_lazy("Start of contract"),
            lambda row, reader: Cell(
                text=reader.formats.day(row.record.contract_start) if row.record.contract_start else ""
            ),
            lambda row, reader: row.record.contract_start,
            sort=("contract_start",),
            shown=False,
        ),
        Column(
            "end",
            gettext_lazy("End of contract"),
            lambda row, reader: Cell(
                text=reader.formats.day(row.record.contract_end) if row.record.contract_end else ""
            ),
            lambda row, reader: row.record.contract_end,
            sort=("contract_end",),
            shown=False,
        ),
        Column(
            "email",
            gettext_lazy("E-mail"),
            lambda row, reader: Cell(
                text=row.record.email, href=f"mailto:{row.record.email}" if row.record.email else ""
            ),
            lambda row, reader: row.record.email,
            sort=("email",),
        ),
        Column(
            "phone",
            gettext_lazy("Telephone"),
            _phone,
            lambda row, reader: str(_phone(row, reader).text),
            shown=kind == SubPropertyType.TENANT,
            unbroken=True,
        ),
        CLIENT,
        STATE,
        CHANGED,
    )


def _uuids(value: str) -> list[UUID]:
    try:
        return [UUID(value)]
    except ValueError:
        return []


def _cities(reader: Reader) -> list[Option]:
    return [Option(v, v) for v in values_of(reader.actor, properties, "city")]


def _property_option(reader: Reader) -> list[Option]:
    """Offered by links from a property only; a menu of all properties would be no menu."""
    return []


def _occupancy(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "without_tenant":
        return without_tenant(reader.actor, rows, as_of=reader.formats.today)
    return rows.filter(occupancy=value)


def _filters(kind: str) -> tuple[Filter, ...]:
    filters = [
        Filter(
            "city",
            gettext_lazy("Place"),
            gettext_lazy("Place is %(value)s"),
            _cities,
            lambda rows, v, r: in_city(rows, kind, v),
            prominent=True,
        ),
        Filter(
            "property",
            gettext_lazy("Property"),
            gettext_lazy("In one property"),
            _property_option,
            lambda rows, v, r: in_property(rows, kind, _uuids(v)),
        ),
    ]
    if kind == SubPropertyType.UNIT:
        filters += [
            Filter(
                "usage",
                gettext_lazy("Usage"),
                gettext_lazy("Usage is %(value)s"),
                lambda reader: [Option(value, title) for value, title in words.USAGES.items()],
                lambda rows, v, r: rows.filter(usage=v),
                prominent=True,
            ),
            Filter(
                "occupancy",
                gettext_lazy("Occupancy"),
                gettext_lazy("Occupancy is %(value)s"),
                lambda reader: [
                    *(Option(o.value, o.label) for o in Occupancy),
                    Option("without_tenant", _("let, tenant not sent")),
                ],
                _occupancy,
                prominent=True,
            ),
        ]
    else:
        filters.append(
            Filter(
                "email",
                gettext_lazy("E-mail"),
                gettext_lazy("%(value)s"),
                lambda reader: [Option("yes", _("with e-mail")), Option("no", _("without e-mail"))],
                lambda rows, v, r: rows.filter(email="") if v == "no" else rows.exclude(email=""),
                prominent=True,
            )
        )

    def of_this_kind(actor: Actor) -> QuerySet[SubProperty]:
        return sub_properties(actor).filter(type=kind)

    return (
        *filters,
        Filter(
            "client",
            gettext_lazy("Client"),
            gettext_lazy("Client is %(value)s"),
            lambda reader: [Option(v, v) for v in values_of(reader.actor, of_this_kind, "client_number")],
            lambda rows, v, r: rows.filter(client_number=v),
        ),
        Filter(
            "finding",
            gettext_lazy("Finding"),
            gettext_lazy("Last run: %(value)s"),
            lambda reader: [Option("yes", _("with finding"))],
            lambda rows, v, r: rows.filter(external_id__in=found_fault(r.actor).of(kind)),
            anew=True,
        ),
        STATE_FILTER,
    )


def _rows(reader: Reader, listed: Sequence[SubProperty], search: str, columns: Collection[str]) -> Sequence[Row]:
    fault = found_fault(reader.actor)
    if listed and listed[0].type == SubPropertyType.UNIT:
        return unit_list_rows(listed, fault=fault, as_of=reader.formats.today)
    return party_list_rows(listed, fault=fault)


def _totals(reader: Reader, rows: QuerySet[Any]) -> Mapping[str, Cell]:
    totals = sub_property_totals(rows)
    return {
        "count": Cell(text=str(totals.records)),
        "area": Cell(text=reader.formats.area(totals.area_m2)),
        "now": Cell(text=_("%(n)s vacant") % {"n": reader.formats.number(totals.vacant)}),
    }


def _listing(
    kind: str, title: Promise, columns: tuple[Column[Row], ...], tabs: tuple[Tab, ...], sort: str
) -> Listing[Row]:
    return Listing(
        key=f"sub-properties-{kind}",
        route="sub_properties",
        title=title,
        columns=columns,
        filters=_filters(kind),
        tabs=tabs,
        default_sort=sort,
        find=lambda reader, text: found_sub_properties(reader.actor, kind, text),
        annotate=lambda reader, rows, keys: with_order(rows, kind),
        rows=_rows,
        href=lambda row: reverse("sub_property", args=[row.record.pk]),
        identity=lambda row: str(row.record.pk),
        sums=lambda row: {},
        bulk_words=(),
        totals=_totals,
        count_sentence=lambda n: words.of_kind(kind, n),
        fixed={"type": kind},
        related=("property",) if kind == SubPropertyType.UNIT else (),
    )


LISTINGS = {
    SubPropertyType.UNIT.value: _listing(
        SubPropertyType.UNIT,
        gettext_lazy("Units"),
        UNIT_COLUMNS,
        (
            Tab(gettext_lazy("All units"), {}, counted=True),
            Tab(gettext_lazy("Vacant"), {"occupancy": "vacant"}, counted=True),
            Tab(gettext_lazy("Let, tenant not sent"), {"occupancy": "without_tenant"}, counted=True),
        ),
        "unit",
    ),
    SubPropertyType.TENANT.value: _listing(
        SubPropertyType.TENANT,
        gettext_lazy("Tenants"),
        _party_columns("tenant", gettext_lazy("Tenant")),
        (
            Tab(gettext_lazy("All tenants"), {}, counted=True),
            Tab(gettext_lazy("Archived"), {"state": "archived"}, counted=True),
        ),
        "name",
    ),
    SubPropertyType.LANDLORD.value: _listing(
        SubPropertyType.LANDLORD,
        gettext_lazy("Owners"),
        _party_columns("landlord", gettext_lazy("Owner")),
        (
            Tab(gettext_lazy("All owners"), {}, counted=True),
            Tab(gettext_lazy("Archived"), {"state": "archived"}, counted=True),
        ),
        "name",
    ),
}

SEARCHES = {
    "unit": (gettext_lazy("Street, number, tenant"), gettext_lazy("Search units: street, number, place or tenant")),
    "tenant": (gettext_lazy("Name, e-mail, contract"), gettext_lazy("Search tenants: name, e-mail, contract, street")),
    "landlord": (gettext_lazy("Name, e-mail, contract"), gettext_lazy("Search owners: name, e-mail, contract, street")),
}


@managing
def sub_property_list(request: HttpRequest) -> HttpResponseBase:
    """Units, tenants or owners, by ``type``; units where it says nothing."""
    who = reader(request)
    kind = request.GET.get("type", "")
    kind = kind if kind in LISTINGS else SubPropertyType.UNIT.value
    return show_list(request, who, LISTINGS[kind], "manager/sub_properties.html", lambda page: _more(who, page, kind))


def _more(reader: Reader, page: Page, kind: str) -> dict[str, Any]:
    everything = sub_properties(reader.actor).filter(type=kind, archived_at__isnull=True).count()
    sentence = page.count_sentence
    if page.state.narrowed:
        sentence = words.part_of(kind, reader.formats.number(page.count), everything)
    placeholder, label = SEARCHES[kind]
    return {
        "kind": kind,
        "kinds": stock_kinds(kind),
        "any_record": bool(everything or page.count or page.state.narrowed),
        "sentence": sentence,
        "placeholder": placeholder,
        "search_label": label,
    }
