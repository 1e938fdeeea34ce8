from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "gewerk.projects"
    label = "projects"
