"""What is Plentific's own: no batches, ids of its own, no idempotency key, and a mapping that may be wrong."""

import contextlib
import copy
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_upper import house, out, send
from gewerk_connect import run
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger import Runs, open_store
from gewerk_connect.push import TargetError
from gewerk_connect.separator import change_separator
from gewerk_connect.settings import load
from gewerk_connect.targets import open_target
from lower import now, quick_patience, totals
from plentific_standin import PlentificStandIn
from sides import PlentificSide, connection, quick_mapping, river
from standin import Fault


@pytest.fixture
def api() -> Iterator[PlentificStandIn]:
    with PlentificStandIn() as server:
        yield server


@pytest.fixture
def side(api: PlentificStandIn, tmp_path: Path) -> PlentificSide:
    return PlentificSide(api, tmp_path)


def apply(folder: Path, side: PlentificSide, rows: object, **options: object) -> run.Outcome:
    return run.apply(river(folder, side, rows, **options))


def plan(folder: Path, side: PlentificSide, rows: object, **options: object) -> run.Outcome:
    return run.plan(river(folder, side, rows, **options))


def test_records_stand_there_under_their_own_ids_and_names(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    rows = house(buildings=1, units=1)
    rows["unit"]["1-0-0"]["payload"] |= {"usage": "living", "occupancy": "let", "usage_raw": "Wohnung"}
    rows["tenant"]["1-00-7"]["payload"] |= {
        "contract_start": "2026-01-01",
        "phones": [{"kind": "phone", "e164": None, "raw": "?"}, {"kind": "mobile", "e164": "+491761", "raw": "0176 1"}],
    }
    apply(tmp_path, side, rows)
    building = api.by_external_id("locations", "building")["1-0"]
    assert building["address"] == {"street": "Allee", "city": "Köln"}
    unit = api.by_external_id("locations", "unit")["1-0-0"]
    assert (unit["parent_uuid"], unit["usage"], unit["occupancy"]) == (building["uuid"], "residential", "occupied")
    assert unit["size_sqm"] == 64.35
    assert "usage_raw" not in unit
    tenant = api.by_external_id("tenants")["1-00-7"]
    assert (tenant["location_uuid"], tenant["phone_number"]) == (unit["uuid"], "+491761")
    assert tenant["tenancy"] == {"start_date": "2026-01-01"}
    assert api.by_external_id("owners")["1-0-9"]["location_uuids"] == [unit["uuid"]]
    assert plan(tmp_path, side, rows, whole=True).changed == 0


def test_a_field_it_lacks_is_no_change(tmp_path: Path, side: PlentificSide) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    rows["unit"]["1-0-0"]["payload"]["usage_raw"] = "Loft"
    assert plan(tmp_path, side, rows).changed == 0


def test_another_mapping_is_taken_up_though_the_source_did_not_move(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    rows = house()
    for unit in rows["unit"].values():
        unit["payload"]["usage_raw"] = "Wohnung"
    apply(tmp_path, side, rows)
    text = side.mapping.read_text(encoding="utf-8")
    side.mapping.write_text(
        text.replace("[entities.unit.fields]", '[entities.unit.fields]\nusage_raw = "kind"'), "utf-8"
    )
    assert plan(tmp_path, side, rows, online=False).counts["unit"]["update"] == 6
    apply(tmp_path, side, rows)
    assert {unit["kind"] for unit in api.by_external_id("locations", "unit").values()} == {"Wohnung"}
    assert plan(tmp_path, side, rows).changed == 0


def test_every_create_is_looked_up_first_and_several_run_at_once(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    rows = house(buildings=1, units=0)
    for number in range(40):
        rows["unit"][f"1-0-{number}"] = send(property_external_id="1-0", name=str(number))
    api.slow["GET /locations"] = 0.02
    apply(tmp_path, side, rows)
    assert api.requests["POST /locations"] == 41
    assert api.requests["GET /locations"] >= 41
    assert 2 <= api.most_in_flight <= 5


def test_a_create_done_after_we_stopped_waiting_is_found_and_not_repeated(
    tmp_path: Path, api: PlentificStandIn
) -> None:
    side = PlentificSide(api, tmp_path, timeout_seconds=0.2, look_up_after_seconds=1)
    api.slow["POST /owners"] = 0.6
    rows = house()
    done = apply(tmp_path, side, rows)
    assert (done.status, done.counts["landlord"]["created"]) == ("succeeded", 2)
    assert api.requests["POST /owners"] == 2
    assert set(api.made.values()) == {1}


def test_a_create_whose_answer_was_lost_is_looked_up_and_not_repeated(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    api.faults.append(Fault("POST /owners", drop="after", times=2))
    done = apply(tmp_path, side, house())
    assert done.counts["landlord"]["created"] == 2
    assert api.requests["POST /owners"] == 2
    assert set(api.made.values()) == {1}


def test_one_made_by_somebody_else_meanwhile_becomes_ours(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    api.unique = True

    def somebody() -> None:
        api.create("owners", {"external_id": "1-0-9", "last_name": "?", "location_uuids": []})

    api.faults.append(Fault("POST /owners", act=somebody, skip=0))
    apply(tmp_path, side, house())
    assert api.by_external_id("owners")["1-0-9"]["last_name"] == "Groß"
    assert set(api.made.values()) == {1}


def test_what_stands_there_twice_is_refused_by_name_and_the_rest_goes_on(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    api.create("owners", {"external_id": "1-0-9", "last_name": "Groß"})
    rows["landlord"]["1-1-9"]["payload"]["last_name"] = "Klein"
    river_ = river(tmp_path, side, rows)
    done = run.apply(river_)
    assert (done.counts["landlord"]["refused"], done.counts["landlord"]["updated"]) == (1, 1)
    refused = [f for f in run.findings_of(river_, done) if f.code == "refused"]
    assert [(f.external_id, f.detail) for f in refused] == [("1-0-9", "doubled_in_target")]
    assert sum(record["external_id"] == "1-0-9" for record in api.stored["owners"].values()) == 2


def test_records_of_others_are_left_alone(tmp_path: Path, side: PlentificSide, api: PlentificStandIn) -> None:
    api.create("locations", {"type": "building", "external_id": None, "name": "von Hand"})
    api.create("locations", {"type": "garden", "external_id": "1-0", "name": "anderes"})
    apply(tmp_path, side, house())
    assert [r["name"] for r in api.stored["locations"].values()][:2] == ["von Hand", "anderes"]
    assert len(api.by_external_id("locations", "building")) == 3


def test_one_deleted_by_hand_is_made_again(tmp_path: Path, side: PlentificSide, api: PlentificStandIn) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    [gone] = [key for key, record in api.stored["tenants"].items() if record["external_id"] == "1-00-7"]
    del api.stored["tenants"][gone]
    assert plan(tmp_path, side, rows).counts["tenant"]["create"] == 1
    apply(tmp_path, side, rows)
    assert "1-00-7" in api.by_external_id("tenants")


def test_one_deleted_while_the_run_is_under_way_is_made_again(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    rows["tenant"]["1-00-7"]["payload"]["last_name"] = "Neu"
    api.faults.append(Fault("PATCH /tenants", act=api.stored["tenants"].clear, times=1))
    assert apply(tmp_path, side, rows).counts["tenant"]["created"] == 1
    assert api.by_external_id("tenants")["1-00-7"]["last_name"] == "Neu"


def test_archiving_what_is_gone_is_done(tmp_path: Path, side: PlentificSide, api: PlentificStandIn) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    api.stored["tenants"].clear()
    ended = copy.deepcopy(rows)
    ended["tenant"] = {key: out("ended") for key in rows["tenant"]}
    assert apply(tmp_path, side, ended).counts["tenant"]["archived"] == 6
    assert plan(tmp_path, side, ended).changed == 0


def test_what_cannot_be_archived_is_said_of_each_record(tmp_path: Path, side: PlentificSide) -> None:
    text = side.mapping.read_text(encoding="utf-8")
    head, tail = text.split("[entities.tenant]")
    dropped = [line for line in tail.splitlines() if not line.startswith("archived")]
    side.mapping.write_text(head + "[entities.tenant]" + "\n".join(dropped), encoding="utf-8")
    rows = house()
    apply(tmp_path, side, rows)
    rows["tenant"]["1-00-7"] = out("ended")
    river_ = river(tmp_path, side, rows)
    done = run.apply(river_)
    assert done.counts["tenant"]["refused"] == 1
    assert [f.detail for f in run.findings_of(river_, done) if f.code == "refused"] == ["cannot_archive"]


def test_a_search_that_finds_everything_stops_before_anything_is_made(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn
) -> None:
    api.search = False
    for number in range(300):
        api.create("locations", {"type": "building", "external_id": f"9-{number}", "name": "?"})
    before = len(api.stored["locations"])
    with pytest.raises(TargetError) as caught:
        apply(tmp_path, side, house())
    assert caught.value.code == "mapping_does_not_fit"
    assert "[find] query" in caught.value.de
    assert len(api.stored["locations"]) == before


def test_a_path_it_does_not_know_is_named(tmp_path: Path, side: PlentificSide) -> None:
    text = side.mapping.read_text(encoding="utf-8")
    side.mapping.write_text(text.replace('"/tenants"', '"/residents"'), encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        plan(tmp_path, side, house())
    assert caught.value.code == "mapping_does_not_fit"
    assert "/residents" in caught.value.de


def test_another_version_is_named(tmp_path: Path, api: PlentificStandIn) -> None:
    side = PlentificSide(api, tmp_path)
    text = side.mapping.read_text(encoding="utf-8")
    side.mapping.write_text(text.replace('"2023-02-01"', '"2031-01-01"'), encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        plan(tmp_path, side, house())
    assert "Versionen von Plentific" in caught.value.de


def test_a_version_in_the_address_counts(tmp_path: Path, side: PlentificSide) -> None:
    made = connection(tmp_path, side)
    target = open_target(made.target.model_copy(update={"base_url": f"{side.url}/2023-02-01/"}), language="de")
    target.authorize()
    target.close()


def test_changed_since_is_asked_where_the_mapping_names_it(tmp_path: Path, api: PlentificStandIn) -> None:
    side = PlentificSide(api, tmp_path)
    text = side.mapping.read_text(encoding="utf-8")
    side.mapping.write_text(text.replace("# changed_since", "changed_since"), encoding="utf-8")
    rows = house()
    apply(tmp_path, side, rows)
    target = river(tmp_path, side, rows).target
    assert target.abilities.tells_changes
    found = list(target.changed_since("sub-properties", now(), type="unit"))
    assert {record["external_id"] for record in found} == set(rows["unit"])
    assert {record["property_external_id"] for record in found} == {"1-0", "1-1"}  # asked one by one, not listed


def test_no_report_is_owed(tmp_path: Path, side: PlentificSide) -> None:
    assert apply(tmp_path, side, house()).posted is None


def test_the_separator_stays_with_the_reason(tmp_path: Path, side: PlentificSide) -> None:
    apply(tmp_path, side, house())
    made = connection(tmp_path, side)
    with pytest.raises(SettingsError) as caught:
        change_separator(made, open_target(made.target, language="de"), "_", confirmed=True, now=now)
    assert caught.value.code == "renaming_impossible"
    assert 'separator = "-"' in caught.value.de
    assert "renames = true" in caught.value.de


def test_the_separator_changes_where_the_mapping_allows_it(tmp_path: Path, api: PlentificStandIn) -> None:
    side = PlentificSide(api, tmp_path, renames=True)
    rows = house()
    apply(tmp_path, side, rows)
    made = connection(tmp_path, side)
    change = change_separator(
        made, open_target(made.target, language="de"), "_", confirmed=True, now=now, patience=quick_patience()
    )
    assert sum(of.renamed for of in change.renamed.values()) == 16
    assert set(api.by_external_id("locations", "unit")) == {key.replace("-", "_") for key in rows["unit"]}
    assert sum(api.made.values()) == 16
    with open_store(made.state_url(), made.id, side.url) as store:
        assert store.facts()["separator"] == "_"


def test_each_answer_is_a_receipt_of_its_own(tmp_path: Path, side: PlentificSide) -> None:
    """What was answered before the target went away needs no second request."""
    side.faults.append(Fault("POST /tenants", status=503, skip=3, times=10_000))
    with pytest.raises(TargetError):
        apply(tmp_path, side, house())
    side.faults.clear()
    posted = side.api.requests["POST /tenants"]
    assert totals(apply(tmp_path, side, house()))["created"] == 3
    assert side.api.requests["POST /tenants"] == posted + 3
    made = connection(tmp_path, side)
    with open_store(made.state_url(), made.id, side.url) as store:
        assert Runs(store).last().status == "succeeded"


def test_a_copy_beside_the_configuration_is_found(tmp_path: Path, side: PlentificSide) -> None:
    quick_mapping(tmp_path)
    (tmp_path / "v.toml").write_text(
        '[source]\nkind = "wodis-sigma"\npath = "."\n[target]\nkind = "plentific"\nmapping = "zuordnung/mapping.toml"\n'
        f'base_url = "{side.url}"\nclient_id = "key-1"\nclient_secret = "{side.secret}"\n[settings]\nseparator = "-"\n'
    )
    target = open_target(load(tmp_path / "v.toml").target, language="de")
    target.authorize()
    target.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_fifth_of_all_answers_wrong_and_the_target_is_the_source_in_the_end(
    tmp_path: Path, side: PlentificSide, api: PlentificStandIn, seed: int
) -> None:
    """429, 500, 503, a lost request, a lost answer, by chance; runs until one has nothing to do. The test's name has the seed."""
    chance = random.Random(seed)

    def misfortune() -> Fault | None:
        if chance.random() > 0.2:
            return None
        kinds: list[dict[str, object]] = [
            {"status": 429, "headers": {"Retry-After": "0"}},
            {"status": 500},
            {"status": 503},
            {"drop": "before"},
            {"drop": "after"},
        ]
        return Fault("", **chance.choice(kinds))  # type: ignore[arg-type]

    rows = house()
    api.misfortune = misfortune
    for turn in range(12):
        if turn == 6:
            rows["tenant"]["1-00-7"]["payload"]["last_name"] = "Neu"
            rows["tenant"]["1-11-7"] = out("ended")
        with contextlib.suppress(TargetError):
            apply(tmp_path, side, rows)
    api.misfortune = lambda: None
    apply(tmp_path, side, rows)
    assert plan(tmp_path, side, rows, whole=True).changed == 0
    assert set(api.made.values()) == {1}
    assert {entity: set(side.held(entity)) for entity in rows} == {entity: set(of) for entity, of in rows.items()}
    assert side.held("tenant")["1-00-7"] == {"name": "Neu", "archived": False}
    assert side.held("tenant")["1-11-7"]["archived"]
