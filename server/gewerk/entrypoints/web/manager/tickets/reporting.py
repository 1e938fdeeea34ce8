"""What the organisation tells whoever reports: emergency number, office hours. For administrators."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.identity.access import manages_company, require
from gewerk.kit.refusals import Refusal
from gewerk.tickets.operations.report import settings_of
from gewerk.tickets.operations.settings import save_settings


class ReportingForm(PageForm):
    emergency_phone = forms.CharField(
        label=gettext_lazy("Emergency number"),
        help_text=gettext_lazy("Answered day and night. Empty: the phone number of the company."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    office_opens = forms.TimeField(
        label=gettext_lazy("The office opens at"),
        help_text=gettext_lazy("On working days. Outside the hours, rules for the night count. Empty: 8:00 to 16:00."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    office_closes = forms.TimeField(
        label=gettext_lazy("The office closes at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


@require_http_methods(["GET", "POST"])
@managing
def reporting(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(manages_company(who.actor))
    stored = settings_of(who.organisation)
    initial = {name: getattr(stored, name) for name in ReportingForm.base_fields}
    form = ReportingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(actor=who.actor, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("reporting_settings")
    context = {
        "reader": who,
        "form": form,
        "trail": [{"label": _("Tickets"), "url": reverse("tickets")}, {"label": _("Reporting damage")}],
    }
    return render(request, "manager/tickets/reporting.html", context, status=422 if form.errors else 200)
