"""The catalogue as the operator keeps it: find a service, see who may do it, change it. Every change is a version of its own."""

from typing import Any

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

from gewerk.catalogue.delivered import COUNTRIES, questions
from gewerk.catalogue.operations.edit_service import edit_service
from gewerk.catalogue.queries import catalogue_of, found_services, service, versions
from gewerk.catalogue.shapes import Gate, Service
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.web.countries import country_name
from gewerk.entrypoints.web.evidence_words import kind_name
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.orders.forms import text_field
from gewerk.entrypoints.web.operator.door import operating, reader
from gewerk.kit.refusals import Refusal

PER_PAGE = 50
_USUAL = (("fixed", gettext_lazy("fixed price")), ("visit", gettext_lazy("visit first")))


class ServiceForm(PageForm):
    de = text_field(gettext_lazy("Name in German"), 200, required=True)
    en = text_field(gettext_lazy("Name in English"), 200, required=True)
    trades = forms.MultipleChoiceField(
        label=gettext_lazy("Trades, any of which may do it"), widget=forms.CheckboxSelectMultiple
    )
    gate = forms.ChoiceField(label=gettext_lazy("Gate: what is asked for"), widget=forms.RadioSelect)
    minutes = forms.IntegerField(label=gettext_lazy("Usual duration in minutes"), min_value=5, max_value=1_000_000)
    usual = forms.ChoiceField(label=gettext_lazy("Usual"), choices=_USUAL, widget=forms.RadioSelect)
    emergency = forms.BooleanField(label=gettext_lazy("Can be an emergency"), required=False)
    questions = forms.MultipleChoiceField(
        label=gettext_lazy("Questions that are asked"), required=False, widget=forms.CheckboxSelectMultiple
    )
    offered = forms.BooleanField(
        label=gettext_lazy("Is offered"),
        required=False,
        help_text=gettext_lazy("Without the tick nobody can choose it any more; old requests keep it."),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalogue = catalogue_of(country)
        choices = {
            "trades": [(code, trade_name(code)) for code in catalogue.law],
            "gate": [(gate.code, _gate_words(country, gate)) for gate in catalogue.gates.values()],
            "questions": [(code, str(names)) for code, names in questions().items()],
        }
        for name, choice in choices.items():
            self.fields[name].choices = choice  # type: ignore[attr-defined]


def _gate_words(country: str, gate: Gate) -> str:
    return ", ".join(kind_name(country, need.kind) for need in gate.requirements)


def _country(request: HttpRequest) -> str:
    asked = request.GET.get("country", COUNTRIES[0])
    return asked if asked in COUNTRIES else COUNTRIES[0]


@operating
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    country, text, trade = _country(request), request.GET.get("q", "")[:200], request.GET.get("trade", "")
    catalogue = catalogue_of(country)
    trade = trade if trade in catalogue.law else ""
    found = found_services(country, text=text, trade=trade, offered=None)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "reader": who,
        "page": page,
        "rows": [_row(one) for one in page],
        "countries": [
            {"label": country_name(code), "url": f"?country={code}", "active": code == country} for code in COUNTRIES
        ],
        "trades": [(code, trade_name(code)) for code in catalogue.law],
        "trade": trade,
        "text": text,
        "country": country,
        "total": len(catalogue.services),
        "kept": [("country", country), ("trade", trade)],
    }
    return render(request, "operator/catalogue.html", context)


def _row(one: Service) -> dict[str, Any]:
    return {
        "name": str(one.names),
        "code": one.code,
        "url": reverse("operator_service", args=[one.country, one.code]),
        "trades": ", ".join(trade_name(code) for code in one.trades),
        "gate": ", ".join(kind_name(one.country, need.kind) for need in one.requirements),
        "minutes": one.minutes,
        "emergency": one.emergency,
        "usual": str(dict(_USUAL)[one.usual]),
        "offered": one.offered,
        "version": one.version,
    }


@require_http_methods(["GET", "POST"])
@operating
def edit(request: HttpRequest, country: str, service_code: str) -> HttpResponseBase:
    """Raises ServiceNotFound, NoCatalogue."""
    who = reader(request)
    now_is = service(country, service_code)
    form = ServiceForm(request.POST if request.method == "POST" else None, country=country, initial=_initial(now_is))
    if request.method == "POST" and form.is_valid():
        try:
            edit_service(
                actor=who.actor,
                country=country,
                code=service_code,
                fields=form.cleaned_data,
                version=version_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. Requests made before keep what they said."))
            return redirect(f"{reverse('operator_catalogue')}?country={country}")
    context = {
        "reader": who,
        "form": form,
        "service": now_is,
        "edits": [
            {"number": one.number, "by": one.edited_by.name if one.edited_by else "–", "at": one.created_at}
            for one in versions(country, service_code)
        ],
        "law": [(trade_name(code), ", ".join(catalogue_of(country).law[code])) for code in now_is.trades],
        "trail": [
            {"label": _("Catalogue"), "url": f"{reverse('operator_catalogue')}?country={country}"},
            {"label": str(now_is.names)},
        ],
        "back": f"{reverse('operator_catalogue')}?country={country}",
    }
    return render(request, "operator/service.html", context, status=422 if form.errors else 200)


def _initial(one: Service) -> dict[str, Any]:
    return {
        "de": one.names.de,
        "en": one.names.en,
        "trades": list(one.trades),
        "gate": one.gate,
        "minutes": one.minutes,
        "usual": one.usual,
        "emergency": one.emergency,
        "questions": list(one.questions),
        "offered": one.offered,
    }
