"""Addresses of the private owner's own pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.owner import home, job, place

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="owner_home"),
    path("places/new/", place.new_place, name="owner_new_place"),
    path("jobs/new/", job.new_job, name="owner_new_job"),
    path("jobs/new/<slug:service_code>/", job.describe, name="owner_describe_job"),
]
