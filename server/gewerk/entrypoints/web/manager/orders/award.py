"""Whom to give an order: a framework price, a firm of the own list, own people. From a ticket it is the same page, one step earlier."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.amounts import minor_of, thousandths_of
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to, version_of
from gewerk.firms.access import crews, listed_firms
from gewerk.firms.models import FirmTrade, Standing
from gewerk.firms.queries.prices import offered
from gewerk.firms.trades import trade_name
from gewerk.identity.access import edits_orders, require
from gewerk.identity.countries import usual_vat
from gewerk.journeys.award_order import Outcome, Taken, award_at_framework_price, award_or_ask, award_ticket
from gewerk.journeys.ticket_to_order import ticket_to_order
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.items import Line
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.award import award_to_crew
from gewerk.projects.operations.limits import limit_of
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.trade_of_fault import trade_of_fault
from gewerk.tickets.access import ticket_for
from gewerk.tickets.models import Ticket

both = require_http_methods(["GET", "POST"])
PRICES_SHOWN = 12
FIRMS_SHOWN = 60


class NobodyChosen(Refusal):
    code = "nobody_chosen"


@both
@managing
def award_order(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    refused = ""
    if request.method == "POST":
        try:
            outcome = _award(request, who, order)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            refused = str(refusal.message or (refusal.problems[0].message if refusal.problems else ""))
        else:
            return _done(request, outcome)
    context = {
        "order": order,
        "title": _("Award the order"),
        "sentence": f"{order.number} · {order.title}",
        "amount": who.formats.money(order.items_gross_minor, order.currency) if order.items_gross_minor else "",
        "items_url": reverse("order_items", args=[order.pk]),
        "back": page_of(order.pk),
        "trail": trail_to(order, _("Award")),
    }
    return _page(request, who, order.trade, order.currency, refused, context)


@both
@managing
def award_from_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    """From the report to the awarded order in one go."""
    who = reader(request)
    ticket = ticket_for(who.actor, ticket_id)
    require(edits_orders(who.actor))
    refused = ""
    if request.method == "POST":
        try:
            outcome = _award_ticket(request, who, ticket)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            refused = str(refusal.message or (refusal.problems[0].message if refusal.problems else ""))
        else:
            return _done(request, outcome)
    context = {
        "ticket": ticket,
        "title": _("Give an order"),
        "sentence": f"{ticket.number} · {ticket.title}",
        "prepare_url": f"{reverse('new_order')}?ticket={ticket.pk}",
        "back": reverse("ticket", args=[ticket.pk]),
        "trail": [
            {"label": _("Tickets"), "url": reverse("tickets")},
            {"label": ticket.number, "url": reverse("ticket", args=[ticket.pk])},
            {"label": _("Give an order")},
        ],
    }
    return _page(request, who, trade_of_fault(ticket.category), who.organisation.currency, refused, context)


def _done(request: HttpRequest, outcome: Outcome) -> HttpResponseBase:
    order = outcome.order
    if outcome.approval is not None:
        text = _("%(number)s is above your spending limit: an approval is asked for. With it the order is awarded.")
        messages.info(request, text % {"number": order.number})
    else:
        text = _("%(number)s is awarded to %(name)s; they are told by mail.")
        messages.success(request, text % {"number": order.number, "name": words.contractor(order)})
    return redirect(page_of(order.pk))


def _award(request: HttpRequest, who: Reader, order: WorkOrder) -> Outcome:
    kind, chosen = _chosen(request)
    comment = request.POST.get("comment", "").replace("\x00", "")[:4000]
    now, version = timezone.now(), version_of(request)
    common: dict[str, Any] = {"actor": who.actor, "order_id": order.pk, "now": now}
    if kind == "crew":
        return Outcome(award_to_crew(crew_id=chosen, version=version, note=comment, **common))
    if kind == "price":
        taken = [Taken(chosen, _quantity(request))]
        return award_at_framework_price(
            taken=taken, as_of=who.formats.today, version=version, comment=comment, **common
        )
    if ceiling := _ceiling(request):
        changed = set_items(lines=[_up_to(order, ceiling)], version=version, **common)
        version = changed.version
    return award_or_ask(firm_id=chosen, comment=comment, version=version, **common)


def _award_ticket(request: HttpRequest, who: Reader, ticket: Ticket) -> Outcome:
    kind, chosen = _chosen(request)
    now = timezone.now()
    common: dict[str, Any] = {"actor": who.actor, "now": now}
    if kind in {"crew", "price"}:
        taken = [Taken(chosen, _quantity(request))] if kind == "price" else ()
        crew_id = chosen if kind == "crew" else None
        return award_ticket(ticket_ids=[ticket.pk], taken=taken, crew_id=crew_id, as_of=who.formats.today, **common)
    ceiling = _ceiling(request)
    if not ceiling:
        raise NobodyChosen(_("Enter up to which net amount the firm may go, or prepare the order with items first."))
    order = ticket_to_order(ticket_ids=[ticket.pk], **common)
    set_items(order_id=order.pk, lines=[_up_to(order, ceiling)], **common)
    return award_or_ask(order_id=order.pk, firm_id=chosen, **common)


def _chosen(request: HttpRequest) -> tuple[str, UUID]:
    """``to`` is ``price:<id>``, ``firm:<id>`` or ``crew:<id>``."""
    kind, _colon, text = request.POST.get("to", "").partition(":")
    ids = chosen_ids([text])
    if kind not in {"price", "firm", "crew"} or not ids:
        raise NobodyChosen(_("Choose to whom the order goes."))
    return kind, ids[0]


def _quantity(request: HttpRequest) -> int:
    found = thousandths_of(request.POST.get("quantity", "") or "1")
    if found is None or found <= 0:
        problem = FieldProblem("/quantity", "invalid", _("This is no quantity. Write it like 1.5."))
        raise NobodyChosen(problem.message, problems=(problem,))
    return found


def _ceiling(request: HttpRequest) -> int:
    """Net minor units; 0 when empty."""
    text = request.POST.get("ceiling", "").strip()
    if not text:
        return 0
    found = minor_of(text)
    if found is None or found <= 0:
        problem = FieldProblem("/ceiling", "invalid", _("This is no amount. Write it like 1,234.56."))
        raise NobodyChosen(problem.message, problems=(problem,))
    return found


def _up_to(order: WorkOrder, net_minor: int) -> Line:
    """With the country's standard rate of value added tax."""
    text = _("%(title)s, by effort up to this amount") % {"title": order.title}
    return Line(text[:500], 1000, "psch", net_minor, usual_vat(order.organisation.country))


