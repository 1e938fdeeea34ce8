from django.apps import AppConfig


class FirmsConfig(AppConfig):
    name = "gewerk.firms"
    label = "firms"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.firms.access import evidence_files_seen

        VIEWERS["evidence"] = evidence_files_seen
