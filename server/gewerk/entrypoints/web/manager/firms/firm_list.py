# ruff: noqa: ARG001, ARG005 - every cell, export, filter and option takes the same arguments, needed or not
"""The manager's own list of firms."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.firms.words import standing
from gewerk.entrypoints.web.manager.listing.page import Page
from gewerk.entrypoints.web.manager.listing.pieces import Cell, Column, Filter, Listing, Option, Reader, Tab
from gewerk.entrypoints.web.manager.listing.show import show_list
from gewerk.firms.access import listed_firms
from gewerk.firms.models import ListedFirm, Standing
from gewerk.firms.queries.firm_list import FirmRow, firm_rows, found_firms, with_name_order
from gewerk.firms.trades import TRADES, trade_name
from gewerk.projects.queries.by_firm import open_orders_of_firms


def _name(row: FirmRow, reader: Reader) -> Cell:
    firm = row.record.firm
    return Cell(text=firm.name, small=", ".join(p for p in (f"{firm.postcode} {firm.city}".strip(), firm.phone) if p))


def _standing(row: FirmRow, reader: Reader) -> Cell:
    look = standing(row.record.standing)
    return Cell(text=look.label, icon=look.icon, state=look.css, title=row.record.blocked_reason)


def _access(row: FirmRow, reader: Reader) -> Cell:
    if row.people:
        return Cell(text=_("has access"), icon="circle-check", state="st st-quiet")
    return Cell(text=_("invited"), icon="mail", state="st st-neutral")


def _trades(row: FirmRow) -> str:
    return ", ".join(trade_name(code) for code in row.trades)


def _number(value: int) -> Cell:
    return Cell(text=str(value), muted=not value)


COLUMNS: tuple[Column[FirmRow], ...] = (
    Column("name", gettext_lazy("Firm"), _name, lambda row, reader: row.record.firm.name, sort=("name_order",)),
    Column("trades", gettext_lazy("Trades"), lambda row, reader: Cell(text=_trades(row)), lambda row, r: _trades(row)),
    Column(
        "standing",
        gettext_lazy("Standing"),
        _standing,
        lambda row, reader: standing(row.record.standing).label,
        sort=("standing", "name_order"),
    ),
    Column(
        "supplier",
        gettext_lazy("Supplier number"),
        lambda row, reader: Cell(text=row.record.supplier_number or "–"),
        lambda row, reader: row.record.supplier_number,
        sort=("supplier_number",),
        unbroken=True,
    ),
    Column(
        "open",
        gettext_lazy("Open orders"),
        lambda row, reader: _number(row.open_orders),
        lambda row, reader: row.open_orders,
        numeric=True,
        word=gettext_lazy("open orders"),
    ),
    Column(
        "prices",
        gettext_lazy("Framework prices"),
        lambda row, reader: _number(row.prices),
        lambda row, reader: row.prices,
        numeric=True,
        word=gettext_lazy("framework prices"),
    ),
    Column("access", gettext_lazy("Access"), _access, lambda row, reader: str(_access(row, reader).text)),
    Column(
        "city",
        gettext_lazy("Place"),
        lambda row, reader: Cell(text=row.record.firm.city),
        lambda row, reader: row.record.firm.city,
        sort=("firm__city", "name_order"),
        shown=False,
    ),
    Column(
        "email",
        gettext_lazy("E-mail"),
        lambda row, reader: Cell(text=row.record.firm.email),
        lambda row, reader: row.record.firm.email,
        shown=False,
    ),
    Column(
        "phone",
        gettext_lazy("Phone"),
        lambda row, reader: Cell(text=row.record.firm.phone),
        lambda row, reader: row.record.firm.phone,
        shown=False,
    ),
)

FILTERS = (
    Filter(
        "standing",
        gettext_lazy("Standing"),
        gettext_lazy("Standing is %(value)s"),
        lambda reader: [Option(one.value, one.label) for one in Standing],
        lambda rows, v, r: rows.filter(standing=v),
        prominent=True,
    ),
    Filter(
        "trade",
        gettext_lazy("Trade"),
        gettext_lazy("Trade is %(value)s"),
        lambda reader: [Option(code, name) for code, name in TRADES.items()],
        lambda rows, v, r: rows.filter(firm__firm_trades__trade=v),
        prominent=True,
    ),
)


def _rows(reader: Reader, listed: Sequence[ListedFirm], search: str, columns: Collection[str]) -> Sequence[FirmRow]:
    orders = open_orders_of_firms(reader.actor, [one.firm_id for one in listed])
    return firm_rows(reader.actor, listed, open_orders=orders, as_of=reader.formats.today, now=reader.formats.now)


def _totals(reader: Reader, rows: QuerySet[Any]) -> Mapping[str, Cell]:
    return {"count": Cell(text=str(rows.count()))}


def firms(n: int) -> str:
    return ngettext("%(n)d firm", "%(n)d firms", n) % {"n": n}


FIRMS: Listing[FirmRow] = Listing(
    key="firms",
    route="firms",
    title=gettext_lazy("Firms"),
    columns=COLUMNS,
    filters=FILTERS,
    tabs=(
        Tab(gettext_lazy("All firms"), {}, counted=True),
        Tab(gettext_lazy("Preferred"), {"standing": "preferred"}, counted=True),
        Tab(gettext_lazy("Blocked"), {"standing": "blocked"}, counted=True),
    ),
    default_sort="name",
    find=lambda reader, text: found_firms(reader.actor, text),
    annotate=lambda reader, rows, keys: with_name_order(rows),
    rows=_rows,
    href=lambda row: reverse("firm", args=[row.record.firm_id]),
    identity=lambda row: str(row.record.pk),
    sums=lambda row: {},
    bulk_words=(),
    totals=_totals,
    count_sentence=firms,
    related=("firm",),
)


@managing
def firm_list(request: HttpRequest) -> HttpResponseBase:
    """Every firm of the own list."""
    who = reader(request)
    return show_list(request, who, FIRMS, "manager/firms/list.html", lambda page: _more(who, page))


def _more(reader: Reader, page: Page) -> dict[str, Any]:
    return {
        "any_record": bool(page.count or page.state.narrowed) or listed_firms(reader.actor).exists(),
        "sentence": page.count_sentence,
        "placeholder": _("Name, place, trade, supplier number"),
        "search_label": _("Search firms: name, place, trade, supplier number"),
    }
