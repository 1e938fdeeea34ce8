"""Giving a tenant access, from the tenant's record."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.identity.access import edits_stock, require
from gewerk.journeys.invite_tenant import invite_tenant
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import sub_property_for


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, sub_property_id: UUID) -> HttpResponseBase:
    """Says first to whom the mail goes and until when the access lasts."""
    actor = request.actor  # type: ignore[attr-defined]
    require(edits_stock(actor))
    tenant = sub_property_for(actor, sub_property_id)
    refused = ""
    if request.method == "POST":
        try:
            invite_tenant(actor=actor, sub_property_id=sub_property_id, as_of=timezone.localdate(), now=timezone.now())
        except Refusal as refusal:
            if refusal.kind is not RefusalKind.CONFLICT:
                raise
            refused = str(refusal.message)
        else:
            messages.success(request, _("The invitation is on its way. It is valid for 14 days."))
            return redirect("sub_property", sub_property_id=sub_property_id)
    return render(request, "account/invite_tenant.html", {"tenant": tenant, "refused": refused})
