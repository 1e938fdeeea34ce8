"""A private owner registers. One answer whether the address is known or not: the mail says the rest."""

from allauth.core import ratelimit
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.countries import country_choices
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.refusals import too_many
from gewerk.journeys.join_as_owner import join_as_owner
from gewerk.kit.refusals import Refusal


class JoinOwnerForm(PageForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Firms read it with your request."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The link to go on comes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(label=_("Where is the house or flat?"), choices=country_choices)


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponseBase:
    form = JoinOwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if not ratelimit.consume(request, action="join_owner", key=given["email"].strip().lower()):
            return too_many(request)
        try:
            with transaction.atomic():
                join_as_owner(now=timezone.now(), **given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return render(request, "account/join_sent.html", {"email": given["email"]})
    return render(request, "account/join_owner.html", {"form": form}, status=422 if form.errors else 200)
