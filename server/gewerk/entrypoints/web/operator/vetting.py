"""The queue of papers that firms have shown: look at one with its file, confirm it or say what is wrong."""

from datetime import timedelta
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
from django.views.decorators.http import require_POST, require_safe

from gewerk.catalogue.queries import NoCatalogue, catalogue_of
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.web.countries import country_name
from gewerk.entrypoints.web.evidence_words import SOON_DAYS, paper, state_of
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.orders.forms import long_field
from gewerk.entrypoints.web.operator.door import operating, reader
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.files.queries import files_of
from gewerk.firms.access import evidence_for
from gewerk.firms.gate_words import kind_name
from gewerk.firms.models import Evidence, EvidenceState, FirmTrade
from gewerk.firms.operations.evidence import OBJECT, confirm_evidence, is_own, refuse_evidence
from gewerk.firms.queries.vetting import STATES, queue, waiting_count
from gewerk.kit.refusals import Refusal

PER_PAGE = 50
_TABS = {
    "waiting": gettext_lazy("To be checked"),
    "confirmed": gettext_lazy("Confirmed"),
    "expiring": gettext_lazy("Run out within 60 days"),
    "expired": gettext_lazy("Expired"),
    "refused": gettext_lazy("Refused"),
    "all": gettext_lazy("All"),
}


class ReasonForm(PageForm):
    reason = long_field(
        gettext_lazy("What is wrong?"),
        4_000,
        required=True,
        help_text=gettext_lazy("The firm reads this by mail: say what it should send instead."),
    )


@operating
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    state = request.GET.get("state", "waiting")
    state = state if state in STATES else "waiting"
    text = request.GET.get("q", "")[:200]
    today = who.formats.today
    rows = queue(who.actor, state=state, text=text, on=today, soon=today + timedelta(days=SOON_DAYS))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "reader": who,
        "page": page,
        "rows": [
            {
                "firm": one.firm.name,
                "country": country_name(one.country),
                "kind": kind_name(one.country, one.kind),
                "state": state_of(one, today),
                "until": who.formats.day(one.valid_until) if one.valid_until else "–",
                "at": one.submitted_at,
                "url": reverse("operator_evidence", args=[one.pk]),
            }
            for one in page
        ],
        "tabs": [{"label": str(label), "url": f"?state={key}", "active": key == state} for key, label in _TABS.items()],
        "kept": [("state", state)],
        "text": text,
        "waiting": waiting_count(who.actor),
    }
    return render(request, "operator/vetting.html", context)


@operating
@require_safe
def one(request: HttpRequest, evidence_id: UUID) -> HttpResponseBase:
    return _page(request, evidence_for(reader(request).actor, evidence_id), ReasonForm())


@require_POST
@operating
def confirm(request: HttpRequest, evidence_id: UUID) -> HttpResponseBase:
    """The next paper that waits comes at once."""
    who = reader(request)
    found = evidence_for(who.actor, evidence_id)
    try:
        confirm_evidence(actor=who.actor, evidence_id=found.pk, version=version_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        messages.error(request, str(refusal.message))
        return redirect("operator_evidence", found.pk)
    messages.success(request, _("Confirmed. The firm is told by mail."))
    return redirect("operator_vetting")


@require_POST
@operating
def refuse(request: HttpRequest, evidence_id: UUID) -> HttpResponseBase:
    who = reader(request)
    found = evidence_for(who.actor, evidence_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        refuse_evidence(
            actor=who.actor,
            evidence_id=found.pk,
            reason=form.cleaned_data["reason"],
            version=version_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        form.refuse(refusal)
        return _page(request, found, form, status=409)
    messages.success(request, _("Refused. The firm reads your reason by mail."))
    return redirect("operator_vetting")


def _page(request: HttpRequest, found: Evidence, form: ReasonForm, *, status: int = 200) -> HttpResponseBase:
    who = reader(request)
    others = Evidence.objects.filter(firm_id=found.firm_id, kind=found.kind).exclude(pk=found.pk)
    try:
        known = catalogue_of(found.country).evidence.get(found.kind)
    except NoCatalogue:
        known = None
    minimum = known.minimum_minor if known is not None else None
    trades = FirmTrade.objects.filter(firm_id=found.firm_id).order_by("trade").values_list("trade", flat=True)
    context: dict[str, Any] = {
        "reader": who,
        "found": found,
        "firm": found.firm,
        "paper": paper(found, who.formats, files_of(OBJECT, found.pk)),
        "kind": known,
        "minimum": who.formats.money(minimum, found.currency) if minimum is not None and found.currency else "",
        "too_low": minimum is not None and (found.insured_minor or 0) < minimum,
        "firm_trades": ", ".join(trade_name(code) for code in trades),
        "own": is_own(who.actor, found),
        "may_confirm": found.state == EvidenceState.SUBMITTED,
        "may_refuse": found.state != EvidenceState.REFUSED,
        "submitted_by": found.submitted_by.name,
        "decided_by": found.decided_by.name if found.decided_by else "",
        "others": [
            {**paper(other, who.formats, []), "url": reverse("operator_evidence", args=[other.pk])}
            for other in others.order_by("-submitted_at")[:20]
        ],
        "form": form,
        "trail": [{"label": _("Vetting"), "url": reverse("operator_vetting")}, {"label": found.firm.name}],
    }
    return render(request, "operator/evidence.html", context, status=status)
