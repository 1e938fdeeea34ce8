"""What waits for an approval, and deciding on it; variations; the spending limits of the roles."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.door import RELATED, order_of, page_of, trail_to
from gewerk.entrypoints.web.manager.orders.forms import LimitsForm
from gewerk.entrypoints.web.manager.orders.item_rows import read_rows
from gewerk.entrypoints.web.manager.orders.order_page import sums_of
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.identity.access import edits_orders, handles_money, require
from gewerk.identity.models import Role
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import approval_for, approvals, orders, variation_for
from gewerk.projects.items import USUAL_UNITS
from gewerk.projects.models import Approval, ApprovalState, Variation, VariationState
from gewerk.projects.operations import approvals as deciding
from gewerk.projects.operations.limits import USUAL, covers, limit_of, limits_of, set_limit, sets_limits
from gewerk.projects.operations.variations import (
    approve_variation,
    ask_for_variation,
    refuse_variation,
    withdraw_variation,
)

both = require_http_methods(["GET", "POST"])
MOST = 200


@managing
@require_safe
def approval_list(request: HttpRequest) -> HttpResponseBase:
    """What waits, the reader's own first; ``?all`` also what was decided."""
    who = reader(request)
    every = "all" in request.GET
    rows = approvals(who.actor).select_related("order__property", "firm", "variation", "asked_by", "decided_by")
    rows = rows.order_by("-asked_at", "-id") if every else rows.filter(state=ApprovalState.ASKED).order_by("asked_at")
    listed = [_line(who, one) for one in rows[:MOST]]
    listed.sort(key=lambda line: not line["mine"])
    mine = sum(line["mine"] for line in listed)
    context = {
        "reader": who,
        "lines": listed,
        "every": every,
        "sentence": _("%(n)d wait for your decision.") % {"n": mine},
        "trail": [{"label": _("Orders"), "url": reverse("orders")}, {"label": _("Approvals")}],
    }
    return render(request, "manager/orders/approvals.html", context)


def _line(who: Reader, one: Approval) -> dict[str, Any]:
    open_ = one.state == ApprovalState.ASKED
    return {
        "title": one.order.title,
        "number": one.order.number,
        "url": reverse("approval", args=[one.pk]),
        "what": _("Variation %(n)d") % {"n": one.variation.number} if one.variation else _("Award"),
        "firm": one.firm.name if one.firm else words.contractor(one.order),
        "amount": who.formats.money(one.amount_minor, one.order.currency),
        "asked_by": one.asked_by.name if one.asked_by else _("a program"),
        "when": who.formats.when(one.asked_at),
        "state": words.variation_state(one.state),
        "mine": open_ and handles_money(who.actor) and covers(who.actor, one.amount_minor),
    }


@both
@managing
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponseBase:
    """What is asked for, with everything needed to decide; POST ``approve`` or ``refuse``."""
    who = reader(request)
    one = approval_for(who.actor, approval_id)
    order = orders(who.actor).select_related(*RELATED).get(pk=one.order_id)
    refused = ""
    if request.method == "POST":
        require(handles_money(who.actor))
        now = timezone.now()
        try:
            if "approve" in request.POST:
                approve_and_go_on(actor=who.actor, approval_id=one.pk, now=now)
                messages.success(request, _("Approved. %(number)s goes on.") % {"number": order.number})
            else:
                reason = request.POST.get("reason", "").replace("\x00", "")[:4000]
                deciding.refuse(actor=who.actor, approval_id=one.pk, reason=reason, now=now)
                messages.success(request, _("Refused; %(name)s is told why.") % {"name": _asker(one)})
            return redirect("approvals")
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            refused = str(refusal.message)
    of_variation = one.variation is not None
    items = list(order.items.filter(variation=one.variation).order_by("position"))
    decides = one.state == ApprovalState.ASKED and handles_money(who.actor) and covers(who.actor, one.amount_minor)
    limit = limit_of(who.actor)
    context = {
        "reader": who,
        "order": order,
        "approval": one,
        "refused": refused,
        "state": words.variation_state(one.state),
        "amount": who.formats.money(one.amount_minor, order.currency),
        "asker": _asker(one),
        "asked": who.formats.when(one.asked_at),
        "what": _("Variation %(n)d") % {"n": one.variation.number} if one.variation else _("Award"),
        "firm": one.firm.name if one.firm else words.contractor(order),
        "where": words.where(order),
        "reason": one.variation.reason if one.variation else "",
        "items": words.item_lines(items, order.currency, who.formats),
        "sums": sums_of(who, order, items),
        "committed": who.formats.money(order.committed_minor, order.currency) if of_variation else "",
        "decides": decides,
        "limit": "" if limit is None else who.formats.money(limit, order.currency),
        "order_url": page_of(order.pk),
        "trail": [
            {"label": _("Orders"), "url": reverse("orders")},
            {"label": _("Approvals"), "url": reverse("approvals")},
            {"label": order.number},
        ],
    }
    return render(request, "manager/orders/approval.html", context, status=422 if refused else 200)


