"""Arranging a visit of an order, for whoever is logged in: the manager's people, the firm's, a caretaker, the tenant."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.entrypoints.web.visits.card import visit_line, zone_for
from gewerk.entrypoints.web.visits.forms import ArrangeForm, ReasonForm, TimesForm, slot_of
from gewerk.identity.access import sees_orders
from gewerk.journal.actor import Actor
from gewerk.journeys import agree_visit
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.access import order_for_visit, steps_for, visit_for
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.queries.visits import Offered, offered_slots
from gewerk.scheduling.states import BY_KEY, STEPS, Step

View = Callable[..., HttpResponseBase]

_ARRANGING = frozenset(step.key for step in STEPS if not step.sources)
_WITH_TIMES = frozenset({"propose_again", "reschedule", "counter", "ask_to_move"})
_WITH_REASON = frozenset({"no_access", "cancel"})
_DONE: dict[str, Callable[..., Visit]] = {
    "arrive": agree_visit.arrive,
    "attend": agree_visit.end_visit,
    "no_access": agree_visit.no_access,
    "not_attended": agree_visit.not_attended,
    "cancel": agree_visit.cancel_visit,
}


def meeting(view: View) -> View:
    """For anybody who is logged in; whose order it is, ``access`` says."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor is None:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return page


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _back(request: HttpRequest, order_id: UUID) -> str:
    """Where the reader came from: the order's page, the manager's or the firm's."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return order_page(order_id, contractor=not sees_orders(_actor(request)))


def order_page(order_id: UUID, *, contractor: bool) -> str:
    """The order as the manager's people see it, or as a job of those who do the work."""
    return reverse("firm_job" if contractor else "order", args=[order_id])


@meeting
@require_http_methods(["GET", "POST"])
def arrange_visit(request: HttpRequest, order_id: UUID, step: str) -> HttpResponseBase:
    """A new visit: ``propose`` up to three times, ``announce`` one, or ``wish`` for some (tenants)."""
    now = timezone.now()
    actor = _actor(request)
    order = order_for_visit(actor, order_id, now=now)
    if step not in _ARRANGING:
        raise Refusal(kind=RefusalKind.NOT_FOUND, code="not_found")
    if step not in {one.key for one in steps_for(actor, order, None)}:
        raise Refusal(kind=RefusalKind.FORBIDDEN, code="forbidden")
    rows = 1 if step == "announce" else 3
    form_class = TimesForm if step == "wish" else ArrangeForm
    form = form_class(request.POST or None, zone=zone_for(order), rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            _make(actor, order, step, form, now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Everybody concerned hears of it."))
            return redirect(_back(request, order_id))
    return _times_page(request, order, BY_KEY[step], form)


def _make(actor: Actor, order: WorkOrder, step: str, form: TimesForm, now: datetime) -> Visit:
    if step == "wish":
        return arrange.wish(actor=actor, order_id=order.pk, spans=form.spans, now=now)
    purpose = form.cleaned_data["purpose"]
    if step == "announce":
        return agree_visit.announce_visit(actor=actor, order_id=order.pk, span=form.spans[0], purpose=purpose, now=now)
    return arrange.propose(actor=actor, order_id=order.pk, spans=form.spans, purpose=purpose, now=now)


@meeting
@require_POST
def take_slot(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """Agree on one of the times on offer."""
    now = timezone.now()
    visit = visit_for(_actor(request), visit_id, now=now)
    try:
        slot_id = slot_of(request.POST.get("slot", ""))
        agree_visit.take_slot(actor=_actor(request), visit_id=visit.pk, slot_id=slot_id, now=now)
        messages.success(request, _("The time is agreed; everybody concerned hears of it."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect(_back(request, visit.order_id))


@meeting
@require_http_methods(["GET", "POST"])
def visit_step(request: HttpRequest, visit_id: UUID, step: str) -> HttpResponseBase:
    """Any other step; with a page of its own where times or a reason are needed."""
    now = timezone.now()
    actor = _actor(request)
    visit = visit_for(actor, visit_id, now=now)
    known = BY_KEY.get(step)
    if known is None or not (step in _WITH_TIMES or step in _DONE):
        raise Refusal(kind=RefusalKind.NOT_FOUND, code="not_found")
    form: Any = None
    if step in _WITH_TIMES:
        form = TimesForm(request.POST or None, zone=zone_for(visit.order), needs_reason=known.needs_reason)
    elif step in _WITH_REASON:
        form = ReasonForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _take(actor, visit, step, form, now)
        except Refusal as refusal:
            if form is None:
                messages.error(request, str(refusal.message))
                return redirect(_back(request, visit.order_id))
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. Everybody concerned hears of it."))
            return redirect(_back(request, visit.order_id))
    return _times_page(request, visit.order, known, form, visit=visit)


def _take(actor: Actor, visit: Visit, step: str, form: Any, now: datetime) -> Visit:
    given: dict[str, Any] = {"actor": actor, "visit_id": visit.pk, "now": now}
    reason = form.cleaned_data.get("reason", "") if form is not None else ""
    if step in _WITH_TIMES:
        return agree_visit.offer_other_times(spans=form.spans, reason=reason, **given)
    return _DONE[step](**given, **({"reason": reason} if step in _WITH_REASON else {}))


def _times_page(
    request: HttpRequest, order: WorkOrder, step: Step, form: Any, *, visit: Visit | None = None
) -> HttpResponseBase:
    zone = zone_for(order)
    line = None
    if visit is not None:
        line = visit_line(_actor(request), Offered(visit, offered_slots(visit, now=timezone.now())), zone)
    context = {
        "order": order,
        "step": step,
        "form": form,
        "with_times": isinstance(form, TimesForm),
        "line": line,
        "back": _back(request, order.pk),
        "zone": str(zone).partition("/")[2].replace("_", " "),
    }
    return render(request, "visits/step.html", context, status=422 if form is not None and form.errors else 200)
