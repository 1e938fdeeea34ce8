"""Laws of the judged stock: order, uniqueness, and that the order and doubling of rows change nothing."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from exports_here import SAMPLES, copied, everything, judged, sample, write_tables
from gewerk_connect.canonical import Entity, Verdict
from gewerk_connect.canonical.model import PART
from gewerk_connect.mapping import Ids
from gewerk_connect.settings import Settings
from gewerk_connect.stock import fingerprint, trace
from hypothesis import given, settings
from hypothesis import strategies as st

_NUMBER = st.sampled_from(["1", "2", "01", "1-1", "2/1", "A"])
_EMAIL = st.sampled_from(["", "-", "a@b.de", "A@b.de; c@d.de", "x(at)y.de"])
_DATE = st.sampled_from(["", "01.01.2020", "31.02.2020", "01.12.2026", "01.01.2030", "21.11.2026"])


def _rows(*columns: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(*columns).map(list), max_size=7)


STOCKS = st.fixed_dictionaries(
    {
        "buildings": st.lists(
            st.tuples(
                _NUMBER,
                st.sampled_from(["", "9"]),
                _NUMBER,
                st.sampled_from(["Anger 5", "Ring"]),
                st.just(""),
                st.just(""),
                st.just(""),
            ).map(list),
            min_size=1,
            max_size=6,
        ),
        "units": st.lists(
            st.tuples(
                _NUMBER,
                st.sampled_from(["", "9"]),
                _NUMBER,
                _NUMBER,
                st.sampled_from(["Wohnung", "Atelier"]),
                st.just("EG"),
                st.just(""),
            ).map(list),
            min_size=1,
            max_size=8,
        ),
        "parties": _rows(
            _NUMBER,
            st.sampled_from(["natural", "legal", "?"]),
            st.just("V"),
            st.just("N"),
            st.just(""),
            _EMAIL,
            st.just(""),
        ),
        "contracts": _rows(_NUMBER, _NUMBER, st.sampled_from(["lease", "ownership", "?"]), _DATE, _DATE),
        "contract_units": _rows(_NUMBER, _NUMBER, st.sampled_from(["", "9"]), _NUMBER, _NUMBER),
        "contract_parties": _rows(
            _NUMBER, _NUMBER, _NUMBER, st.sampled_from(["main_tenant", "owner", "?", "co_tenant"]), st.just("")
        ),
    }
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "separator": st.sampled_from(["-", "/"]),
        "clients": st.sampled_from([("2",), ("1", "01", "2")]),
        "vacant_units": st.booleans(),
        "main_tenants_only": st.booleans(),
        "usages": st.just(("living",)),
        "tenants_without_email": st.sampled_from(["skip", "send_without"]),
    },
)


def _judged(tables: dict[str, list[list[str]]], chosen: dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return judged(write_tables(Path(folder), tables), **chosen)


@settings(max_examples=60, deadline=None)
@given(STOCKS, SETTINGS)
def test_streams_are_sorted_unique_and_whole(tables: dict[str, list[list[str]]], chosen: dict[str, Any]) -> None:
    stock = _judged(tables, chosen)
    separator = chosen.get("separator", "-")
    sent_units = {record.external_id for record in stock.stream(Entity.UNIT) if record.verdict is Verdict.SEND}
    sent_properties = {r.external_id for r in stock.stream(Entity.PROPERTY) if r.verdict is Verdict.SEND}
    for entity in Entity:
        records = list(stock.stream(entity))
        ids = [record.external_id for record in records]
        assert ids == sorted(set(ids))
        for record in records:
            assert record.external_id == separator.join(record.key)
            assert (record.payload is not None) == (record.verdict is Verdict.SEND)
            assert (record.reason is None) == (record.verdict is Verdict.SEND)
            if record.payload is None:
                continue
            if entity is Entity.UNIT:
                assert record.payload["property_external_id"] in sent_properties
            if entity in (Entity.TENANT, Entity.LANDLORD):
                assert record.payload["unit_external_ids"]
                assert set(record.payload["unit_external_ids"]) <= sent_units
            if entity is Entity.TENANT and chosen.get("tenants_without_email") != "send_without":
                assert record.payload["email"]


@settings(max_examples=60, deadline=None)
@given(STOCKS, SETTINGS, st.randoms(use_true_random=False), st.booleans())
def test_order_and_doubling_of_rows_change_nothing(
    tables: dict[str, list[list[str]]], chosen: dict[str, Any], chance: random.Random, doubled: bool
) -> None:
    other = {name: list(rows) + (list(rows) if doubled else []) for name, rows in tables.items()}
    for rows in other.values():
        chance.shuffle(rows)
    first, second = _judged(tables, chosen), _judged(other, chosen)
    assert everything(first) == everything(second)
    assert first.skipped == second.skipped
    assert first.valid_until == second.valid_until
    assert first.finding_counts == second.finding_counts


@settings(max_examples=40, deadline=None)
@given(STOCKS, SETTINGS)
def test_every_held_record_has_a_finding_and_the_counts_are_those_of_the_findings(
    tables: dict[str, list[list[str]]], chosen: dict[str, Any]
) -> None:
    stock = _judged(tables, chosen)
    findings = list(stock.findings)
    told = {finding.external_id for finding in findings}
    for entity in Entity:
        for record in stock.stream(entity):
            if record.verdict is Verdict.HELD:
                assert record.external_id in told
    assert sum(stock.finding_counts.values()) == len(findings)


@given(st.lists(st.tuples(*[st.text("19-/", max_size=3)] * 3), min_size=2, max_size=6, unique=True))
def test_two_keys_give_two_ids_unless_a_part_holds_the_separator(keys: list[tuple[str, ...]]) -> None:
    keys = [key for key in keys if all(key)]
    ids = [Ids("|").render(PART.join(key)) for key in keys]
    assert len(set(ids)) == len(keys)
    assert [Ids.parts(PART.join(key)) for key in keys] == keys


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_shuffled_sample_is_the_same_stock(kind: str, tmp_path: Path) -> None:
    if kind != "wodis-sigma":
        assert everything(judged(sample(kind).place.path, kind=kind))
        return
    folder = copied(kind, tmp_path)
    for file in folder.iterdir():
        header, *rows = file.read_bytes().splitlines(keepends=True)
        random.Random(7).shuffle(rows)
        file.write_bytes(header + b"".join(rows + rows[:40]))
    assert everything(judged(folder, kind=kind)) == everything(judged(sample(kind).place.path, kind=kind))


@pytest.mark.parametrize("kind", SAMPLES)
def test_one_changed_email_changes_one_record(kind: str, tmp_path: Path) -> None:
    folder = copied(kind, tmp_path)
    if kind != "wodis-sigma":
        return
    before = everything(judged(folder, kind=kind))
    first = fingerprint(sample(kind))
    file = folder / "geschaeftspartner.csv"
    file.write_bytes(file.read_bytes().replace(b"mriabhm15257@example.org", b"maria.boehm@example.org"))
    after = everything(judged(folder, kind=kind))
    changed = [one for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 1
    assert first == fingerprint(sample(kind))


def test_the_fingerprint_changes_with_a_byte(tmp_path: Path) -> None:
    from gewerk_connect.settings import SourceSettings
    from gewerk_connect.sources import open_source

    folder = copied("wodis-sigma", tmp_path)
    source = open_source(SourceSettings(kind="wodis-sigma", path=folder))
    before = fingerprint(source)
    assert before == fingerprint(sample("wodis-sigma"))
    file = folder / "objekte.csv"
    file.write_bytes(file.read_bytes().replace(b"Kiel", b"Kial", 1))
    assert fingerprint(source) != before


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_record_can_be_traced(kind: str) -> None:
    chosen = Settings(separator="-")
    from exports_here import AS_OF
    from gewerk_connect.stock import judge

    stock = judge(sample(kind), chosen, AS_OF)
    for entity in Entity:
        by_verdict = {record.verdict: record for record in stock.stream(entity)}
        for record in by_verdict.values():
            found = trace(sample(kind), chosen, AS_OF, entity, record.external_id)
            assert found is not None
            assert found.judged == record
            assert found.rows
            assert found.notes
            assert found.field("external_id")[0].value == record.external_id
            for name, value in (record.payload or {}).items():
                steps = found.field(name)
                assert steps, name
                if not isinstance(value, dict):
                    assert steps[0].value == value
    assert trace(sample(kind), chosen, AS_OF, Entity.UNIT, "nobody") is None
