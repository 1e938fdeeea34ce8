"""Areas, rooms and years: decimals stay decimals, in a canonical text (``"64.35"``)."""

import re

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_GROUPED_COMMA = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_POINT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNIT = re.compile(r"\s*(?:m²|m2|qm|sqm)$", re.IGNORECASE)


def decimal_text(text: str, decimal: str) -> str | None:
    """The number with a point, or None when the text is none. ``decimal`` is ``,``, ``.`` or ``auto``.

    ``auto`` takes the last of comma and point as the decimal mark, so ``1.234`` is a bit more than one.
    """
    plain = _UNIT.sub("", text.strip()).replace("\u00a0", "").replace(" ", "").replace("'", "")
    if decimal == "auto":
        decimal = "," if plain.rfind(",") > plain.rfind(".") else "."
    if decimal == ",":
        if _GROUPED_COMMA.fullmatch(plain):
            plain = plain.replace(".", "")
        plain = plain.replace(",", ".", 1)
    elif _GROUPED_POINT.fullmatch(plain):
        plain = plain.replace(",", "")
    return plain if _PLAIN.fullmatch(plain) else None


def whole_number(text: str) -> int | None:
    """A year or a count of storeys; ``1999.0`` is 1999."""
    stripped = text.strip().removesuffix(".0")
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) <= 6 else None
