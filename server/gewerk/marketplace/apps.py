from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "gewerk.marketplace"
    label = "marketplace"

    def ready(self) -> None:
        from gewerk.files.access import VIEWERS
        from gewerk.marketplace.access import QUOTE_FILES, REQUEST_FILES, quotes_seen, requests_seen

        VIEWERS[QUOTE_FILES] = quotes_seen
        VIEWERS[REQUEST_FILES] = requests_seen
