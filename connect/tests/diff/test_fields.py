import orjson
import pytest
from gewerk_connect.diff.fields import changed_fields, digest, held_differs, payload_bytes, same
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text(max_size=5), JSON, max_size=5)


@pytest.mark.parametrize(
    ("wanted", "held", "is_same"),
    [
        (None, "", True),
        ("", None, True),
        ([], None, True),
        ({}, None, True),
        (None, False, False),
        (None, 0, False),
        (0, "", False),
        ("64.35", "64.350", True),
        ("64.35", 64.35, True),
        ("3", 3, True),
        ("007", "7", False),
        ("1.0", "1", True),
        ("a", "A", False),
        (True, 1, False),
        (["a", "b"], ["b", "a"], False),
        ({"city": "Köln"}, {"city": "Köln", "country": "DE"}, True),
        ({"city": "Köln"}, {"city": "Bonn"}, False),
        ({"city": "Köln"}, {}, False),
        ({"city": None}, {}, True),
        ("2026-01-01", "2026-01-01", True),
        ("1.2.3", "1.2.30", False),
    ],
)
def test_when_two_values_are_the_same(wanted: object, held: object, is_same: bool) -> None:
    assert same(wanted, held) is is_same


@given(RECORDS)
def test_a_record_is_the_same_as_itself_however_it_is_ordered(record: dict[str, object]) -> None:
    turned = dict(reversed(record.items()))
    assert payload_bytes(record) == payload_bytes(turned)
    assert changed_fields(record, turned) == []
    assert held_differs(payload_bytes(record), orjson.dumps(turned)) is None


@given(RECORDS)
def test_null_and_empty_text_are_one_thing(record: dict[str, object]) -> None:
    emptied = {name: "" if value is None else value for name, value in record.items()}
    assert digest(payload_bytes(record)) == digest(payload_bytes(emptied))


@given(RECORDS, st.text(max_size=5), st.text(min_size=1, max_size=5))
def test_another_value_is_another_hash_and_a_named_field(record: dict[str, object], name: str, value: str) -> None:
    changed = {**record, name: f"neu {value}"}
    if record.get(name) != changed[name]:
        assert digest(payload_bytes(record)) != digest(payload_bytes(changed))
        assert changed_fields(record, changed) == [name]


def test_the_hash_is_the_same_for_ever() -> None:
    """It lies in ledgers for years: a new version of a library must not make every record look changed."""
    record = {"external_id": "1-9-66", "name": "Größe", "rooms": "2.5", "empty": None}
    assert digest(payload_bytes(record)).hex() == "30faefd5d89b24bfe67b647ff4a8ee4d"


def test_nested_fields_are_named_by_their_path() -> None:
    old = {"address": {"street": "A", "city": "K"}, "name": "x"}
    new = {"address": {"street": "B", "city": "K"}, "name": "x", "storeys": 3}
    assert changed_fields(old, new) == ["address.street", "storeys"]
    assert changed_fields(None, {"a": 1, "b": None}) == ["a"]
