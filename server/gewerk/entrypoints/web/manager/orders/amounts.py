"""Amounts, quantities and rates as people type them: ``1.234,56``, ``1,234.56``, ``45``, ``19 %``."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import get_language

_NOISE = re.compile(r"[\s\u00a0\u202f€£$%]|CHF|EUR|GBP", re.IGNORECASE)
_GROUPED = re.compile(r"-?\d{1,3}(?:[.,]\d{3})+")


def decimal_of(text: str, *, places: int) -> Decimal | None:
    """The number, or None for what is none or has more places. One sign alone before three digits groups thousands, in the
    reader's language: 1.234 is a thousand in German, 1,234 in English."""
    plain = _NOISE.sub("", text).replace("'", "")
    german = (get_language() or "de").startswith("de")
    thousands, comma = (".", ",") if german else (",", ".")
    if "." in plain and "," in plain:
        comma = "." if plain.rfind(".") > plain.rfind(",") else ","
        thousands = "," if comma == "." else "."
    elif thousands in plain and not _GROUPED.fullmatch(plain):
        # A lone sign that groups nothing is a decimal one: 45.50 typed on an English keyboard.
        thousands, comma = comma, thousands
    plain = plain.replace(thousands, "").replace(comma, ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or not found.is_finite() or -exponent > places or abs(found) >= 10**12:
        return None
    return found


def minor_of(text: str) -> int | None:
    """An amount in minor units."""
    found = decimal_of(text, places=2)
    return None if found is None else int(found.scaleb(2))


def thousandths_of(text: str) -> int | None:
    found = decimal_of(text, places=3)
    return None if found is None else int(found.scaleb(3))


def basis_points_of(text: str) -> int | None:
    """A rate in percent."""
    found = decimal_of(text, places=2)
    return None if found is None else int(found.scaleb(2))
