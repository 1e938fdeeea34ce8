"""What a firm finds on the marketplace: requests that are open to every vetted firm. It looks, and takes part or not."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gewerk.catalogue.shapes import Service
from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.take_part import take_part
from gewerk.marketplace.queries.market import MOST_SHOWN, market, shown_on_market

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class _Line:
    """What is written of the record is asked for once (``remember``)."""

    record: QuoteRequest
    its: Service
    formats: Formats

    @property
    def service(self) -> str:
        return str(self.its.names)

    @property
    def until(self) -> str:
        return self.formats.moment(self.record.deadline_at) if self.record.deadline_at else ""


@working
@require_safe
def open_requests(request: HttpRequest) -> HttpResponseBase:
    """Title, service, place and deadline; the rest is seen by whoever takes part."""
    who = reader(request)
    found = market(who.actor, on=who.formats.today, now=timezone.now(), most=MOST_SHOWN)
    page = Paginator(found.ids, ROWS_PER_PAGE).get_page(request.GET.get("page", "1"))
    rows = [_Line(one, found.services[one.service], who.formats) for one in shown_on_market(list(page))]
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
