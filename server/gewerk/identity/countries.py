"""What a country suggests for a new organisation. The organisation may change any of it.

Currencies: ISO 4217 as of 2026 (Bulgaria and Croatia use the euro). Time zones: the capital's, of the IANA database.
Rates of value added tax: the national standard rates of 2026 (in Germany § 12 Abs. 1 UStG, in Great Britain VATA 1994 s. 2).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """Defaults of one country. ``language`` is one that Gewerk speaks: German where it is official, else English."""

    code: str
    language: str
    currency: str
    time_zone: str
    vat_basis_points: int
    """The standard rate of value added tax."""


COUNTRIES = {
    c.code: c
    for c in (
        Country("DE", "de", "EUR", "Europe/Berlin", 1_900),
        Country("AT", "de", "EUR", "Europe/Vienna", 2_000),
        Country("CH", "de", "CHF", "Europe/Zurich", 810),
        Country("LI", "de", "CHF", "Europe/Vaduz", 810),
        Country("LU", "de", "EUR", "Europe/Luxembourg", 1_700),
        Country("GB", "en", "GBP", "Europe/London", 2_000),
        Country("IE", "en", "EUR", "Europe/Dublin", 2_300),
        Country("BE", "en", "EUR", "Europe/Brussels", 2_100),
        Country("BG", "en", "EUR", "Europe/Sofia", 2_000),
        Country("CZ", "en", "CZK", "Europe/Prague", 2_100),
        Country("DK", "en", "DKK", "Europe/Copenhagen", 2_500),
        Country("ES", "en", "EUR", "Europe/Madrid", 2_100),
        Country("FI", "en", "EUR", "Europe/Helsinki", 2_550),
        Country("FR", "en", "EUR", "Europe/Paris", 2_000),
        Country("GR", "en", "EUR", "Europe/Athens", 2_400),
        Country("HR", "en", "EUR", "Europe/Zagreb", 2_500),
        Country("HU", "en", "HUF", "Europe/Budapest", 2_700),
        Country("IT", "en", "EUR", "Europe/Rome", 2_200),
        Country("NL", "en", "EUR", "Europe/Amsterdam", 2_100),
        Country("NO", "en", "NOK", "Europe/Oslo", 2_500),
        Country("PL", "en", "PLN", "Europe/Warsaw", 2_300),
        Country("PT", "en", "EUR", "Europe/Lisbon", 2_300),
        Country("RO", "en", "RON", "Europe/Bucharest", 2_100),
        Country("SE", "en", "SEK", "Europe/Stockholm", 2_500),
        Country("SI", "en", "EUR", "Europe/Ljubljana", 2_200),
        Country("SK", "en", "EUR", "Europe/Bratislava", 2_300),
    )
}

LANGUAGES = ("de", "en")
CURRENCIES = tuple(sorted({c.currency for c in COUNTRIES.values()}))
TIME_ZONES = tuple(sorted({c.time_zone for c in COUNTRIES.values()}))


def usual_vat(country: str) -> int:
    """The country's standard rate in basis points; of an unknown country Germany's."""
    return COUNTRIES.get(country, COUNTRIES["DE"]).vat_basis_points
