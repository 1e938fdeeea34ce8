from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "gewerk.entrypoints.api"
    label = "api"
