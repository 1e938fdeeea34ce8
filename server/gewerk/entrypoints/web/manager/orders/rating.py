"""Rate the work of a finished order, and what its page shows of ratings."""

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
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to
from gewerk.entrypoints.web.rating_words import RatingForm, rating_line
from gewerk.identity.access import edits_orders, require
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.models import ASPECTS, RatedBy
from gewerk.marketplace.operations.rate_work import may_be_rated, rate_as_manager
from gewerk.marketplace.queries.scores import ratings_of_order
from gewerk.projects.models import WorkOrder


def rating_card(who: Reader, order: WorkOrder) -> dict[str, Any] | None:
    """None while there is nothing to rate."""
    if not may_be_rated(order):
        return None
    given = ratings_of_order(who.actor, order.pk)
    rated = any(one.rated_by == RatedBy.MANAGER for one in given)
    return {
        "lines": [rating_line(one, who.formats) for one in given],
        "url": reverse("rate_order", args=[order.pk]) if edits_orders(who.actor) and not rated else "",
    }


@require_http_methods(["GET", "POST"])
@managing
def rate_order(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    card = rating_card(who, order)
    if request.method == "GET" and (card is None or not card["url"]):
        return redirect(page_of(order.pk))
    form = RatingForm(request.POST if request.method == "POST" else None, aspects=ASPECTS)
    if request.method == "POST" and form.is_valid():
        try:
            rate_as_manager(
                actor=who.actor,
                order_id=order.pk,
                stars=form.stars(),
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Thank you. The firm is told by mail and may answer once."))
            return redirect(page_of(order.pk, "ratings"))
    context = {
        "reader": who,
        "order": order,
        "form": form,
        "title": _("Rate the work"),
        "action": _("Save the rating"),
        "hint": _(
            "A rating stays as it is. It counts in the firm's score, which all managers see; your words only the firm reads."
        ),
        "sentence": f"{order.number} · {order.title}",
        "back": page_of(order.pk),
        "trail": trail_to(order, _("Rate the work")),
    }
    return render(request, "manager/orders/step.html", context, status=422 if form.errors else 200)
