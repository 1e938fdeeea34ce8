"""IBAN and VAT numbers: what is genuine passes, one wrong digit does not."""

import pytest
from gewerk.kit.account_numbers import compact, iban_is_sound, vat_id_is_sound
from hypothesis import given
from hypothesis import strategies as st

# Published as examples: Deutsche Bundesbank, Oesterreichische Nationalbank, UK Finance, SWIFT registry.
IBANS = [
    "DE89 3704 0044 0532 0130 00",
    "AT61 1904 3002 3457 3201",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
]


@pytest.mark.parametrize("iban", IBANS)
def test_examples_of_the_registry_are_sound(iban: str) -> None:
    assert iban_is_sound(iban)
    assert iban_is_sound(iban.lower())


@given(st.sampled_from(IBANS), st.data())
def test_one_wrong_digit_is_found(iban: str, data: st.DataObject) -> None:
    signs = list(compact(iban))
    place = data.draw(st.sampled_from([i for i, sign in enumerate(signs) if sign.isdigit()]))
    signs[place] = data.draw(st.sampled_from([d for d in "0123456789" if d != signs[place]]))
    assert not iban_is_sound("".join(signs))


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    assert iban_is_sound(text) in {True, False}
    assert vat_id_is_sound(text, "DE") in {True, False}


@pytest.mark.parametrize(
    "text", ["", "DE89", "DE8937040044053201300", "XX89370400440532013000", "DE８9370400440532013000"]
)
def test_what_is_no_iban_is_refused(text: str) -> None:
    assert not iban_is_sound(text)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("DE 136695976", "DE"),
        ("ATU13585627", "AT"),
        ("GB 980 7806 84", "GB"),
        ("NL004495445B01", "NL"),
        ("anything", "JP"),
    ],
)
def test_numbers_in_use_are_sound(number: str, country: str) -> None:
    assert vat_id_is_sound(number, country)


@pytest.mark.parametrize("country", ["DE", "AT"])
@given(data=st.data())
def test_one_wrong_digit_of_a_vat_number_is_found(country: str, data: st.DataObject) -> None:
    """Britain counts with two remainders, so that some wrong digits pass there: see below."""
    number = {"DE": "DE136695976", "AT": "ATU13585627"}[country]
    start = len(number) - (8 if country == "AT" else 9)
    place = data.draw(st.integers(start, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not vat_id_is_sound(number[:place] + other + number[place + 1 :], country)


@pytest.mark.parametrize(
    ("number", "country"),
    [("ATU13585627", "DE"), ("DE13669597", "DE"), ("GB980780685", "GB"), ("", "DE"), ("NL004495445", "NL")],
)
def test_what_does_not_fit_the_country_is_refused(number: str, country: str) -> None:
    assert not vat_id_is_sound(number, country)
