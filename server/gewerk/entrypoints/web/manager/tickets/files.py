"""A stored file, for whoever is logged in and may see what it is linked to."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from gewerk.entrypoints.downloads import download
from gewerk.files.access import file_for


@login_required
@require_safe
def show(request: HttpRequest, file_id: UUID, variant: str) -> HttpResponseBase:
    """``variant``: ``small``, ``large`` or ``original``; with ``?download`` it is kept. Raises FileNotFound."""
    link = file_for(request.actor, file_id)  # type: ignore[attr-defined]
    return download(request, link, "" if variant == "original" else variant, keep="download" in request.GET)
