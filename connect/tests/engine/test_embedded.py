"""The engine in one process on SQLite, without any service outside."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_house import QUICK, House, wait_until
from exports_here import SMALL, small, write_tables
from gewerk_connect.ledger import Runs, open_store, run_lock
from gewerk_connect.service.engine import AlreadyWorking, Engine
from gewerk_connect.service.engine.duty import keep_schedule
from gewerk_connect.service.engine.jobs import Jobs
from gewerk_connect.service.engine.parts import Parts
from gewerk_connect.service.schedule import Schedule
from standin import Fault


def many(units: int, client: str = "1") -> dict[str, Any]:
    """Enough for several requests."""
    rows = [[client, "9", "66", str(n), "Wohnung", "EG", "50"] for n in range(10, 10 + units)]
    return small(units=[*SMALL["units"], *rows])


def runs_of(house: House, connection_id: str) -> list[str]:
    """Statuses in the ledger, the oldest first."""
    connection = house.connections.load(connection_id)
    with open_store(connection.state_url(), connection.id, house.api.url) as store, store.engine.connect() as db:
        return [status for (status,) in db.exec_driver_sql("SELECT status FROM runs ORDER BY no")]


def test_a_run_fills_the_target_and_a_second_finds_nothing_to_do(house: House) -> None:
    connection_id = house.connect()
    house.engine.start()
    job = house.run(connection_id)
    assert (job.status, job.code, job.tries) == ("succeeded", None, 1)
    assert {entity: len(rows) for entity, rows in house.api.records.items()} == {
        "property": 3,
        "unit": 4,
        "landlord": 1,
        "tenant": 1,
    }
    sent = len(house.api.written)
    assert house.run(connection_id).status == "succeeded"
    assert len(house.api.written) == sent
    assert [run["status"] for run in house.api.runs.values()] == ["succeeded", "succeeded"]
    assert set(house.api.runs) == {house.engine.jobs.get(job.id).run_id, house.engine.last_job(connection_id).run_id}
    assert house.engine.progress(connection_id) is None


def test_asking_twice_is_one_run(house: House) -> None:
    connection_id = house.connect()
    first = house.engine.start_run(connection_id, by="Anna")
    assert house.engine.start_run(connection_id, by="Bert") == first
    house.engine.start()
    house.await_end(first)
    assert len(house.api.runs) == 1


def test_what_was_asked_for_while_nobody_worked_is_done_at_the_next_start(house: House) -> None:
    connection_id = house.connect()
    job_id = house.engine.start_run(connection_id, by="Anna")
    assert house.engine.progress(connection_id).stage == "waiting"
    assert house.engine.status().jobs_waiting == 1
    house.engine.start()
    assert house.await_end(job_id).status == "succeeded"


def test_the_schedule_starts_runs_and_survives_a_restart(house: House) -> None:
    connection_id = house.connect()
    house.engine.start()
    wait_until(lambda: house.connections.get(connection_id).next_run_at is not None)
    planned = house.connections.get(connection_id).next_run_at
    assert planned == Schedule().next_after(datetime.now(UTC))
    house.engine.stop()
    # weeks pass while the service is off
    house.connections.set_next_run(connection_id, datetime.now(UTC) - timedelta(days=30))
    house.engine.start()
    wait_until(lambda: len(house.api.runs) == 1)
    wait_until(lambda: house.engine.progress(connection_id) is None)
    job = house.engine.last_job(connection_id)
    assert (job.status, job.asked_by) == ("succeeded", "service")
    assert house.connections.get(connection_id).next_run_at == Schedule().next_after(datetime.now(UTC))
    house.engine.stop()
    house.engine.start()
    assert house.run(connection_id).status == "succeeded"
    assert len(house.api.runs) == 2


def test_a_worker_that_read_a_moment_ago_does_not_undo_what_somebody_set(house: House) -> None:
    connection_id = house.connect()
    stale, now = house.connections.get(connection_id), datetime.now(UTC)
    house.connections.set_next_run(connection_id, now - timedelta(hours=1))
    keep_schedule(stale, house.engine.jobs, house.connections, now)
    assert house.connections.get(connection_id).next_run_at == now - timedelta(hours=1)
    keep_schedule(house.connections.get(connection_id), house.engine.jobs, house.connections, now)
    assert house.connections.get(connection_id).next_run_at == Schedule().next_after(now)
    assert house.engine.last_job(connection_id) is not None


def test_a_cancelled_run_ends_after_the_requests_under_way_and_the_next_one_completes(house: House) -> None:
    write_tables(house.export, many(8_000))
    connection_id = house.connect()
    house.api.slow_seconds = 0.1
    house.engine.start()
    job_id = house.engine.start_run(connection_id, by="Anna")
    wait_until(lambda: len(house.api.active("unit")) > 500)
    shown = house.engine.progress(connection_id)
    assert (shown.stage, shown.entity, shown.total) == ("sending", "unit", 8_009)
    assert shown.run_id is not None
    assert house.engine.cancel(connection_id, by="Anna")
    job = house.await_end(job_id)
    assert job.status == "cancelled"
    assert len(house.api.active("unit")) < 8_000
    [posted] = house.api.runs.values()
    assert posted["status"] == "interrupted"
    assert "Abgebrochen von Anna" in posted["message"]
    assert not house.engine.cancel(connection_id)
    house.api.slow_seconds = 0.0
    assert house.run(connection_id).status == "succeeded"
    assert len(house.api.active("unit")) == 8_004
    assert set(house.api.created.values()) == {1}


def test_cancelling_does_not_wait_for_a_target_that_asked_for_an_hour(house: House) -> None:
    connection_id = house.connect()
    house.api.faults.append(Fault("/upsert", status=429, headers={"Retry-After": "15"}, times=1000))
    house.engine.start()
    job_id = house.engine.start_run(connection_id, by="Anna")
    wait_until(lambda: house.api.requests["/properties/upsert"] > 0)
    house.engine.cancel(connection_id, by="Anna")
    assert house.await_end(job_id).status == "cancelled"
    assert house.api.requests["/properties/upsert"] == 1


def test_a_target_that_asks_to_wait_is_waited_for(house: House) -> None:
    connection_id = house.connect()
    house.api.faults += [
        Fault("/upsert", status=429, headers={"Retry-After": "1"}),
        Fault("/upsert", status=503, skip=1),
        Fault("/upsert", status=500, skip=2),
        Fault("/export", drop="before"),
    ]
    house.engine.start()
    assert house.run(connection_id).status == "succeeded"
    assert set(house.api.created.values()) == {1}
    assert len(house.api.created) == 9


def test_a_rotated_secret_pauses_the_connection_and_says_so(house: House) -> None:
    write_tables(house.export, many(3_000))
    connection_id = house.connect()
    house.api.faults.append(Fault("/sub-properties/upsert", skip=2, act=house.api.rotate))
    house.engine.start()
    job = house.run(connection_id)
    assert (job.status, job.code) == ("failed", "credentials_rejected")
    assert "Client-Geheimnis" in job.message["de"]
    row = house.connections.get(connection_id)
    assert (row.paused_reason, row.paused_by) == ("credentials_rejected", "service")
    taken = len(house.api.active("unit"))
    assert 0 < taken < 3_000
    # no run by itself while it is paused
    house.connections.set_next_run(connection_id, datetime.now(UTC) - timedelta(days=1))
    requests = sum(house.api.requests.values())
    house.engine.stop()
    house.engine.start()
    assert sum(house.api.requests.values()) == requests
    # somebody enters the new secret and lets it go on
    house.connections.save(
        connection_id,
        version=row.version,
        by="Anna",
        at=datetime.now(UTC),
        event="credentials",
        secrets={"target": {"client_secret": house.api.secret}},
    )
    house.connections.resume(connection_id, "Anna", datetime.now(UTC))
    wait_until(lambda: len(house.api.active("unit")) == 3_004)
    wait_until(lambda: house.engine.progress(connection_id) is None)
    assert house.engine.last_job(connection_id).status == "succeeded"
    assert set(house.api.created.values()) == {1}


def test_nobody_sees_the_run_ended_and_the_connection_not_yet_paused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch that looks in between would tell the same matter twice, and a kill in between would leave it unpaused."""
    connection_id = house.connect()
    house.api.rotate()
    end, seen = Jobs.end, []

    def look_and_end(self: Jobs, job_id: str, status: str, *, at: datetime) -> bool:
        row = house.connections.get(connection_id)
        seen.append((self.get(job_id).finished_at, row.paused_reason))
        # as a second life of the part would
        house.connections.pause(connection_id, "credentials_rejected", "service", at)
        assert house.connections.get(connection_id) == row
        return end(self, job_id, status, at=at)

    monkeypatch.setattr(Jobs, "end", look_and_end)
    house.engine.start()
    assert house.run(connection_id).code == "credentials_rejected"
    assert seen == [(None, "credentials_rejected")]
    assert [event.event for event in house.connections.story(connection_id)].count("paused") == 1


