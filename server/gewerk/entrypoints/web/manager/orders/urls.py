"""Addresses of the manager's order pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.manager.orders import (
    approvals,
    award,
    documents,
    edit,
    items,
    order_list,
    order_page,
    rating,
    steps,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", order_list.order_list, name="orders"),
    path("orders/new/", edit.new_order, name="new_order"),
    path("orders/responsible/", steps.assign, name="assign_orders"),
    path("orders/spending-limits/", approvals.spending_limits, name="spending_limits"),
    path("orders/<uuid:order_id>/", order_page.order_page, name="order"),
    path("orders/<uuid:order_id>/edit/", edit.edit_order, name="edit_order"),
    path("orders/<uuid:order_id>/items/", items.order_items, name="order_items"),
    path("orders/<uuid:order_id>/award/", award.award_order, name="award_order"),
    path("orders/<uuid:order_id>/steps/<str:step>/", steps.take_step, name="step_order"),
    path("orders/<uuid:order_id>/rating/", rating.rate_order, name="rate_order"),
    path("orders/<uuid:order_id>/defects/", steps.defects, name="order_defects"),
    path("orders/<uuid:order_id>/invoice/", steps.invoice, name="order_invoice"),
    path("orders/<uuid:order_id>/variations/new/", approvals.new_variation, name="new_variation"),
    path("orders/<uuid:order_id>/files/", documents.add_files, name="add_order_files"),
    path("orders/<uuid:order_id>/sheet.pdf", documents.sheet, name="order_sheet"),
    path("orders/<uuid:order_id>/insurance.zip", documents.insurance, name="order_insurance"),
    path("variations/<uuid:variation_id>/", approvals.variation, name="variation"),
    path("approvals/", approvals.approval_list, name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("tickets/<uuid:ticket_id>/award/", award.award_from_ticket, name="award_ticket"),
]
