"""Begin a request for a drafted order, prepare it, take its scope from a file."""

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.catalogue.queries import NoCatalogue, services
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.orders.amounts import thousandths_of
from gewerk.entrypoints.web.manager.orders.door import order_of, version_of
from gewerk.entrypoints.web.manager.quotes.forms import RequestForm
from gewerk.firms.access import listed_firms
from gewerk.firms.models import Standing
from gewerk.identity.access import edits_orders, require
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import live_request_of, request_for
from gewerk.marketplace.models import QuoteRequest, RequestItem
from gewerk.marketplace.operations.prepare import change_request, choose_firms, draft_request
from gewerk.marketplace.queries import bills
from gewerk.marketplace.scope import ScopeItem
from gewerk.marketplace.states import State

both = require_http_methods(["GET", "POST"])
EMPTY_ROWS = 3
MOST_ROWS = 300


@managing
@require_POST
def begin(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """From the order to its request: the one that is live, else a new draft."""
    who = reader(request)
    require(edits_orders(who.actor))
    order = order_of(request, order_id)
    with writing_transaction():
        live = live_request_of(order.pk)
    if live is not None:
        return redirect("quote_request", request_id=live.pk)
    try:
        made = draft_request(actor=who.actor, order_id=order.pk, now=timezone.now())
    except Refusal as refusal:
        if refusal.kind in {RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN}:
            raise
        messages.error(request, str(refusal.message))
        return redirect("order", order_id=order.pk)
    return redirect("edit_quote_request", request_id=made.pk)


@both
@managing
def edit(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Fields, items and firms on one page; whatever is sent stays sent."""
    who = reader(request)
    require(edits_orders(who.actor))
    found = request_for(who.actor, request_id)
    zone = ZoneInfo(who.organisation.time_zone)
    with timezone.override(zone):
        listed = listed_firms(who.actor).exclude(standing=Standing.BLOCKED).order_by("firm__name", "firm_id")
        firms = [(str(one.firm_id), one.firm.name) for one in listed[:200]]
        offered = services_by_trade(found.organisation.country, found.order.trade)
        sent = request.POST if request.method == "POST" else None
        form = RequestForm(sent, firms=firms, services=offered, initial=_initial(found))
        rows, wrong = _rows(request, found)
        if sent is not None and form.is_valid() and not wrong and "more" not in sent:
            try:
                _save(request, found, form, rows)
            except Refusal as refusal:
                if refusal.kind in {RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN}:
                    raise
                form.refuse(refusal)
                wrong = [problem.message for problem in refusal.problems if problem.pointer.startswith("/items")]
            else:
                return redirect("quote_request", request_id=found.pk)
    context = {
        "reader": who,
        "form": form,
        "found": found,
        "rows": [{"n": n, **row} for n, row in enumerate([*rows, *[{}] * EMPTY_ROWS], start=1)],
        "wrong": wrong,
        "back": reverse("quote_request", args=[found.pk]),
        "trail": [
            {"label": _("Requests for quotes"), "url": reverse("quote_requests")},
            {"label": found.title, "url": reverse("quote_request", args=[found.pk])},
            {"label": _("Prepare")},
        ],
    }
    failed = sent is not None and "more" not in sent
    return render(request, "manager/quotes/edit.html", context, status=422 if failed else 200)


def _save(request: HttpRequest, found: QuoteRequest, form: RequestForm, rows: list[dict[str, Any]]) -> None:
    who, now = reader(request), timezone.now()
    known = {item.position: item for item in found.items.all()}
    items = []
    for row in rows:
        before = known.get(row["place"]) if row["place"] else None
        item = ScopeItem(row["text"], row["amount"], row["unit"], optional=row["optional"])
        if before is not None:
            item = replace(
                item,
                number=before.number,
                section=before.section,
                alternative_to=before.alternative_to,
                unit_price_minor=before.unit_price_minor,
                vat_basis_points=before.vat_basis_points,
            )
        items.append(item)
    changed = change_request(
        actor=who.actor,
        request_id=found.pk,
        fields=form.fields_given(),
        items=items,
        version=version_of(request),
        now=now,
    )
    firm_ids = [UUID(one) for one in form.cleaned_data["firm_ids"]]
    choose_firms(actor=who.actor, request_id=changed.pk, firm_ids=firm_ids, now=now)


def services_by_trade(country: str, first: str) -> list[Any]:
    """Choices: none, then the country's services under their trades, that of the order on top."""
    by_trade: dict[str, list[tuple[str, str]]] = {}
    try:
        known = services(country)
    except NoCatalogue:
        known = []
    for one in known:
        trade = first if first in one.trades else one.trades[0]
        by_trade.setdefault(trade, []).append((one.code, str(one.names)))
    groups = [(trade_name(trade), sorted(of, key=lambda pair: pair[1])) for trade, of in by_trade.items()]
    groups.sort(key=lambda group: (group[0] != trade_name(first), group[0]))
    return [("", _("none of the catalogue")), *groups]


def _initial(found: QuoteRequest) -> dict[str, Any]:
    at = timezone.localtime(found.deadline_at) if found.deadline_at else None
    return {
        "title": found.title,
        "service": found.service,
        "text": found.text,
        "deadline_day": at.date() if at else None,
        "deadline_time": at.time() if at else None,
        "start_date": found.start_date,
        "budget_minor": found.budget_minor,
        "budget_shown": found.budget_shown,
        "visit_possible": found.visit_possible,
        "visit_note": found.visit_note,
        "firm_ids": [str(one) for one in found.invitations.values_list("firm_id", flat=True)],
    }


def _rows(request: HttpRequest, found: QuoteRequest) -> tuple[list[dict[str, Any]], list[str]]:
    """Items as typed, and what is wrong with them."""
    if request.method != "POST":
        return [_row_of(item, reader(request).formats) for item in found.items.all()], []
    rows, wrong = [], []
    sent = {name: request.POST.getlist(f"item-{name}")[:MOST_ROWS] for name in ("text", "quantity", "unit", "place")}
    optional = set(request.POST.getlist("item-optional")[:MOST_ROWS])
    for index, text in enumerate(sent["text"]):
        quantity, unit, place = (
            sent[name][index].strip() if index < len(sent[name]) else "" for name in ("quantity", "unit", "place")
        )
        if not text.strip():
            continue
        amount = thousandths_of(quantity or "1")
        if amount is None or amount <= 0:
            wrong.append(_("Item %(n)d: “%(text)s” is no quantity.") % {"n": index + 1, "text": quantity[:40]})
        rows.append(
            {
                "text": text.replace("\x00", "").strip(),
                "quantity": quantity,
                "amount": amount or 1,
                "unit": unit.replace("\x00", "")[:20] or "psch",
                "optional": str(index + 1) in optional,
                "place": int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0,
            }
        )
    return rows, wrong


def _row_of(item: RequestItem, formats: Formats) -> dict[str, Any]:
    return {
        "text": item.text,
        "quantity": formats.number(Decimal(item.quantity_thousandths).scaleb(-3).normalize()),
        "unit": item.unit,
        "optional": item.optional,
        "place": item.position,
        "label": item.number,
    }


@managing
@require_POST
def take_file(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """GAEB X83, CSV or XLSX instead of the items that are there; a broken file is refused with line and reason."""
    who = reader(request)
    require(edits_orders(who.actor))
    found = request_for(who.actor, request_id)
    sent = request.FILES.get("bill")
    try:
        if sent is None:
            messages.error(request, _("No file was chosen."))
        elif found.state == State.DRAFT:
            items = bills.scope_of(bills.read_bill(io.BytesIO(sent.read()), sent.name or ""))
            change_request(actor=who.actor, request_id=found.pk, items=items, now=timezone.now())
            messages.success(request, _("%(n)d items are taken over.") % {"n": len(items)})
    except Refusal as refusal:
        if refusal.kind in {RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN}:
            raise
        messages.error(request, str(refusal.message))
    return redirect("edit_quote_request", request_id=found.pk)
