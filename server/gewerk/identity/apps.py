from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "gewerk.identity"
    label = "identity"
