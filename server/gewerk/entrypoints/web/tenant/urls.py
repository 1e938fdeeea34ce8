"""Addresses of the tenant pages."""

from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.tenant import home

urlpatterns: list[URLPattern | URLResolver] = [path("", home.home, name="tenant_home")]
