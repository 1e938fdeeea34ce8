"""Gewerk itself, by its public API."""
