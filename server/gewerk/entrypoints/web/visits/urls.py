from django.urls import path

from gewerk.entrypoints.web.visits import by_link, calendar, steps

urlpatterns = [
    path("visits/by-link/<str:token>/", by_link.visit_by_link, name="visit_by_link"),
    path("visits/by-link/<str:token>/calendar.ics", by_link.visit_calendar_file, name="visit_calendar_file"),
    path("visits/of-order/<uuid:order_id>/<slug:step>/", steps.arrange_visit, name="arrange_visit"),
    path("visits/<uuid:visit_id>/take/", steps.take_slot, name="take_slot"),
    path("visits/<uuid:visit_id>/<slug:step>/", steps.visit_step, name="visit_step"),
    path("calendar/", calendar.calendar_page, name="calendar"),
    path("calendar/feed/", calendar.change_feed, name="change_calendar_feed"),
    path("calendar/feed/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
]
