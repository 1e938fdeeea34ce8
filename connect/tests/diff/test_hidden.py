"""An object that the source no longer lists may only be hidden: it and what lies below it are kept, all else goes."""

from pathlib import Path

import orjson
from fake_upper import FakeUpper, house
from gewerk_connect.canonical import Entity
from gewerk_connect.diff.hidden import Hidden, missing_objects
from gewerk_connect.ledger import Confirmed, State
from gewerk_connect.ledger.outbox import GROUP
from hypothesis import given
from hypothesis import strategies as st
from lower import apply, plan, totals
from standin import StandIn

Rows = dict[str, dict[str, dict[str, object]]]


def without(rows: Rows, building: str) -> Rows:
    """The stock without a building and all below it."""
    gone = {unit for unit in rows["unit"] if unit.startswith(f"{building}-")}
    return {
        "property": {key: row for key, row in rows["property"].items() if key != building},
        "unit": {key: row for key, row in rows["unit"].items() if key not in gone},
        **{
            entity: {
                key: row
                for key, row in rows[entity].items()
                if not gone & set(row["payload"]["unit_external_ids"])  # type: ignore[index]
            }
            for entity in ("landlord", "tenant")
        },
    }


def test_a_hidden_object_is_kept_with_all_below_it_and_named(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house(), hides=True))
    written = len(api.written)
    done = apply(tmp_path, api, FakeUpper(without(house(), "1-0"), hides=True))
    assert totals(done)["archived"] == 0
    assert totals(done)["unchanged"] == 16
    assert len(api.written) == written
    assert done.finding_counts == {"object_hidden": 1}
    again = apply(tmp_path, api, FakeUpper(without(house(), "1-0"), hides=True))
    assert again.finding_counts == {"object_hidden": 1}


def test_the_setting_lets_it_go(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house(), hides=True))
    rows = without(house(), "1-0")
    apply(tmp_path, api, FakeUpper(rows, hides=True))
    done = apply(tmp_path, api, FakeUpper(rows, hides=True), objects_gone=("1-0",), confirm_fuse=True)
    assert totals(done)["archived"] == 8
    assert done.finding_counts == {}
    assert all(api.records["unit"][f"1-0-{u}"]["archived_at"] for u in range(3))


def test_it_comes_back_as_if_it_had_never_been_away(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house(), hides=True))
    apply(tmp_path, api, FakeUpper(without(house(), "1-0"), hides=True))
    written = len(api.written)
    done = apply(tmp_path, api, FakeUpper(house(), hides=True))
    assert (totals(done)["unchanged"], len(api.written)) == (16, written)
    assert done.finding_counts == {}


def test_a_source_that_hides_nothing_archives(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house()))
    planned = plan(tmp_path, api, FakeUpper(without(house(), "1-0")))
    assert totals(planned)["archive"] == 8


def test_what_vanished_below_an_object_that_is_listed_goes(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house(), hides=True))
    rows = house()
    del rows["unit"]["1-0-1"], rows["tenant"]["1-01-7"]
    done = apply(tmp_path, api, FakeUpper(rows, hides=True))
    assert totals(done)["archived"] == 2


def test_an_object_archived_long_ago_is_not_doubted(tmp_path: Path, api: StandIn) -> None:
    apply(tmp_path, api, FakeUpper(house()))
    apply(tmp_path, api, FakeUpper(without(house(), "1-0")), confirm_fuse=True)
    done = apply(tmp_path, api, FakeUpper(without(house(), "1-0"), hides=True), whole=True)
    assert done.finding_counts == {}


numbers = st.lists(st.integers(0, 4).map(str), min_size=3, max_size=3)


def known(key: list[str], state: str = State.ACTIVE) -> Confirmed:
    return Confirmed("-".join(key), state, b"x", None, None, orjson.dumps(key).decode())


@given(
    objects=st.lists(numbers.map(lambda n: n[:2]), unique_by=tuple), listed=st.sets(st.integers(0, 20)), unit=numbers
)
def test_kept_are_exactly_the_units_of_missing_objects(
    objects: list[list[str]], listed: set[int], unit: list[str]
) -> None:
    in_force = [known(key) for key in objects]
    present = {one.external_id for at, one in enumerate(in_force) if at in listed}
    missing = missing_objects(present, in_force)
    hidden = Hidden(missing, lambda _intent: None)
    assert {one.external_id for one in missing} | present == {one.external_id for one in in_force}
    assert hidden.keeps(Entity.UNIT, known(unit)) == ("-".join(unit[:2]) in {one.external_id for one in missing})
    assert not hidden.keeps(Entity.UNIT, known(unit, State.ARCHIVED))
    assert hidden.keeps(GROUP, known(unit[:1])) == any(one.external_id.startswith(f"{unit[0]}-") for one in missing)


@given(units=st.lists(numbers, min_size=1, max_size=3), gone=numbers.map(lambda n: n[:2]))
def test_a_tenant_is_kept_for_the_sake_of_any_kept_unit(units: list[list[str]], gone: list[str]) -> None:
    payload = {"unit_external_ids": ["-".join(unit) for unit in units]}
    hidden = Hidden([known(gone)], lambda _intent: payload)
    kept = [hidden.keeps(Entity.UNIT, known(unit)) for unit in units]
    assert hidden.keeps(Entity.TENANT, known(["1", "2", "3"])) == any(kept)
