"""Names of countries, currencies and time zones in the reader's language (CLDR, through Babel)."""

from babel import Locale
from babel.dates import get_timezone_location
from django.utils.translation import get_language

from gewerk.identity.countries import COUNTRIES, CURRENCIES, TIME_ZONES
from gewerk.kit.folding import fold


def _locale() -> Locale:
    return Locale.parse((get_language() or "de").split("-")[0])


def country_name(code: str) -> str:
    return str(_locale().territories.get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """Germany, Austria and Switzerland first, the others by name."""
    first = ["DE", "AT", "CH"]
    others = sorted((c for c in COUNTRIES if c not in first), key=lambda c: fold(country_name(c)))
    return [(code, country_name(code)) for code in (*first, *others)]


def currency_choices() -> list[tuple[str, str]]:
    names = _locale().currencies
    return [(code, f"{names.get(code, code)} ({code})") for code in CURRENCIES]


def time_zone_choices() -> list[tuple[str, str]]:
    locale = _locale()
    named = [(zone, str(get_timezone_location(zone, locale=locale, return_city=True))) for zone in TIME_ZONES]
    return sorted(named, key=lambda choice: fold(choice[1]))


def language_choices() -> list[tuple[str, str]]:
    """Each in its own language."""
    return [("de", "Deutsch"), ("en", "English")]


__all__ = ["country_choices", "country_name", "currency_choices", "language_choices", "time_zone_choices"]
