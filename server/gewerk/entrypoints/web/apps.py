from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gewerk.entrypoints.web"
    label = "web"
