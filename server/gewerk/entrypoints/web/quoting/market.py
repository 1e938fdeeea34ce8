"""What a firm finds on the marketplace: requests that are open to every vetted firm. It looks, and takes part or not."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gewerk.catalogue.queries import services
from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.operations.take_part import take_part
from gewerk.marketplace.queries.market import market, market_page

ROWS_PER_PAGE = 50


@working
@require_safe
def open_requests(request: HttpRequest) -> HttpResponseBase:
    """Title, service, place and deadline; the rest is seen by whoever takes part."""
    who = reader(request)
    found = market(who.actor, on=who.formats.today, now=timezone.now())
    page, listed = market_page(found, ROWS_PER_PAGE, request.GET.get("page", "1"))
    asked = {one.service for one in listed}
    names = {one.code: str(one.names) for one in services(who.organisation.country) if one.code in asked}
    rows: list[dict[str, Any]] = []
    for one in listed:
        place = one.order.property
        rows.append(
            {
                "id": one.pk,
                "title": one.title,
                "service": names.get(one.service, one.service),
                "where": f"{place.postcode} {place.city}".strip(),
                "manager": one.organisation.name,
                "until": who.formats.moment(one.deadline_at) if one.deadline_at else "",
            }
        )
    context = {
        "reader": who,
        "page": page,
        "rows": rows,
        "trail": [
            {"label": _("Requests for quotes"), "url": reverse("firm_requests")},
            {"label": _("On the marketplace")},
        ],
    }
    return render(request, "quoting/market.html", context)


@working
@require_POST
def join_request(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Raises RequestNotFound."""
    try:
        made = take_part(actor=reader(request).actor, request_id=request_id, now=timezone.now())
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        messages.error(request, str(refusal.message))
        return redirect("firm_open_requests")
    return redirect("firm_request", asked_id=made.pk)
