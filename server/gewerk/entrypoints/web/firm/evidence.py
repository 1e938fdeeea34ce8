"""What a firm shows to be vetted: how far it has come, what is still asked for, and sending a paper. Phone first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.catalogue.queries import NoCatalogue, catalogue_of
from gewerk.catalogue.queries import services as services_of_country
from gewerk.catalogue.shapes import EvidenceKind
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.evidence_words import paper, why_words
from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.forms import AmountField, day_field, text_field
from gewerk.files.models import FileKind
from gewerk.files.queries import files_of_many
from gewerk.files.receive import receive
from gewerk.firms.models import FirmTrade
from gewerk.firms.operations.evidence import OBJECT, EvidenceIsInvalid, Paper
from gewerk.firms.operations.write_profile import services_of, write_profile
from gewerk.firms.queries.onboarding import NeededEvidence, Onboarding, onboarding
from gewerk.identity.access import dispatches, manages_company, require
from gewerk.journeys.show_evidence import show_evidence
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import FieldProblem, Refusal

KINDS_TAKEN = frozenset({FileKind.IMAGE, FileKind.DOCUMENT})
_STEPS = {
    "company": (gettext_lazy("Company"), gettext_lazy("Address and a phone or mail"), "account_company"),
    "trades": (gettext_lazy("Trades"), gettext_lazy("In which you work"), "firm_profile"),
    "area": (gettext_lazy("Area and languages"), gettext_lazy("Where you come, what you speak"), "firm_profile"),
    "bank": (gettext_lazy("Bank account"), gettext_lazy("Where you are paid"), "firm_profile"),
    "evidence": (gettext_lazy("Evidence"), gettext_lazy("Photograph or send the papers"), "firm_evidence"),
    "confirmed": (gettext_lazy("Checked"), gettext_lazy("Somebody of the operator looks at each paper"), ""),
}


class EvidenceForm(PageForm):
    """One kind of paper: only what that kind asks for."""

    issuer = text_field(gettext_lazy("Issued by"), 200, required=True)
    number = text_field(gettext_lazy("Number"), 100, help_text=gettext_lazy("If it has one."))
    valid_from = day_field(gettext_lazy("Holds from"), required=True)
    valid_until = day_field(gettext_lazy("Holds until"), help_text=gettext_lazy("The last day."))
    insured_minor = AmountField(label=gettext_lazy("Sum insured"), required=False)
    trades = forms.MultipleChoiceField(
        label=gettext_lazy("Trades that it names"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, kind: EvidenceKind, trades: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].required = kind.expires
        if kind.minimum_minor is None:
            del self.fields["insured_minor"]
        if kind.per_trade:
            self.fields["trades"].choices = [(code, trade_name(code)) for code in trades]  # type: ignore[attr-defined]
        else:
            del self.fields["trades"]

    def paper(self, kind: str) -> Paper:
        given = self.cleaned_data
        return Paper(
            kind=kind,
            issuer=given["issuer"],
            number=given["number"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            insured_minor=given.get("insured_minor"),
            trades=given.get("trades", ()),
        )


class ServicesForm(PageForm):
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"), required=False, widget=forms.CheckboxSelectMultiple
    )


@working
@require_safe
def steps(request: HttpRequest) -> HttpResponseBase:
    """The way in, with its progress and the one next step."""
    who = reader(request)
    require(dispatches(who.actor))
    found = onboarding(who.organisation, on=who.formats.today)
    rows = [_step(name, done, found, who) for name, done in found.steps.items()]
    context = {
        "reader": who,
        "found": found,
        "steps": rows,
        "next": next((row for row in rows if row["status"] == "turn"), None),
        "total": len(rows),
        "waits": found.next_step == "confirmed",
    }
    return render(request, "firm/onboarding.html", context)


def _step(name: str, done: bool, found: Onboarding, who: Reader) -> dict[str, Any]:
    label, note, url = _STEPS[name]
    status = "done" if done else "later"
    if name == found.next_step:
        status = "current" if name == "confirmed" else "turn"
    if name == "company" and not manages_company(who.actor):
        url = ""
    return {"label": str(label), "note": str(note), "status": status, "url": reverse(url) if url else ""}


@working
@require_safe
def evidence(request: HttpRequest) -> HttpResponseBase:
    """What the services of the firm ask for, and how each paper stands."""
    who = reader(request)
    require(dispatches(who.actor))
    found = onboarding(who.organisation, on=who.formats.today)
    files = files_of_many(OBJECT, [one.pk for need in found.needed for one in need.papers])
    needed = [_needed(need, who, files) for need in found.needed]
    context = {
        "reader": who,
        "found": found,
        "needed": needed,
        "missing": sum(1 for need in found.needed if need.why is not None),
        "trail": [{"label": _("My firm"), "url": reverse("firm_home")}, {"label": _("Evidence")}],
    }
    return render(request, "firm/evidence.html", context)


def _needed(need: NeededEvidence, who: Reader, files: dict[Any, Any]) -> dict[str, Any]:
    currency = catalogue_of(who.organisation.country).currency
    return {
        "code": need.kind.code,
        "name": str(need.kind.names),
        "help": str(need.kind.help),
        "law": need.kind.law,
        "needed_by": need.needed_by,
        "minimum": who.formats.money(need.minimum_minor, currency) if need.minimum_minor is not None else "",
        "why": why_words(need.why) if need.why is not None else "",
        "waits": need.why is not None and need.why.value == "waiting",
        "papers": [paper(one, who.formats, files.get(one.pk, [])) for one in need.papers],
        "url": f"{reverse('firm_evidence_new')}?kind={need.kind.code}",
    }


@require_http_methods(["GET", "POST"])
@streamed
@working
def new(request: HttpRequest) -> HttpResponseBase:
    """Send one paper. The door opens its transaction itself: the files have arrived before."""
    who = reader(request)
    require(dispatches(who.actor))
    try:
        kinds = catalogue_of(who.organisation.country).evidence
    except NoCatalogue:
        return redirect("firm_evidence")
    kind = kinds.get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, "firm/evidence_kinds.html", {"reader": who, "kinds": _choices(who), "trail": _trail()})
    trades = list(FirmTrade.objects.filter(firm=who.organisation).order_by("trade").values_list("trade", flat=True))
    form = EvidenceForm(request.POST if request.method == "POST" else None, kind=kind, trades=trades)
    if request.method == "POST" and form.is_valid():
        try:
            ready = [receive(one, kinds=KINDS_TAKEN) for one in arrived(request, "files")]
            if not ready:
                text = _("Choose a photo or a PDF of the paper.")
                raise EvidenceIsInvalid(text, problems=(FieldProblem("/files", "required", text),))
            with writing_transaction():
                show_evidence(
                    actor=who.actor,
                    firm_id=who.organisation.pk,
                    paper=form.paper(kind.code),
                    files=ready,
                    now=timezone.now(),
                )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent. Somebody of the operator checks it; you get a mail."))
            return redirect("firm_evidence")
    context = {"reader": who, "form": form, "kind": kind, "trail": _trail(), "law": kind.law}
    return render(request, "firm/evidence_new.html", context, status=422 if form.errors else 200)


def _choices(who: Reader) -> list[dict[str, str]]:
    found = onboarding(who.organisation, on=who.formats.today)
    return [
        {"name": str(need.kind.names), "url": f"?kind={need.kind.code}", "why": why_words(need.why) if need.why else ""}
        for need in found.needed
    ]


def _trail() -> list[dict[str, Any]]:
    return [{"label": _("Evidence"), "url": reverse("firm_evidence")}, {"label": _("Show evidence")}]


@require_http_methods(["GET", "POST"])
@working
def services(request: HttpRequest) -> HttpResponseBase:
    """Which services of its trades the firm offers; none chosen: all of them."""
    who = reader(request)
    require(dispatches(who.actor))
    trades = set(FirmTrade.objects.filter(firm=who.organisation).values_list("trade", flat=True))
    form = ServicesForm(
        request.POST if request.method == "POST" else None, initial={"services": services_of(who.organisation.pk)}
    )
    form.fields["services"].choices = _service_choices(who, trades)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            write_profile(actor=who.actor, fields={}, services=form.cleaned_data["services"], now=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("firm_home")
    context = {
        "reader": who,
        "form": form,
        "title": _("Services"),
        "sentence": _("Choose what you want to do. Nothing chosen: everything in your trades."),
        "action": _("Save"),
        "icon": "save",
        "back": reverse("firm_home"),
        "version": None,
        "trail": [{"label": _("My firm"), "url": reverse("firm_home")}, {"label": _("Services")}],
    }
    return render(request, "manager/firms/form.html", context, status=422 if form.errors else 200)


def _service_choices(who: Reader, trades: set[str]) -> list[tuple[str, str]]:
    try:
        known = services_of_country(who.organisation.country)
    except NoCatalogue:
        return []
    fitting = [one for one in known if trades & set(one.trades)]
    return sorted(((one.code, str(one.names)) for one in fitting), key=lambda choice: choice[1].casefold())
