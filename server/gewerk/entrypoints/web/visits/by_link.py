"""The tenant's page of a visit, opened by the link of a mail, without login: choose, wish, move, cancel, put it into the calendar."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.web.visits.card import visit_line, zone_for
from gewerk.entrypoints.web.visits.forms import ReasonForm, TimesForm, slot_of
from gewerk.journal.actor import Actor
from gewerk.journeys import agree_visit
from gewerk.kit.refusals import Refusal
from gewerk.scheduling.access import guest_of
from gewerk.scheduling.models import Visit
from gewerk.scheduling.queries.ics import visit_ics
from gewerk.scheduling.queries.visits import Offered, offered_slots
from gewerk.scheduling.states import BY_KEY

_OTHERS = ("counter", "ask_to_move")


@never_cache
@require_http_methods(["GET", "POST"])
def visit_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    actor, visit = guest_of(token)
    with translation.override(_language(visit, request)):
        if request.method == "POST":
            return _act(request, token, actor, visit)
        return _page(request, token, actor, visit)


@never_cache
@require_safe
def visit_calendar_file(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The visit for the phone's own calendar."""
    _actor, visit = guest_of(token)
    response = HttpResponse(visit_ics(visit, now=timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return response


def _language(visit: Visit, request: HttpRequest) -> str:
    """Chosen on the page, else the tenant's own, else the organisation's."""
    chosen = request.COOKIES.get("django_language")
    known = visit.order.tenant.language if visit.order.tenant_id and visit.order.tenant else ""
    return chosen or known or visit.organisation.language


def _page(
    request: HttpRequest, token: str, actor: Actor, visit: Visit, *, form: Any = None, step: str = "", status: int = 200
) -> HttpResponseBase:
    now = timezone.now()
    zone = zone_for(visit.order)
    line = visit_line(actor, Offered(visit, offered_slots(visit, now=now)), zone)
    keys = {one.key for one in line.steps}
    others = next((key for key in _OTHERS if key in keys), "")
    context = {
        "line": line,
        "order": visit.order,
        "place": visit.order.property,
        "organisation": visit.organisation,
        "organisation_name": visit.organisation.name,
        "token": token,
        "others": BY_KEY[others] if others else None,
        "cancels": "cancel" in keys,
        "can_wait_in_vain": "not_attended" in keys and visit.starts_at is not None and visit.starts_at <= now,
        "form": form or TimesForm(zone=zone, needs_reason=others == "ask_to_move"),
        "failed_step": step,
        "reason_form": form if step == "cancel" else ReasonForm(prefix="cancel"),
    }
    return render(request, "visits/by_link.html", context, status=status)


def _act(request: HttpRequest, token: str, actor: Actor, visit: Visit) -> HttpResponseBase:
    now = timezone.now()
    step = request.POST.get("step", "")
    common: dict[str, Any] = {"actor": actor, "visit_id": visit.pk, "now": now}
    form: Any = None
    try:
        if step == "take":
            agree_visit.take_slot(slot_id=slot_of(request.POST.get("slot", "")), **common)
            messages.success(request, _("Thank you. The time is agreed; everybody concerned hears of it."))
        elif step in _OTHERS:
            form = TimesForm(request.POST, zone=zone_for(visit.order), needs_reason=step == "ask_to_move")
            if not form.is_valid():
                return _page(request, token, actor, visit, form=form, step=step, status=422)
            reason = form.cleaned_data.get("reason", "")
            agree_visit.offer_other_times(spans=form.spans, reason=reason, **common)
            messages.success(request, _("Thank you. The firm hears of your times and answers."))
        elif step == "cancel":
            form = ReasonForm(request.POST, prefix="cancel")
            if not form.is_valid():
                return _page(request, token, actor, visit, form=form, step=step, status=422)
            agree_visit.cancel_visit(reason=form.cleaned_data["reason"], **common)
            messages.success(request, _("The visit is cancelled."))
        elif step == "not_attended":
            agree_visit.not_attended(**common)
            messages.success(request, _("We are sorry. Your manager hears of it at once."))
    except Refusal as refusal:
        if form is None:
            messages.error(request, str(refusal.message))
        else:
            form.refuse(refusal)
            return _page(request, token, actor, visit, form=form, step=step, status=422)
    return redirect("visit_by_link", token=token)
