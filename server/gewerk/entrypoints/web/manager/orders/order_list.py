# ruff: noqa: ARG001, ARG005 - every cell, export, filter and option takes the same arguments, needed or not
"""The list of orders: its columns, filters, tabs and sums."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import Action, Cell, Column, Filter, Listing, Option, Reader, Tab
from gewerk.entrypoints.web.manager.listing.show import show_list
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.property_list import people_of
from gewerk.entrypoints.web.manager.tickets.words import urgency
from gewerk.firms.access import crews, listed_firms
from gewerk.firms.trades import TRADES, trade_name
from gewerk.portfolio.access import properties
from gewerk.portfolio.queries.values import values_of
from gewerk.projects.access import orders
from gewerk.projects.models import ApprovalState, WorkOrder
from gewerk.projects.queries.order_list import (
    OrderRow,
    found_orders,
    open_counts,
    order_rows,
    order_totals,
    overdue,
    with_address_order,
    with_ranks,
)
from gewerk.projects.queries.waiting import is_late
from gewerk.projects.states import OPEN, State
from gewerk.tickets.models import Urgency


def _title(row: OrderRow, reader: Reader) -> Cell:
    return Cell(text=row.record.title, small=words.where(row.record))


def _state(row: OrderRow, reader: Reader) -> Cell:
    look = words.state(row.record)
    if row.waits_for_approval:
        return Cell(text=_("waits for an approval"), icon="hourglass", state="st st-neutral")
    if row.asked_variations:
        return Cell(text=_("variation waits"), icon="file-plus", state="st st-turn")
    return Cell(text=look.label, icon=look.icon, state=look.css)


def _urgency(row: OrderRow, reader: Reader) -> Cell:
    look = urgency(row.record.urgency)
    return Cell(text=look.label, icon=look.icon, state=look.css)


def _due(row: OrderRow, reader: Reader) -> Cell:
    day = row.record.due_date
    if day is None:
        return Cell(text="–", muted=True)
    if is_late(row.record, as_of=reader.formats.today):
        return Cell(text=_("overdue"), icon="alarm-clock", state="st st-danger", title=reader.formats.day(day))
    return Cell(text=reader.formats.day(day))


def _person(row: OrderRow, reader: Reader) -> Cell:
    person = row.record.responsible
    return Cell(text=person.name, initials=person.initials) if person else Cell(text=_("nobody"), muted=True)


def _contractor(row: OrderRow, reader: Reader) -> Cell:
    name = words.contractor(row.record)
    return Cell(text=name) if name else Cell(text=_("not awarded"), muted=True)


def _amount(minor: int, row: OrderRow, reader: Reader) -> Cell:
    return Cell(text=reader.formats.money(minor, row.record.currency), muted=not minor)


def _major(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)


def _moment(name: str) -> Any:
    def cell(row: OrderRow, reader: Reader) -> Cell:
        at = getattr(row.record, name)
        if at is None:
            return Cell(text="–", muted=True)
        return Cell(text=reader.formats.ago(at), title=reader.formats.moment(at), muted=True)

    return cell


COLUMNS: tuple[Column[OrderRow], ...] = (
    Column("title", gettext_lazy("Order"), _title, lambda row, reader: row.record.title, sort=("title",)),
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
        lambda row, reader: str(_state(row, reader).text),
        sort=("state_rank", "created_at"),
    ),
    Column(
        "contractor",
        gettext_lazy("Contractor"),
        _contractor,
        lambda row, reader: words.contractor(row.record),
        sort=("firm__name", "crew__name"),
    ),
    Column(
        "due",
        gettext_lazy("Deadline"),
        _due,
        lambda row, reader: row.record.due_date,
        sort=("due_date",),
        label=gettext_lazy("Deadline"),
    ),
    Column(
        "urgency",
        gettext_lazy("Urgency"),
        _urgency,
        lambda row, reader: urgency(row.record.urgency).label,
        sort=("urgency_rank", "created_at"),
        shown=False,
    ),
    Column(
        "trade",
        gettext_lazy("Trade"),
        lambda row, reader: Cell(text=trade_name(row.record.trade) if row.record.trade else ""),
        lambda row, reader: trade_name(row.record.trade) if row.record.trade else "",
        sort=("trade",),
        shown=False,
    ),
    Column(
        "committed",
        gettext_lazy("Committed"),
        lambda row, reader: _amount(row.record.committed_minor, row, reader),
        lambda row, reader: _major(row.record.committed_minor),
        sort=("committed",),
        numeric=True,
        word=gettext_lazy("committed"),
    ),
    Column(
        "invoiced",
        gettext_lazy("Invoiced"),
        lambda row, reader: _amount(row.record.invoiced_minor, row, reader),
        lambda row, reader: _major(row.record.invoiced_minor),
        sort=("invoiced_minor",),
        numeric=True,
        word=gettext_lazy("invoiced"),
        shown=False,
    ),
    Column(
        "responsible",
        gettext_lazy("Responsible"),
        _person,
        lambda row, reader: row.record.responsible.name if row.record.responsible else "",
        sort=("responsible__last_name", "responsible__first_name"),
    ),
    Column(
        "account",
        gettext_lazy("Account"),
        lambda row, reader: Cell(text=row.record.account_code or "–"),
        lambda row, reader: row.record.account_code,
        sort=("account_code", "created_at"),
        shown=False,
    ),
    Column(
        "claim",
        gettext_lazy("Claim number"),
        lambda row, reader: Cell(text=row.record.claim_number or "–"),
        lambda row, reader: row.record.claim_number,
        sort=("claim_number",),
        shown=False,
    ),
    Column(
        "created",
        gettext_lazy("Begun"),
        _moment("created_at"),
        lambda row, reader: row.record.created_at,
        sort=("created_at",),
    ),
    Column(
        "awarded",
        gettext_lazy("Awarded on"),
        _moment("awarded_at"),
        lambda row, reader: row.record.awarded_at,
        sort=("awarded_at",),
        shown=False,
    ),
    Column(
        "changed",
        gettext_lazy("Changed"),
        _moment("updated_at"),
        lambda row, reader: row.record.updated_at,
        sort=("updated_at",),
        shown=False,
    ),
)


def _by_state(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "all":
        return rows
    if value == "open":
        return rows.filter(state__in=OPEN)
    if value == "approval":
        return rows.filter(pk__in=orders(reader.actor).filter(approvals__state=ApprovalState.ASKED).values("pk"))
    return rows.filter(state=value)


def _contractors(reader: Reader) -> list[Option]:
    firms = listed_firms(reader.actor).order_by("firm__name", "id").values_list("firm_id", "firm__name")
    own = crews(reader.actor).filter(archived_at__isnull=True).order_by("name", "id").values_list("pk", "name")
    return [
        Option("none", _("nobody yet")),
        *(Option(str(pk), name) for pk, name in own),
        *(Option(str(pk), name) for pk, name in firms[:200]),
    ]


def _has_contractor(rows: QuerySet[Any], value: str, reader: Reader) -> QuerySet[Any]:
    if value == "none":
        return rows.filter(firm__isnull=True, crew__isnull=True)
    ids = _ids(value)
    return rows.filter(Q(firm_id__in=ids) | Q(crew_id__in=ids))


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
    found = []
    with suppress(ValueError):
        found.append(UUID(value))
    return found


FILTERS = (
    Filter(
        "state",
        gettext_lazy("State"),
        gettext_lazy("State is %(value)s"),
        lambda reader: [
            Option("open", _("still open")),
            Option("approval", _("waits for an approval")),
            *(Option(one.value, one.label) for one in State),
            Option("all", _("all states")),
        ],
        _by_state,
        always="open",
        prominent=True,
    ),
    Filter(
        "contractor",
        gettext_lazy("Contractor"),
        gettext_lazy("Contractor is %(value)s"),
        _contractors,
        _has_contractor,
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
        gettext_lazy("Deadline"),
        gettext_lazy("Deadline: %(value)s"),
        lambda reader: [Option("yes", _("overdue"))],
        lambda rows, v, r: overdue(rows, as_of=r.formats.today),
    ),
    Filter(
        "urgency",
        gettext_lazy("Urgency"),
        gettext_lazy("Urgency is %(value)s"),
        lambda reader: [Option(one.value, one.label) for one in Urgency],
        lambda rows, v, r: rows.filter(urgency=v),
    ),
    Filter(
        "trade",
        gettext_lazy("Trade"),
        gettext_lazy("Trade is %(value)s"),
        lambda reader: [Option(code, name) for code, name in TRADES.items()],
        lambda rows, v, r: rows.filter(trade=v),
    ),
    Filter(
        "city",
        gettext_lazy("Place"),
        gettext_lazy("Place is %(value)s"),
        lambda reader: [Option(v, v) for v in values_of(reader.actor, properties, "city")],
        lambda rows, v, r: rows.filter(property__city=v),
    ),
    Filter(
        "insurance",
        gettext_lazy("Insurance"),
        gettext_lazy("Insurance: %(value)s"),
        lambda reader: [Option("yes", _("claimed"))],
        lambda rows, v, r: rows.filter(insurance_claim=True),
    ),
    Filter(
        "property",
        gettext_lazy("Property"),
        gettext_lazy("In one property"),
        lambda reader: [],
        lambda rows, v, r: rows.filter(property_id__in=_ids(v)),
    ),
    Filter(
        "ticket",
        gettext_lazy("Ticket"),
        gettext_lazy("Of one ticket"),
        lambda reader: [],
        lambda rows, v, r: rows.filter(ticket_links__ticket_id__in=_ids(v)),
    ),
)


def _annotate(_reader: Reader, rows: QuerySet[Any], keys: frozenset[str]) -> QuerySet[Any]:
    return with_address_order(with_ranks(rows))


def _totals(reader: Reader, rows: QuerySet[Any]) -> Mapping[str, Cell]:
    totals = order_totals(rows)

    def money(sums: Mapping[str, int]) -> str:
        return " + ".join(reader.formats.money(minor, currency) for currency, minor in sorted(sums.items()))

    return {
        "count": Cell(text=str(totals.orders)),
        "committed": Cell(text=money(totals.committed)),
        "invoiced": Cell(text=money(totals.invoiced)),
    }


ORDERS: Listing[OrderRow] = Listing(
    key="orders",
    route="orders",
    title=gettext_lazy("Orders"),
    columns=COLUMNS,
    filters=FILTERS,
    tabs=(
        Tab(gettext_lazy("All open orders"), {}, counted=True),
        Tab(gettext_lazy("My orders"), {"responsible": "me"}, counted=True),
        Tab(gettext_lazy("To be awarded"), {"state": "draft"}, counted=True),
        Tab(gettext_lazy("To be accepted"), {"state": "done"}, counted=True),
        Tab(gettext_lazy("Overdue"), {"late": "yes"}, counted=True),
    ),
    default_sort="state",
    find=lambda reader, text: found_orders(reader.actor, text),
    annotate=_annotate,
    rows=lambda reader, listed, search, columns: order_rows(reader.actor, listed),
    href=lambda row: reverse("order", args=[row.record.pk]),
    identity=lambda row: str(row.record.pk),
    sums=lambda row: {},
    bulk_words=(),
    totals=_totals,
    count_sentence=words.orders,
    actions=(Action("assign_orders", gettext_lazy("Change who is responsible"), "user-round-cog"),),
    related=("property", "unit", "firm", "crew", "responsible"),
)


@managing
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Every order of the organisation."""
    who = reader(request)
    return show_list(request, who, ORDERS, "manager/orders/list.html", lambda page: _more(who, page))


def _more(reader: Reader, page: Page) -> dict[str, Any]:
    counts = open_counts(reader.actor, as_of=reader.formats.today)
    sentence = _("%(open)d open, %(draft)d to be awarded, %(done)d to be accepted, %(late)d overdue.") % counts
    return {
        "any_record": bool(page.count or page.state.narrowed) or orders(reader.actor).exists(),
        "sentence": sentence,
        "placeholder": _("Number, words, street, firm"),
        "search_label": _("Search orders: number, words, street, tenant, firm, account"),
        "two_lines": True,
    }


def rows_of(listed: Sequence[WorkOrder]) -> list[dict[str, Any]]:
    """Some orders as a short table on the page of something else (a property, a ticket, a firm)."""
    return [
        {
            "title": order.title,
            "number": order.number,
            "url": reverse("order", args=[order.pk]),
            "state": words.quiet_state(order),
            "contractor": words.contractor(order) or _("not awarded"),
        }
        for order in listed
    ]
