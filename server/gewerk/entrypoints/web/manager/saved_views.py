"""Save the list as one sees it, and remove it again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.operations.saved_views import delete_view, save_view


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the form came from; an address of another site is ignored."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if here else otherwise


@require_POST
@managing
def save(request: HttpRequest) -> HttpResponseBase:
    name = request.POST.get("name", "")
    save_view(
        actor=reader(request).actor,
        listing=request.POST.get("listing", "")[:40],
        name=name,
        query=request.POST.get("query", ""),
        now=timezone.now(),
    )
    messages.success(request, _("View “%(name)s” is saved.") % {"name": name.strip()})
    return redirect(back_to(request, "/properties/"))


@require_POST
@managing
def delete(request: HttpRequest, view_id: UUID) -> HttpResponseBase:
    if not delete_view(actor=reader(request).actor, view_id=view_id):
        raise NotFound
    messages.success(request, _("The view is removed."))
    return redirect(back_to(request, "/properties/"))
