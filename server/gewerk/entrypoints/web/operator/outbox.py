"""Mails that wait, were sent or failed. Their text (it may hold a login link) is shown in a demo installation alone."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gewerk.config.installation import installation
from gewerk.outreach.queries import newest_mails


@login_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    mails = newest_mails(request.actor, limit=50)  # type: ignore[attr-defined]
    return render(request, "operator/outbox.html", {"mails": mails, "sending": bool(installation().smtp_url)})
