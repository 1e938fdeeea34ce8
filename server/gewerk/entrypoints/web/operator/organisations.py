"""Organisations of the installation; taking a new one in with its first person."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.web.countries import country_choices, country_name
from gewerk.entrypoints.web.forms import PageForm
from gewerk.identity.access import operates, require
from gewerk.identity.models import OrganisationKind
from gewerk.identity.queries.organisations import organisations
from gewerk.journeys.take_organisation_in import take_organisation_in
from gewerk.kit.refusals import Refusal


class NewOrganisation(PageForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(k.value, k.label) for k in (OrganisationKind.MANAGER, OrganisationKind.FIRM)],
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=country_choices,
        help_text=gettext_lazy("Language, currency and time zone follow from it; its administrator can change them."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the first administrator"),
        help_text=gettext_lazy("Gets an invitation by mail, valid for 14 days."),
    )


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    rows = list(organisations(request.actor, now=timezone.now()))  # type: ignore[attr-defined]
    for row in rows:
        row.country_name = country_name(row.country)  # type: ignore[attr-defined]
    return render(request, "operator/organisations.html", {"organisations": rows})


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(operates(actor))
    form = NewOrganisation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = take_organisation_in(actor=actor, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("%(name)s has been taken in; the invitation is on its way.") % {"name": made.name}
            )
            return redirect("operator_organisations")
    return render(request, "operator/organisation_new.html", {"form": form})
