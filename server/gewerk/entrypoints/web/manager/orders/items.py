"""The editor of an order's items: rows, framework prices to take over, sums."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to, version_of
from gewerk.entrypoints.web.manager.orders.item_rows import read_rows, rows_of, rows_with
from gewerk.firms.access import framework_price_for
from gewerk.firms.queries.prices import offered
from gewerk.firms.trades import trade_name
from gewerk.identity.access import edits_orders, require
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.items import USUAL_UNITS
from gewerk.projects.operations.moving import Stale
from gewerk.projects.operations.set_items import set_items

PRICES_SHOWN = 30
MORE = 6


@require_http_methods(["GET", "POST"])
@managing
def order_items(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """``take`` adds a framework price to the rows, ``more`` empty ones; both keep what was typed."""
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    own = list(order.items.filter(variation__isnull=True).order_by("position"))
    rows = rows_of(own, who.formats) if request.method == "GET" else read_rows(request.POST)
    left: list[str] = []
    stale = ""
    if taken := chosen_ids([request.POST.get("take", "")]):
        rows = rows_with(framework_price_for(who.actor, taken[0]), who.formats, rows)
    elif "more" in request.POST:
        rows = read_rows(request.POST, spare=MORE)
    elif request.method == "POST" and not rows.wrong:
        try:
            set_items(
                actor=who.actor, order_id=order.pk, lines=rows.lines, version=version_of(request), now=timezone.now()
            )
        except Stale as refusal:
            stale = str(refusal.message)
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            left = rows.blame(refusal.problems) or ([] if refusal.problems else [str(refusal.message)])
        else:
            messages.success(request, _("The items are saved."))
            return redirect(
                "award_order" if "award" in request.POST else page_of(order.pk, "items"),
                *([order.pk] if "award" in request.POST else []),
            )
    prices = offered(who.actor, as_of=who.formats.today, trade=order.trade, currency=order.currency)[:PRICES_SHOWN]
    context = {
        "reader": who,
        "order": order,
        "rows": rows,
        "left": left,
        "stale": stale,
        "units": USUAL_UNITS,
        "prices": [
            {
                "id": price.pk,
                "code": price.code,
                "text": price.text,
                "firm": price.firm.name,
                "trade": trade_name(price.trade) if price.trade else "",
                "net": f"{who.formats.money(price.net_minor, price.currency)} / {price.unit}",
                "rate": words.rate(price.vat_basis_points, who.formats),
            }
            for price in prices
        ],
        "back": page_of(order.pk),
        "trail": trail_to(order, _("Items")),
    }
    wrong = bool(rows.wrong or left) and "more" not in request.POST and not taken
    return render(request, "manager/orders/items.html", context, status=412 if stale else 422 if wrong else 200)
