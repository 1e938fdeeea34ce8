"""The start page of a private owner: whose turn it is in each job, and their houses and flats."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.words import state as order_state
from gewerk.entrypoints.web.manager.quotes.request_page import look
from gewerk.entrypoints.web.owner.door import owning
from gewerk.marketplace.access import requests
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.states import State
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import SubPropertyType
from gewerk.projects.access import orders
from gewerk.projects.models import WorkOrder

JOBS_SHOWN = 50


@owning
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    places = properties(who.actor).filter(archived_at__isnull=True).order_by("street", "house_number", "pk")
    flats = sub_properties(who.actor).filter(type=SubPropertyType.UNIT, archived_at__isnull=True)
    named = {one.property_id: one.name for one in flats.order_by("-created_at")}
    found = list(orders(who.actor).select_related("firm", "property").order_by("-created_at", "-id")[:JOBS_SHOWN])
    asked = {
        one.order_id: one
        for one in requests(who.actor).filter(order__in=[one.pk for one in found]).order_by("created_at")
    }
    context = {
        "reader": who,
        "places": [
            {
                "address": words.address_line(one),
                "flat": named.get(one.pk, ""),
                "url": reverse("property", args=[one.pk]),
            }
            for one in places
        ],
        "jobs": [_job(who, one, asked.get(one.pk)) for one in found],
    }
    return render(request, "owner/home.html", context)


def _job(who: Reader, order: WorkOrder, asked: QuoteRequest | None) -> dict[str, Any]:
    """While quotes are asked for, the request is the page to look at; afterwards the order."""
    shown: Any
    if asked is not None and asked.state in {State.DRAFT, State.OPEN, State.OPENED}:
        url, shown = reverse("quote_request", args=[asked.pk]), look(asked.state)
    else:
        url, shown = reverse("order", args=[order.pk]), order_state(order)
    if asked is not None and asked.state == State.OPEN and asked.deadline_at is not None:
        note = _("sealed until %(moment)s") % {"moment": who.formats.moment(asked.deadline_at)}
    elif asked is not None and asked.state == State.OPENED:
        note = _("compare the quotes and choose one")
    else:
        note = order.firm.name if order.firm else ""
    return {"title": order.title, "number": order.number, "url": url, "state": shown, "note": note}
