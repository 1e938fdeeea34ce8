"""Addresses of the operator pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.operator import appeals, catalogue, health, organisations, outbox, vetting

urlpatterns: list[URLPattern | URLResolver] = [
    path("", organisations.index, name="operator_organisations"),
    path("organisations/new/", organisations.create, name="operator_organisation_new"),
    path("vetting/", vetting.index, name="operator_vetting"),
    path("vetting/<uuid:evidence_id>/", vetting.one, name="operator_evidence"),
    path("vetting/<uuid:evidence_id>/confirm/", vetting.confirm, name="operator_evidence_confirm"),
    path("vetting/<uuid:evidence_id>/refuse/", vetting.refuse, name="operator_evidence_refuse"),
    path("appeals/", appeals.index, name="operator_appeals"),
    path("appeals/<uuid:appeal_id>/", appeals.one, name="operator_appeal"),
    path("catalogue/", catalogue.index, name="operator_catalogue"),
    path("catalogue/<str:country>/<slug:service_code>/", catalogue.edit, name="operator_service"),
    path("outbox/", outbox.index, name="operator_outbox"),
    path("health/", health.index, name="operator_health"),
]
