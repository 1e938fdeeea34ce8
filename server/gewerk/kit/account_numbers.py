"""Numbers that carry their own proof: IBAN and VAT identification numbers. Form and check digits only; nobody is asked outside."""

import re

_IBAN_LENGTH = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
"""Signs of an IBAN per country, by the registry of ISO 13616."""

_VAT_FORM = {
    "AT": r"ATU\d{8}", "BE": r"BE[01]\d{9}", "BG": r"BG\d{9,10}", "CH": r"CHE\d{9}(MWST|TVA|IVA)?", "CY": r"CY\d{8}[A-Z]",
    "CZ": r"CZ\d{8,10}", "DE": r"DE[1-9]\d{8}", "DK": r"DK\d{8}", "EE": r"EE\d{9}", "ES": r"ES[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"FI\d{8}", "FR": r"FR[A-Z0-9]{2}\d{9}", "GB": r"GB(\d{9}|\d{12})", "GR": r"EL\d{9}", "HR": r"HR\d{11}",
    "HU": r"HU\d{8}", "IE": r"IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"IT\d{11}", "LI": r"(LI|CHE)?\d{5,9}(MWST)?",
    "LT": r"LT(\d{9}|\d{12})", "LU": r"LU\d{8}", "LV": r"LV\d{11}", "MT": r"MT\d{8}", "NL": r"NL\d{9}B\d{2}",
    "NO": r"(NO)?\d{9}(MVA)?", "PL": r"PL\d{10}", "PT": r"PT\d{9}", "RO": r"RO\d{2,10}", "SE": r"SE\d{12}", "SI": r"SI\d{8}",
    "SK": r"SK\d{10}",
}  # fmt: skip
"""How a number looks, by the European Commission's list (VIES) and the countries' own rules."""


def compact(text: str) -> str:
    """Capitals without spaces, dots and hyphens: as numbers are compared and stored."""
    return re.sub(r"[\s.\-]", "", text).upper()


def iban_is_sound(text: str) -> bool:
    """Length of its country and check digits (ISO 13616; ISO 7064, MOD 97-10)."""
    iban = compact(text)
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", iban) or not iban.isascii():
        return False
    if len(iban) != _IBAN_LENGTH.get(iban[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def vat_id_is_sound(text: str, country: str) -> bool:
    """Looks as one of ``country`` does; German, Austrian and British ones by their check digits too. Unknown countries: yes."""
    number = compact(text)
    form = _VAT_FORM.get(country)
    if form is None:
        return True
    if not number.isascii() or not re.fullmatch(form, number):
        return False
    check = {"DE": _german, "AT": _austrian, "GB": _british}.get(country)
    return check is None or check(number)


def _german(number: str) -> bool:
    """ISO 7064, MOD 11,10 over the eight digits before the last."""
    product = 10
    for digit in number[2:10]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(number[10])


def _austrian(number: str) -> bool:
    """Digits weighted 1 and 2 in turn, cross sums, 96 minus the sum."""
    total = sum(int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(number[3:10]))
    return (96 - total) % 10 == int(number[10])


def _british(number: str) -> bool:
    """Weights 8 to 2 and the last two digits: divisible by 97, or 55 off for numbers given since 2010."""
    digits = number[2:11]
    total = sum(weight * int(d) for weight, d in zip(range(8, 1, -1), digits, strict=False)) + int(digits[7:])
    return total % 97 in (0, 42)
