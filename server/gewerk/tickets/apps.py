from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "gewerk.tickets"
    label = "tickets"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.tickets.access import seen_drafts, seen_tickets

        VIEWERS["ticket"] = seen_tickets
        VIEWERS["report_draft"] = seen_drafts
