from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "gewerk.portfolio"
    label = "portfolio"
