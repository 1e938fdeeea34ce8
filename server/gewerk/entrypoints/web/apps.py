from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gewerk.entrypoints.web"
    label = "web"

    def ready(self) -> None:
        from gewerk.entrypoints.web.report.status_orders import orders_piece
        from gewerk.entrypoints.web.report.status_rating import rating_piece
        from gewerk.entrypoints.web.report.status_words import PIECES

        PIECES += [orders_piece, rating_piece]