def test_the_fuse_stops_a_run_until_it_is_confirmed(house: House) -> None:
    write_tables(house.export, many(100))
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    write_tables(house.export, small())
    job = house.run(connection_id)
    assert (job.status, job.code) == ("stopped_by_fuse", None)
    assert len(house.api.active("unit")) == 104
    assert house.run(connection_id, confirm_fuse=True).status == "succeeded"
    assert len(house.api.active("unit")) == 4


def test_a_source_that_cannot_be_read_ends_the_run_with_its_own_words(house: House) -> None:
    connection_id = house.connect()
    (house.export / "units.csv").unlink()
    house.engine.start()
    job = house.run(connection_id)
    assert job.status == "failed"
    assert "units.csv" in job.message["de"]
    assert runs_of(house, connection_id) == ["failed"]
    assert house.api.written == []


def test_a_connection_that_cannot_even_be_loaded_ends_its_job(house: House) -> None:
    connection_id = house.connect(separator="§")
    house.engine.start()
    job = house.run(connection_id)
    assert (job.status, job.code, job.run_id) == ("failed", "connection_incomplete", None)


def test_an_error_that_nobody_foresaw_ends_the_run_and_not_the_worker(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = house.connect(), house.connect()
    send = Parts.send

    def fall_over(self: Parts, job_id: str, first: int, last: int) -> None:
        if job_id.startswith(broken):

            def work() -> None:
                raise RuntimeError("max.mustermann@example.org")

            self._do(job_id, work)
        else:
            send(self, job_id, first, last)

    monkeypatch.setattr(Parts, "send", fall_over)
    house.engine.start()
    job = house.run(broken)
    assert (job.status, job.code) == ("interrupted", "unexpected")
    assert "RuntimeError" in job.message["de"]
    assert "mustermann" not in str(job) + caplog.text
    assert house.run(whole).status == "succeeded"
    monkeypatch.setattr(Parts, "send", send)
    assert house.run(broken).status == "succeeded"


def test_nobody_runs_a_connection_by_hand_while_the_service_does(house: House, tmp_path: Path) -> None:
    connection_id = house.connect()
    released = threading.Event()
    house.api.faults.append(Fault("/sub-properties/upsert", act=lambda: released.wait()))
    house.engine.start()
    job_id = house.engine.start_run(connection_id, by="Anna")
    wait_until(lambda: len(house.api.active("property")) > 0)
    config = tmp_path / f"{connection_id}.toml"
    config.write_text(
        f'id = "{connection_id}"\n[source]\nkind = "table-folder"\npath = "{house.export}"\n'
        f'[target]\nbase_url = "{house.api.url}"\nclient_id = "{house.api.client_id}"\n'
        f'client_secret = "{house.api.secret}"\n[settings]\nseparator = "-"\n'
        f'[state]\nurl = "{house.service.configuration.url}"\n'
    )
    command = [sys.executable, "-m", "gewerk_connect", "apply", "--config", str(config), "--json"]
    by_hand = subprocess.run(command, capture_output=True, text=True)
    assert by_hand.returncode == 2, by_hand.stderr
    assert '"busy"' in by_hand.stdout
    released.set()
    assert house.await_end(job_id).status == "succeeded"
    assert runs_of(house, connection_id) == ["succeeded"]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_the_service_waits_while_somebody_runs_the_connection_by_hand(house: House) -> None:
    connection_id = house.connect()
    connection = house.connections.load(connection_id)
    released = threading.Event()
    held = threading.Event()

    def by_hand() -> None:
        with open_store(connection.state_url(), connection.id, house.api.url) as store, run_lock(store):
            held.set()
            released.wait()

    holder = threading.Thread(target=by_hand)
    holder.start()
    held.wait()
    house.engine.start()
    job_id = house.engine.start_run(connection_id, by="Anna")
    wait_until(lambda: house.engine.jobs.get(job_id).started_at is not None)
    assert runs_of(house, connection_id) == []
    released.set()
    holder.join()
    assert house.await_end(job_id).status == "succeeded"


def test_a_stopped_engine_leaves_a_run_that_the_next_start_completes(house: House) -> None:
    write_tables(house.export, many(6_000))
    connection_id = house.connect()
    house.api.slow_seconds = 0.1
    house.engine.start()
    job_id = house.engine.start_run(connection_id, by="Anna")
    wait_until(lambda: len(house.api.active("unit")) > 500)
    house.engine.stop()
    requests = sum(house.api.requests.values())
    taken = len(house.api.active("unit"))
    assert taken < 6_000
    assert house.engine.jobs.get(job_id).status == "running"
    house.api.slow_seconds = 0.0
    house.engine.start()
    assert house.await_end(job_id).status == "succeeded"
    assert sum(house.api.requests.values()) > requests
    assert len(house.api.active("unit")) == 6_004
    # what had its answer was not sent again
    assert len(house.api.written) == 6_009
    assert runs_of(house, connection_id) == ["succeeded"]


def test_a_job_that_nobody_carries_any_more_is_carried_again(house: House) -> None:
    """Somebody deleted the file of the library that carries parts; the ledger and the jobs know enough."""
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    house.engine.stop()
    job_id = house.engine.start_run(connection_id, by="Anna")
    house.engine.jobs.carried(job_id, "runs-1")
    for file in (house.service.configuration.data).glob("service.engine.sqlite3*"):
        file.unlink()
    house.engine.start()
    assert house.await_end(job_id).status == "succeeded"


def test_several_connections_run_side_by_side(house: House) -> None:
    ids = [house.connect() for _ in range(4)]
    house.engine.start()
    jobs = [house.engine.start_run(connection_id, by="Anna") for connection_id in ids]
    assert [house.await_end(job_id).status for job_id in jobs] == ["succeeded"] * 4
    assert len(house.api.runs) == 4


def test_sqlite_has_one_worker(house: House) -> None:
    house.engine.start()
    other = Engine(house.service, house.connections, now=lambda: datetime.now(UTC), limits=QUICK)
    with pytest.raises(AlreadyWorking):
        other.start()
    assert len(house.engine.status().workers) == 1


def test_a_run_that_kills_its_worker_again_and_again_is_put_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gewerk_connect.service.engine import parts

    monkeypatch.setattr(parts, "MOST_TRIES", 2)
    connection_id = house.connect()
    job_id = house.engine.start_run(connection_id, by="Anna")
    for _ in range(2):
        house.engine.jobs.begin(job_id, at=datetime.now(UTC))
    house.engine.start()
    job = house.await_end(job_id)
    assert (job.status, job.code) == ("failed", "killed_too_often")


def test_a_plan_by_hand_leaves_a_run_of_the_service_alone(house: House) -> None:
    connection_id = house.connect()
    connection = house.connections.load(connection_id)
    with open_store(connection.state_url(), connection.id, house.api.url) as store:
        runs = Runs(store)
        run = runs.begin(as_of=datetime.now(UTC).date(), at=datetime.now(UTC), settings_fingerprint="s")
        runs.keep_alive(run.no)
        from gewerk_connect import run as river_run
        from gewerk_connect.targets import open_target
        from gewerk_connect.upper import open_river

        target = open_target(connection.target, language="de")
        planned = river_run.plan(
            open_river(connection, target, as_of=datetime.now(UTC).date(), now=lambda: datetime.now(UTC))
        )
        assert planned.changed == 9
        assert runs.of(run.external_id).finished_at is None
