from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gewerk.catalogue"
    label = "catalogue"
