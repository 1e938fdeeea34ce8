"""E-mail addresses and phone numbers: the examples of the spec, and the short way held against the libraries."""

import phonenumbers
import pytest
from email_validator import validate_email
from gewerk_connect.rules import contacts
from gewerk_connect.rules.contacts import emails, phone, without_remark
from hypothesis import example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("max@web.de", ["max@web.de"]),
        ("max@web.de (Büro)", ["max@web.de"]),
        ("a@b.de; c@d.de", ["a@b.de", "c@d.de"]),
        ("a@b.de,c@d.de / e@f.de", ["a@b.de", "c@d.de", "e@f.de"]),
        (" A@B.DE ", ["a@b.de"]),
        ("Max Muster <Max@Web.de>", ["max@web.de"]),
        ("mailto:max@web.de", ["max@web.de"]),
        ("a@b.de; A@B.de", ["a@b.de"]),
        ("kaputt@; gut@web.de", ["gut@web.de"]),
        ("max(at)web.de", []),
        ("-", []),
        ("", []),
        ("max@web", []),
        ("a@b@c.de", []),
        ("max..muster@web.de", []),
        (".max@web.de", []),
        ("max@-web.de", []),
        ("max@web_de.de", []),
        ("müller@web.de", ["müller@web.de"]),
    ],
)
def test_emails(text: str, found: list[str]) -> None:
    assert emails(text) == found


@given(st.emails())
def test_an_address_alone_is_found(address: str) -> None:
    if emails(address):
        assert "@" in emails(address)[0]
        assert emails(address)[0] in address.lower()


@given(st.lists(st.one_of(st.emails(), st.text(max_size=20)), max_size=4).map("; ".join))
def test_what_is_found_is_valid_and_found_again(text: str) -> None:
    found = emails(text)
    for address in found:
        validate_email(address, check_deliverability=False, test_environment=True)
        assert address == address.lower()
    assert emails("; ".join(found)) == found


_LOCAL = st.text("abz019._+-", min_size=1, max_size=12)
_HOST = st.text("abz01-.", min_size=1, max_size=14)


@settings(max_examples=600)
@given(st.builds("{}@{}.{}".format, _LOCAL, _HOST, st.sampled_from(["de", "com", "museum", "d", "1", "x-y"])))
def test_the_short_way_agrees_with_the_library(address: str) -> None:
    plain = contacts._PLAIN_EMAIL.fullmatch(address) is not None
    if plain and len(address) <= contacts._PLAIN_LENGTH and "xn--" not in address:
        assert contacts._valid_by_library(address)


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("0176 1234 5678 (abends)", "DE", "+4917612345678"),
        ("(0231) 445566-0", "DE", "+492314455660"),
        ("0711 / 12 34 56", "DE", "+49711123456"),
        ("0176/9876543", "DE", "+491769876543"),
        ("0049 421 9988 77", "DE", "+49421998877"),
        ("+43 1 5124411", "DE", "+4315124411"),
        ("+90 532 123 45 67", "DE", "+905321234567"),
        ("0151-23456789", "DE", "+4915123456789"),
        ("+49 (0)231 445566", "DE", "+49231445566"),
        ("Tel. 0231 445566 App. 12", "DE", "+49231445566"),
        ("privat: 0176 1234 5678", "DE", "+4917612345678"),
        ("0231 445566; 0176 1234 5678", "DE", "+49231445566"),
        ("kein Telefon", "DE", None),
        ("-", "DE", None),
        ("", "DE", None),
        ("445566", "DE", None),
        ("0", "DE", None),
        ("123", "DE", None),
        ("01 5124411", "AT", "+4315124411"),
        ("0664 1234567", "AT", "+436641234567"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("07700 900123", "GB", "+447700900123"),
        ("+39 06 1234567", "DE", "+39061234567"),
    ],
)
def test_phone(text: str, country: str, e164: str | None) -> None:
    assert phone(text, country) == e164


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0176 1234 5678 (abends)", "0176 1234 5678"),
        ("0176 1234 nur morgens", "0176 1234"),
        ("Tel: (0231) 4455", "(0231) 4455"),
        ("kein Telefon", ""),
    ],
)
def test_remarks_are_cut_off(text: str, number: str) -> None:
    assert without_remark(text) == number


@settings(max_examples=1500, deadline=None)
@given(
    st.text("0123456789 ()/+-.", min_size=4, max_size=22)
    | st.from_regex(r"(\+|00|0)[1-9][0-9 /-]{5,14}", fullmatch=True),
    st.sampled_from(["DE", "AT", "GB", "CH", "FR"]),
    st.sampled_from(["", " (abends)", " nur morgens", " privat"]),
)
@example("0176 1234 5678", "DE", " (abends)")
@example("+4418002123456", "GB", "")
@example("018002012345", "GB", "")
def test_the_short_way_gives_what_the_library_gives(number: str, country: str, remark: str) -> None:
    assert phone(number + remark, country) == contacts._by_library.__wrapped__(number + remark, country)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"0[1-9][0-9]{6,9}", fullmatch=True), st.sampled_from(["DE", "AT"]))
def test_an_ordinary_number_is_what_phonenumbers_makes_of_it(number: str, country: str) -> None:
    parsed = phonenumbers.parse(number, country)
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert phone(number, country) == expected
