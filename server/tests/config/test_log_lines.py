"""What the log says of a fault, as the settings format it."""

import logging
import logging.config
import sys

from django.conf import settings

SECRET = "jonas.wiebe@example.org"


def _refuse() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as cause:
        raise ValueError(f"Key (email)=({SECRET}) already exists.") from cause


def test_a_fault_is_logged_with_its_place_and_never_with_its_message() -> None:
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["line"])
    )
    try:
        _refuse()
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", ("/x/",), sys.exc_info())
    text = formatter.format(record)
    assert SECRET not in text
    assert "Error: /x/" in text
    assert "in _refuse" in text
    assert text.endswith("builtins.ValueError, raised from builtins.KeyError")
