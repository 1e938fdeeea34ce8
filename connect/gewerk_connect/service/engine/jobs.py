"""Jobs as rows: what was asked for, how far it is, what became of it. Any process may ask; nothing here carries one out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gewerk_connect.ledger.store import make_tables
from gewerk_connect.service.engine import schema

_T = schema.jobs
SENDING = ("sending", "archiving")
"""The stages that are one to whoever watches: ``done`` and ``total`` are those of the whole run."""


@dataclass(slots=True, frozen=True)
class Job:
    id: str
    connection_id: str
    asked_by: str
    asked_at: datetime
    slot_at: datetime | None
    """The schedule's moment; None: asked for by hand."""
    confirm_fuse: bool
    status: str
    """``waiting``, ``running``; then ``succeeded``, ``failed``, ``stopped_by_fuse``, ``interrupted``, ``cancelled``."""
    carried_as: str | None
    started_at: datetime | None
    finished_at: datetime | None
    tries: int
    run_id: str | None
    code: str | None
    """Why it cannot go on, or could not."""
    message: dict[str, str] | None
    """The same as sentences: ``de``, ``en``."""
    cancelled_by: str | None
    cancelled_at: datetime | None
    stage: str | None
    entity: str | None
    done: int
    total: int | None
    stage_at: datetime | None


@dataclass(slots=True, frozen=True)
class Progress:
    """A job that has not ended, for people."""

    job_id: str
    stage: str
    """``waiting``, ``reading_target``, ``reading_source``, ``comparing``, ``sending``, ``archiving``, ``finishing``."""
    entity: str | None
    """What the stage is at: an entity, or a table of the source."""
    done: int
    """Records of this stage; while sending, of the whole run."""
    total: int | None
    rate: float | None
    """Records per second since the stage began."""
    started_at: datetime | None
    """None while no worker has taken it."""
    stage_started_at: datetime | None
    cancelling: bool
    run_id: str | None
    """The run's id in the ledger and at the platform, once there is one."""

    @classmethod
    def of(cls, job: Job, now: datetime) -> "Progress":
        seconds = (now - job.stage_at).total_seconds() if job.stage_at else 0.0
        return cls(
            job_id=job.id,
            stage=job.stage or "waiting",
            entity=job.entity,
            # what was counted and what was read from the receipts may overlap for a moment
            done=job.done if job.total is None else min(job.done, job.total),
            total=job.total,
            rate=job.done / seconds if seconds > 0 and job.done else None,
            started_at=job.started_at,
            stage_started_at=job.stage_at,
            cancelling=job.cancelled_at is not None,
            run_id=job.run_id,
        )


