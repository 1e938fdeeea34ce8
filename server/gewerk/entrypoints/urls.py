"""Every address of the platform."""

from django.urls import include, path

urlpatterns = [
    path("", include("gewerk.entrypoints.web.urls")),
    path("api/", include("gewerk.entrypoints.api.urls")),
]
