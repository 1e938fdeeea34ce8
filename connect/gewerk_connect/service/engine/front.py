"""What pages, commands and tests call. Asking writes rows, so it works in any process; ``start`` lets this one work."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.ledger import Busy
from gewerk_connect.ledger.lock import file_lock
from gewerk_connect.service.engine.durable import PROTOCOL, Durable, engine_url
from gewerk_connect.service.engine.duty import Duty
from gewerk_connect.service.engine.jobs import Job, Jobs, Progress
from gewerk_connect.service.engine.parts import Parts, Runnable
from gewerk_connect.service.engine.workers import Workers, WorkerState, new_executor_id
from gewerk_connect.service.installation import Service
from gewerk_connect.service.limits import Limits

log = logging.getLogger("gewerk_connect.service.engine")


class AlreadyWorking(Refusal):
    """Another process works on this SQLite state."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "already_working",
            f"Auf {path.name} arbeitet schon ein anderer Prozess des Dienstes. Mit SQLite kann es nur einer sein: Beenden"
            " Sie ihn, oder nehmen Sie PostgreSQL (state_url) für mehrere.",
            f"Another process of the service already works on {path.name}. With SQLite there can only be one: end it, or"
            " use PostgreSQL (state_url) for several.",
        )


@dataclass(slots=True, frozen=True)
class Status:
    """For the health page and metrics."""

    workers: tuple[WorkerState, ...]
    silent: frozenset[str]
    """Executor ids of workers that show no life; their work is taken over as soon as another one notices."""
    jobs_waiting: int
    jobs_running: int
    oldest_waiting_at: datetime | None


class Engine:
    """The jobs of one installation."""

    def __init__(
        self,
        service: Service,
        connections: Runnable,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
    ) -> None:
        self.jobs = Jobs(service.engine)
        self._workers = Workers(service.engine)
        self._service = service
        self._connections = connections
        self._now = now
        self._limits = limits or Limits()
        self._working: _Working | None = None

    # working

    def start(self) -> None:
        """This process becomes a worker: it keeps the schedules and carries out jobs, also those of others.

        Raises ``AlreadyWorking`` when the state is SQLite and another process works on it.
        """
        if self._working is None:
            self._working = _Working(
                self._service, self.jobs, self._workers, self._connections, self._now, self._limits
            )

    def stop(self) -> None:
        """Ends after the requests that are under way; what is left others do, or the next start."""
        if self._working is not None:
            self._working.stop()
            self._working = None

    # asking

    def start_run(self, connection_id: str, *, by: str, confirm_fuse: bool = False) -> str:
        """Asks for a run; returns the job's id. While one is open, that one's id: there is one at a time."""
        return self.jobs.ask(connection_id, by=by, at=self._now(), confirm_fuse=confirm_fuse)

    def cancel(self, connection_id: str, *, by: str = "") -> bool:
        """Asks the open run to end after the requests that are under way. False: there is none."""
        return self.jobs.cancel(connection_id, by=by, at=self._now())

    def progress(self, connection_id: str) -> Progress | None:
        """The open job of a connection; None when there is none."""
        job = self.jobs.open_of(connection_id)
        return Progress.of(job, self._now()) if job is not None else None

    def last_job(self, connection_id: str) -> Job | None:
        """The newest job of a connection, open or ended, with why it failed."""
        return self.jobs.last_of(connection_id)

    def status(self) -> Status:
        """How the installation is, as any of its processes sees it."""
        now = self._now()
        workers = tuple(self._workers.all())
        silent = {
            one.executor_id
            for one in workers
            if one.stopped_at is None and abs((now - one.beat_at).total_seconds()) > self._limits.silence_seconds
        }
        waiting, running, oldest = self.jobs.counts()
        return Status(workers, frozenset(silent), waiting, running, oldest)


class _Working:
    """This process as a worker, from start to stop."""

    def __init__(
        self,
        service: Service,
        jobs: Jobs,
        workers: Workers,
        connections: Runnable,
        now: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._limits, self._now, self._workers = limits, now, workers
        self._executor_id = new_executor_id()
        self._held = ExitStack()
        url = service.configuration.url
        only = make_url(url).get_backend_name() == "sqlite"
        if only:
            self._alone(Path(make_url(url).database or ""))
        self._parts = Parts(jobs, connections, limits, now, service.configuration.language)
        self._durable = Durable(engine_url(url), self._executor_id, limits, self._parts)
        self._duty = Duty(
            jobs, workers, connections, self._durable, self._parts, limits, self._executor_id, now, only_worker=only
        )
        try:
            workers.beat(self._executor_id, PROTOCOL, now())
            self._durable.start()
            self._duty.start()
        except BaseException:
            self._held.close()
            raise
        log.info("worker started", extra={"worker": self._executor_id})

    def _alone(self, state: Path) -> None:
        path = state.with_name(f"{state.name}.worker.lock")
        try:
            self._held.enter_context(file_lock(path, state.name))
        except Busy as error:
            raise AlreadyWorking(state) from error

    def stop(self) -> None:
        self._parts.leaving.set()
        self._durable.claim_no_more()
        self._duty.stop_rounds()
        until = time.monotonic() + self._limits.drain_seconds
        while self._parts.in_hand and time.monotonic() < until:
            time.sleep(0.05)
        self._durable.stop()
        self._duty.stop()
        self._workers.stopped(self._executor_id, self._now())
        self._held.close()
        log.info("worker stopped", extra={"worker": self._executor_id})
