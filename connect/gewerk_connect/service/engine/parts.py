"""What a part of a run does, whoever brings it here.

Each part may be killed anywhere and done again, on another machine, also twice at once: what counts are the ledger's rows.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.exc import InterfaceError, OperationalError

from gewerk_connect import run
from gewerk_connect.canonical.refusals import Refusal, SettingsError
from gewerk_connect.handover import hand_over
from gewerk_connect.ledger import Busy, Outbox, Part, RunEnded, RunRow, Runs, Step, Store, run_lock
from gewerk_connect.messages import say
from gewerk_connect.push import Patience, Target, TargetError, authorize
from gewerk_connect.push.sender import Leave, push_part
from gewerk_connect.river import Doing, River, open_ledger
from gewerk_connect.service.engine.jobs import Job, Jobs
from gewerk_connect.service.limits import Limits
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.settings import Connection
from gewerk_connect.targets import open_target
from gewerk_connect.upper import open_river

T = TypeVar("T")
log = logging.getLogger("gewerk_connect.service.engine")

SERVICE = "service"
"""Who acts where nobody did."""
PAUSES = frozenset({"credentials_rejected"})
"""Why a connection is paused: no further run can succeed until somebody has done something."""
MOST_TRIES = 25
"""Attempts at reading and comparing that were killed before a run is put aside: it may be what kills its worker."""
_LOOK_EVERY = 0.5
"""Seconds between two looks at whether a job is still wanted, and between two notes of its progress."""
_DATABASE_PATIENCE = 600.0
"""Seconds for which a state database that does not answer is waited for."""


class Stopped(Exception):
    """The job is cancelled, or another part has found why it cannot go on."""


class Row(Protocol):
    """What the engine reads of a connection's row (``service.connections.ConnectionRow`` is one)."""

    @property
    def id(self) -> str: ...
    @property
    def schedule(self) -> dict[str, Any]: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def next_run_at(self) -> datetime | None: ...


class Runnable(Protocol):
    """The store of connections as the engine needs it; ``service.connections.Connections`` is one."""

    def load(self, connection_id: str) -> Connection: ...
    def get(self, connection_id: str) -> Row: ...
    def due(self, now: datetime) -> list[str]: ...
    def active(self) -> Sequence[Row]: ...
    def pause(self, connection_id: str, reason: str, by: str, at: datetime) -> None: ...
    def move_next_run(self, connection_id: str, *, seen: datetime | None, to: datetime) -> None: ...


class Places(NamedTuple):
    """Where a run reads and where it sends: limits hold per place."""

    erp: str
    target: str


@dataclass(slots=True)
class _InHand:
    """What several parts of one job share in this process: one client with one token, and one pause after a 429."""

    target: Target
    patience: Patience
    count: int = 0


@dataclass(slots=True)
class _Watched:
    """When a job was last looked at, so that not every request asks the database."""

    at: float = -1e9
    wanted: bool = True


