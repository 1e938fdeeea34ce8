# ruff: noqa: ARG001, ARG005 - every cell, export, filter and option takes the same arguments, needed or not
"""The list of tickets: its columns, filters, tabs and what can be done with chosen ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import Action, Cell, Column, Filter, Listing, Option, Reader, Tab
from gewerk.entrypoints.web.manager.listing.show import show_list
from gewerk.entrypoints.web.manager.property_list import people_of
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.words import ADDRESS_FIELDS, POSITION_FIELDS
from gewerk.portfolio.access import properties
from gewerk.portfolio.queries.values import values_of
from gewerk.tickets.access import tickets
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.models import Channel, Ticket, Urgency
from gewerk.tickets.queries.ticket_list import (
    STATE_ORDER,
    TicketRow,
    found_tickets,
    open_counts,
    overdue,
    ticket_rows,
    with_address_order,
    with_state_rank,
)
from gewerk.tickets.states import OPEN, State


def _title(row: TicketRow, reader: Reader) -> Cell:
    return Cell(text=row.record.title, small=words.where(row.record))


def _state(row: TicketRow, reader: Reader) -> Cell:
    look = words.state(row.record)
    title = ""
    if row.record.state == State.WAITING and row.record.waiting_for:
        title = _("waits for %(what)s") % {"what": words.WAITS[row.record.waiting_for]}
    return Cell(text=look.label, icon=look.icon, state=look.css, title=title)


def _urgency(row: TicketRow, reader: Reader) -> Cell:
    look = words.urgency(row.record.urgency)
    return Cell(text=look.label, icon=look.icon, state=look.css)


def _reported(row: TicketRow, reader: Reader) -> Cell:
    at = row.record.created_at
    return Cell(text=reader.formats.ago(at), title=reader.formats.moment(at), muted=True)


def _react_by(row: TicketRow, reader: Reader) -> Cell:
    at = row.record.react_by_at
    if at is None:
        return Cell(text="–", muted=True)
    if row.late:
        return Cell(text=_("overdue"), icon="alarm-clock", state="st st-danger", title=reader.formats.moment(at))
    return Cell(text=reader.formats.moment(at))


def _responsible(row: TicketRow, reader: Reader) -> Cell:
    person = row.record.responsible
    return Cell(text=person.name, initials=person.initials) if person else Cell(text=_("nobody"), muted=True)


def _count(number: int) -> Cell:
    return Cell(text=str(number), muted=not number)


COLUMNS: tuple[Column[TicketRow], ...] = (
    Column(
        "title",
        gettext_lazy("Ticket"),
        _title,
        lambda row, reader: row.record.title,
        sort=("title",),
    ),
    Column(
        "number",
        gettext_lazy("Number"),
        lambda row, reader: Cell(text=row.record.number),
        lambda row, reader: row.record.number,
        sort=("created_at",),
        unbroken=True,
    ),
    Column(
        "address",
        gettext_lazy("Property"),
        lambda row, reader: Cell(
            text=stock.street_line(row.record.property), href=reverse("property", args=[row.record.property_id])
        ),
        lambda row, reader: stock.address_line(row.record.property),
        sort=("street_order", "number_order", "city_order"),
        shown=False,
    ),
    Column(
        "place",
        gettext_lazy("Place"),
        lambda row, reader: Cell(text=words.where_inside(row.record)),
        lambda row, reader: words.where_inside(row.record),
        shown=False,
    ),
    Column(
        "state",
        gettext_lazy("State"),
        _state,
        lambda row, reader: words.state(row.record).label,
        sort=("state_rank", "created_at"),
    ),
    Column(
        "urgency",
        gettext_lazy("Urgency"),
        _urgency,
        lambda row, reader: words.urgency(row.record.urgency).label,
        sort=("urgency_rank", "created_at"),
    ),
    Column(
        "category",
        gettext_lazy("Category"),
        lambda row, reader: Cell(text=words.group(row.record), title=words.fault(row.record)),
        lambda row, reader: words.fault(row.record),
        sort=("category",),
        shown=False,
    ),
    Column(
        "react_by",
        gettext_lazy("React until"),
        _react_by,
        lambda row, reader: row.record.react_by_at,
        sort=("react_by_at",),
        label=gettext_lazy("React until"),
    ),
    Column(
        "reported",
        gettext_lazy("Reported on"),
        _reported,
        lambda row, reader: row.record.created_at,
        sort=("created_at",),
    ),
    Column(
        "channel",
        gettext_lazy("Channel"),
        lambda row, reader: Cell(text=words.channel(row.record)),
        lambda row, reader: words.channel(row.record),
        sort=("channel",),
        shown=False,
    ),
    Column(
        "reporter",
        gettext_lazy("Reporter"),
        lambda row, reader: Cell(text=row.record.reporter_name or "–"),
        lambda row, reader: row.record.reporter_name,
        sort=("reporter_name",),
        shown=False,
    ),
    Column(
        "photos",
        gettext_lazy("Files"),
        lambda row, reader: _count(row.files),
        lambda row, reader: row.files,
        numeric=True,
        word=gettext_lazy("files"),
        shown=False,
    ),
    Column(
        "followers",
        gettext_lazy("Reports below it"),
        lambda row, reader: _count(row.followers),
        lambda row, reader: row.followers,
        numeric=True,
        word=gettext_lazy("below it"),
        shown=False,
    ),
    Column(
        "responsible",
        gettext_lazy("Responsible"),
        _responsible,
        lambda row, reader: row.record.responsible.name if row.record.responsible else "",
        sort=("responsible__last_name", "responsible__first_name"),
    ),
    Column(
        "erp_number",
        gettext_lazy("Number in the ERP"),
        lambda row, reader: Cell(text=row.record.external_number or "–"),
        lambda row, reader: row.record.external_number,
        sort=("external_number",),
        unbroken=True,
        shown=False,
    ),
    Column(
        "changed",
        gettext_lazy("Changed"),
        lambda row, reader: Cell(
            text=reader.formats.ago(row.record.updated_at),
            title=reader.formats.moment(row.record.updated_at),
            muted=True,
        ),
        lambda row, reader: row.record.updated_at,
        sort=("updated_at",),
        shown=False,
    ),
)


def _by_state(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "all":
        return rows
    if value == "open":
        return rows.filter(state__in=OPEN, incident__isnull=True)
    return rows.filter(state=value)


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


def _ids(value: str) -> list[UUID]:
    """The id as a list, empty when it is none: a wrong address finds nothing instead of failing."""
    try:
        return [UUID(value)]
    except ValueError:
        return []


def _groups(reader: Reader) -> list[Option]:
    return [Option(group.key, group.title.in_(words.language())) for group in catalogue().groups]


FILTERS = (
    Filter(
        "state",
        gettext_lazy("State"),
        gettext_lazy("State is %(value)s"),
        lambda reader: [
            Option("open", _("still open")),
            *(Option(one.value, one.label) for one in STATE_ORDER),
            Option("all", _("all states")),
        ],
        _by_state,
        always="open",
        prominent=True,
    ),
    Filter(
        "urgency",
        gettext_lazy("Urgency"),
        gettext_lazy("Urgency is %(value)s"),
        lambda reader: [Option(one.value, one.label) for one in Urgency],
        lambda rows, v, r: rows.filter(urgency=v),
        prominent=True,
    ),
    Filter(
        "category",
        gettext_lazy("Category"),
        gettext_lazy("Category is %(value)s"),
        _groups,
        lambda rows, v, r: rows.filter(category__startswith=f"{v}."),
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
        "late",
        gettext_lazy("Time to react"),
        gettext_lazy("Time to react: %(value)s"),
        lambda reader: [Option("yes", _("overdue"))],
        lambda rows, v, r: overdue(rows, now=r.formats.now),
        anew=True,
    ),
    Filter(
        "city",
        gettext_lazy("Place"),
        gettext_lazy("Place is %(value)s"),
        lambda reader: [Option(v, v) for v in values_of(reader.actor, properties, "city")],
        lambda rows, v, r: rows.filter(property__city=v),
    ),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        gettext_lazy("Reported by %(value)s"),
        lambda reader: [Option(one.value, one.label) for one in Channel],
        lambda rows, v, r: rows.filter(channel=v),
    ),
    Filter(
        "building",
        gettext_lazy("Whole building"),
        gettext_lazy("Concerns %(value)s"),
        lambda reader: [Option("yes", _("the whole building"))],
        lambda rows, v, r: rows.filter(building_wide=True),
    ),
    Filter(
        "property",
        gettext_lazy("Property"),
        gettext_lazy("In one property"),
        lambda reader: [],
        lambda rows, v, r: rows.filter(property_id__in=_ids(v)),
    ),
    Filter(
        "unit",
        gettext_lazy("Unit"),
        gettext_lazy("In one unit"),
        lambda reader: [],
        lambda rows, v, r: rows.filter(unit_id__in=_ids(v)),
    ),
)


def _annotate(_reader: Reader, rows: QuerySet[Any], keys: frozenset[str]) -> QuerySet[Any]:
    if "state" in keys:
        rows = with_state_rank(rows)
    return with_address_order(rows) if "address" in keys else rows


def _rows(reader: Reader, listed: Sequence[Ticket], search: str, columns: Collection[str]) -> Sequence[TicketRow]:
    return ticket_rows(
        reader.actor, listed, now=reader.formats.now, counts="photos" in columns or "followers" in columns
    )


def _totals(reader: Reader, rows: QuerySet[Any]) -> Mapping[str, Cell]:
    return {"count": Cell(text=str(rows.count()))}


TICKETS: Listing[TicketRow] = Listing(
    key="tickets",
    route="tickets",
    title=gettext_lazy("Tickets"),
    columns=COLUMNS,
    filters=FILTERS,
    tabs=(
        Tab(gettext_lazy("Still open"), {}, counted=True),
        Tab(gettext_lazy("Mine"), {"responsible": "me"}, counted=True),
        Tab(gettext_lazy("New ones"), {"state": "new"}, counted=True),
        Tab(gettext_lazy("Overdue"), {"late": "yes"}, counted=True),
        Tab(gettext_lazy("All tickets"), {"state": "all"}),
    ),
    default_sort="urgency",
    find=lambda reader, text: found_tickets(reader.actor, text),
    annotate=_annotate,
    rows=_rows,
    href=lambda row: reverse("ticket", args=[row.record.pk]),
    identity=lambda row: str(row.record.pk),
    sums=lambda row: {"emergencies": int(row.record.urgency == Urgency.EMERGENCY)},
    bulk_words=(("emergencies", gettext_lazy("emergencies")),),
    totals=_totals,
    count_sentence=words.tickets,
    actions=(
        Action("assign_tickets", gettext_lazy("Change who is responsible"), "user-round-cog"),
        Action("step_tickets", gettext_lazy("Take a step"), "arrow-right"),
        Action("merge_tickets", gettext_lazy("Put together"), "combine"),
    ),
    related=("property", "unit", "responsible"),
    loads=(
        *(
            "number",
            "title",
            "category",
            "urgency",
            "state",
            "waiting_for",
            "channel",
            "reporter_name",
            "external_number",
        ),
        *("common_part", "place_note", "react_by_at", "created_at", "updated_at", "incident_id", "organisation_id"),
        *(f"property__{name}" for name in ADDRESS_FIELDS),
        *(f"unit__{name}" for name in POSITION_FIELDS),
        *(f"responsible__{name}" for name in ("first_name", "last_name", "email")),
    ),
)


@managing
def ticket_list(request: HttpRequest) -> HttpResponseBase:
    """Every ticket of the organisation, the open ones first."""
    who = reader(request)
    counts = open_counts(who.actor, responsible_id=who.person.pk, now=who.formats.now)
    in_tabs = tuple(counts[name] for name in ("open", "mine", "untouched", "late"))
    listing = replace(TICKETS, tab_counts=in_tabs)
    return show_list(request, who, listing, "manager/tickets/list.html", lambda page: _more(who, page, counts))


def _more(reader: Reader, page: Page, counts: Mapping[str, int]) -> dict[str, Any]:
    parts = [_("%(n)s open") % {"n": reader.formats.number(counts["open"])}]
    if counts["new"]:
        parts.append(_("%(n)s new") % {"n": reader.formats.number(counts["new"])})
    if counts["emergency"]:
        parts.append(_("%(n)s emergencies") % {"n": reader.formats.number(counts["emergency"])})
    if counts["late"]:
        parts.append(_("%(n)s overdue") % {"n": reader.formats.number(counts["late"])})
    return {
        "kinds": [],
        "any_record": bool(page.count or page.state.narrowed or tickets(reader.actor).exists()),
        "sentence": ", ".join(parts) + ".",
        "placeholder": _("Number, words, street, name"),
        "search_label": _("Search tickets: number, words, street, unit, reporter"),
    }
