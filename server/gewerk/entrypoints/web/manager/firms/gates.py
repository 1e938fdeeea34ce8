"""Which services a firm of the own list may take today, what is missing for the others, and going on in spite of what expired."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.catalogue.queries import service
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.orders.forms import long_field
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.firms.access import listed_firm_for
from gewerk.firms.gate_words import missing_words
from gewerk.firms.gates import GateAnswer, Why, may_be_awarded
from gewerk.firms.operations.override_gate import DAYS, override_gate
from gewerk.firms.queries.onboarding import gates_of
from gewerk.identity.access import require, settles_gates
from gewerk.identity.models import Organisation
from gewerk.kit.refusals import Refusal

PER_PAGE = 50


class OverrideForm(PageForm):
    reason = long_field(
        gettext_lazy("Why shall the firm take it all the same?"),
        4_000,
        required=True,
        help_text=gettext_lazy("It is kept with your name and the day."),
    )


@managing
@require_safe
def gates_of_firm(request: HttpRequest, firm_id: UUID) -> HttpResponseBase:
    """By the evidence alone; ``open`` and ``shut`` are views of the list."""
    who = reader(request)
    firm = listed_firm_for(who.actor, firm_id).firm
    every = gates_of(firm, on=who.formats.today)
    view = request.GET.get("view", "")
    wanted = {"open": True, "shut": False}.get(view)
    shown = [(one, found) for one, found in every if wanted is None or found.open is wanted]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    views = (("", _("All")), ("open", _("may be awarded")), ("shut", _("something is missing")))
    context = {
        "reader": who,
        "firm": firm,
        "page": page,
        "rows": [
            {
                "name": str(one.names),
                "open": found.open,
                "missing": [missing_words(firm.country, gap) for gap in found.missing],
                "url": reverse("override_gate", args=[firm.pk, one.code])
                if settles_gates(who.actor) and _only_expired(found)
                else "",
            }
            for one, found in page
        ],
        "chips": [{"label": label, "url": f"?view={key}", "active": key == view} for key, label in views],
        "open": sum(found.open for _one, found in every),
        "total": len(every),
        "trail": _trail(firm, _("May take")),
    }
    return render(request, "manager/firms/gates.html", context)


@require_http_methods(["GET", "POST"])
@managing
def override(request: HttpRequest, firm_id: UUID, service_code: str) -> HttpResponseBase:
    """For the administrator. Raises FirmNotFound, ServiceNotFound, FORBIDDEN."""
    who = reader(request)
    require(settles_gates(who.actor))
    firm = listed_firm_for(who.actor, firm_id).firm
    wanted = service(firm.country, service_code)
    today = who.formats.today
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = override_gate(
                actor=who.actor,
                firm_id=firm.pk,
                service_code=service_code,
                country=firm.country,
                reason=form.cleaned_data["reason"],
                on=today,
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            form.refuse(refusal)
        else:
            until = who.formats.day(made.valid_until)
            messages.success(request, _("Noted. The firm may be awarded it until %(until)s.") % {"until": until})
            return redirect("gates_of_firm", firm.pk)
    found = may_be_awarded(who.organisation.pk, firm.pk, service_code, firm.country, today)
    context = {
        "reader": who,
        "form": form,
        "firm": firm,
        "service": str(wanted.names),
        "missing": [missing_words(firm.country, gap) for gap in found.missing],
        "is_open": found.open,
        "overridden": found.override_id is not None,
        "possible": _only_expired(found),
        "days": DAYS,
        "back": reverse("gates_of_firm", args=[firm.pk]),
        "trail": _trail(firm, str(wanted.names)),
    }
    return render(request, "manager/firms/override_gate.html", context, status=422 if form.errors else 200)


def _only_expired(found: GateAnswer) -> bool:
    return not found.open and all(gap.why is Why.EXPIRED for gap in found.missing)


def _trail(firm: Organisation, last: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Firms"), "url": reverse("firms")},
        {"label": firm.name, "url": reverse("firm", args=[firm.pk])},
        {"label": last},
    ]
