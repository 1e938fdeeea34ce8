"""What the ledger keeps and for how long, and that tidying meets no run."""

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_upper import connection, house, out
from gewerk_connect.ledger import Busy, Records, Runs, Store, open_store, run_lock
from gewerk_connect.ledger.retention import tidy
from gewerk_connect.settings import RetentionSettings
from lower import apply, plan
from standin import StandIn

START = datetime(2026, 1, 1, 2, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, api: StandIn) -> Any:
    made = connection(folder, api.url)
    return open_store(made.state_url(), made.id, api.url)


def count(store: Store, table: str) -> int:
    with store.engine.connect() as found:
        return int(found.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() or 0)


def payloads(store: Store) -> bytes:
    with store.engine.connect() as found:
        return b"".join(bytes(row[0]) for row in found.exec_driver_sql("SELECT payload FROM intents"))


def test_what_was_sent_of_an_archived_record_goes_after_its_time_and_the_record_stays_known(
    tmp_path: Path, api: StandIn, clock: Clock
) -> None:
    rows = house()
    rows["tenant"]["1-00-7"]["payload"]["last_name"] = "Abendroth"
    apply(tmp_path, api, rows, now=clock)
    clock.pass_days(400)
    gone = copy.deepcopy(rows)
    gone["tenant"]["1-00-7"] = out("ended")
    apply(tmp_path, api, gone, now=clock)
    clock.pass_days(10)
    gone["property"]["1-0"]["payload"]["name"] = "neu"
    apply(tmp_path, api, gone, now=clock)  # a later run that tidies after itself
    with opened(tmp_path, api) as store:
        clock.pass_days(79)
        assert tidy(store, RetentionSettings(archived=90), clock()).payloads == 0
        assert b"Abendroth" in payloads(store)
        clock.pass_days(2)
        assert tidy(store, RetentionSettings(archived=90), clock()).payloads == 1
        assert b"Abendroth" not in payloads(store)
        known = Records(store).one("tenant", "1-00-7")
        assert known is not None
        assert known.state == "archived"
        assert tidy(store, RetentionSettings(archived=90), clock()).payloads == 0
    assert plan(tmp_path, api, gone, now=clock, whole=True).changed == 0
    back = apply(tmp_path, api, rows, now=clock)
    assert back.counts["tenant"]["updated"] == 1
    assert api.created["tenant", "1-00-7"] == 1
    assert not api.records["tenant"]["1-00-7"]["archived_at"]


def test_what_is_in_force_stays_however_old_it_is(tmp_path: Path, api: StandIn, clock: Clock) -> None:
    rows = house()
    apply(tmp_path, api, rows, now=clock)
    clock.pass_days(5_000)
    with opened(tmp_path, api) as store:
        tidy(store, RetentionSettings(runs=0, findings=0, archived=0), clock())
        assert sum(Records(store).in_force().values()) == 16
        sent = Records(store).last_sent("tenant", "1-00-7")
        assert sent is not None
        assert (sent.status, sent.payload["last_name"]) == ("created", "Müller")
    assert plan(tmp_path, api, rows, now=clock, whole=True).changed == 0


def test_old_runs_go_but_the_last_five_and_the_last_good_one(tmp_path: Path, api: StandIn, clock: Clock) -> None:
    rows = house()
    for turn in range(12):
        rows["property"]["1-0"]["payload"]["name"] = f"Haus {turn}"
        apply(tmp_path, api, rows, now=clock)
        clock.pass_days(3)
    with opened(tmp_path, api) as store:
        clock.pass_days(100)
        assert tidy(store, RetentionSettings(runs=110), clock()).runs == 7
        assert count(store, "runs") == 5
        with store.engine.connect() as found:
            assert found.exec_driver_sql("SELECT count FROM retired_runs").scalar() == 7
        assert Runs(store).last_finished() is not None
        # the receipts of what is in force from the first run are still there
        assert Records(store).last_sent("unit", "1-1-2").status == "created"  # type: ignore[union-attr]
        assert tidy(store, RetentionSettings(runs=110), clock()).runs == 0
    assert plan(tmp_path, api, rows, now=clock, whole=True).changed == 0


def test_findings_go_earlier_but_those_of_the_last_run(tmp_path: Path, api: StandIn, clock: Clock) -> None:
    rows = house()
    api.reject["1-0-0"] = "invalid"
    for _ in range(3):
        apply(tmp_path, api, rows, now=clock)
        clock.pass_days(1)
    with opened(tmp_path, api) as store:
        clock.pass_days(40)
        before = count(store, "findings")
        tidied = tidy(store, RetentionSettings(findings=30), clock())
        assert tidied.findings > 0
        assert count(store, "findings") == before - tidied.findings > 0
        assert len(list(Runs(store).findings(Runs(store).last().no))) > 0  # type: ignore[union-attr]


def test_it_meets_no_run(tmp_path: Path, api: StandIn, clock: Clock) -> None:
    apply(tmp_path, api, house(), now=clock)
    with opened(tmp_path, api) as store, opened(tmp_path, api) as other:
        with run_lock(other), pytest.raises(Busy):
            tidy(store, RetentionSettings(), clock())
        # a service carries a run out without holding the lock all the time
        Runs(other).begin(as_of=clock().date(), at=clock(), settings_fingerprint="x")
        with pytest.raises(Busy):
            tidy(store, RetentionSettings(), clock())


def test_another_connection_in_the_same_database_is_left_alone(tmp_path: Path, api: StandIn, clock: Clock) -> None:
    rows = house()
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    made = connection(tmp_path, api.url)
    apply(tmp_path, api, rows, now=clock)
    with open_store(url, "one", api.url) as one, open_store(url, "two", api.url) as two:
        for store in (one, two):
            begun = Runs(store).begin(as_of=clock().date(), at=clock(), settings_fingerprint="x")
            Runs(store).close(begun.no, status="succeeded", finished_at=clock())
        for _ in range(6):
            begun = Runs(one).begin(as_of=clock().date(), at=clock(), settings_fingerprint="x")
            Runs(one).close(begun.no, status="failed", finished_at=clock())
        clock.pass_days(1_000)
        assert tidy(one, RetentionSettings(), clock()).runs == 1
        assert Runs(two).last() is not None
    assert made.id == "haus"