@dataclass
class Parts:
    jobs: Jobs
    connections: Runnable
    limits: Limits
    now: Callable[[], datetime]
    language: str = "de"
    leaving: threading.Event = field(default_factory=threading.Event)
    """Set when this process is to end: what is under way is answered, nothing new is begun."""
    _shared: dict[str, _InHand] = field(default_factory=dict)
    _held: dict[object, Callable[[], None]] = field(default_factory=dict)
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # the parts of a run, in their order

    def places(self, job_id: str) -> Places:
        """Names without meaning where the connection cannot be loaded: then the job has failed."""
        found = Places("-", "-")

        def look() -> None:
            nonlocal found
            connection = self.connections.load(self.jobs.get(job_id).connection_id)
            source = connection.source
            erp = urlsplit(source.credential("url") or "").hostname if source.has("url") else str(source.path)
            target = urlsplit(connection.target.base_url).hostname if connection.target else None
            found = Places(f"{source.kind} {erp}", target or "-")

        self._do(job_id, look)
        return found

    def read(self, job_id: str) -> None:
        """Reads, compares and puts every intent on disk; nothing where an earlier attempt got so far."""

        def work() -> None:
            job = self.jobs.get(job_id)
            with self._river(job) as river, open_ledger(river, make=True) as store:
                row = _run_of(store, job)
                if row is None or row.status == "planning":
                    self._may_try(job)
                    row = self._begin(river, store, job)
                    with self._holding(store, row.no):
                        authorize(_target(river))
                        run.prepare(river, store, row)
                if Runs(store).sealed(row.no):
                    Outbox.sealed(store, row.no).adopt(self.now())

        self._do(job_id, work)

    def steps(self, job_id: str) -> list[list[tuple[int, int]]]:
        """For each step of sending the parts that may be sent side by side: (first, last number of an intent)."""
        found: list[list[tuple[int, int]]] = []

        def look() -> None:
            job = self.jobs.get(job_id)
            with self._river(job) as river, open_ledger(river, make=True) as store:
                row = _run_of(store, job)
                if row is None or row.finished_at is not None:
                    return
                outbox = Outbox.sealed(store, row.no)
                for step in Step:
                    parts = outbox.parts(step)
                    if parts and step is not Step.ADOPT:
                        found.append([(part.first_seq, part.last_seq) for part in parts])

        self._do(job_id, look)
        return found

    def send(self, job_id: str, first: int, last: int) -> None:
        """Sends what of a part has no answer yet."""
        part = Part(first, last)

        def work() -> None:
            job = self.jobs.get(job_id)
            done, told = 0, time.monotonic()

            def answered(_step: Step, count: int) -> None:
                nonlocal done, told
                done += count
                if time.monotonic() - told > _LOOK_EVERY:
                    self.jobs.add_done(job_id, done)
                    done, told = 0, time.monotonic()

            with self._river(job) as river, open_ledger(river, make=True) as store:
                row = _run_of(store, job)
                if row is None or row.finished_at is not None:
                    return
                with self._holding(store, row.no):
                    push_part(
                        Outbox(store, row.no),
                        part,
                        _target(river),
                        row.external_id,
                        patience=river.patience,
                        now=self.now,
                        on_answered=answered,
                        go_on=lambda: self._go_on(job_id),
                    )
            self.jobs.add_done(job_id, done)

        self._do(job_id, work)

    def await_parts(self, job_id: str, first: int | None, left: Callable[[], bool]) -> bool:
        """Waits until none of a step's parts is left (``first``: a number of the step); False: the job is to end.

        While it waits the run belongs to a living service, and the progress is put right.
        """
        job = self._patiently(lambda: self.jobs.get(job_id))
        with ExitStack() as stack:
            if first is not None:
                self._do(job_id, lambda: self._show_step(stack, job, Part(first, first).step))
            while left():
                if self.leaving.wait(self.limits.poll_seconds):
                    raise Leave
        return self._patiently(lambda: self._is_wanted(job_id, fresh=True))

    def finish(self, job_id: str) -> None:
        """Closes the run and the job, tells the target, pauses the connection where nothing else helps."""
        for _ in range(2):  # what goes wrong while closing is itself a reason to close
            self._do(job_id, lambda: self._finish(self.jobs.get(job_id)))
            if self._patiently(lambda: self.jobs.get(job_id)).finished_at is not None:
                return
        self._patiently(lambda: self._end(self.jobs.get(job_id), "failed"))

    def _finish(self, job: Job) -> None:
        if job.finished_at is not None:
            return
        with self._river(job) as river, open_ledger(river, make=True) as store:
            status = self._close(river, store, job)
        self._end(job, status)

    def abandon(self, job_id: str) -> None:
        """Ends a job that nobody carries any more although it has not ended."""
        self._unexpected(job_id, LookupError("carrier"))
        self.finish(job_id)

    def keep_alive(self) -> None:
        """A sign of life for each run that is in hand here."""
        with self._lock:
            held = list(self._held.values())
        for tell in held:
            tell()

    @property
    def in_hand(self) -> int:
        """Runs that something is being done for."""
        return len(self._held)

    # how

    def _begin(self, river: River, store: Store, job: Job) -> RunRow:
        """The run's row, made under the connection's lock; waits while somebody runs the connection by hand."""
        external_id = _run_id(job)
        while True:
            self._go_on(job.id)
            try:
                with run_lock(store):
                    row = run.begin(river, store, external_id)
                    Runs(store).keep_alive(row.no)
                self.jobs.note_run(job.id, external_id)
                return row
            except Busy:
                self._sleep(job.id, 1.0)

    def _may_try(self, job: Job) -> None:
        if self.jobs.begin(job.id, at=self.now()) > MOST_TRIES:
            raise SettingsError(
                "killed_too_often",
                f"Der Lauf wurde beim Lesen {MOST_TRIES}-mal gewaltsam beendet und ist zurückgestellt. Prüfen Sie, ob dem"
                " Rechner der Speicher ausgeht; danach starten Sie den Lauf neu. Gesendet wurde nichts.",
                f"The run was killed {MOST_TRIES} times while reading and is put aside. Check whether the machine runs out"
                " of memory; then start the run again. Nothing was sent.",
            )

    def _show_step(self, stack: ExitStack, job: Job, step: Step) -> None:
        river = stack.enter_context(self._river(job))
        store = stack.enter_context(open_ledger(river, make=True))
        row = _run_of(store, job)
        if row is None:
            return
        stack.enter_context(self._holding(store, row.no))
        outbox = Outbox.sealed(store, row.no)
        stage = "archiving" if step.archives else "sending"
        done, total = outbox.answered(), outbox.to_send
        self.jobs.stage(job.id, stage, step.entity, done=done, total=total, at=self.now())

    def _close(self, river: River, store: Store, job: Job) -> str:
        """What became of the run."""
        row = _run_of(store, job)
        if row is None:
            return "cancelled" if job.cancelled_at else "failed"
        runs = Runs(store)
        if row.finished_at is None:
            with self._holding(store, row.no):
                self._close_open(river, store, job, row)
        hand_over(river, runs, _target(river), quietly=job.code is not None)
        status = runs.of(row.external_id).status
        return "cancelled" if status == "interrupted" and job.cancelled_at else status

    def _close_open(self, river: River, store: Store, job: Job, row: RunRow) -> None:
        runs = Runs(store)
        if job.code is not None and job.message is not None:
            refused = job.code != "unexpected"
            runs.fail(row.no, at=self.now(), message=job.message[river.language], refused=refused)
            return
        outbox = Outbox.sealed(store, row.no)
        if row.status == "planning" or (job.cancelled_at and outbox.answered() < outbox.to_send):
            message = say(river.language, "cancelled_by", by=job.cancelled_by or SERVICE)
            runs.fail(row.no, at=self.now(), message=message, refused=False)
            return
        self.jobs.stage(job.id, "finishing", None, done=job.done, total=job.total, at=self.now())
        with suppress(TargetError):  # a client that has asked for nothing yet does not know the target's clock
            authorize(_target(river))
        run.finish(river, store, row)

    def _end(self, job: Job, status: str) -> None:
        job = self.jobs.get(job.id)
        if job.finished_at is None and job.code in PAUSES:
            # before the job is seen to have ended: whoever looks then must find the reason, and so must a slot that is due;
            # and a kill in between must not leave the connection running into the same refusal
            self.connections.pause(job.connection_id, job.code or "", SERVICE, self.now())
        if self.jobs.end(job.id, status, at=self.now()):
            log.info("job ended", extra={"job": job.id, "status": status, "code": job.code})
        with self._lock:
            self._watched.pop(job.id, None)

    def _do(self, job_id: str, work: Callable[[], None]) -> None:
        """Work whose troubles are the job's: named ones are its reason to end, of others only the kind is told."""

        def tried() -> None:
            try:
                work()
            except (RunEnded, Stopped):  # somebody else said why
                return
            except Refusal as refusal:
                self.jobs.fail(job_id, code=refusal.code, de=refusal.message("de"), en=refusal.message("en"))
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 - the run ends and says so; the worker lives on for others
                self._unexpected(job_id, error)

        self._patiently(tried)

    def _patiently(self, work: Callable[[], T]) -> T:
        """Waits for a state database that does not answer: what it guards is in it, so there is nothing else to do."""
        until = time.monotonic() + _DATABASE_PATIENCE
        while True:
            try:
                return work()
            except (OperationalError, InterfaceError) as error:
                if time.monotonic() > until:
                    raise
                log.warning("state database does not answer (%s)", type(error.orig).__name__)
            if self.leaving.wait(1.0):
                raise Leave

    def _unexpected(self, job_id: str, error: Exception) -> None:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "-"
        log.error("unexpected %s at %s", type(error).__name__, place, extra={"job": job_id})
        kind = type(error).__name__
        self.jobs.fail(
            job_id,
            code="unexpected",
            de=say("de", "unexpected_in_service", kind=kind),
            en=say("en", "unexpected_in_service", kind=kind),
        )

    @contextmanager
    def _river(self, job: Job) -> Iterator[River]:
        """The river of a job, with the client and the patience that its parts share here."""
        connection = self.connections.load(job.connection_id)
        zone = ZoneInfo(Schedule.of(self.connections.get(job.connection_id).schedule).zone)
        with self._at_target(job.id, connection) as (target, patience):
            yield open_river(
                connection,
                target,
                as_of=self.now().astimezone(zone).date(),
                now=self.now,
                confirm_fuse=job.confirm_fuse,
                language=self.language,
                progress=self._progress(job.id),
                patience=patience,
            )

    @contextmanager
    def _at_target(self, job_id: str, connection: Connection) -> Iterator[tuple[Target, Patience]]:
        if connection.target is None:
            raise SettingsError("no_target", say("de", "no_target"), say("en", "no_target"))
        with self._lock:
            shared = self._shared.get(job_id)
            if shared is None:
                patience = Patience(
                    sleep=lambda seconds: self._sleep(job_id, seconds), give_up_after=self.limits.give_up_seconds
                )
                target = open_target(connection.target, language=self.language)
                shared = self._shared[job_id] = _InHand(target, patience)
            shared.count += 1
        try:
            yield shared.target, shared.patience
        finally:
            with self._lock:
                shared.count -= 1
                if not shared.count:
                    del self._shared[job_id]
                    shared.target.close()

    @contextmanager
    def _holding(self, store: Store, run_no: int) -> Iterator[None]:
        """Tells everybody that a living service carries out this run."""
        token = object()
        runs = Runs(store)
        runs.keep_alive(run_no)
        with self._lock:
            self._held[token] = lambda: runs.keep_alive(run_no)
        try:
            yield
        finally:
            with self._lock:
                del self._held[token]

    def _progress(self, job_id: str) -> Callable[[Doing, int, int | None], None]:
        last: tuple[str, str | None] | None = None
        told = 0.0

        def tell(doing: Doing, done: int, total: int | None) -> None:
            nonlocal last, told
            self._go_on(job_id)
            if (doing.stage, doing.of) == last and time.monotonic() - told < _LOOK_EVERY:
                return
            last, told = (doing.stage, doing.of), time.monotonic()
            self.jobs.stage(job_id, doing.stage, doing.of, done=done, total=total, at=self.now())

        return tell

    def _go_on(self, job_id: str) -> None:
        """Raises what is to end a part now: ``Leave``, ``Stopped``."""
        if self.leaving.is_set():
            raise Leave
        if not self._is_wanted(job_id):
            raise Stopped

    def _is_wanted(self, job_id: str, *, fresh: bool = False) -> bool:
        with self._lock:
            watched = self._watched.setdefault(job_id, _Watched())
        if fresh or time.monotonic() - watched.at > _LOOK_EVERY:
            job = self.jobs.get(job_id)
            watched.wanted = job.finished_at is None and job.cancelled_at is None and job.code is None
            watched.at = time.monotonic()
        return watched.wanted

    def _sleep(self, job_id: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.leaving.wait(min(left, _LOOK_EVERY))
            self._go_on(job_id)


def _run_id(job: Job) -> str:
    """The same for every attempt of a job."""
    return str(uuid5(NAMESPACE_URL, f"gewerk-connect:{job.id}"))


def _run_of(store: Store, job: Job) -> RunRow | None:
    try:
        return Runs(store).of(_run_id(job))
    except LookupError:
        return None


def _target(river: River) -> Target:
    if river.target is None:
        raise LookupError("a river of the service without a target")
    return river.target
