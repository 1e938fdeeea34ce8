"""Addresses of the manager's firm pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.manager.firms import crews, firm_list, gates, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("firms/", firm_list.firm_list, name="firms"),
    path("firms/invite/", pages.invite, name="invite_firm"),
    path("firms/<uuid:firm_id>/", pages.firm_page, name="firm"),
    path("firms/<uuid:firm_id>/standing/", pages.change_standing, name="standing_of_firm"),
    path("firms/<uuid:firm_id>/gates/", gates.gates_of_firm, name="gates_of_firm"),
    path("firms/<uuid:firm_id>/gates/<slug:service_code>/", gates.override, name="override_gate"),
    path("firms/<uuid:firm_id>/prices/new/", pages.new_price, name="new_framework_price"),
    path("framework-prices/<uuid:price_id>/", pages.edit_price, name="framework_price"),
    path("crews/", crews.crew_list, name="crews"),
    path("crews/new/", crews.new_crew, name="new_crew"),
    path("crews/<uuid:crew_id>/", crews.edit_crew, name="crew"),
    path("crews/<uuid:crew_id>/archive/", crews.archive, name="archive_crew"),
]
