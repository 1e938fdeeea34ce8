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

from gewerk.catalogue.queries import edition
from gewerk.entrypoints.web.evidence_words import file_look
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders.amounts import basis_points_of, minor_of, thousandths_of
from gewerk.entrypoints.web.manager.orders.door import order_of, version_of
from gewerk.entrypoints.web.manager.quotes.firm_rows import firms_to_choose, service_choices
from gewerk.entrypoints.web.manager.quotes.forms import DIRECT, HAND, RULE, RequestForm
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.files.queries import files_of
from gewerk.identity.access import edits_orders, require
from gewerk.journeys.request_quotes import begin_request
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import REQUEST_FILES, live_request_of, request_for
from gewerk.marketplace.models import QuoteRequest, RequestItem
from gewerk.marketplace.operations.choose_by_rule import choose_by_rule
from gewerk.marketplace.operations.end_request import end_request
from gewerk.marketplace.operations.prepare import RequestIsSent, change_request, choose_firms
from gewerk.marketplace.queries import bills
from gewerk.marketplace.scope import ScopeItem
from gewerk.marketplace.states import Mode, State

both = require_http_methods(["GET", "POST"])
EMPTY_ROWS = 3
USUAL_BEST = 3
_CELLS = ("text", "quantity", "unit", "place", "price", "rate")
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
        made = begin_request(actor=who.actor, order_id=order.pk, now=timezone.now())
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
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
    zone, country = ZoneInfo(who.organisation.time_zone), who.organisation.country
    with timezone.override(zone):
        sent = request.POST if request.method == "POST" else None
        services = service_choices(country, edition(country), found.order.trade)
        asked = sent.get("service", "") if sent is not None else found.service
        service = asked if any(asked == code for _trade, group in services for code, _name in group) else ""
        ticked = chosen_ids(sent.getlist("firm_ids")) if sent is not None else []
        firms = firms_to_choose(who, found, service, ticked=ticked, now=timezone.now())
        mode = (sent.get("mode") if sent is not None else "") or found.mode
        names = [(one["id"], one["name"]) for one in firms if not one["blocked"]]
        form = RequestForm(sent, firms=names, services=services, initial=_initial(found))
        if sent is not None and mode == DIRECT and "more" not in sent:
            return _award_directly(request, found)
        fixed = mode == Mode.FIXED_PRICE_OFFER
        rows, wrong = _rows(request, found, fixed=fixed)
        if sent is not None and form.is_valid() and not wrong and "more" not in sent:
            try:
                _save(request, found, form, rows)
            except Refusal as refusal:
                if refusal.kind in PAGES_OF_THEIR_OWN:
                    raise
                form.refuse(refusal)
                wrong = [problem.message for problem in refusal.problems if problem.pointer.startswith("/items")]
            else:
                return redirect("quote_request", request_id=found.pk)
    context = {
        "reader": who,
        "form": form,
        "found": found,
        "firms": [{**one, "ticked": _ticked(one, sent)} for one in firms],
        "find_url": f"{reverse('find_firms')}?service={service}&place={found.order.property.postcode}",
        "fixed": fixed,
        "files": [file_look(one) | {"id": one.file_id} for one in files_of(REQUEST_FILES, found.pk)],
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
        item = ScopeItem(
            row["text"],
            row["amount"],
            row["unit"],
            optional=row["optional"],
            unit_price_minor=row["price_minor"],
            vat_basis_points=row["rate_points"],
        )
        if before is not None:
            item = replace(
                item,
                number=before.number,
                section=before.section,
                alternative_to=before.alternative_to,
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
    if form.cleaned_data["invite_by"] == RULE:
        count = form.cleaned_data["best"] or USUAL_BEST
        choose_by_rule(actor=who.actor, request_id=changed.pk, count=count, now=now)
        return
    firm_ids = [UUID(one) for one in form.cleaned_data["firm_ids"]]
    choose_firms(actor=who.actor, request_id=changed.pk, firm_ids=firm_ids, now=now)


def _ticked(one: dict[str, Any], sent: Any) -> bool:
    return one["id"] in sent.getlist("firm_ids") if sent is not None else bool(one["chosen"])


def _award_directly(request: HttpRequest, found: QuoteRequest) -> HttpResponseBase:
    """The draft of the request is put away, nobody was told of it; the order's own page awards."""
    if found.state != State.DRAFT:
        raise RequestIsSent
    reason = _("The order is awarded directly, without a request.")
    end_request(actor=reader(request).actor, request_id=found.pk, reason=reason, now=timezone.now())
    return redirect("award_order", order_id=found.order_id)


def _initial(found: QuoteRequest) -> dict[str, Any]:
    at = timezone.localtime(found.deadline_at) if found.deadline_at else None
    return {
        "title": found.title,
        "text": found.text,
        "service": found.service,
        "mode": found.mode,
        "claim_hours": found.claim_hours,
        "invite_by": HAND,
        "best": USUAL_BEST,
        "open_to_market": found.open_to_market,
        "deadline_day": at.date() if at else None,
        "deadline_time": at.time() if at else None,
        "start_date": found.start_date,
        "budget_minor": found.budget_minor,
        "budget_shown": found.budget_shown,
        "visit_possible": found.visit_possible,
        "visit_note": found.visit_note,
    }


def _rows(request: HttpRequest, found: QuoteRequest, *, fixed: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """Items as typed, and what is wrong with them."""
    if request.method != "POST":
        return [_row_of(item, reader(request).formats) for item in found.items.all()], []
    rows, wrong = [], []
    sent = {name: request.POST.getlist(f"item-{name}")[:MOST_ROWS] for name in _CELLS}
    optional = set(request.POST.getlist("item-optional")[:MOST_ROWS])
    for index, text in enumerate(sent["text"]):
        quantity, unit, place, price, rate = (
            sent[name][index].strip() if index < len(sent[name]) else "" for name in _CELLS[1:]
        )
        if not text.strip():
            continue
        amount = thousandths_of(quantity or "1")
        if amount is None or amount <= 0:
            wrong.append(_("Item %(n)d: “%(text)s” is no quantity.") % {"n": index + 1, "text": quantity[:40]})
        price_minor = minor_of(price) if fixed and price else None
        rate_points = basis_points_of(rate) if fixed and rate else None
        if fixed and (price_minor is None or rate_points is None):
            wrong.append(_("Item %(n)d: a fixed-price offer needs its net price and its VAT rate.") % {"n": index + 1})
        rows.append(
            {
                "price": price,
                "rate": rate,
                "price_minor": price_minor,
                "rate_points": rate_points,
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
        "price": "" if item.unit_price_minor is None else formats.number(Decimal(item.unit_price_minor).scaleb(-2)),
        "rate": "" if item.vat_basis_points is None else formats.number(Decimal(item.vat_basis_points).scaleb(-2)),
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
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        messages.error(request, str(refusal.message))
    return redirect("edit_quote_request", request_id=found.pk)
