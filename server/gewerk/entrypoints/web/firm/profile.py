"""What a firm tells of itself: contact, trades, area; and the prices that managers agreed with it."""

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

from gewerk.entrypoints.web.countries import country_name
from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.firms.forms import trades_field
from gewerk.entrypoints.web.manager.firms.pages import area_words
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.orders.forms import long_field, text_field
from gewerk.entrypoints.web.manager.orders.words import rate
from gewerk.firms.access import own_prices, own_profile
from gewerk.firms.models import AreaKind, FirmProfile, FirmTrade
from gewerk.firms.operations.write_profile import FIELDS, write_profile
from gewerk.firms.queries.prices import holding_on
from gewerk.firms.trades import trade_name
from gewerk.identity.access import dispatches, manages_company, require, works_for_firm
from gewerk.kit.refusals import Refusal

LANGUAGES = (
    ("de", gettext_lazy("German")),
    ("en", gettext_lazy("English")),
    ("tr", gettext_lazy("Turkish")),
    ("ar", gettext_lazy("Arabic")),
    ("pl", gettext_lazy("Polish")),
    ("ru", gettext_lazy("Russian")),
    ("uk", gettext_lazy("Ukrainian")),
    ("fr", gettext_lazy("French")),
    ("it", gettext_lazy("Italian")),
)


class ProfileForm(PageForm):
    contact_name = text_field(gettext_lazy("Contact"), 200)
    emergency_phone = text_field(
        gettext_lazy("Emergency number"), 40, help_text=gettext_lazy("Outside working hours; empty: none.")
    )
    website = forms.CharField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    about = long_field(gettext_lazy("About the firm"), 4_000, rows=4)
    trades = trades_field()
    area_kind = forms.ChoiceField(
        label=gettext_lazy("Area"), choices=lambda: AreaKind.choices, widget=forms.RadioSelect
    )
    area_postcodes = text_field(
        gettext_lazy("Postcodes or their beginnings"), 4_000, help_text=gettext_lazy("separated by commas: 44, 45127")
    )
    area_radius_km = forms.IntegerField(label=gettext_lazy("Radius in km"), required=False, min_value=1, max_value=500)
    capacity = forms.IntegerField(
        label=gettext_lazy("New orders a week"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("How many you can take; empty: not said."),
    )
    iban = text_field(
        gettext_lazy("IBAN"), 42, help_text=gettext_lazy("Where you are paid. Only your own people see it here.")
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages spoken"), required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )

    def clean_area_postcodes(self) -> list[str]:
        return [part.strip().upper() for part in self.cleaned_data["area_postcodes"].split(",") if part.strip()]


@working
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """What managers see of the firm."""
    who = reader(request)
    require(works_for_firm(who.actor))
    profile = own_profile(who.actor)
    prices = holding_on(own_prices(who.actor), who.formats.today).order_by("organisation__name", "code", "id")
    context = {
        "reader": who,
        "organisation": who.organisation,
        "country": country_name(who.organisation.country),
        "profile": profile,
        "area": area_words(profile) if profile is not None else "",
        "trades": [
            trade_name(code)
            for code in FirmTrade.objects.filter(firm_id=who.actor.organisation_id)
            .order_by("trade")
            .values_list("trade", flat=True)
        ],
        "prices": [
            {
                "manager": price.organisation.name,
                "text": price.text,
                "code": price.code,
                "net": f"{who.formats.money(price.net_minor, price.currency)} / {price.unit}",
                "rate": rate(price.vat_basis_points, who.formats),
            }
            for price in prices
        ],
        "writes": dispatches(who.actor),
        "manages": manages_company(who.actor),
    }
    return render(request, "firm/home.html", context)


@require_http_methods(["GET", "POST"])
@working
def edit_profile(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(dispatches(who.actor))
    profile = own_profile(who.actor)
    trades = FirmTrade.objects.filter(firm_id=who.actor.organisation_id).values_list("trade", flat=True)
    form = ProfileForm(
        request.POST if request.method == "POST" else None, initial={**_initial(profile), "trades": list(trades)}
    )
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            write_profile(
                actor=who.actor,
                fields={name: given[name] for name in FIELDS},
                trades=given["trades"],
                version=version_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("firm_home")
    context = {
        "reader": who,
        "form": form,
        "title": _("Profile"),
        "sentence": _("Every property manager with whom you work sees it."),
        "action": _("Save"),
        "icon": "save",
        "back": reverse("firm_home"),
        "version": profile.version if profile is not None else 0,
        "trail": [{"label": _("My firm"), "url": reverse("firm_home")}, {"label": _("Profile")}],
    }
    return render(request, "manager/firms/form.html", context, status=422 if form.errors else 200)


def _initial(profile: FirmProfile | None) -> dict[str, Any]:
    if profile is None:
        return {"area_kind": AreaKind.ANYWHERE}
    found = {name: getattr(profile, name) for name in FIELDS}
    return {**found, "area_postcodes": ", ".join(profile.area_postcodes)}
