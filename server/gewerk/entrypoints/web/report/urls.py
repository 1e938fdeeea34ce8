"""Addresses of the guided report and of the status page, for whoever holds a signed link. The tenant's pages mirror them."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.report import guided, photos, status

urlpatterns: list[URLPattern | URLResolver] = [
    path("report/<str:token>/", guided.begin, name="report_begin"),
    path("report/<str:token>/photos/add/", photos.add, name="report_photo_add"),
    path("report/<str:token>/photos/<uuid:file_id>/", photos.show, name="report_photo_show"),
    path("report/<str:token>/photos/<uuid:file_id>/remove/", photos.remove, name="report_photo_remove"),
    path("report/<str:token>/<str:step>/", guided.step, name="report_step"),
    path("status/<str:token>/", status.show, name="status"),
    path("status/<str:token>/live/", status.live, name="status_live"),
    path("status/<str:token>/answer/", status.take, name="status_take"),
    path("status/<str:token>/rating/", status.rate, name="status_rate"),
    path("status/<str:token>/photos/", status.add_photos, name="status_add_photos"),
    path("status/<str:token>/photos/<uuid:file_id>/<str:variant>/", status.photo, name="status_photo"),
]
