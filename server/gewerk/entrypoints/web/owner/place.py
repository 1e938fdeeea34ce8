"""Enter one's house or flat: the address, and which flat it is."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.address_forms import tidy_postcode
from gewerk.entrypoints.web.manager.door import reader
from gewerk.entrypoints.web.owner.door import owning
from gewerk.journeys.enter_home import enter_home


class PlaceForm(PageForm):
    street = forms.CharField(
        label=gettext_lazy("Street"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    house_number = forms.CharField(label=gettext_lazy("House number"), max_length=20)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=12)
    city = forms.CharField(label=gettext_lazy("Place"), max_length=100)
    flat = forms.CharField(
        label=gettext_lazy("Flat"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("For example 2nd floor left. Empty: the whole house."),
    )

    def __init__(self, *args: object, country: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_postcode(self) -> str:
        return tidy_postcode(self.cleaned_data["postcode"], self.country)


@owning
@require_http_methods(["GET", "POST"])
def new_place(request: HttpRequest) -> HttpResponseBase:
    """Afterwards straight on to the job."""
    who = reader(request)
    form = PlaceForm(request.POST if request.method == "POST" else None, country=who.organisation.country)
    if request.method == "POST" and form.is_valid():
        enter_home(actor=who.actor, country=who.organisation.country, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The address is saved."))
        return redirect("owner_new_job")
    return render(request, "owner/place.html", {"reader": who, "form": form}, status=422 if form.errors else 200)
