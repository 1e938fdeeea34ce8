import copy
from pathlib import Path

import pytest
from fake_upper import FakeUpper, held, house, out, send
from gewerk_connect.canonical import Entity
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger import open_store
from gewerk_connect.push import TargetError
from lower import apply, plan, totals
from standin import Fault, StandIn


def test_a_first_run_fills_the_account_and_a_second_plans_nothing(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    planned = plan(tmp_path, api, rows)
    assert planned.counts["unit"] == {"create": 6, "update": 0, "archive": 0, "unchanged": 0}
    assert totals(planned) == {"create": 16, "update": 0, "archive": 0, "unchanged": 0}
    assert api.written == []
    assert list(tmp_path.iterdir()) == []  # a plan leaves nothing behind

    done = apply(tmp_path, api, rows)
    assert totals(done) == {"created": 16, "updated": 0, "archived": 0, "unchanged": 0, "held": 0, "refused": 0}
    assert {e: set(r) for e, r in api.records.items()} == {e: set(r) for e, r in rows.items()}
    assert done.posted is True

    again = plan(tmp_path, api, rows)
    assert totals(again) == {"create": 0, "update": 0, "archive": 0, "unchanged": 16}
    assert again.unread


def test_what_is_unchanged_is_not_even_read_and_not_sent(tmp_path: Path, api: StandIn) -> None:
    upper = FakeUpper(house())
    apply(tmp_path, api, upper)
    sent = len(api.written)
    done = apply(tmp_path, api, upper)
    assert upper.judged == 1
    assert len(api.written) == sent
    assert totals(done)["unchanged"] == 16
    assert len(api.runs) == 2


def test_the_same_stock_read_again_changes_nothing(tmp_path: Path, api: StandIn) -> None:
    upper = FakeUpper(house())
    apply(tmp_path, api, upper)
    sent = len(api.written)
    done = apply(tmp_path, api, upper, whole=True)  # forces reading and comparing with all of the target
    assert upper.judged == 2
    assert len(api.written) == sent
    assert totals(done)["unchanged"] == 16


def test_one_changed_email_is_one_change(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    rows["tenant"]["1-00-7"]["payload"]["email"] = "neu@example.org"
    planned = plan(tmp_path, api, rows)
    assert totals(planned) == {"create": 0, "update": 1, "archive": 0, "unchanged": 15}
    [change] = planned.changes
    assert (change.action, change.entity, change.external_id, change.fields) == (
        "update",
        "tenant",
        "1-00-7",
        ("email",),
    )
    done = apply(tmp_path, api, rows)
    assert done.counts["tenant"]["updated"] == 1
    assert api.records["tenant"]["1-00-7"]["email"] == "neu@example.org"
    assert totals(plan(tmp_path, api, rows))["unchanged"] == 16


def test_a_field_that_empties_is_emptied(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    rows["unit"]["1-0-0"]["payload"]["name"] = ""
    apply(tmp_path, api, rows)
    assert api.records["unit"]["1-0-0"]["name"] is None
    rows["unit"]["1-0-0"]["payload"]["name"] = None
    assert plan(tmp_path, api, rows).changed == 0


def test_parents_come_before_children_and_go_after_them(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    order = [entity for entity, _, _ in api.written]
    assert order == sorted(order, key=["property", "unit", "landlord", "tenant"].index)
    api.written.clear()
    for entity in rows:
        rows[entity] = {k: v for k, v in rows[entity].items() if k.startswith("1-0")}
    apply(tmp_path, api, rows)
    order = [entity for entity, _, _ in api.written]
    assert order == sorted(order, key=["tenant", "landlord", "unit", "property"].index)
    assert set(api.active("property")) == {"1-0"}
    assert api.records["unit"]["1-1-0"]["archive_reason"] == "vanished"


@pytest.mark.parametrize(
    ("reason", "told"),
    [("ended", "lease_ended"), ("client_filter", "filtered"), ("vacant_filter", "filtered"), ("not_yet", "not_yet")],
)
def test_what_a_rule_or_filter_leaves_out_is_archived_with_its_reason(
    tmp_path: Path, api: StandIn, reason: str, told: str
) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    rows["tenant"]["1-00-7"] = out(reason)
    apply(tmp_path, api, rows)
    assert api.records["tenant"]["1-00-7"]["archive_reason"] == told
    assert plan(tmp_path, api, rows).changed == 0


def test_what_was_never_sent_is_not_archived(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    rows["tenant"]["1-00-7"] = out("ended")
    rows["tenant"]["1-01-7"] = out("tenant_without_email")
    done = apply(tmp_path, api, rows)
    assert done.counts["tenant"]["created"] == 4
    assert done.counts["tenant"]["archived"] == 0
    assert done.skipped["tenant_without_email"] == 1


def test_a_lost_email_keeps_and_flags_the_tenant(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    before = copy.deepcopy(rows["tenant"]["1-00-7"])
    rows["tenant"]["1-00-7"] = out("tenant_without_email")
    done = apply(tmp_path, api, rows)
    assert api.records["tenant"]["1-00-7"]["archived_at"] is None
    assert api.records["tenant"]["1-00-7"]["email"] == "m0.0@example.org"
    assert done.finding_counts == {"email_lost": 1}
    assert done.skipped["tenant_without_email"] == 0
    assert done.counts["tenant"] == {
        "created": 0,
        "updated": 0,
        "archived": 0,
        "unchanged": 6,
        "held": 0,
        "refused": 0,
    }
    rows["tenant"]["1-00-7"] = before
    assert plan(tmp_path, api, rows).changed == 0
    done = apply(tmp_path, api, rows)
    assert done.finding_counts == {}


def test_a_held_record_stays_as_it_was(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    stock = api.stock()
    rows["tenant"]["1-00-7"] = held()
    done = apply(tmp_path, api, rows)
    assert done.counts["tenant"]["held"] == 1
    assert api.stock() == stock


def test_a_source_that_does_not_yield_an_entity_archives_nothing_of_it(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    rows["landlord"] = {}
    upper = FakeUpper(rows, incomplete={Entity.LANDLORD})
    assert apply(tmp_path, api, upper).changed == 0
    assert len(api.active("landlord")) == 2


def test_a_record_that_comes_back_is_revived(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    gone = rows["tenant"].pop("1-00-7")
    apply(tmp_path, api, rows)
    assert api.records["tenant"]["1-00-7"]["archived_at"] is not None
    rows["tenant"]["1-00-7"] = gone
    assert plan(tmp_path, api, rows).counts["tenant"]["update"] == 1
    apply(tmp_path, api, rows)
    assert api.records["tenant"]["1-00-7"]["archived_at"] is None
    assert api.created["tenant", "1-00-7"] == 1


def test_a_refused_record_is_named_and_tried_again_and_its_children_get_their_own_answer(
    tmp_path: Path, api: StandIn
) -> None:
    rows = house()
    api.reject["1-0"] = "invalid_name"
    done = apply(tmp_path, api, rows)
    assert done.counts["property"] == {
        "created": 1,
        "updated": 0,
        "archived": 0,
        "unchanged": 0,
        "held": 0,
        "refused": 1,
    }
    assert done.counts["unit"]["refused"] == 3
    assert done.counts["tenant"]["refused"] == 3
    assert done.finding_counts == {"refused": 8}
    posted = next(iter(api.runs.values()))
    assert {item["detail"] for item in posted["findings"]["items"]} == {
        "invalid_name",
        "unknown_property",
        "unknown_unit",
    }
    assert totals(plan(tmp_path, api, rows))["create"] == 8
    api.reject.clear()
    done = apply(tmp_path, api, rows)
    assert totals(done)["created"] == 8
    assert plan(tmp_path, api, rows).changed == 0


def test_a_refused_change_keeps_the_old_version_and_is_tried_again(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    rows["unit"]["1-0-0"]["payload"]["name"] = "X"
    api.reject["1-0-0"] = "invalid_name"
    assert apply(tmp_path, api, rows).counts["unit"]["refused"] == 1
    assert plan(tmp_path, api, rows).counts["unit"]["update"] == 1
    api.reject.clear()
    rows["unit"]["1-0-0"]["payload"]["name"] = "Whg 0"
    apply(tmp_path, api, rows)
    assert api.records["unit"]["1-0-0"]["name"] == "Whg 0"
    assert plan(tmp_path, api, rows).changed == 0


def test_a_first_run_into_a_filled_account_adopts_what_is_there(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    other = tmp_path / "other"
    other.mkdir()
    apply(other, api, rows)
    api.touch("unit", "1-0-0", name="von Hand", living_area_m2="64.350")
    api.written.clear()
    planned = plan(tmp_path, api, rows)
    assert totals(planned) == {"create": 0, "update": 1, "archive": 0, "unchanged": 15}
    done = apply(tmp_path, api, rows)
    assert api.written == [("unit", "1-0-0", "updated")]
    assert done.counts["unit"]["unchanged"] == 5
    assert api.records["unit"]["1-0-0"]["name"] == "Whg 0"
    assert plan(tmp_path, api, rows).changed == 0
    rows["unit"].pop("1-1-2")
    rows["tenant"].pop("1-12-7")
    apply(tmp_path, api, rows)
    assert api.records["unit"]["1-1-2"]["archived_at"] is not None


@pytest.mark.parametrize("whole", [False, True])
def test_a_change_by_hand_in_the_target_is_put_right(tmp_path: Path, api: StandIn, whole: bool) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    api.touch("property", "1-0", name="von Hand")
    api.touch("unit", "1-0-0", archived_at="2026-11-22T00:00:00+00:00", archive_reason="von Hand")
    api.touch("unit", "1-0-1", custom={"schlüssel": "im Büro"})  # a field the ERP does not lead
    assert plan(tmp_path, api, rows, read_target=False).changed == 0
    planned = plan(tmp_path, api, rows, whole=whole)
    assert totals(planned)["update"] == 2
    apply(tmp_path, api, rows)
    assert api.records["property"]["1-0"]["name"] == "Haus 0"
    assert api.records["unit"]["1-0-0"]["archived_at"] is None
    assert api.records["unit"]["1-0-1"]["custom"] == {"schlüssel": "im Büro"}
    assert plan(tmp_path, api, rows, whole=whole).changed == 0


def test_a_record_lost_in_the_target_is_made_again_when_all_of_it_is_compared(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    apply(tmp_path, api, rows)
    del api.records["tenant"]["1-00-7"]  # a target restored from an old backup
    assert plan(tmp_path, api, rows, whole=True).counts["tenant"]["create"] == 1
    apply(tmp_path, api, rows, whole=True)
    assert "1-00-7" in api.records["tenant"]


def test_a_target_with_its_own_way_to_hold_a_value_is_asked_once(tmp_path: Path, api: StandIn) -> None:
    rows = house()

    def lower_case(entity: str, fields: dict[str, object]) -> None:
        if entity == "property":
            fields["name"] = str(fields["name"]).upper()

    api.on_store = lower_case
    apply(tmp_path, api, rows)
    second = plan(tmp_path, api, rows)
    assert second.changed in (0, 2)
    apply(tmp_path, api, rows)
    assert plan(tmp_path, api, rows).changed == 0
    assert plan(tmp_path, api, rows, whole=True).changed == 0


def test_records_made_by_hand_are_left_alone(tmp_path: Path, api: StandIn) -> None:
    api.records["property"]["hand"] = {
        "id": "x",
        "external_id": None,
        "type": "property",
        "archived_at": None,
        "updated_at": "2026-01-01T00:00:00+00:00",
        "name": "von Hand",
    }
    api.upsert("properties", [{"external_id": "9-9", "name": "anderes ERP"}])
    rows = house()
    apply(tmp_path, api, rows)
    assert api.records["property"]["hand"]["archived_at"] is None
    assert api.records["property"]["9-9"]["archived_at"] is None


def test_the_fuse_stops_before_anything_is_sent(tmp_path: Path, api: StandIn) -> None:
    rows = house(buildings=10, units=5)
    apply(tmp_path, api, rows)
    stock, sent = api.stock(), len(api.written)
    few = copy.deepcopy(rows)
    for external_id in list(few["tenant"])[:11]:
        del few["tenant"][external_id]
    few["property"]["1-0"]["payload"]["name"] = "neu"
    planned = plan(tmp_path, api, few)
    assert [t.entity for t in planned.tripped] == ["tenant"]
    done = apply(tmp_path, api, few)
    assert done.status == "stopped_by_fuse"
    assert (api.stock(), len(api.written)) == (stock, sent)
    assert list(api.runs.values())[-1]["status"] == "stopped_by_fuse"
    done = apply(tmp_path, api, few, confirm_fuse=True)
    assert done.status == "succeeded"
    assert done.counts["tenant"]["archived"] == 11
    assert len(api.active("tenant")) == 39


def test_ten_never_trip_the_fuse_nor_do_ended_leases(tmp_path: Path, api: StandIn) -> None:
    rows = house(buildings=10, units=5)
    apply(tmp_path, api, rows)
    ids = list(rows["tenant"])
    for external_id in ids[:10]:
        del rows["tenant"][external_id]
    for external_id in ids[10:40]:
        rows["tenant"][external_id] = out("ended")
    done = apply(tmp_path, api, rows)
    assert done.status == "succeeded"
    assert done.counts["tenant"]["archived"] == 40


def test_another_separator_before_go_live_and_after(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    assert plan(tmp_path, api, rows, separator="/").changed == 16
    assert plan(tmp_path, api, rows, separator="-").changed == 16
    apply(tmp_path, api, rows)
    for act in (plan, apply):
        with pytest.raises(SettingsError) as caught:
            act(tmp_path, api, rows, separator="/")
        assert caught.value.code == "separator_fixed"
        assert 'separator = "-"' in caught.value.de
        assert "gewerk-connect change-separator --config haus.toml --to /" in caught.value.de


def test_a_run_that_sent_nothing_fixes_no_separator(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    with pytest.raises(TargetError):
        apply(tmp_path, api, rows, secret="falsch")
    apply(tmp_path, api, rows, separator="/")


def test_a_rotated_secret_stops_and_the_next_run_completes(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    old = api.secret
    api.faults.append(Fault("/sub-properties/upsert", act=api.rotate, drop="before"))
    with pytest.raises(TargetError) as caught:
        apply(tmp_path, api, rows)
    assert caught.value.code == "credentials_rejected"
    assert "API-Schlüssel" in caught.value.de
    assert set(api.records["property"]) == {"1-0", "1-1"}
    assert api.records["tenant"] == {}
    with pytest.raises(TargetError):
        apply(tmp_path, api, rows, secret=old)
    apply(tmp_path, api, rows)
    assert set(api.created.values()) == {1}
    assert len(api.records["tenant"]) == 6
    assert sorted(r["status"] for r in api.runs.values()) == ["failed", "failed", "succeeded"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/upsert", status=429, headers={"Retry-After": "0"}, times=3),
        Fault("/upsert", status=503, headers={"Retry-After": "0"}, times=3),
        Fault("/upsert", status=502, times=2),
        Fault("/upsert", status=500, times=2),
        Fault("/upsert", drop="before", times=2),
        Fault("/upsert", drop="after", times=2),
        Fault("/token", status=503, times=1),
        Fault("/export", status=503, times=2),
        Fault("/runs", status=503, times=1),
    ],
)
def test_what_passes_is_waited_out_and_nothing_is_doubled(tmp_path: Path, api: StandIn, fault: Fault) -> None:
    rows = house()
    api.faults.append(fault)
    done = apply(tmp_path, api, rows)
    assert done.status == "succeeded"
    assert set(api.created.values()) == {1}
    assert {e: set(r) for e, r in api.records.items()} == {e: set(r) for e, r in rows.items()}
    assert plan(tmp_path, api, rows).changed == 0


def test_a_target_that_stays_away_stops_the_run_and_the_next_completes(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    api.faults.append(Fault("/upsert", status=503, skip=1, times=10_000))
    with pytest.raises(TargetError) as caught:
        apply(tmp_path, api, rows)
    assert caught.value.code == "target_unavailable"
    api.faults.clear()
    apply(tmp_path, api, rows)
    assert set(api.created.values()) == {1}
    assert plan(tmp_path, api, rows).changed == 0


@pytest.mark.parametrize("status", [500, 422, 413])
def test_one_record_the_server_chokes_on_is_refused_alone(tmp_path: Path, api: StandIn, status: int) -> None:
    rows = house()

    def choke(entity: str, fields: dict[str, object]) -> None:
        if fields["external_id"] == "1-1-1":
            raise RuntimeError

    api.on_store = choke
    api.choke_status = status
    done = apply(tmp_path, api, rows)
    assert done.counts["unit"]["refused"] == 1
    assert done.counts["unit"]["created"] == 5
    assert done.counts["tenant"]["refused"] == 1
    assert set(api.created.values()) == {1}


def test_a_report_not_taken_is_handed_over_by_the_next_run(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    api.faults.append(Fault("/runs", status=503, times=1))
    assert apply(tmp_path, api, rows).posted is False
    assert api.runs == {}
    assert apply(tmp_path, api, rows).posted is True
    assert len(api.runs) == 2


def test_what_the_platform_hears_names_no_person(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    api.keep_bodies = True
    api.reject["1-00-7"] = "invalid"
    apply(tmp_path, api, rows)
    [body] = [b for path, b in api.sent_bodies if path.endswith("/runs")]
    assert b"example.org" not in body
    assert b"M\xc3\xbcller" not in body


def test_one_run_at_a_time(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    caught: list[str] = []

    def second_run() -> None:
        try:
            apply(tmp_path, api, rows)
        except SettingsError as error:
            caught.append(error.code)
        caught.append(str(plan(tmp_path, api, rows).changed > 0))  # a plan may look on

    api.faults.append(Fault("/properties/upsert", act=second_run))
    apply(tmp_path, api, rows)
    assert caught == ["busy", "True"]
    assert set(api.created.values()) == {1}


def test_several_batches_are_under_way_at_once(tmp_path: Path, api: StandIn) -> None:
    rows = house(buildings=1, units=0)
    for n in range(4000):
        rows["unit"][f"1-0-{n}"] = send(property_external_id="1-0", name=str(n))
    api.slow_seconds = 0.02
    apply(tmp_path, api, rows)
    assert 2 <= api.most_in_flight <= 4
    assert len(api.records["unit"]) == 4000


def test_the_state_does_not_grow_with_the_number_of_runs(tmp_path: Path, api: StandIn) -> None:
    rows = house()
    api.reject["1-0-0"] = "invalid"
    sizes = []
    for turn in range(12):
        rows["property"]["1-1"]["payload"]["name"] = f"Haus {turn}"
        apply(tmp_path, api, rows)
        with open_store(f"sqlite:///{tmp_path / 'haus.state.sqlite3'}", "haus", api.url) as store, store.write() as db:
            tables = ("intents", "findings")
            sizes.append([db.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() for table in tables])
    assert sizes[-1] == sizes[-2] == sizes[-3]
    api.reject.clear()
    apply(tmp_path, api, rows)
    for _ in range(8):
        apply(tmp_path, api, rows)  # runs that read nothing copy findings
    assert len(api.records["unit"]) == 6
