"""The second look: firms that appeal against a warning or a limit, what they say and what stayed unanswered; grant or reject."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.orders.forms import long_field
from gewerk.entrypoints.web.operator.door import operating, reader
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import RequestNotFound, appeals
from gewerk.marketplace.answer_rule import MOST_UNANSWERED_PERCENT, WINDOW
from gewerk.marketplace.models import Appeal, Outcome, Stage
from gewerk.marketplace.operations.appeals import decide_appeal, is_own
from gewerk.marketplace.queries.answers import unanswered

PER_PAGE = 50
SHOWN = 50


class DecisionForm(PageForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("grant", gettext_lazy("Grant: warning and limit end, the requests below count no more")),
            ("reject", gettext_lazy("Reject: all stays as it is")),
        ],
        widget=forms.RadioSelect,
    )
    reason = long_field(
        gettext_lazy("Reason"), 4_000, rows=4, required=True, help_text=gettext_lazy("The firm reads it by mail.")
    )


@operating
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Those that wait first, the oldest on top."""
    who = reader(request)
    every = request.GET.get("state") == "all"
    rows = appeals(who.actor)
    waiting = rows.filter(outcome=Outcome.OPEN).count()
    rows = rows.order_by("-made_at", "-pk") if every else rows.filter(outcome=Outcome.OPEN).order_by("made_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "reader": who,
        "page": page,
        "waiting": waiting,
        "rows": [
            {
                "firm": one.firm.name,
                "against": against(one),
                "outcome": Outcome(one.outcome).label,
                "open": one.outcome == Outcome.OPEN,
                "at": one.made_at,
                "url": reverse("operator_appeal", args=[one.pk]),
            }
            for one in page
        ],
        "tabs": [
            {"label": _("To be decided"), "url": "?", "active": not every},
            {"label": _("All"), "url": "?state=all", "active": every},
        ],
    }
    return render(request, "operator/appeals.html", context)


@require_http_methods(["GET", "POST"])
@operating
def one(request: HttpRequest, appeal_id: UUID) -> HttpResponseBase:
    who = reader(request)
    found = appeals(who.actor).filter(pk=appeal_id).first()
    if found is None:
        raise RequestNotFound
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_appeal(
                actor=who.actor,
                appeal_id=found.pk,
                grant=form.cleaned_data["decision"] == "grant",
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            messages.error(request, str(refusal.message))
            return redirect("operator_appeal", found.pk)
        else:
            messages.success(request, _("Decided. The firm reads your reason by mail."))
            return redirect("operator_appeals")
    return render(request, "operator/appeal.html", _context(request, found, form), status=422 if form.errors else 200)


def against(one: Appeal) -> str:
    return _("the limit") if one.stage == Stage.LIMITED else _("the warning")


def _context(request: HttpRequest, found: Appeal, form: DecisionForm) -> dict[str, Any]:
    who = reader(request)
    case, formats = found.case, who.formats
    left = unanswered(found.firm_id, now=formats.now)[:SHOWN]
    return {
        "reader": who,
        "found": found,
        "against": against(found),
        "at": formats.moment(found.made_at),
        "open": found.outcome == Outcome.OPEN,
        "outcome": Outcome(found.outcome).label,
        "decided": _decided(found, formats.moment(found.decided_at) if found.decided_at else ""),
        "own": is_own(who.actor, found),
        "facts": [
            (_("Warned"), formats.moment(case.warned_at), _share(case.warned_unanswered, case.warned_asked)),
            *(
                [
                    (
                        _("Limited"),
                        formats.moment(case.limited_at),
                        _share(case.limited_unanswered or 0, case.limited_asked or 0),
                    )
                ]
                if case.limited_at
                else []
            ),
        ],
        "percent": MOST_UNANSWERED_PERCENT,
        "days": WINDOW.days,
        "requests": [
            {
                "manager": one.request.organisation.name,
                "invited": formats.moment(one.begins_at),
                "due": formats.moment(one.due_at),
            }
            for one in left
        ],
        "form": form,
        "trail": [{"label": _("Appeals"), "url": reverse("operator_appeals")}, {"label": found.firm.name}],
    }


def _share(bad: int, asked: int) -> str:
    return _("%(bad)d of %(n)d requests without an answer") % {"bad": bad, "n": asked}


def _decided(found: Appeal, at: str) -> str:
    by = found.decided_by.name if found.decided_by is not None else ""
    return ", ".join(part for part in (by, at) if part)
