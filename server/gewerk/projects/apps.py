from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "gewerk.projects"
    label = "projects"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.projects.access import seen_orders

        VIEWERS["work_order"] = seen_orders
