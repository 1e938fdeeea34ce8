"""Addresses of those who answer requests."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.quoting import doors, market

urlpatterns: list[URLPattern | URLResolver] = [
    path("firm/requests/", doors.firm_requests, name="firm_requests"),
    path("firm/marketplace/", market.open_requests, name="firm_open_requests"),
    path("firm/marketplace/<uuid:request_id>/", market.join_request, name="join_quote_request"),
    path("firm/requests/<uuid:asked_id>/", doors.firm_request, name="firm_request"),
    path("quotes/by-link/<str:token>/", doors.quote_by_link, name="quote_by_link"),
    path(
        "quotes/by-link/<str:token>/files/<uuid:file_id>/<str:variant>/",
        doors.quote_file_by_link,
        name="quote_file_by_link",
    ),
    path("owner-approvals/<str:token>/", doors.owner_approval, name="owner_approval"),
]
