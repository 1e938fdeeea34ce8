"""Addresses of the API: one ``NinjaAPI`` per date version."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
