from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TicketsConfig(AppConfig):
    name = "gewerk.tickets"
    label = "tickets"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.tickets.access import seen_drafts, seen_tickets

        VIEWERS["ticket"] = seen_tickets
        VIEWERS["report_draft"] = seen_drafts
        post_migrate.connect(_index_words, sender=self)


def _index_words(using: str, **_: Any) -> None:
    from gewerk.kit.search_index import ensure_search_index

    ensure_search_index("tickets_ticket", using=using)
