"""Settings, read once and typed.

Read first: ``installation.py`` (what an operator may set), then ``settings.py`` (Django's names for it).
"""
