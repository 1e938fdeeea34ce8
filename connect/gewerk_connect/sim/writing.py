"""How ERPs write dates, numbers and street lines: by position and sign only, so that an export's errors stay errors."""

import re

Number = int | float | str | None
"""A number as JSON has it; a text where the export holds something else; ``None`` where it holds nothing."""

_GERMAN_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_GERMAN_NUMBER = re.compile(r"-?\d+(,\d+)?")


def iso_date(text: str) -> str:
    """``31.02.2020`` -> ``2020-02-31``; anything else as it is."""
    found = _GERMAN_DATE.fullmatch(text)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else text


def german_date(text: str) -> str:
    """``2020-02-31`` -> ``31.02.2020``; anything else as it is."""
    found = _ISO_DATE.fullmatch(text)
    return f"{found[3]}.{found[2]}.{found[1]}" if found else text


def number(text: str) -> Number:
    """``64,35`` -> 64.35, ``5`` -> 5, nothing -> ``None``; what is no number stays text."""
    if not text:
        return None
    found = _GERMAN_NUMBER.fullmatch(text)
    if not found:
        return text
    return float(text.replace(",", ".")) if found[1] else int(text)


def german_number(value: Number) -> str:
    """64.35 -> ``64,35``, 88.0 -> ``88,00``, 5 -> ``5``."""
    if value is None:
        return ""
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)


def street_and_house_number(line: str) -> tuple[str, str | None]:
    """Cut at the last blank if a digit follows it: ``Anger 5-9`` -> ``Anger``, ``5-9``; else the line whole."""
    street, _, last = line.rpartition(" ")
    return (street, last) if street and last[:1].isdigit() else (line, None)
