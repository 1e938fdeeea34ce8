"""Addresses of the manager's pages of requests for quotes."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.manager.quotes import edit, files, find, owner_rule, request_page, steps

urlpatterns: list[URLPattern | URLResolver] = [
    path("firms/find/", find.find, name="find_firms"),
    path("firms/<uuid:firm_id>/list/", find.take_on_list, name="take_on_list"),
    path("owner-rule/", owner_rule.owner_rule, name="owner_rule"),
    path("orders/<uuid:order_id>/quotes/", edit.begin, name="begin_quote_request"),
    path("quote-requests/", request_page.request_list, name="quote_requests"),
    path("quote-requests/<uuid:request_id>/", request_page.request_page, name="quote_request"),
    path("quote-requests/<uuid:request_id>/edit/", edit.edit, name="edit_quote_request"),
    path("quote-requests/<uuid:request_id>/file/", edit.take_file, name="take_quote_file"),
    path("quote-requests/<uuid:request_id>/bill/<str:variant>/", request_page.request_bill, name="quote_request_bill"),
    path("quote-requests/<uuid:request_id>/files/", files.add, name="add_quote_request_files"),
    path("quote-requests/<uuid:request_id>/files/<uuid:file_id>/drop/", files.drop, name="drop_quote_request_file"),
    path("quote-requests/<uuid:request_id>/steps/<str:step>/", steps.take_step, name="step_quote_request"),
    path("quote-questions/<uuid:question_id>/", steps.answer_question, name="answer_quote_question"),
    path("quotes/<uuid:quote_id>/bill/<str:variant>/", request_page.quote_bill, name="quote_bill"),
]
