"""Fixtures of the platform's tests."""
