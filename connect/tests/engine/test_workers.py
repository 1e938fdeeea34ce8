"""Workers as processes that are killed, frozen and told to end while they carry out a run."""

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from engine_house import QUICK, House, Worker, estate, undisturbed, wait_until, write_configuration
from exports_here import write_tables
from gewerk_connect.ledger import open_store
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from standin import Fault, StandIn

LARGE = os.environ.get("GEWERK_CAMPAIGN") == "large"
UNITS = 4_000 if LARGE else 1_500


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_tables(tmp_path / "export", estate(3, UNITS))


@pytest.fixture
def asking(tmp_path: Path, api: StandIn, export: Path, postgres: str) -> Iterator[House]:
    """A process that only asks; the state is in PostgreSQL."""
    configuration = Configuration(data=tmp_path / "service", state_url=postgres, roots=(tmp_path,), engine=QUICK)
    with open_service(configuration) as service:
        connections = Connections(service)
        engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=QUICK)
        yield House(service, connections, engine, api, export)


@pytest.fixture
def workers(asking: House, tmp_path: Path) -> Iterator[list[Worker]]:
    config = write_configuration(tmp_path / "service.toml", asking.service.configuration)
    made = [Worker(config).start() for _ in range(3)]
    try:
        yield [worker.await_ready() for worker in made]
    finally:
        for worker in made:
            if worker.is_running:
                worker.kill()


def seed() -> random.Random:
    number = int(os.environ.get("GEWERK_SEED") or random.randrange(2**32))
    print(f"GEWERK_SEED={number}")
    return random.Random(number)


def assert_target_is_source(house: House, tmp_path: Path, connection_id: str) -> None:
    assert house.api.stock() == undisturbed(house.export, tmp_path)
    assert set(house.api.created.values()) == {1}
    sent = len(house.api.written)
    assert house.run(connection_id).status == "succeeded"
    assert len(house.api.written) == sent


@pytest.mark.postgres
def test_three_workers_share_a_run(asking: House, workers: list[Worker], tmp_path: Path) -> None:
    connection_id = asking.connect()
    job = asking.run(connection_id)
    assert job.status == "succeeded"
    assert len(asking.engine.status().workers) == 3
    # each worker that sent has fetched a token of its own
    assert_target_is_source(asking, tmp_path, connection_id)


@pytest.mark.postgres
def test_workers_killed_at_random_moments_lose_nothing(asking: House, workers: list[Worker], tmp_path: Path) -> None:
    chance = seed()
    asking.api.slow_seconds = 0.05
    connection_id = asking.connect()
    job_id = asking.engine.start_run(connection_id, by="test")
    kills = 0
    while asking.engine.jobs.get(job_id).finished_at is None:
        time.sleep(chance.uniform(0.2, 2.0))
        if kills < (30 if LARGE else 6):
            worker = chance.choice(workers)
            worker.kill()
            worker.start()
            kills += 1
    asking.api.slow_seconds = 0.0
    job = asking.engine.jobs.get(job_id)
    assert (job.status, job.code) == ("succeeded", None)
    assert kills > 0
    assert_target_is_source(asking, tmp_path, connection_id)


@pytest.mark.postgres
def test_a_frozen_worker_that_wakes_up_does_no_harm(asking: House, workers: list[Worker], tmp_path: Path) -> None:
    """The machine was suspended in the middle of a request; meanwhile others did its part."""
    asking.api.slow_seconds = 0.1
    connection_id = asking.connect()
    job_id = asking.engine.start_run(connection_id, by="test")
    wait_until(lambda: len(asking.api.active("unit")) > 500)
    for worker in workers[:2]:
        worker.signal(signal.SIGSTOP)
    asking.api.slow_seconds = 0.0
    job = asking.await_end(job_id)
    for worker in workers[:2]:
        worker.signal(signal.SIGCONT)
    assert job.status == "succeeded"
    wait_until(lambda: len(asking.engine.status().workers) == 3 and not asking.engine.status().silent)
    assert_target_is_source(asking, tmp_path, connection_id)