def _page(
    request: HttpRequest, who: Reader, trade: str, currency: str, refused: str, context: dict[str, Any]
) -> HttpResponseBase:
    money = who.formats.money
    prices = offered(who.actor, as_of=who.formats.today, trade=trade, currency=currency)[:PRICES_SHOWN]
    limit = limit_of(who.actor)
    chosen = request.POST.get("to", "")
    shown = [
        {
            "value": f"price:{price.pk}",
            "title": price.text,
            "note": f"{price.firm.name} · {money(price.net_minor, price.currency)} / {price.unit}",
            "fits": bool(trade) and price.trade == trade,
        }
        for price in prices
    ]
    # The one that usually fits is chosen already: of the trade, of a preferred firm, the lowest.
    if not chosen and shown and shown[0]["fits"]:
        chosen = str(shown[0]["value"])
    page = {
        "reader": who,
        "refused": refused,
        "chosen": chosen,
        "quantity": request.POST.get("quantity", "1"),
        "ceiling": request.POST.get("ceiling", ""),
        "comment": request.POST.get("comment", ""),
        "prices": shown,
        "firms": _firms(who, trade),
        "crews": [
            {"value": f"crew:{crew.pk}", "title": crew.name, "note": crew.get_kind_display()}
            for crew in crews(who.actor).filter(archived_at__isnull=True).order_by("name", "id")
        ],
        "limit": "" if limit is None else money(limit, currency),
        **context,
    }
    return render(request, "manager/orders/award.html", page, status=422 if refused else 200)


def _firms(who: Reader, trade: str) -> list[dict[str, str]]:
    """Not the blocked ones; those of the trade first, then the preferred."""
    rows = list(listed_firms(who.actor).exclude(standing=Standing.BLOCKED).order_by("firm__name", "id"))
    ids = [row.firm_id for row in rows]
    fits = set(FirmTrade.objects.filter(firm_id__in=ids, trade=trade).values_list("firm_id", flat=True))
    rows.sort(key=lambda row: (row.firm_id not in fits, row.standing != Standing.PREFERRED))
    return [
        {
            "value": f"firm:{row.firm_id}",
            "title": row.firm.name,
            "note": ", ".join(
                part
                for part in (
                    trade_name(trade) if row.firm_id in fits else "",
                    str(Standing(row.standing).label),
                    row.firm.city,
                )
                if part
            ),
        }
        for row in rows[:FIRMS_SHOWN]
    ]
