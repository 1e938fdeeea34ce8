from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "gewerk.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.scheduling.access import completions_seen

        VIEWERS["completion"] = completions_seen
