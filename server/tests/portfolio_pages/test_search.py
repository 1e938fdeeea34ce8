"""What a clerk types finds what is stored, umlauts or not, in whatever order."""

from datetime import UTC, datetime
from types import ModuleType
from uuid import UUID

import pytest
from gewerk.identity.access import actor_for
from gewerk.journal.actor import Actor
from gewerk.kit.folding import fold, fold_short
from gewerk.portfolio.operations.edit_record import enter_record
from gewerk.portfolio.queries.property_list import found_properties, property_rows
from gewerk.portfolio.queries.search import MAX_WORDS, occurs, words
from gewerk.portfolio.search_text import SEARCHED, compose
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text(alphabet="abcdeimnorstuäöüßMLÄÖÜéłø -.'", min_size=1, max_size=20)


def stored_text(name: str) -> str:
    return compose("tenant", {**dict.fromkeys(SEARCHED["tenant"], ""), "name": name})


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_short(fold(text)) == fold_short(text)


@given(NAMES)
def test_a_name_is_found_in_every_spelling(name: str) -> None:
    stored = stored_text(name)
    spellings = {name, name.upper(), name.lower(), fold(name), fold_short(name)}
    for typed in spellings:
        assert all(occurs(word, stored) for word in words(typed)), typed


@pytest.mark.parametrize("stored", ["Müller", "Mueller", "Muller"])
@pytest.mark.parametrize("typed", ["Müller", "Mueller", "Muller", "MÜLLER", "müll"])
def test_mueller_finds_mueller(stored: str, typed: str) -> None:
    assert all(occurs(word, stored_text(stored)) for word in words(typed))


def test_words_are_few_and_ids_stay_whole() -> None:
    assert words("1-9-66") == [("1 9 66",)]
    assert words("12a") == [("12a", "12 a")]
    assert len(words("a " * 50)) == MAX_WORDS
    assert words(" . - ") == []


@pytest.fixture
def lindenhof(db: None, factories: ModuleType) -> Actor:
    organisation = factories.organisation()
    manager = factories.person(organisation)
    return actor_for(manager, organisation.pk, memberships=list(manager.memberships.all()))


NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def enter(actor: Actor, street: str, number: str, city: str = "Dortmund") -> UUID:
    fields = {"street": street, "house_number": number, "city": city, "postcode": "44137", "country": "DE"}
    return enter_record(actor=actor, type="property", fields=fields, now=NOW)


@pytest.mark.parametrize(
    "typed",
    [
        "Schüruferstraße",
        "schueruferstr.",
        "Schuruferstrasse 12a",
        "12 a Schürufer",
        "dortmund SCHÜRUFER",
        "44137 schür",
    ],
)
def test_the_list_finds_a_property_however_it_is_typed(lindenhof: Actor, typed: str) -> None:
    wanted = enter(lindenhof, "Schüruferstraße", "12 a")
    enter(lindenhof, "Anger", "7", "Erfurt")
    assert [p.pk for p in found_properties(lindenhof, typed)] == [wanted]


def test_a_tenant_leads_to_the_property_and_the_row_says_so(lindenhof: Actor) -> None:
    house = enter(lindenhof, "Anger", "7", "Erfurt")
    enter(lindenhof, "Anger", "9", "Erfurt")
    unit = enter_record(actor=lindenhof, type="unit", fields={"name": "3"}, property_id=house, now=NOW)
    person = {"first_name": "Jörg", "last_name": "Ünal", "kind": "natural"}
    enter_record(actor=lindenhof, type="tenant", fields=person, unit_ids=[unit], now=NOW)
    found = list(found_properties(lindenhof, "Anger uenal"))
    assert [p.pk for p in found] == [house]
    assert property_rows(lindenhof, found, text="Anger uenal")[0].found_by == (("tenant", "Jörg Ünal"),)


def test_signs_of_the_database_are_only_signs(lindenhof: Actor) -> None:
    enter(lindenhof, "Anger", "7")
    for typed in ("%", "_", "100%", "a'b\"c;--", "\\"):
        found_properties(lindenhof, typed).count()
    assert found_properties(lindenhof, "An%er").count() == 0
