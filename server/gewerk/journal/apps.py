from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "gewerk.journal"
    label = "journal"
