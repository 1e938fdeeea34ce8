"""House numbers, table-driven from spec 01."""

import pytest
from gewerk_connect.rules.addresses import house_number
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("line", "street", "number"),
    [
        ("Schüruferstraße 88", "Schüruferstraße", "88"),
        ("Friedrich-Ebert-Straße 76 a", "Friedrich-Ebert-Straße", "76 a"),
        ("Anger 12a", "Anger", "12a"),
        ("Holtenauer Straße 5-9", "Holtenauer Straße", "5-9"),
        ("Holtenauer Straße 5 - 9", "Holtenauer Straße", "5 - 9"),
        ("Ring 5a-c", "Ring", "5a-c"),
        ("Hauptstraße 12/3", "Hauptstraße", "12/3"),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135"),
        ("Q7 24", "Q7", "24"),
        ("Straße des 17. Juni", "Straße des 17. Juni", None),
        ("Am Ährenweg", "Am Ährenweg", None),
        ("Q7", "Q7", None),
        ("", "", None),
    ],
)
def test_germany(line: str, street: str, number: str | None) -> None:
    assert house_number(line) == (street, number)


@pytest.mark.parametrize(
    ("line", "street", "number"),
    [
        ("12 Old Ford Road", "Old Ford Road", "12"),
        ("7-9 Roman Road", "Roman Road", "7-9"),
        ("128a Camden High Street", "Camden High Street", "128a"),
        ("Ancoats Green", "Ancoats Green", None),
    ],
)
def test_great_britain(line: str, street: str, number: str | None) -> None:
    assert house_number(line, "GB") == (street, number)


_STREET = st.from_regex(r"[A-ZÄÖÜ][a-zäöüß]{2,12}(straße|weg| Allee| Ring)", fullmatch=True)
_NUMBER = st.from_regex(r"[1-9][0-9]{0,3}( ?[a-z])?|[1-9][0-9]?-[1-9][0-9]?", fullmatch=True)


@given(_STREET, _NUMBER)
def test_street_and_number_come_apart_and_together_again(street: str, number: str) -> None:
    assert house_number(f"{street} {number}") == (street, number)


@given(st.text(st.characters(codec="cp1252"), max_size=40))
def test_a_split_line_rejoins_to_itself(line: str) -> None:
    street, number = house_number(line)
    if number is None:
        assert street == line.strip()
    else:
        assert line.strip().startswith(street)
        assert line.strip().endswith(number)
        assert set(line.strip()[len(street) : len(line.strip()) - len(number)]) <= set(" \t,")