@pytest.mark.postgres
def test_a_worker_that_is_told_to_end_hands_over_at_once(asking: House, workers: list[Worker], tmp_path: Path) -> None:
    asking.api.slow_seconds = 0.1
    connection_id = asking.connect()
    job_id = asking.engine.start_run(connection_id, by="test")
    wait_until(lambda: len(asking.api.active("unit")) > 0)
    assert [worker.stop() for worker in workers[:2]] == [0, 0]
    asking.api.slow_seconds = 0.0
    assert asking.await_end(job_id).status == "succeeded"
    # every answer was kept: nothing went out twice
    assert len(asking.api.written) == sum(len(of) for of in asking.api.records.values())
    assert_target_is_source(asking, tmp_path, connection_id)


@pytest.mark.postgres
def test_a_slot_that_three_workers_see_is_one_run(asking: House, workers: list[Worker]) -> None:
    ids = [asking.connect() for _ in range(3)]
    for connection_id in ids:
        asking.connections.set_next_run(connection_id, datetime.now(UTC) - timedelta(hours=1))
    wait_until(lambda: all(asking.engine.last_job(connection_id) is not None for connection_id in ids))
    for connection_id in ids:
        assert asking.await_end(asking.engine.last_job(connection_id).id).status == "succeeded"
    assert len(asking.api.runs) == 3


@pytest.mark.postgres
def test_a_late_request_of_a_run_that_was_broken_off_is_found_by_the_next(
    asking: House, workers: list[Worker], tmp_path: Path
) -> None:
    """All workers die, the run is broken off by hand, and then a request of it still arrives at the target."""
    connection_id = asking.connect()
    asking.run(connection_id)
    held: list[bytes] = []
    asking.api.keep_bodies = True
    write_tables(asking.export, {**estate(3, UNITS), "buildings": renamed("Ring")})
    asking.api.faults.append(Fault("/properties/upsert", drop="before", times=1000))
    asking.engine.start_run(connection_id, by="test")
    wait_until(lambda: any(path == "/properties/upsert" and b"Ring" in body for path, body in asking.api.sent_bodies))
    held = [body for path, body in asking.api.sent_bodies if path == "/properties/upsert" and b"Ring" in body]
    for worker in workers:
        worker.kill()
    asking.api.faults.clear()
    write_tables(asking.export, {**estate(3, UNITS), "buildings": renamed("Gasse")})
    connection = asking.connections.load(connection_id)
    with open_store(connection.state_url(), connection.id, asking.api.url) as store, store.write() as db:
        db.exec_driver_sql("DELETE FROM leases")  # the minute is over
    job = asking.engine.jobs.open_of(connection_id)
    asking.engine.jobs.cancel(connection_id, by="test", at=datetime.now(UTC))
    workers[0].start().await_ready()
    asking.await_end(job.id)
    assert asking.run(connection_id).status == "succeeded"
    import orjson

    asking.api.upsert("properties", orjson.loads(held[0])["records"])  # it arrives now
    assert asking.api.records["property"]["1-9-0"]["address"]["street"] == "Ring"
    assert asking.run(connection_id).status == "succeeded"
    assert asking.api.records["property"]["1-9-0"]["address"]["street"] == "Gasse"


def renamed(street: str) -> list[list[str]]:
    return [[row[0], row[1], row[2], f"{street} {row[2]}", *row[4:]] for row in estate(3, 1)["buildings"]]


def test_the_only_worker_killed_again_and_again_on_sqlite(tmp_path: Path, house: House) -> None:
    chance = seed()
    write_tables(house.export, estate(2, UNITS))
    worker = Worker(write_configuration(tmp_path / "service.toml", house.service.configuration))
    house.api.slow_seconds = 0.05
    connection_id = house.connect()
    job_id = house.engine.start_run(connection_id, by="test")
    kills = 0
    while house.engine.jobs.get(job_id).finished_at is None and kills < (40 if LARGE else 6):
        worker.start().await_ready()
        time.sleep(chance.uniform(0.1, 2.5))
        worker.kill()
        kills += 1
    house.api.slow_seconds = 0.0
    worker.start().await_ready()
    try:
        job = house.await_end(job_id)
        assert (job.status, job.code) == ("succeeded", None)
        assert_target_is_source(house, tmp_path, connection_id)
    finally:
        assert worker.stop() == 0
