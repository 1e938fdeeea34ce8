"""Is it well: version, database, worker, mails."""

from importlib.metadata import version

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gewerk.config.installation import installation
from gewerk.outreach.queries import outbox_at_a_glance


@login_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    glance = outbox_at_a_glance(request.actor, now=timezone.now())  # type: ignore[attr-defined]
    return render(
        request,
        "operator/health.html",
        {
            "version": version("gewerk"),
            "database": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor],
            "glance": glance,
            "sending": bool(installation().smtp_url),
            "base_url": installation().base_url,
        },
    )
