"""The library that brings parts of runs to workers and back to others when a worker dies. Only this file knows it.

What another one would have to offer: start a job once however often it is asked for; run its parts on any worker, so and
so many per place; give back what a dead worker held. It need not remember how far a part got: the ledger does
(docs/decisions/0008).
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID
from sqlalchemy.engine import make_url

from gewerk_connect.ledger.store import LASTING
from gewerk_connect.service.limits import Limits

PROTOCOL = "runs-1"
"""Changes when the order of a run's parts does: what was begun under another one is begun anew, from the ledger's rows."""
_RUNS, _READS, _SENDS = "runs", "reads", "sends"
_OPEN = ["ENQUEUED", "PENDING", "DELAYED"]
_KEPT = timedelta(days=7)
"""How long the library's own notes of what has ended are kept; nothing depends on them."""
_AT_A_TIME = 500
_POOL = 5
"""Connections to PostgreSQL that the library holds at most."""


class Places(Protocol):
    @property
    def erp(self) -> str: ...
    @property
    def target(self) -> str: ...


class Work(Protocol):
    """The parts of a run (``parts.Parts``)."""

    def places(self, job_id: str) -> Places: ...
    def read(self, job_id: str) -> None: ...
    def steps(self, job_id: str) -> list[list[tuple[int, int]]]: ...
    def send(self, job_id: str, first: int, last: int) -> None: ...
    def await_parts(self, job_id: str, first: int | None, left: Callable[[], bool]) -> bool: ...
    def finish(self, job_id: str) -> None: ...


_work: Work | None = None
"""What this process carries out. The library knows functions of a module, not objects."""


def _mine() -> Work:
    if _work is None:
        raise RuntimeError("nothing is carried out here")
    return _work


# a run, and its parts


@DBOS.workflow(name="run", max_recovery_attempts=None)
def _run(job_id: str) -> None:
    """Reads; then step by step sends; then finishes. Each ``run_step`` is remembered, so a second life goes on there."""
    erp, target = DBOS.run_step({"name": "places"}, _places, job_id)
    reading = _hand_out(_READS, _read, erp, f"{PROTOCOL}:{job_id}:read", job_id)
    goes_on = DBOS.run_step({"name": "await reading"}, _await, job_id, None, [reading])
    if goes_on:
        for parts in DBOS.run_step({"name": "steps"}, _steps, job_id):
            sending = [
                _hand_out(_SENDS, _send, target, f"{PROTOCOL}:{job_id}:{first}", job_id, first, last)
                for first, last in parts
            ]
            if not DBOS.run_step({"name": "await sending"}, _await, job_id, parts[0][0], sending):
                break
    DBOS.run_step({"name": "finish"}, _finish, job_id)


@DBOS.workflow(name="read", max_recovery_attempts=None)
def _read(job_id: str) -> None:
    _mine().read(job_id)


@DBOS.workflow(name="send", max_recovery_attempts=None)
def _send(job_id: str, first: int, last: int) -> None:
    _mine().send(job_id, first, last)


def _places(job_id: str) -> list[str]:
    found = _mine().places(job_id)
    return [found.erp, found.target]


def _steps(job_id: str) -> list[list[list[int]]]:
    return [[list(part) for part in parts] for parts in _mine().steps(job_id)]


def _await(job_id: str, first: int | None, handed_out: list[str]) -> bool:
    return _mine().await_parts(job_id, first, lambda: _any_open(handed_out))


def _finish(job_id: str) -> None:
    _mine().finish(job_id)


def _hand_out(queue: str, function: Callable[..., None], place: str, name: str, *arguments: str | int) -> str:
    with SetWorkflowID(name), SetEnqueueOptions(queue_partition_key=place):
        return DBOS.enqueue_workflow(queue, function, *arguments).get_workflow_id()


def _any_open(names: list[str]) -> bool:
    return bool(DBOS.list_workflows(workflow_ids=names, status=_OPEN, limit=1, load_input=False, load_output=False))


# this process as one that carries out


class Held(NamedTuple):
    """Something that a worker has begun and not ended."""

    name: str
    queue: str | None


