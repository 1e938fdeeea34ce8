"""Verbs of files: store, link, sweep."""
