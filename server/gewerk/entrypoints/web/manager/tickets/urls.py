"""Addresses of the manager's ticket pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.manager.tickets import bulk, enter, files, listing, page, report_links, reporting, steps

urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets/", listing.ticket_list, name="tickets"),
    path("tickets/new/", enter.new_ticket, name="new_ticket"),
    path("tickets/new/questions/", enter.questions, name="new_ticket_questions"),
    path("tickets/responsible/", bulk.assign_many, name="assign_tickets"),
    path("tickets/step/", bulk.step_many, name="step_tickets"),
    path("tickets/together/", bulk.merge_many, name="merge_tickets"),
    path("tickets/reporting/", reporting.reporting, name="reporting_settings"),
    path("tickets/<uuid:ticket_id>/", page.ticket_page, name="ticket"),
    path("tickets/<uuid:ticket_id>/edit/", enter.edit_ticket, name="edit_ticket"),
    path("tickets/<uuid:ticket_id>/step/<str:step>/", steps.step, name="step_ticket"),
    path("tickets/<uuid:ticket_id>/note/", steps.add_note, name="note_ticket"),
    path("tickets/<uuid:ticket_id>/files/", steps.add, name="add_ticket_files"),
    path("tickets/<uuid:ticket_id>/files/<uuid:file_id>/remove/", steps.remove, name="remove_ticket_file"),
    path("tickets/<uuid:ticket_id>/under/", steps.follow, name="put_ticket_under"),
    path("tickets/<uuid:ticket_id>/separate/", steps.take_out, name="separate_ticket"),
    path("tickets/<uuid:ticket_id>/status-link/", steps.renew_link, name="renew_status_link"),
    path("properties/<uuid:property_id>/report-links/", report_links.links_of_property, name="report_links"),
    path("report-links/<uuid:link_id>/", report_links.sheet, name="report_link"),
    path("report-links/<uuid:link_id>/replace/", report_links.rotate, name="rotate_report_link"),
    path("report-links/<uuid:link_id>/revoke/", report_links.revoke, name="revoke_report_link"),
    path("files/<uuid:file_id>/<str:variant>/", files.show, name="file"),
]
