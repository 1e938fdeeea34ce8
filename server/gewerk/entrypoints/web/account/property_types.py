"""The list of property types; groups have their own page among the properties."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.entrypoints.web.account.pages import account_page
from gewerk.entrypoints.web.forms import PageForm
from gewerk.identity.access import edits_stock
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.operations.property_types import add_property_type, remove_property_type
from gewerk.portfolio.queries.property_types import property_types


class NewType(PageForm):
    name = forms.CharField(label=gettext_lazy("New property type"), max_length=100)


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    actor = request.actor  # type: ignore[attr-defined]
    form = NewType(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_property_type(actor=actor, name=form.cleaned_data["name"], now=timezone.now())
        except Refusal as refusal:
            if refusal.kind is not RefusalKind.INVALID:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(name)s” is on the list.") % {"name": made.name})
            return redirect("account_property_types")
    return account_page(
        request,
        "account/property_types.html",
        {"form": form, "types": property_types(actor), "may_edit": edits_stock(actor)},
    )


@login_required
@require_POST
def remove(request: HttpRequest, property_type_id: UUID) -> HttpResponseBase:
    remove_property_type(actor=request.actor, property_type_id=property_type_id, now=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, _("The type is off the list."))
    return redirect("account_property_types")
