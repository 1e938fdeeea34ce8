"""Addresses of the firm pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.firm import home

urlpatterns: list[URLPattern | URLResolver] = [path("", home.home, name="firm_home")]
