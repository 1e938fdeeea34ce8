"""What a worker does beside carrying out: signs of life, the schedules, handing out jobs, taking over from the dead."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from gewerk_connect.service.engine.durable import PROTOCOL, Durable
from gewerk_connect.service.engine.jobs import Jobs
from gewerk_connect.service.engine.parts import SERVICE, Parts, Row, Runnable
from gewerk_connect.service.engine.workers import Listener, Workers
from gewerk_connect.service.limits import Limits
from gewerk_connect.service.schedule import Schedule

log = logging.getLogger("gewerk_connect.service.engine")

ROUND_SECONDS = 1.0
"""Between two rounds, and between two signs of life."""
_ALL_SCHEDULES_EVERY = 60.0
_LOST_EVERY = 10.0
_TIDY_EVERY = 86_400.0
_JOBS_KEPT = timedelta(days=400)
"""Longer than any clock is likely to be put back: a slot whose job is known does not run again."""


def keep_schedule(row: Row, jobs: Jobs, connections: Runnable, now: datetime) -> None:
    """Asks for the run of a slot that has come, and sets the next one.

    Slots that passed while nobody looked are one run. A slot runs once, wherever the clock jumps: its job has its name.
    """
    if row.paused_at is not None:
        return
    upcoming = Schedule.of(row.schedule).next_after(now)
    slot = row.next_run_at
    if slot is not None and slot <= now:
        if jobs.ask_for_slot(row.id, slot, by=SERVICE, at=now):
            connections.move_next_run(row.id, seen=slot, to=upcoming)
    elif slot is None or slot > upcoming:
        # newly started; or the clock was ahead when the slot was set, and has been put right
        connections.move_next_run(row.id, seen=slot, to=upcoming)


@dataclass
class Duty:
    jobs: Jobs
    workers: Workers
    connections: Runnable
    durable: Durable
    parts: Parts
    limits: Limits
    executor_id: str
    now: Callable[[], datetime]
    only_worker: bool
    """Nobody else can be working: what is begun and not ours was left by the dead."""
    _tasks: dict[str, tuple[threading.Thread, threading.Event]] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _doubtful: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._listener = Listener(0.0 if self.only_worker else self.limits.silence_seconds)

    def start(self) -> None:
        for name, task in (("life", self._show_life), ("rounds", self._make_round)):
            ended = threading.Event()
            thread = threading.Thread(target=self._repeat, args=(task, ended), name=f"engine-{name}", daemon=True)
            self._tasks[name] = (thread, ended)
            thread.start()

    def stop_rounds(self) -> None:
        """Nothing new; the signs of life go on."""
        self._end("rounds")

    def stop(self) -> None:
        self._end("life")

    def _end(self, name: str) -> None:
        thread, ended = self._tasks[name]
        ended.set()
        thread.join(timeout=10.0)

    def _repeat(self, task: Callable[[], None], ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                task()
            except SQLAlchemyError as error:  # the database is away: the next round tries again
                log.warning("%s: %s", threading.current_thread().name, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - one bad row must not end the duty for all others
                log.error("%s: unexpected %s", threading.current_thread().name, type(error).__name__)
            ended.wait(ROUND_SECONDS)

    def _show_life(self) -> None:
        self.workers.beat(self.executor_id, PROTOCOL, self.now())
        self.parts.keep_alive()

    def _make_round(self) -> None:
        self._keep_schedules()
        self._hand_out()
        self._take_over()
        if self._is_due("lost", _LOST_EVERY):
            self._find_lost()
        if self._is_due("tidy", _TIDY_EVERY):
            self.durable.tidy(self.now())
            self.jobs.forget_before(self.now() - _JOBS_KEPT)

    def _keep_schedules(self) -> None:
        now = self.now()
        every = self._is_due("schedules", _ALL_SCHEDULES_EVERY)
        rows = self.connections.active() if every else [self.connections.get(i) for i in self.connections.due(now)]
        for row in rows:
            try:
                keep_schedule(row, self.jobs, self.connections, now)
            except ValidationError:
                log.error("schedule cannot be used", extra={"connection": row.id})

    def _hand_out(self) -> None:
        for job in self.jobs.open():
            if job.carried_as != PROTOCOL:
                self.durable.carry(job.id)
                self.jobs.carried(job.id, PROTOCOL)

    def _take_over(self) -> None:
        with self.workers.alone() as alone:
            if not alone:
                return
            beats = {one.executor_id: one for one in self.workers.all()}
            begun = self.durable.begun()
            for executor_id in {*begun, *beats} - {self.executor_id}:
                worker = beats.get(executor_id)
                silent = self._listener.is_silent(executor_id, worker.beats if worker else None)
                if silent or (worker is not None and worker.stopped_at is not None):
                    held = begun.get(executor_id, [])
                    if held:
                        log.warning("taking over", extra={"from": executor_id, "parts": len(held)})
                        self.durable.give_back(held)
                    self.workers.forget(executor_id)
            self._listener.keep({*begun, *beats})

    def _find_lost(self) -> None:
        """Jobs that have not ended and that nobody carries: handed out once more, and ended when that does not help."""
        lost = set(self.durable.not_carried(job.id for job in self.jobs.open() if job.carried_as == PROTOCOL))
        for job_id in lost:
            if job_id in self._doubtful:
                self.parts.abandon(job_id)
            else:
                self.durable.carry(job_id)
        self._doubtful = lost

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True
