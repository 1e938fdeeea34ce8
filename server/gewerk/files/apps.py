from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gewerk.files"
    label = "files"
