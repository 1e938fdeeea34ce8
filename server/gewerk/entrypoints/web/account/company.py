"""The organisation itself: name, address, country, language, currency, time zone. For administrators and owners."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.account.pages import account_page
from gewerk.entrypoints.web.countries import country_choices, currency_choices, language_choices, time_zone_choices
from gewerk.entrypoints.web.forms import PageForm
from gewerk.identity.access import manages_company, require
from gewerk.identity.models import OrganisationKind
from gewerk.journeys.change_company import change_company
from gewerk.kit.refusals import Refusal


class CompanyForm(PageForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, help_text=gettext_lazy("Tenants see it as your contact.")
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Tenants see it as your contact."),
    )
    vat_id = forms.CharField(label=gettext_lazy("VAT ID"), max_length=20, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=language_choices,
        help_text=gettext_lazy("Of pages and mails; everybody may choose another for themselves."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zone_choices)


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(manages_company(actor))
    organisation = request.organisation  # type: ignore[attr-defined]
    initial = {name: getattr(organisation, name) for name in CompanyForm.base_fields}
    form = CompanyForm(request.POST or None, initial=initial)
    if organisation.kind == OrganisationKind.FIRM:
        for name in ("email", "phone"):
            form.fields[name].help_text = _("Property managers see it as your contact.")
    if request.method == "POST" and form.is_valid():
        try:
            change_company(actor=actor, fields=form.cleaned_data, now=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("account_company")
    return account_page(
        request,
        "account/company.html",
        {
            "form": form,
            "parts": [
                (_("Address"), [form[n] for n in ("name", "street", "postcode", "city", "country")]),
                (_("Contact"), [form[n] for n in ("email", "phone", "vat_id")]),
                (_("Language and money"), [form[n] for n in ("language", "currency", "time_zone")]),
            ],
        },
    )
