"""What every target has to keep: one suite, asked of each kind over real HTTP."""

import copy
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from fake_upper import house, out
from gewerk_connect import run
from gewerk_connect.push import TargetError, authorize
from gewerk_connect.targets import kinds, open_target
from lower import totals
from sides import Side, connection, opened, river, unused_port
from standin import Fault


@pytest.fixture(params=sorted(kinds()))
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    with opened(request.param, tmp_path) as found:
        yield found


def apply(folder: Path, side: Side, rows: object, **options: object) -> run.Outcome:
    return run.apply(river(folder, side, rows, **options))


def plan(folder: Path, side: Side, rows: object, **options: object) -> run.Outcome:
    return run.plan(river(folder, side, rows, **options))


def ids(side: Side) -> dict[str, set[str]]:
    return {entity: set(side.held(entity)) for entity in ("property", "unit", "landlord", "tenant")}


def test_a_first_run_fills_it_and_a_second_plans_nothing(tmp_path: Path, side: Side) -> None:
    rows = house()
    assert totals(plan(tmp_path, side, rows)) == {"create": 16, "update": 0, "archive": 0, "unchanged": 0}
    assert side.writes() == 0
    assert totals(apply(tmp_path, side, rows))["created"] == 16
    assert ids(side) == {entity: set(of) for entity, of in rows.items()}
    assert set(side.made().values()) == {1}
    for options in ({}, {"whole": True}, {"read_target": False}, {"online": False}):
        assert totals(plan(tmp_path, side, rows, **options)) == {
            "create": 0,
            "update": 0,
            "archive": 0,
            "unchanged": 16,
        }
    sent = side.writes()
    assert totals(apply(tmp_path, side, rows, whole=True))["unchanged"] == 16
    assert side.writes() == sent


def test_one_change_is_one_change(tmp_path: Path, side: Side) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    sent = side.writes()
    rows["unit"]["1-0-1"]["payload"]["name"] = "Whg neu"
    done = apply(tmp_path, side, rows)
    assert done.counts["unit"]["updated"] == 1
    assert side.writes() == sent + 1
    assert side.held("unit")["1-0-1"]["name"] == "Whg neu"
    assert plan(tmp_path, side, rows).changed == 0


def test_a_field_that_empties_is_emptied(tmp_path: Path, side: Side) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    rows["unit"]["1-0-1"]["payload"]["name"] = ""
    apply(tmp_path, side, rows)
    assert side.held("unit")["1-0-1"]["name"] is None
    assert plan(tmp_path, side, rows).changed == 0


def test_what_ended_is_archived_and_what_comes_back_is_the_same_record(tmp_path: Path, side: Side) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    ended = copy.deepcopy(rows)
    ended["tenant"]["1-00-7"] = out("ended")
    assert apply(tmp_path, side, ended).counts["tenant"]["archived"] == 1
    assert side.held("tenant")["1-00-7"]["archived"]
    assert plan(tmp_path, side, ended, whole=True).changed == 0
    apply(tmp_path, side, rows)
    assert not side.held("tenant")["1-00-7"]["archived"]
    assert set(side.made().values()) == {1}
    assert plan(tmp_path, side, rows, whole=True).changed == 0


def test_the_erp_leads_for_the_fields_it_sends(tmp_path: Path, side: Side) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    side.rename_by_hand("property", "1-0", "von Hand")
    planned = plan(tmp_path, side, rows)
    assert [(c.entity, c.external_id) for c in planned.changes] == [("property", "1-0")]
    apply(tmp_path, side, rows)
    assert side.held("property")["1-0"]["name"] == "Haus 0"
    assert plan(tmp_path, side, rows).changed == 0


