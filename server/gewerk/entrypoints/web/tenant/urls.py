"""Addresses of the tenant pages. Reporting and following a report are the public door's pages, with a login instead of a link."""

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.report import guided, photos, status
from gewerk.entrypoints.web.tenant import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="tenant_home"),
    path("report/", login_required(guided.begin), name="tenant_report"),
    path("report/photos/add/", login_required(photos.add), name="tenant_report_photo_add"),
    path("report/photos/<uuid:file_id>/", login_required(photos.show), name="tenant_report_photo_show"),
    path("report/photos/<uuid:file_id>/remove/", login_required(photos.remove), name="tenant_report_photo_remove"),
    path("report/<str:step>/", login_required(guided.step), name="tenant_report_step"),
    path("tickets/<uuid:ticket_id>/", login_required(status.show), name="tenant_status"),
    path("tickets/<uuid:ticket_id>/live/", login_required(status.live), name="tenant_status_live"),
    path("tickets/<uuid:ticket_id>/answer/", login_required(status.take), name="tenant_status_take"),
    path("tickets/<uuid:ticket_id>/rating/", login_required(status.rate), name="tenant_status_rate"),
    path("tickets/<uuid:ticket_id>/photos/", login_required(status.add_photos), name="tenant_status_add_photos"),
    path(
        "tickets/<uuid:ticket_id>/photos/<uuid:file_id>/<str:variant>/",
        login_required(status.photo),
        name="tenant_status_photo",
    ),
]
