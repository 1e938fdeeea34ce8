"""What a country suggests for a new organisation. The organisation may change any of it.

Currencies: ISO 4217 as of 2026 (Bulgaria and Croatia use the euro). Time zones: the capital's, of the IANA database.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """Defaults of one country. ``language`` is one that Gewerk speaks: German where it is official, else English."""

    code: str
    language: str
    currency: str
    time_zone: str


COUNTRIES = {
    c.code: c
    for c in (
        Country("DE", "de", "EUR", "Europe/Berlin"),
        Country("AT", "de", "EUR", "Europe/Vienna"),
        Country("CH", "de", "CHF", "Europe/Zurich"),
        Country("LI", "de", "CHF", "Europe/Vaduz"),
        Country("LU", "de", "EUR", "Europe/Luxembourg"),
        Country("GB", "en", "GBP", "Europe/London"),
        Country("IE", "en", "EUR", "Europe/Dublin"),
        Country("BE", "en", "EUR", "Europe/Brussels"),
        Country("BG", "en", "EUR", "Europe/Sofia"),
        Country("CZ", "en", "CZK", "Europe/Prague"),
        Country("DK", "en", "DKK", "Europe/Copenhagen"),
        Country("ES", "en", "EUR", "Europe/Madrid"),
        Country("FI", "en", "EUR", "Europe/Helsinki"),
        Country("FR", "en", "EUR", "Europe/Paris"),
        Country("GR", "en", "EUR", "Europe/Athens"),
        Country("HR", "en", "EUR", "Europe/Zagreb"),
        Country("HU", "en", "HUF", "Europe/Budapest"),
        Country("IT", "en", "EUR", "Europe/Rome"),
        Country("NL", "en", "EUR", "Europe/Amsterdam"),
        Country("NO", "en", "NOK", "Europe/Oslo"),
        Country("PL", "en", "PLN", "Europe/Warsaw"),
        Country("PT", "en", "EUR", "Europe/Lisbon"),
        Country("RO", "en", "RON", "Europe/Bucharest"),
        Country("SE", "en", "SEK", "Europe/Stockholm"),
        Country("SI", "en", "EUR", "Europe/Ljubljana"),
        Country("SK", "en", "EUR", "Europe/Bratislava"),
    )
}

LANGUAGES = ("de", "en")
CURRENCIES = tuple(sorted({c.currency for c in COUNTRIES.values()}))
TIME_ZONES = tuple(sorted({c.time_zone for c in COUNTRIES.values()}))
