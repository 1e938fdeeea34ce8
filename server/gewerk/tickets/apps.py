from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "gewerk.tickets"
    label = "tickets"