def test_a_refused_record_stands_alone_and_is_tried_again(tmp_path: Path, side: Side) -> None:
    rows = house()
    side.reject["1-1-1"] = "invalid"
    done = apply(tmp_path, side, rows)
    assert (done.counts["unit"]["refused"], done.counts["unit"]["created"]) == (1, 5)
    assert done.counts["tenant"]["refused"] == 1  # the one who lives there
    side.reject.clear()
    done = apply(tmp_path, side, rows)
    assert (done.counts["unit"]["created"], done.counts["tenant"]["created"]) == (1, 1)
    assert set(side.made().values()) == {1}


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "0"}, "times": 3},
        {"status": 503, "headers": {"Retry-After": "0"}, "times": 3},
        {"status": 502, "times": 2},
        {"status": 500, "times": 2},
        {"drop": "before", "times": 2},
        {"drop": "after", "times": 2},
        {"drop": "after", "times": 2, "skip": 1},
    ],
    ids=lambda fault: "-".join(f"{k}={v}" for k, v in fault.items() if k != "headers"),
)
@pytest.mark.parametrize("entity", ["property", "unit", "tenant"])
def test_what_passes_is_waited_out_and_nothing_is_doubled(
    tmp_path: Path, side: Side, entity: str, fault: dict[str, object]
) -> None:
    rows = house()
    side.faults.append(Fault(side.writing(entity), **fault))  # type: ignore[arg-type]
    assert apply(tmp_path, side, rows).status == "succeeded"
    assert set(side.made().values()) == {1}
    assert ids(side) == {entity: set(of) for entity, of in rows.items()}
    assert plan(tmp_path, side, rows, whole=True).changed == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_list_that_fails_is_read_again(tmp_path: Path, side: Side, status: int) -> None:
    rows = house()
    apply(tmp_path, side, rows)
    side.faults.append(Fault(side.reading("unit"), status=status, headers={"Retry-After": "0"}, times=2))
    assert plan(tmp_path, side, rows, whole=True).changed == 0


def test_a_token_that_ended_is_renewed(tmp_path: Path, side: Side) -> None:
    rows = house()
    side.faults.append(Fault(side.writing("unit"), act=side.end_tokens, drop="before"))
    assert apply(tmp_path, side, rows).status == "succeeded"
    assert set(side.made().values()) == {1}


def test_a_rotated_secret_stops_with_what_to_do_and_the_next_run_completes(tmp_path: Path, side: Side) -> None:
    rows = house()
    old = side.secret
    side.faults.append(Fault(side.writing("tenant"), act=side.rotate, drop="before"))
    with pytest.raises(TargetError) as caught:
        apply(tmp_path, side, rows, secret=old)
    assert caught.value.code == "credentials_rejected"
    assert kinds()[side.kind].name in caught.value.de
    assert "Konto > API-Schlüssel" in caught.value.de
    assert "rotated" in caught.value.en
    with pytest.raises(TargetError):
        apply(tmp_path, side, rows, secret=old)
    apply(tmp_path, side, rows)
    assert set(side.made().values()) == {1}
    assert ids(side) == {entity: set(of) for entity, of in rows.items()}


def test_one_that_stays_away_stops_the_run_and_the_next_completes(tmp_path: Path, side: Side) -> None:
    rows = house()
    side.faults.append(Fault(side.writing("unit"), status=503, skip=1, times=10_000))
    with pytest.raises(TargetError) as caught:
        apply(tmp_path, side, rows)
    assert caught.value.code == "target_unavailable"
    side.faults.clear()
    apply(tmp_path, side, rows)
    assert set(side.made().values()) == {1}
    assert plan(tmp_path, side, rows, whole=True).changed == 0


def test_an_address_where_nobody_answers_is_named(tmp_path: Path, side: Side) -> None:
    made = connection(tmp_path, side)
    assert made.target is not None
    nobody = made.target.model_copy(update={"base_url": f"http://127.0.0.1:{unused_port()}"})
    target = open_target(nobody, language="de")
    with pytest.raises(TargetError) as caught:
        authorize(target)
    assert caught.value.code == "target_unavailable"
    assert kinds()[side.kind].name in caught.value.de
    target.close()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("entity", ["property", "unit", "tenant"])
def test_a_killed_run_is_completed_and_nothing_is_doubled(tmp_path: Path, side: Side, entity: str, moment: str) -> None:
    rows = house()
    (tmp_path / "rows.json").write_bytes(orjson.dumps(rows))
    reached, killed = threading.Event(), threading.Event()

    def hold_on() -> None:
        reached.set()
        killed.wait(30)

    side.faults.append(Fault(side.writing(entity), act=hold_on, drop=moment))
    arguments = (side.kind, tmp_path, side.url, side.secret, side.mapping or "", tmp_path / "rows.json")
    script = Path(__file__).with_name("killed_run.py")
    process = subprocess.Popen([sys.executable, str(script), *map(str, arguments)])
    try:
        assert reached.wait(60)
    finally:
        process.kill()
        process.wait()
        killed.set()
    done = apply(tmp_path, side, rows)
    assert done.status == "succeeded"
    assert set(side.made().values()) == {1}
    assert ids(side) == {entity: set(of) for entity, of in rows.items()}
    assert plan(tmp_path, side, rows, whole=True).changed == 0
