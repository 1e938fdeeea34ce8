"""The firm's start page: what is known of it here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gewerk.entrypoints.web.countries import country_name
from gewerk.identity.access import is_caretaker, require, works_for_firm


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(works_for_firm(actor) or is_caretaker(actor))
    organisation = request.organisation  # type: ignore[attr-defined]
    return render(
        request, "firm/home.html", {"organisation": organisation, "country": country_name(organisation.country)}
    )
