"""Addresses of the operator pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.operator import health, organisations, outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", organisations.index, name="operator_organisations"),
    path("organisations/new/", organisations.create, name="operator_organisation_new"),
    path("outbox/", outbox.index, name="operator_outbox"),
    path("health/", health.index, name="operator_health"),
]