def _asker(one: Approval) -> str:
    return one.asked_by.name if one.asked_by else _("a program")


@both
@managing
def new_variation(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """A variation that the manager notes for the contractor."""
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    rows = read_rows(request.POST)
    reason = request.POST.get("reason", "").replace("\x00", "")[:4000]
    left: list[str] = []
    if request.method == "POST" and not rows.wrong and "more" not in request.POST:
        try:
            made = ask_for_variation(
                actor=who.actor, order_id=order.pk, reason=reason, lines=rows.lines, now=timezone.now()
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            left = rows.blame(refusal.problems) or ([] if refusal.problems else [str(refusal.message)])
        else:
            return redirect("variation", made.pk)
    context = {
        "reader": who,
        "order": order,
        "rows": rows,
        "left": left,
        "reason": reason,
        "units": USUAL_UNITS,
        "back": page_of(order.pk),
        "trail": trail_to(order, _("New variation")),
    }
    wrong = bool(rows.wrong or left) and "more" not in request.POST
    return render(request, "manager/orders/new_variation.html", context, status=422 if wrong else 200)


@both
@managing
def variation(request: HttpRequest, variation_id: UUID) -> HttpResponseBase:
    """One variation: what, why, how much; approve, refuse, withdraw, or ask somebody with a higher limit."""
    who = reader(request)
    one = variation_for(who.actor, variation_id)
    order = orders(who.actor).select_related(*RELATED).get(pk=one.order_id)
    refused = ""
    if request.method == "POST":
        try:
            messages.success(request, _decide(request, who, one))
            return redirect(page_of(order.pk, "variations"))
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            refused = str(refusal.message)
    items = list(order.items.filter(variation=one).order_by("position"))
    whole = order.committed_minor + one.gross_minor
    waits = one.state == VariationState.ASKED
    asked = one.approvals.filter(state=ApprovalState.ASKED).exists()
    money = who.formats.money
    context = {
        "reader": who,
        "order": order,
        "variation": one,
        "refused": refused,
        "state": words.variation_state(one.state),
        "amount": money(one.gross_minor, order.currency),
        "asked": who.formats.when(one.asked_at),
        "items": words.item_lines(items, order.currency, who.formats),
        "sums": sums_of(who, order, items),
        "committed": money(order.committed_minor, order.currency),
        "whole": money(whole, order.currency),
        "contractor": words.contractor(order),
        "decides": waits and handles_money(who.actor) and covers(who.actor, whole) and not asked,
        "may_ask": waits and who.edits and not covers(who.actor, whole) and not asked,
        "approval_asked": asked,
        "waits": waits,
        "order_url": page_of(order.pk),
        "trail": trail_to(order, _("Variation %(n)d") % {"n": one.number}),
    }
    return render(request, "manager/orders/variation.html", context, status=422 if refused else 200)


def _decide(request: HttpRequest, who: Reader, one: Variation) -> str:
    now, reason = timezone.now(), request.POST.get("reason", "").replace("\x00", "")[:4000]
    if "approve" in request.POST:
        approve_variation(actor=who.actor, variation_id=one.pk, now=now)
        return _("Variation %(n)d is approved.") % {"n": one.number}
    if "ask" in request.POST:
        deciding.ask_for_variation(actor=who.actor, variation_id=one.pk, comment=reason, now=now)
        return _("An approval is asked for.")
    if "withdraw" in request.POST:
        withdraw_variation(actor=who.actor, variation_id=one.pk, now=now)
        return _("Variation %(n)d is withdrawn.") % {"n": one.number}
    refuse_variation(actor=who.actor, variation_id=one.pk, reason=reason, now=now)
    return _("Variation %(n)d is refused; the contractor is told why.") % {"n": one.number}


@both
@managing
def spending_limits(request: HttpRequest) -> HttpResponseBase:
    """Up to which gross sum of an order each role decides alone. Everybody may look, the administrator changes."""
    who = reader(request)
    limits = limits_of(who.actor.organisation_id)
    roles = [(str(role), Role(role).label) for role in USUAL]
    initial = {
        role: "" if amount is None else who.formats.number(Decimal(amount).scaleb(-2))
        for role, amount in limits.items()
    }
    form = LimitsForm(request.POST if request.method == "POST" else None, roles=roles, initial=initial)
    sets = sets_limits(who.actor)
    if request.method == "POST":
        require(sets)
        if form.is_valid():
            for role, _label in roles:
                set_limit(actor=who.actor, role=role, amount_minor=form.cleaned_data[role], now=timezone.now())
            messages.success(request, _("The spending limits are saved."))
            return redirect("spending_limits")
    context = {
        "reader": who,
        "form": form,
        "sets": sets,
        "currency": who.organisation.currency,
        "lines": [
            (
                Role(role).label,
                _("without limit") if amount is None else who.formats.money(amount, who.organisation.currency),
            )
            for role, amount in limits.items()
        ],
        "trail": [{"label": _("Orders"), "url": reverse("orders")}, {"label": _("Spending limits")}],
    }
    return render(request, "manager/orders/limits.html", context, status=422 if form.errors else 200)