class Durable:
    """Carries jobs out in this process. There is one per process."""

    def __init__(self, url: str, executor_id: str, limits: Limits, work: Work) -> None:
        self._url = url
        self._executor_id = executor_id
        self._limits = limits
        self._work = work
        self._library: DBOS | None = None

    def start(self) -> None:
        global _work
        _work = self._work
        config: DBOSConfig = {
            "name": "gewerk-connect",
            "system_database_url": self._url,
            "application_version": PROTOCOL,
            "executor_id": self._executor_id,
            "serializer": DBOSPortableJSONSerializer(),
            "dbos_system_schema": "gewerk_engine",
            "log_level": "WARNING",
            "scheduler_polling_interval_sec": 3600.0,
        }
        if self._url.startswith("sqlite"):
            _prepare_sqlite(self._url)
        else:
            config["sys_db_pool_size"] = _POOL
            config["db_engine_kwargs"] = {"connect_args": dict(LASTING)}
        self._library = DBOS(config=config)
        DBOS.launch()
        limits, every = self._limits, self._limits.poll_seconds
        DBOS.register_queue(
            _RUNS, worker_concurrency=limits.runs_per_worker, polling_interval_sec=every, on_conflict="always_update"
        )
        DBOS.register_queue(
            _READS,
            worker_concurrency=limits.reads_per_worker,
            partition_concurrency=limits.reads_per_erp,
            polling_interval_sec=every,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            _SENDS,
            worker_concurrency=limits.sends_per_worker,
            partition_concurrency=limits.sends_per_target,
            polling_interval_sec=every,
            on_conflict="always_update",
        )

    def claim_no_more(self) -> None:
        """From here on nothing new comes to this process."""
        if self._library is not None:
            for stop in self._library.background_thread_stop_events:
                stop.set()

    def stop(self) -> None:
        """What is still under way stays as begun, for others or the next start."""
        global _work
        DBOS.destroy()
        self._library, _work = None, None

    def carry(self, job_id: str) -> None:
        """Brings a job to a worker, once however often this is called."""
        with SetWorkflowID(f"{PROTOCOL}:{job_id}"):
            DBOS.enqueue_workflow(_RUNS, _run, job_id)

    def not_carried(self, job_ids: Iterable[str]) -> list[str]:
        """Of these jobs those that no worker has and none will get."""
        names = {f"{PROTOCOL}:{job_id}": job_id for job_id in job_ids}
        if not names:
            return []
        carried = DBOS.list_workflows(workflow_ids=list(names), status=_OPEN, load_input=False, load_output=False)
        for one in carried:
            names.pop(one.workflow_id, None)
        return list(names.values())

    def begun(self) -> dict[str, list[Held]]:
        """What others have begun and not ended, by worker."""
        found: dict[str, list[Held]] = defaultdict(list)
        rows = DBOS.list_workflows(status="PENDING", app_version=PROTOCOL, load_input=False, load_output=False)
        for row in rows:
            if row.executor_id is not None and row.executor_id != self._executor_id:
                found[row.executor_id].append(Held(row.workflow_id, row.queue_name))
        return found

    def give_back(self, held: Iterable[Held]) -> None:
        """Lets other workers have what a dead one held, under the same limits."""
        by_queue: dict[str | None, list[str]] = defaultdict(list)
        for one in held:
            by_queue[one.queue].append(one.name)
        for queue, names in by_queue.items():
            DBOS.resume_workflows(names, queue_name=queue)

    def tidy(self, now: datetime) -> None:
        """Drops the library's notes of what ended long ago."""
        before = (now - _KEPT).astimezone(UTC).isoformat()
        while True:
            old = DBOS.list_workflows(
                completed_before=before, limit=_AT_A_TIME, load_input=False, load_output=False, application_name=None
            )
            if not old:
                return
            DBOS.delete_workflows([one.workflow_id for one in old])
            time.sleep(0)


def engine_url(state_url: str) -> str:
    """Where the library keeps its own tables: a file beside the state, or a schema of their own in PostgreSQL."""
    url = make_url(state_url)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "service.sqlite3")
        return f"sqlite:///{path.with_name(f'{path.stem}.engine{path.suffix}')}"
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _prepare_sqlite(url: str) -> None:
    """The file exists and reads do not wait for writes before the library opens it."""
    path = Path(make_url(url).database or "")
    path.touch(mode=0o600)
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
