"""How addresses and telephone numbers are written in a country: what a form asks for and checks.

Postcodes: Universal Postal Union, addressing systems. A country not named here takes any postcode of up to 12 signs.
"""

import re
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Postcode:
    pattern: re.Pattern[str]
    rule: Promise
    """What a right one looks like, for the message."""


_FOUR = gettext_lazy("four digits, for example 1010")
_FIVE = gettext_lazy("five digits, for example 44137")

POSTCODES: dict[str, Postcode] = {
    "DE": Postcode(re.compile(r"\d{5}"), _FIVE),
    "FR": Postcode(re.compile(r"\d{5}"), _FIVE),
    "IT": Postcode(re.compile(r"\d{5}"), _FIVE),
    "ES": Postcode(re.compile(r"\d{5}"), _FIVE),
    "AT": Postcode(re.compile(r"\d{4}"), _FOUR),
    "CH": Postcode(re.compile(r"\d{4}"), _FOUR),
    "LI": Postcode(re.compile(r"\d{4}"), _FOUR),
    "LU": Postcode(re.compile(r"\d{4}"), _FOUR),
    "BE": Postcode(re.compile(r"\d{4}"), _FOUR),
    "DK": Postcode(re.compile(r"\d{4}"), _FOUR),
    "NL": Postcode(re.compile(r"\d{4} ?[A-Z]{2}"), gettext_lazy("four digits and two letters, for example 1012 AB")),
    "PL": Postcode(re.compile(r"\d{2}-\d{3}"), gettext_lazy("two digits, a hyphen, three digits, for example 00-950")),
    "GB": Postcode(
        re.compile(r"(GIR 0AA|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})"),
        gettext_lazy("area and street code, for example SW1A 1AA"),
    ),
}


def tidy_postcode(text: str, country: str) -> str:
    """The postcode as the country writes it. Raises ValidationError with the rule."""
    value = " ".join(text.upper().split())
    if country == "GB" and " " not in value and len(value) > 4:
        value = f"{value[:-3]} {value[-3:]}"
    rule = POSTCODES.get(country)
    if value and rule is not None and not rule.pattern.fullmatch(value):
        raise ValidationError(_("This is no postcode of the country chosen. It has %(rule)s.") % {"rule": rule.rule})
    return value


def tidy_phone(text: str, country: str) -> str:
    """The number in E.164, dialled from that country. Raises ValidationError where it is none."""
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as wrong:
        raise ValidationError(
            _("This is no telephone number. Write it with area code, or with + and country code.")
        ) from wrong
    if not phonenumbers.is_possible_number(parsed):
        raise ValidationError(_("This telephone number has too many or too few digits."))
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
