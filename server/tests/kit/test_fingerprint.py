"""A fingerprint is the same for what holds the same, and another as soon as a value differs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from gewerk.identity.models import Membership, Organisation
from gewerk.kit.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class _Row:
    record: Any
    count: int
    words: tuple[str, ...] = ()


def _organisation(**values: Any) -> Organisation:
    return Organisation(**{"name": "Nordlicht", "created_at": datetime(2026, 11, 27, tzinfo=UTC), "id": None, **values})


def test_what_holds_the_same_is_the_same() -> None:
    assert fingerprint(_Row(_organisation(), 1)) == fingerprint(_Row(_organisation(), 1))
    assert hash(fingerprint(_Row(_organisation(), 1))) == hash(fingerprint(_Row(_organisation(), 1)))


@pytest.mark.parametrize(
    "other",
    [
        _Row(_organisation(name="Südlicht"), 1),
        _Row(_organisation(), 2),
        _Row(_organisation(), 1, ("x",)),
        _Row(Membership(organisation=_organisation()), 1),
        _Row(None, 1),
    ],
)
def test_another_value_is_another_fingerprint(other: _Row) -> None:
    assert fingerprint(_Row(_organisation(), 1)) != fingerprint(other)


def test_what_is_loaded_with_a_record_belongs_to_it() -> None:
    one, other = Membership(organisation=_organisation()), Membership(organisation=_organisation(name="Südlicht"))
    one.id = other.id = None
    assert fingerprint(one) != fingerprint(other)


def test_records_that_know_each_other_come_to_an_end() -> None:
    membership = Membership(organisation=_organisation())
    membership.organisation._state.fields_cache["membership"] = membership
    assert fingerprint(membership) == fingerprint(membership)


def test_what_does_not_say_what_it_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="does not say"):
        fingerprint(_Row(object(), 1))
