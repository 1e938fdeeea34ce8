from django.apps import AppConfig


class FirmsConfig(AppConfig):
    name = "gewerk.firms"
    label = "firms"
