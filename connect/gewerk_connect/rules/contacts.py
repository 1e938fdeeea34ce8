"""E-mail addresses and phone numbers out of free text (spec 01, rule 1 and "Phones").

Ordinary texts take a short way that gives what the libraries give (the tests hold them against each other); unusual ones
go through email-validator (syntax only, no DNS) and phonenumbers, which are loaded when the first of those comes.
"""

import re
from functools import lru_cache

_SPLIT = re.compile(r"[\s;,<>()\[\]|\"]+|mailto:", re.IGNORECASE)
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.[a-z]{2,20}"
)
_PLAIN_LENGTH = 63
"""No part of so short an address can be longer than the standards allow."""


def emails(text: str) -> list[str]:
    """The valid addresses of the field, lower-cased, each once, in its order; empty when there is none."""
    if _PLAIN_EMAIL.fullmatch(text) and len(text) <= _PLAIN_LENGTH and "xn--" not in text:
        return [text]
    if "@" not in text:
        return []
    lowered = text.strip().lower()
    found: dict[str, None] = {}
    for token in _SPLIT.split(lowered):
        candidate = token.lstrip(":/'`*").rstrip(".:/'`*")
        if "@" in candidate and _valid_email(candidate):
            found[candidate] = None
    return list(found)


def _valid_email(candidate: str) -> bool:
    if _PLAIN_EMAIL.fullmatch(candidate) and len(candidate) <= _PLAIN_LENGTH and "xn--" not in candidate:
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


_MARKS = b" ()/.-\t"
_REMARKED = re.compile(r"\s*([+(]*\d[\d ()/.\-\t]*)[^\d+]*")
"""A number with at most a remark behind it; the remark holds no digit."""
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"^[^+\d(]*(?=[+\d(])")
_SEVERAL = re.compile(r"[;,\n]|\s(?:oder|und|u\.|or|and)\s", re.IGNORECASE)
_NATIONAL = {
    "DE": ("+49", 8, 12),
    "AT": ("+43", 8, 12),
    "GB": ("+44", 10, 11),
    "CH": ("+41", 10, 10),
    "FR": ("+33", 10, 10),
}
"""Country code, and how many digits with the leading 0 phonenumbers takes as they stand."""
_INTERNATIONAL = re.compile(
    r"(?:49[1-9]\d{6,10}|43[1-9]\d{6,10}|44(?!18002)[1-9]\d{8,9}|41[1-9]\d{8}|33[1-9]\d{8}|90[2-5]\d{9})"
)
"""Digits behind ``+`` or ``00`` that phonenumbers takes as they stand; everything else goes through the library."""


def phone(text: str, country: str) -> str | None:
    """The first number of the field in E.164, remarks cut off before parsing; None when the text is no number."""
    plain = text.replace(" ", "")
    if not plain.isdigit():
        plain = text.encode().translate(None, _MARKS).decode()
    if not plain.isdigit() and not plain[1:].isdigit():
        remarked = _REMARKED.fullmatch(text)
        if remarked is None:
            return _by_library(text, country)
        plain = remarked[1].encode().translate(None, _MARKS).decode()
    if not plain.isascii():
        return _by_library(text, country)
    if plain[:1] == "0" and plain[1:2] != "0":
        code, shortest, longest = _NATIONAL.get(country, ("", 0, -1))
        if shortest <= len(plain) <= longest and plain[:6] != "018002":
            return code + plain[1:]
    elif plain[:1] == "+":
        if _INTERNATIONAL.fullmatch(plain, 1):
            return plain
    elif plain[:2] == "00" and _INTERNATIONAL.fullmatch(plain, 2):
        return "+" + plain[2:]
    return _by_library(text, country)


_WITHOUT_ZERO = 9
"""A number without + and 0 needs this many digits to be taken for one with its area code."""


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
    if number.lstrip("( ").startswith(("+", "0")):
        good = phonenumbers.is_possible_number(parsed)
    else:  # perhaps a local number without area code, perhaps one whose 0 a spreadsheet has eaten
        good = len(str(parsed.national_number)) >= _WITHOUT_ZERO and phonenumbers.is_valid_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if good else None
