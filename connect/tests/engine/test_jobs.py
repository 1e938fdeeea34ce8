"""Jobs and workers as rows: one at a time, each slot once, whoever asks and however often."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gewerk_connect.ledger.store import open_engine
from gewerk_connect.service.engine.jobs import Jobs, Progress
from gewerk_connect.service.engine.workers import Listener, Workers, new_executor_id
from sqlalchemy import Engine

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else f"sqlite:///{tmp_path / 's.sqlite3'}"
    engine, _ = open_engine(url, make=True)
    yield engine
    engine.dispose()


def test_while_a_job_is_open_asking_again_gives_the_same(database: Engine) -> None:
    jobs = Jobs(database)
    first = jobs.ask("c", by="Anna", at=AT, confirm_fuse=False)
    assert jobs.ask("c", by="Bert", at=AT, confirm_fuse=True) == first
    assert jobs.ask("other", by="Anna", at=AT, confirm_fuse=False) != first
    assert jobs.end(first, "succeeded", at=AT)
    assert not jobs.end(first, "failed", at=AT)
    assert jobs.get(first).status == "succeeded"
    assert jobs.ask("c", by="Anna", at=AT, confirm_fuse=False) != first


def test_a_slot_has_one_job_for_ever(database: Engine) -> None:
    jobs = Jobs(database)
    assert jobs.ask_for_slot("c", AT, by="service", at=AT)
    assert jobs.ask_for_slot("c", AT, by="service", at=AT)
    [job] = jobs.open()
    assert job.slot_at == AT
    assert not jobs.ask_for_slot("c", AT + timedelta(days=2), by="service", at=AT)
    jobs.end(job.id, "succeeded", at=AT)
    assert jobs.ask_for_slot("c", AT, by="service", at=AT)
    assert jobs.open() == []
    assert jobs.ask_for_slot("c", AT + timedelta(days=2), by="service", at=AT)


def test_workers_that_see_the_same_slot_at_once_make_one_job(database: Engine) -> None:
    jobs = Jobs(database)
    start = threading.Barrier(6)
    answers: list[bool] = []

    def ask() -> None:
        start.wait()
        answers.append(jobs.ask_for_slot("c", AT, by="service", at=AT))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 6
    assert len(jobs.open()) == 1


def test_the_first_reason_why_a_job_cannot_go_on_stays(database: Engine) -> None:
    jobs = Jobs(database)
    job_id = jobs.ask("c", by="Anna", at=AT, confirm_fuse=False)
    jobs.fail(job_id, code="credentials_rejected", de="Nein", en="No")
    jobs.fail(job_id, code="target_unavailable", de="Weg", en="Gone")
    job = jobs.get(job_id)
    assert (job.code, job.message) == ("credentials_rejected", {"de": "Nein", "en": "No"})


def test_cancelling_is_asked_for_once_and_needs_an_open_job(database: Engine) -> None:
    jobs = Jobs(database)
    assert not jobs.cancel("c", by="Anna", at=AT)
    job_id = jobs.ask("c", by="Anna", at=AT, confirm_fuse=False)
    assert jobs.cancel("c", by="Bert", at=AT)
    assert jobs.cancel("c", by="Cora", at=AT + timedelta(minutes=1))
    assert jobs.get(job_id).cancelled_by == "Bert"


def test_progress_counts_all_of_the_sending_as_one_stage(database: Engine) -> None:
    jobs = Jobs(database)
    job_id = jobs.ask("c", by="Anna", at=AT, confirm_fuse=False)
    assert Progress.of(jobs.get(job_id), AT).stage == "waiting"
    jobs.begin(job_id, at=AT)
    jobs.stage(job_id, "comparing", "unit", done=5, at=AT)
    jobs.stage(job_id, "sending", "property", done=0, total=100, at=AT + timedelta(seconds=10))
    jobs.add_done(job_id, 30)
    jobs.stage(job_id, "archiving", "unit", done=50, total=100, at=AT + timedelta(seconds=14))
    shown = Progress.of(jobs.get(job_id), AT + timedelta(seconds=20))
    assert (shown.stage, shown.entity, shown.done, shown.total, shown.rate) == ("archiving", "unit", 50, 100, 5.0)
    assert shown.stage_started_at == AT + timedelta(seconds=10)


def test_a_worker_is_silent_by_the_steady_clock_of_whoever_listens() -> None:
    now = 100.0
    listener = Listener(silence=15.0, steady=lambda: now)
    assert not listener.is_silent("w", 1)
    now += 10
    assert not listener.is_silent("w", 2)
    now += 14
    assert not listener.is_silent("w", 2)
    now += 2
    assert listener.is_silent("w", 2)
    assert not listener.is_silent("w", 3)  # it was only slow
    now += 20
    assert not listener.is_silent("without a row", None)
    now += 20
    assert listener.is_silent("without a row", None)


def test_a_worker_that_was_taken_for_dead_enters_itself_again(database: Engine) -> None:
    workers, name = Workers(database), new_executor_id()
    workers.beat(name, "p", AT)
    workers.beat(name, "p", AT)
    assert [one.beats for one in workers.all()] == [2]
    workers.forget(name)
    workers.beat(name, "p", AT)
    assert [one.executor_id for one in workers.all()] == [name]
