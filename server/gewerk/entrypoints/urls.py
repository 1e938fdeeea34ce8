"""Every address of the platform."""

from django.urls import include, path

urlpatterns = [
    path("", include("gewerk.entrypoints.web.urls")),
    path("api/", include("gewerk.entrypoints.api.urls")),
]

handler400 = "gewerk.entrypoints.web.refusals.bad_request"
handler403 = "gewerk.entrypoints.web.refusals.forbidden"
handler404 = "gewerk.entrypoints.web.refusals.not_found"
handler429 = "gewerk.entrypoints.web.refusals.too_many"
handler500 = "gewerk.entrypoints.web.refusals.server_error"
