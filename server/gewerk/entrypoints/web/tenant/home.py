"""The tenant's start page: what they rent, since when, and whom to ask."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gewerk.identity.access import require
from gewerk.identity.models import Role
from gewerk.portfolio.access_tenant import NoTenancy, tenancy_for
from gewerk.tickets.access import tickets_of_tenant

_TICKETS_SHOWN = 20


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    require(Role.TENANT in actor.roles)
    try:
        tenancy = tenancy_for(actor, as_of=timezone.localdate())
    except NoTenancy:
        tenancy = None
    own = tickets_of_tenant(actor).select_related("property", "unit").order_by("-created_at", "-id")[:_TICKETS_SHOWN]
    return render(
        request,
        "tenant/home.html",
        {
            "tenancy": tenancy,
            "organisation": request.organisation,  # type: ignore[attr-defined]
            "tickets": own,
        },
    )
