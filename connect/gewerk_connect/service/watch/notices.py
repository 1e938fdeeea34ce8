"""Each matter once: a row per matter, and the state of its mail."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from gewerk_connect.ledger.store import make_tables
from gewerk_connect.service.watch import schema
from gewerk_connect.service.watch.matters import Matter

_T, _TO = schema.notices, schema.recipients
_BEING_SENT = timedelta(minutes=10)
"""How long a sender may take; one that died in between is followed by another."""
_TRIES = 20
"""Attempts at a mail, about two days long; then only the pages tell it."""


@dataclass(slots=True, frozen=True)
class Notice:
    id: str
    connection_id: str
    kind: str
    since: datetime
    data: dict[str, Any]
    opened_at: datetime
    resolved_at: datetime | None
    mailed_at: datetime | None
    tries: int


@dataclass(slots=True, frozen=True)
class Recipients:
    """Who is told by mail about one connection."""

    addresses: tuple[str, ...] = ()
    language: str = "de"
    every_run: bool = False


class Notices:
    def __init__(self, engine: Engine) -> None:
        make_tables(engine, schema.metadata)
        self._engine = engine

    def keep(self, connection_id: str, current: Sequence[Matter], now: datetime) -> None:
        """Opens what is new, ends what is over. A matter that comes back under its key is open again and not mailed again."""
        with self._engine.begin() as transaction:
            rows = transaction.execute(
                select(_T.c.id, _T.c.kind, _T.c.key, _T.c.resolved_at).where(_T.c.connection_id == connection_id)
            ).all()
        known = {(row.kind, row.key): row for row in rows}
        wanted = {(matter.kind, matter.key): matter for matter in current}
        for name, matter in wanted.items():
            if name not in known:
                self._open(connection_id, matter, now)
            elif known[name].resolved_at is not None and matter.kind != "report":
                self._update(known[name].id, resolved_at=None)
        for name, row in known.items():
            if name not in wanted and row.resolved_at is None:
                self._update(row.id, resolved_at=now)

    def _open(self, connection_id: str, matter: Matter, now: datetime) -> None:
        values = {
            "id": uuid4().hex,
            "connection_id": connection_id,
            "kind": matter.kind,
            "key": matter.key,
            "since": matter.since,
            "data": json.dumps(matter.data, ensure_ascii=False),
            "opened_at": now,
            "resolved_at": now if matter.kind == "report" else None,
            "tries": 0,
        }
        try:
            with self._engine.begin() as transaction:
                transaction.execute(insert(_T).values(**values))
        except IntegrityError:  # another process was faster
            return

    def open_of(self, connection_id: str) -> list[Notice]:
        """For the pages, the newest first."""
        return self._rows((_T.c.connection_id == connection_id) & _T.c.resolved_at.is_(None))

    def all_open(self) -> list[Notice]:
        return self._rows(_T.c.resolved_at.is_(None))

    # mail

    def claim_unmailed(self, now: datetime) -> list[Notice]:
        """Those whose mail is due, each to one caller only."""
        open_ = _T.c.resolved_at.is_(None) | (_T.c.kind == "report")
        due = _T.c.next_try_at.is_(None) | (_T.c.next_try_at <= now)
        found = self._rows(_T.c.mailed_at.is_(None) & open_ & due & (_T.c.tries < _TRIES))
        return [one for one in found if self._claim(one, now)]

    def _claim(self, notice: Notice, now: datetime) -> bool:
        mine = (_T.c.id == notice.id) & (_T.c.tries == notice.tries) & _T.c.mailed_at.is_(None)
        values = {"tries": notice.tries + 1, "next_try_at": now + _BEING_SENT}
        with self._engine.begin() as transaction:
            return transaction.execute(update(_T).where(mine).values(**values)).rowcount == 1

    def mailed(self, notice_id: str, now: datetime) -> None:
        self._update(notice_id, mailed_at=now, next_try_at=None)

    def try_later(self, notice: Notice, now: datetime) -> None:
        self._update(notice.id, next_try_at=now + min(timedelta(minutes=2**notice.tries), timedelta(hours=4)))

    def forget_before(self, moment: datetime) -> int:
        """Drops what has been over since then."""
        with self._engine.begin() as transaction:
            return transaction.execute(delete(_T).where(_T.c.resolved_at < moment)).rowcount

    # who is told

    def recipients(self, connection_id: str) -> Recipients:
        with self._engine.connect() as transaction:
            row = transaction.execute(select(_TO).where(_TO.c.connection_id == connection_id)).first()
        return Recipients(tuple(json.loads(row.addresses)), row.language, row.every_run) if row else Recipients()

    def set_recipients(self, connection_id: str, wanted: Recipients) -> None:
        values = {
            "connection_id": connection_id,
            "addresses": json.dumps(list(wanted.addresses)),
            "language": wanted.language,
            "every_run": wanted.every_run,
        }
        with self._engine.begin() as transaction:
            transaction.execute(delete(_TO).where(_TO.c.connection_id == connection_id))
            transaction.execute(insert(_TO).values(**values))

    def _update(self, notice_id: str, **values: Any) -> None:
        with self._engine.begin() as transaction:
            transaction.execute(update(_T).where(_T.c.id == notice_id).values(**values))

    def _rows(self, wanted: Any) -> list[Notice]:
        names = (
            "id",
            "connection_id",
            "kind",
            "since",
            "data",
            "opened_at",
            "resolved_at",
            "mailed_at",
            "tries",
        )
        query = select(*(_T.c[name] for name in names)).where(wanted).order_by(_T.c.opened_at.desc(), _T.c.id)
        with self._engine.connect() as transaction:
            rows: Iterable[Any] = transaction.execute(query).all()
        return [Notice(**{**row._mapping, "data": json.loads(row.data)}) for row in rows]
