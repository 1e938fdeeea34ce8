"""Addresses of the pages, by audience. ``account`` serves everybody: login, profile, company, team, API keys."""

from django.urls import include, path

urlpatterns = [
    path("", include("gewerk.entrypoints.web.account.urls")),
    path("", include("gewerk.entrypoints.web.manager.urls")),
    path("operator/", include("gewerk.entrypoints.web.operator.urls")),
    path("firm/", include("gewerk.entrypoints.web.firm.urls")),
    path("owner/", include("gewerk.entrypoints.web.owner.urls")),
    path("tenant/", include("gewerk.entrypoints.web.tenant.urls")),
    path("", include("gewerk.entrypoints.web.report.urls")),
    path("", include("gewerk.entrypoints.web.visits.urls")),
    path("", include("gewerk.entrypoints.web.quoting.urls")),
    path("on-site/", include("gewerk.entrypoints.web.field.urls")),
]
