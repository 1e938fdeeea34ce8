from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "gewerk.outreach"
    label = "outreach"

    def ready(self) -> None:
        from gewerk.journal.operations import LISTENED
        from gewerk.outreach.listeners import LISTENERS

        LISTENED.update(LISTENERS)
