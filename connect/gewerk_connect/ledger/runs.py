"""What each run was, found and did."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Select, insert, select, update

from gewerk_connect.ledger import schema
from gewerk_connect.ledger.outbox import Outbox, drop_intents, settle
from gewerk_connect.ledger.store import Store

KEPT_FINDINGS_RUNS = 5
"""Findings of older runs are dropped; their counts stay in the run's outcome."""


@dataclass(slots=True, frozen=True)
class RunRow:
    no: int
    external_id: str
    status: str
    as_of: date
    started_at: datetime
    finished_at: datetime | None
    source_fingerprint: str | None
    settings_fingerprint: str | None
    valid_until: date | None
    outcome: dict[str, Any] | None
    message: str | None


@dataclass(slots=True, frozen=True)
class StoredFinding:
    """A finding as the ledger and the platform keep it; never with personal data."""

    code: str
    entity: str | None
    external_id: str | None
    file: str | None
    row: int | None
    column: str | None
    detail: str | None


class Runs:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, *, as_of: date, at: datetime, settings_fingerprint: str) -> RunRow:
        with self._store.write() as connection:
            connection.execute(
                insert(schema.runs).values(
                    connection_no=self._store.no,
                    external_id=str(uuid4()),
                    status="planning",
                    as_of=as_of,
                    started_at=at,
                    settings_fingerprint=settings_fingerprint,
                )
            )
        last = self.last()
        if last is None:
            raise LookupError("the run that was just begun")
        return last

    def note(self, run_no: int, **values: Any) -> None:
        if isinstance(values.get("outcome"), dict):
            values["outcome"] = orjson.dumps(values["outcome"])
        with self._store.write() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.no == run_no).values(**values))

    def break_off(self, at: datetime) -> int:
        """Closes what a killed process left open; call it under the lock only. Returns how many records are unsure."""
        unsure = 0
        for row in list(self._rows(self._query().where(schema.runs.c.status.in_(("planning", "pushing"))))):
            unsure += self._leave(row)
            self.note(row.no, status="interrupted", finished_at=at)
        return unsure

    def _leave(self, row: RunRow) -> int:
        if row.status == "pushing":
            return settle(self._store, row.no)
        with self._store.write() as connection:
            drop_intents(self._store, connection, row.no)
        return 0

    def last(self) -> RunRow | None:
        return next(self._rows(self._query().limit(1)), None)

    def last_finished(self) -> RunRow | None:
        """The newest run but the one under way."""
        return next(self._rows(self._query().where(schema.runs.c.finished_at.is_not(None)).limit(1)), None)

    def fail(self, run_no: int, *, at: datetime, message: str, refused: bool) -> None:
        """Closes a run that could not go on: ``failed`` for a reason that was named, else ``interrupted``."""
        row = self.last()
        if row is not None and row.no == run_no:
            self._leave(row)
        self.note(run_no, status="failed" if refused else "interrupted", finished_at=at, message=message)

    def unposted(self) -> list[RunRow]:
        """Finished runs the platform has not heard of, oldest first."""
        query = self._query().where(schema.runs.c.posted_at.is_(None), schema.runs.c.finished_at.is_not(None))
        return list(self._rows(query.limit(20)))[::-1]

    def _query(self) -> Select[Any]:
        return (
            select(schema.runs).where(schema.runs.c.connection_no == self._store.no).order_by(schema.runs.c.no.desc())
        )

    def _rows(self, query: Select[Any]) -> Iterator[RunRow]:
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            values = dict(row._mapping)
            outcome = values.pop("outcome")
            values.pop("connection_no")
            values.pop("posted_at")
            yield RunRow(**values, outcome=orjson.loads(bytes(outcome)) if outcome else None)

    # findings

    def keep_findings(self, run_no: int, found: Iterable[StoredFinding], *, start: int = 0) -> int:
        """Stores findings of a run; returns how many it has now."""
        rows = [(run_no, place, *asdict(finding).values()) for place, finding in enumerate(found, start)]
        with self._store.write() as connection:
            self._store.many(
                connection,
                'INSERT INTO findings (run_no, position, code, entity, external_id, file, "row", "column", detail)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        return start + len(rows)

    def findings(self, run_no: int) -> Iterator[StoredFinding]:
        rows = self._store.stream(
            'SELECT code, entity, external_id, file, "row", "column", detail FROM findings'
            " WHERE run_no = ? ORDER BY position",
            (run_no,),
        )
        return (StoredFinding(*row) for row in rows)

    def refusals(self, run_no: int, limit: int = 200) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(entity, external_id, the API's problem) of what the target refused in a run; may quote values."""
        for entity, external_id, problem in Outbox(self._store, run_no).refusals(limit):
            yield entity, external_id, orjson.loads(problem)

    def copy_findings(self, from_run: int, to_run: int) -> None:
        """A run with the same input found the same."""
        with self._store.write() as connection:
            connection.exec_driver_sql(
                self._store.sql(
                    'INSERT INTO findings (run_no, position, code, entity, external_id, file, "row", "column", detail)'
                    ' SELECT ?, position, code, entity, external_id, file, "row", "column", detail'
                    " FROM findings WHERE run_no = ?"
                ),
                (to_run, from_run),
            )

    def drop_old_findings(self) -> None:
        """Keeps those of the last runs."""
        with self._store.write() as connection:
            connection.exec_driver_sql(
                self._store.sql(
                    "DELETE FROM findings WHERE run_no IN (SELECT no FROM runs WHERE connection_no = ? AND no NOT IN"
                    " (SELECT no FROM runs WHERE connection_no = ? ORDER BY no DESC LIMIT ?))"
                ),
                (self._store.no, self._store.no, KEPT_FINDINGS_RUNS),
            )
