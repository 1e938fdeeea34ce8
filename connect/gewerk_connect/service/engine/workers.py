"""Workers as rows: signs of life, and who of them still counts."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine, delete, insert, select, update

from gewerk_connect.ledger.store import make_tables
from gewerk_connect.service.engine import schema

_T = schema.workers
_TAKING_OVER = 0x6765_7766
"""PostgreSQL's advisory lock: one worker at a time gives away what a dead one left."""


@dataclass(slots=True, frozen=True)
class WorkerState:
    executor_id: str
    host: str
    pid: int
    protocol: str
    started_at: datetime
    beats: int
    beat_at: datetime
    stopped_at: datetime | None


def new_executor_id() -> str:
    """Another one at each start: what the earlier life of a worker left is never taken for its own."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"


class Workers:
    def __init__(self, engine: Engine) -> None:
        make_tables(engine, schema.metadata)
        self._engine = engine

    def beat(self, executor_id: str, protocol: str, at: datetime) -> None:
        """A sign of life; the first one enters the worker, and so does one after it was taken for dead."""
        with self._engine.begin() as connection:
            mine = _T.c.executor_id == executor_id
            if connection.execute(update(_T).where(mine).values(beats=_T.c.beats + 1, beat_at=at)).rowcount:
                return
            connection.execute(
                insert(_T).values(
                    executor_id=executor_id,
                    host=socket.gethostname(),
                    pid=os.getpid(),
                    protocol=protocol,
                    started_at=at,
                    beats=1,
                    beat_at=at,
                )
            )

    def stopped(self, executor_id: str, at: datetime) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(_T).where(_T.c.executor_id == executor_id).values(stopped_at=at))

    def forget(self, executor_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(_T).where(_T.c.executor_id == executor_id))

    def all(self) -> list[WorkerState]:
        with self._engine.connect() as connection:
            return [WorkerState(**row._mapping) for row in connection.execute(select(_T).order_by(_T.c.started_at))]

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else is giving away the work of the dead right now."""
        with self._engine.begin() as connection:
            if connection.dialect.name != "postgresql":
                yield True
                return
            yield bool(connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s)", (_TAKING_OVER,)).scalar())


@dataclass(slots=True)
class Listener:
    """Who has fallen silent, by this process's own steady clock: no other clock and no jump of one can mislead it."""

    silence: float
    """Seconds without a sign of life."""
    steady: Callable[[], float] = time.monotonic
    _heard: dict[str, tuple[int | None, float]] = field(default_factory=dict)

    def is_silent(self, executor_id: str, beats: int | None) -> bool:
        """``beats`` as the row says now; None where the worker has no row."""
        now = self.steady()
        known = self._heard.get(executor_id)
        if known is None or known[0] != beats:
            self._heard[executor_id] = (beats, now)
            return False
        return now - known[1] > self.silence

    def keep(self, executor_ids: set[str]) -> None:
        """Forgets all others."""
        self._heard = {one: heard for one, heard in self._heard.items() if one in executor_ids}
