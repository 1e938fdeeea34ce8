"""Floors and positions, table-driven from spec 01."""

import pytest
from gewerk_connect.rules.floor import floor, position
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1. UG", -1),
        ("2. UG", -2),
        ("2.UG", -2),
        ("UG", -1),
        ("Keller, links", -1),
        ("Souterrain", -1),
        ("Wohnung 12, 2. OG", 2),
        ("2.OG re.", 2),
        ("3. Etage, links", 3),
        ("5. Stock vorne", 5),
        ("4. Obergeschoss", 4),
        ("Etage 7", 7),
        ("EG", 0),
        ("EG Wohnung 12", 0),
        ("Erdgeschoss, rechts", 0),
        ("Erdgeschoß", 0),
        ("Parterre", 0),
        ("Hochparterre", 0),
        ("4", 4),
        ("-1", -1),
        ("DG", None),
        ("Dachgeschoss, mitte", None),
        ("Stellplatz 7", None),
        ("Garage 3", None),
        ("TG 12", None),
        ("Hinterhof", None),
        ("", None),
        ("   ", None),
        ("ground floor", 0),
        ("2nd floor left", 2),
        ("basement", -1),
    ],
)
def test_floor(text: str, number: int | None) -> None:
    assert floor(text, "gewerk", {}) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("Erdgeschoss links", 0),
        ("ERDGESCHOSS 3", 0),
        ("Keller 2", -1),
        ("4", 4),
        ("-2", -2),
        ("1. UG", 1),
        ("Wohnung 12, 2. OG", 12),
        ("Stellplatz 7", 7),
        ("EG", None),
        ("DG", None),
    ],
)
def test_the_documented_rule_of_wodis_sigma(text: str, number: int | None) -> None:
    assert floor(text, "wodis-sigma", {}) == number


@pytest.mark.parametrize("rule", ["gewerk", "wodis-sigma"])
def test_the_customers_own_floors_come_first(rule: str) -> None:
    assert floor("DG", rule, {"DG": 4}) == 4
    assert floor("1. UG", rule, {"1. UG": -3}) == -3


@given(st.integers(1, 9), st.sampled_from(["{}. OG", "{}.OG", "{} OG links", "{}. Etage", "Wohnung 3, {}. Stock"]))
def test_a_number_next_to_a_storey_word_is_it(number: int, form: str) -> None:
    assert floor(form.format(number), "gewerk", {}) == number


@given(st.text(max_size=30))
def test_any_text_gives_a_floor_or_none(text: str) -> None:
    for rule in ("gewerk", "wodis-sigma"):
        assert floor(text, rule, {}) is None or isinstance(floor(text, rule, {}), int)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EG links", "links"),
        ("2.OG re.", "rechts"),
        ("1. OG li", "links"),
        ("1. OG mitte", "mitte"),
        ("5. Stock vorne", "vorne"),
        ("3. OG hinten links", "hinten links"),
        ("Hinterhof", None),
        ("Vorderhaus", None),
        ("Rechtsanwalt", None),
        ("", None),
    ],
)
def test_position(text: str, words: str | None) -> None:
    assert position(text) == words
