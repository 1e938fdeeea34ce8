"""E-mail addresses and phone numbers out of free text (spec 01, rule 1 and "Phones").

Ordinary texts take a short way that gives what the libraries give (the tests hold them against each other); unusual ones
go through email-validator (syntax only, no DNS) and phonenumbers, which are loaded when the first of those comes.
"""

import re
from functools import lru_cache

_SPLIT = re.compile(r"[\s;,<>()\[\]|\"]+|mailto:", re.IGNORECASE)
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,20}){0,3}@(?:[a-z0-9](?:-?[a-z0-9]){0,40}\.){1,4}[a-z]{2,20}"
)


def emails(text: str) -> list[str]:
    """The valid addresses of the field, lower-cased, each once, in its order; empty when there is none."""
    if "@" not in text:
        return []
    lowered = text.strip().lower()
    if _PLAIN_EMAIL.fullmatch(lowered) and "xn--" not in lowered:
        return [lowered]
    found: dict[str, None] = {}
    for token in _SPLIT.split(lowered):
        candidate = token.strip(".:/'`*") if token else ""
        if "@" in candidate and _valid_email(candidate):
            found[candidate] = None
    return list(found)


def _valid_email(candidate: str) -> bool:
    if _PLAIN_EMAIL.fullmatch(candidate) and "xn--" not in candidate:
        return True
    return _valid_by_library(candidate)


@lru_cache(maxsize=4096)
def _valid_by_library(candidate: str) -> bool:
    from email_validator import EmailNotValidError, validate_email  # 30 ms that an ordinary stock need not pay

    try:
        checked = validate_email(candidate, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return "." in checked.domain


_KEEP = {ord(mark): None for mark in " ()/.-–\u00a0\t"}
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"^[^+\d(]*(?=[+\d(])")
_SEVERAL = re.compile(r"[;,\n]|\s(?:oder|und|u\.|or|and)\s", re.IGNORECASE)
_COUNTRY_CODES = {"DE": "49", "AT": "43", "GB": "44", "CH": "41", "FR": "33"}
_NATIONAL = {
    "49": re.compile(r"[1-9]\d{6,10}"),
    "43": re.compile(r"[1-9]\d{6,10}"),
    "44": re.compile(r"(?!18002)[1-9]\d{8,9}"),
    "41": re.compile(r"[1-9]\d{8}"),
    "33": re.compile(r"[1-9]\d{8}"),
    "90": re.compile(r"[2-5]\d{9}"),
}
"""Numbers without the leading 0 that phonenumbers takes as they stand; what fits none of them goes through the library."""


def phone(text: str, country: str) -> str | None:
    """The first number of the field in E.164, remarks cut off before parsing; None when the text is no number."""
    plain = text.translate(_KEEP)
    if plain.isascii() and (plain.isdigit() or plain[1:].isdigit()):
        if plain.startswith("+"):
            international = plain[1:]
        elif plain.startswith("00"):
            international = plain[2:]
        elif plain.startswith("0") and country in _COUNTRY_CODES:
            code = _COUNTRY_CODES[country]
            if _NATIONAL[code].fullmatch(plain, 1):
                return f"+{code}{plain[1:]}"
            international = ""
        else:
            international = ""
        national = _NATIONAL.get(international[:2])
        if national is not None and "(0)" not in text and national.fullmatch(international, 2):
            return f"+{international}"
    return _by_library(text, country)


@lru_cache(maxsize=4096)
def _by_library(text: str, country: str) -> str | None:
    for part in _SEVERAL.split(text):
        number = without_remark(part)
        if sum(mark.isdigit() for mark in number) < 4:
            continue
        found = _parse(number, country)
        if found is not None:
            return found
    return None


def without_remark(text: str) -> str:
    """``0176 1234 5678 (abends)`` is ``0176 1234 5678``; a label in front (``Tel.``, ``privat:``) goes as well."""
    without_label = _LABEL.sub("", text.strip(), count=1)
    letter = _LETTER.search(without_label)
    return (without_label[: letter.start()] if letter else without_label).rstrip(" (,;:-–/.\t\u00a0")


def _parse(number: str, country: str) -> str | None:
    import phonenumbers  # 60 ms that an ordinary stock need not pay

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    marked = number.lstrip("( ").startswith(("+", "0"))
    good = phonenumbers.is_possible_number(parsed) if marked else phonenumbers.is_valid_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if good else None
