"""Begin an order (at a place, or from tickets) and change what it says. The input survives every error."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import LONGEST_SEARCH, chosen_ids
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to, version_of
from gewerk.entrypoints.web.manager.orders.forms import OrderForm
from gewerk.identity.access import edits_orders, require
from gewerk.journeys.ticket_to_order import known_of, ticket_to_order
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound, properties, property_for, sub_property_for
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType
from gewerk.projects.access import order_for
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.draft_order import change_order, draft_order
from gewerk.projects.operations.moving import Stale
from gewerk.tickets.access import tickets as tickets_of
from gewerk.tickets.models import Ticket
from gewerk.tickets.queries.places import Found, places

both = require_http_methods(["GET", "POST"])
MOST_TICKETS = 100


@both
@managing
def new_order(request: HttpRequest) -> HttpResponseBase:
    """At the place that the address names (``property``, ``unit``, ``tenant``), or from ``ticket``; without either, a search."""
    who = reader(request)
    require(edits_orders(who.actor))
    asked = request.POST if request.method == "POST" else request.GET
    tickets = _tickets(who, asked.getlist("ticket"))
    recalled = _recalled(who, asked.get("recall", ""))
    place = tickets[0].property if tickets else recalled.property if recalled else _place(who, asked)
    if place is None:
        return _search(request, who)
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        who=who,
        place=place,
        initial=_initial(who, asked, tickets, recalled),
    )
    if request.method == "POST" and form.is_valid():
        fields = form.changes() | ({"recall_of_id": recalled.pk} if recalled else {})
        if tenant := asked.get("tenant", ""):
            fields["tenant_id"] = _fetched(who, tenant).pk
        try:
            now = timezone.now()
            if tickets:
                order = ticket_to_order(actor=who.actor, ticket_ids=[one.pk for one in tickets], fields=fields, now=now)
            else:
                order = draft_order(actor=who.actor, property_id=place.pk, fields=fields, now=now)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("%(number)s is begun.") % {"number": order.number})
            return redirect("order_items" if "items" in request.POST else "order", order.pk)
    context = {
        "reader": who,
        "form": form,
        "parts": form.parts(),
        "title": _("New order"),
        "sentence": stock.address_line(place),
        "kept": _kept(asked),
        "back": reverse("orders"),
        "tickets": tickets,
        "trail": [{"label": _("Orders"), "url": reverse("orders")}, {"label": _("New order")}],
        "new": True,
    }
    return render(request, "manager/orders/form.html", context, status=422 if form.errors else 200)


@both
@managing
def edit_order(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        who=who,
        place=order.property,
        initial=_initial_of(who, order),
    )
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            change_order(
                actor=who.actor,
                order_id=order.pk,
                fields=form.changes(),
                version=version_of(request),
                now=timezone.now(),
            )
        except Stale as refusal:
            stale = str(refusal.message)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(page_of(order.pk))
    context = {
        "reader": who,
        "form": form,
        "parts": form.parts(),
        "title": _("Change the order"),
        "sentence": f"{order.number} · {order.title}",
        "kept": [("version", order.version)],
        "stale": stale,
        "back": page_of(order.pk),
        "trail": trail_to(order, _("Edit")),
    }
    status = 412 if stale else 422 if form.errors else 200
    return render(request, "manager/orders/form.html", context, status=status)


def _initial_of(who: Reader, order: WorkOrder) -> dict[str, Any]:
    initial = {name: getattr(order, name) for name in OrderForm.base_fields}
    if order.budget_minor is not None:
        initial["budget_minor"] = who.formats.number(order.budget_minor / 100)
    return initial


def _initial(who: Reader, asked: Any, tickets: list[Ticket], recalled: WorkOrder | None) -> dict[str, Any]:
    if tickets:
        return known_of(tickets)
    if recalled is not None:
        kept = ("unit_id", "place_note", "trade", "contact_name", "contact_phone", "contact_email", "account_code")
        again = {name: getattr(recalled, name) for name in kept}
        return {"title": _("Recall: %(title)s") % {"title": recalled.title}, **again}
    initial: dict[str, Any] = {"unit_id": asked.get("unit", "")}
    if tenant := asked.get("tenant", ""):
        record = _fetched(who, tenant)
        phone = next((p.get("e164") or p.get("raw") or "" for p in record.phones), "")
        initial |= {"contact_name": record.name, "contact_phone": phone, "contact_email": record.email}
    return initial


def _kept(asked: Any) -> list[tuple[str, str]]:
    names = ("property", "unit", "tenant", "ticket", "recall")
    return [(name, value) for name in names for value in asked.getlist(name) if value]


def _tickets(who: Reader, sent: list[str]) -> list[Ticket]:
    ids = chosen_ids(sent[:MOST_TICKETS])
    if not ids:
        return []
    found = tickets_of(who.actor).filter(pk__in=ids).select_related("property", "reporter").order_by("created_at", "id")
    listed = list(found)
    if len(listed) != len(set(ids)):
        raise NotFound
    return listed


def _recalled(who: Reader, text: str) -> WorkOrder | None:
    ids = chosen_ids([text]) if text else []
    return order_for(who.actor, ids[0]) if ids else None


def _place(who: Reader, asked: Any) -> Property | None:
    """The property named, or that of the unit named. Raises NotFound for foreign ids."""
    if unit := asked.get("unit", ""):
        record = _fetched(who, unit)
        if record.type != SubPropertyType.UNIT or record.property_id is None:
            raise NotFound
        return property_for(who.actor, record.property_id)
    ids = chosen_ids([asked.get("property", "")])
    return property_for(who.actor, ids[0]) if ids else None


def _fetched(who: Reader, text: str) -> SubProperty:
    ids = chosen_ids([text])
    if not ids:
        raise NotFound
    return sub_property_for(who.actor, ids[0])


def _search(request: HttpRequest, who: Reader) -> HttpResponseBase:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    context = {
        "reader": who,
        "text": text,
        "hits": [_hit(one) for one in places(who.actor, text)] if text else [],
        "trail": [{"label": _("Orders"), "url": reverse("orders")}, {"label": _("New order")}],
        "any_property": properties(who.actor).filter(archived_at__isnull=True).exists(),
    }
    return render(request, "manager/orders/new_place.html", context)


def _hit(one: Found) -> dict[str, Any]:
    line = stock.address_line(one.property)
    if one.unit is None:
        return {
            "icon": "building-2",
            "title": stock.street_line(one.property),
            "note": f"{stock.place_line(one.property)} · " + _("the building itself"),
            "number": one.property.external_id or "",
            "url": "?" + urlencode({"property": one.property.pk}),
        }
    inside = stock.position(one.unit) or stock.unit_title(one.unit)
    query = {"unit": one.unit.pk} | ({"tenant": one.tenant.pk} if one.tenant else {})
    return {
        "icon": "user-round" if one.tenant else "house",
        "title": one.tenant.name if one.tenant else inside,
        "note": f"{line} · {inside}" if one.tenant else line,
        "number": one.unit.external_id or "",
        "url": "?" + urlencode(query),
    }