class Jobs:
    def __init__(self, engine: Engine) -> None:
        make_tables(engine, schema.metadata)
        self._engine = engine

    # asking

    def ask(self, connection_id: str, *, by: str, at: datetime, confirm_fuse: bool) -> str:
        """A job by hand; where one is open, that one."""
        while True:
            job_id = f"{connection_id}@{uuid4().hex}"
            if self._insert(job_id, connection_id, by, at, confirm_fuse=confirm_fuse, slot_at=None):
                return job_id
            found = self.open_of(connection_id)
            if found is not None:  # else it ended in this moment
                return found.id

    def ask_for_slot(self, connection_id: str, slot_at: datetime, *, by: str, at: datetime) -> bool:
        """The job of a slot, once whoever asks and however often. False: another one is open, ask again later."""
        job_id = f"{connection_id}@{slot_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return self._insert(job_id, connection_id, by, at, confirm_fuse=False, slot_at=slot_at) or (
            self._find(_T.c.id == job_id) is not None
        )

    def _insert(
        self, job_id: str, connection_id: str, by: str, at: datetime, *, confirm_fuse: bool, slot_at: datetime | None
    ) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    insert(_T).values(
                        id=job_id,
                        connection_id=connection_id,
                        asked_by=by,
                        asked_at=at,
                        slot_at=slot_at,
                        confirm_fuse=confirm_fuse,
                        status="waiting",
                        open=connection_id,
                        tries=0,
                        done=0,
                    )
                )
        except IntegrityError:  # the slot has its job, or another job is open
            return False
        return True

    def cancel(self, connection_id: str, *, by: str, at: datetime) -> bool:
        """False: no job is open."""
        wanted = (_T.c.open == connection_id) & _T.c.cancelled_at.is_(None)
        self._update(wanted, cancelled_by=by, cancelled_at=at)
        return self.open_of(connection_id) is not None

    # looking

    def get(self, job_id: str) -> Job:
        """Raises ``LookupError``."""
        found = self._find(_T.c.id == job_id)
        if found is None:
            raise LookupError(job_id)
        return found

    def open_of(self, connection_id: str) -> Job | None:
        return self._find(_T.c.open == connection_id)

    def last_of(self, connection_id: str) -> Job | None:
        """The newest, open or ended."""
        return next(self._rows(_T.c.connection_id == connection_id, _T.c.asked_at.desc(), limit=1), None)

    def open(self) -> list[Job]:
        """All that have not ended, the oldest first."""
        return list(self._rows(_T.c.open.is_not(None), _T.c.asked_at))

    def counts(self) -> tuple[int, int, datetime | None]:
        """How many wait, how many run, since when the oldest waits."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_T.c.status, func.count(), func.min(_T.c.asked_at))
                .where(_T.c.open.is_not(None))
                .group_by(_T.c.status)
            )
            found = {status: (count, oldest) for status, count, oldest in rows}
        waiting, oldest = found.get("waiting", (0, None))
        return waiting, found.get("running", (0, None))[0], oldest

    def _find(self, wanted: ColumnElement[bool]) -> Job | None:
        return next(self._rows(wanted, _T.c.id, limit=1), None)

    def _rows(
        self, wanted: ColumnElement[bool], order: ColumnElement[Any], *, limit: int | None = None
    ) -> Iterator[Job]:
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(select(_T).where(wanted).order_by(order).limit(limit)).all()
        for row in rows:
            values = dict(row._mapping)
            del values["open"]
            yield Job(**{**values, "message": json.loads(values["message"]) if values["message"] else None})

    # carrying out

    def carried(self, job_id: str, protocol: str) -> None:
        self._update(_T.c.id == job_id, carried_as=protocol)

    def begin(self, job_id: str, *, at: datetime) -> int:
        """Another attempt at reading and comparing; returns which."""
        still = _open(job_id)
        self._update(still & _T.c.started_at.is_(None), started_at=at)
        self._update(still, status="running", tries=_T.c.tries + 1)
        return self.get(job_id).tries

    def note_run(self, job_id: str, run_id: str) -> None:
        self._update(_open(job_id), run_id=run_id)

    def stage(
        self, job_id: str, stage: str, entity: str | None, *, done: int = 0, total: int | None = None, at: datetime
    ) -> None:
        """What is under way. The stages of sending count as one."""
        job = self.get(job_id)
        same = job.stage == stage or (job.stage in SENDING and stage in SENDING)
        began = job.stage_at if same and job.stage_at else at
        self._update(_open(job_id), stage=stage, entity=entity, done=done, total=total, stage_at=began)

    def add_done(self, job_id: str, count: int) -> None:
        self._update(_open(job_id), done=_T.c.done + count)

    def fail(self, job_id: str, *, code: str, de: str, en: str) -> None:
        """Says why the job cannot go on; the first reason stays. Whoever works at it sees it and stops."""
        self._update(
            _open(job_id) & _T.c.code.is_(None), code=code, message=json.dumps({"de": de, "en": en}, ensure_ascii=False)
        )

    def end(self, job_id: str, status: str, *, at: datetime) -> bool:
        """False: it had ended already."""
        return self._update(_open(job_id), status=status, open=None, finished_at=at, stage=None, entity=None) > 0

    def forget_before(self, moment: datetime) -> None:
        """Drops jobs that ended before then."""
        with self._engine.begin() as connection:
            connection.execute(_T.delete().where(_T.c.finished_at < moment))

    def _update(self, wanted: ColumnElement[bool], **values: Any) -> int:
        with self._engine.begin() as connection:
            return connection.execute(update(_T).where(wanted).values(**values)).rowcount


def _open(job_id: str) -> ColumnElement[bool]:
    return (_T.c.id == job_id) & _T.c.open.is_not(None)
