"""Addresses of the manager pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.manager import (
    groups,
    integrations,
    property_list,
    property_page,
    saved_views,
    search,
    start,
    sub_property_list,
    sub_property_page,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("start/", start.start, name="start"),
    path("search/", search.search, name="search"),
    path("properties/", property_list.property_list, name="properties"),
    path("properties/<uuid:property_id>/", property_page.property_page, name="property"),
    path("sub-properties/", sub_property_list.sub_property_list, name="sub-properties"),
    path("sub-properties/<uuid:sub_property_id>/", sub_property_page.sub_property_page, name="sub-property"),
    path("property-groups/", groups.group_list, name="property-groups"),
    path("property-groups/<uuid:group_id>/", groups.group_page, name="property-group"),
    path("integrations/", integrations.integration_list, name="integrations"),
    path("integrations/<uuid:integration_id>/", integrations.integration_page, name="integration"),
    path("integrations/<uuid:integration_id>/runs/<uuid:run_id>/", integrations.run_page, name="integration-run"),
    path("views/", saved_views.save, name="save-view"),
    path("views/<uuid:view_id>/remove/", saved_views.delete, name="delete-view"),
]
