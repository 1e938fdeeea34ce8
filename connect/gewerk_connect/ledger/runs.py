"""What each run was, found and did."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Select, delete, insert, select, update

from gewerk_connect.ledger import schema
from gewerk_connect.ledger.lock import Busy
from gewerk_connect.ledger.outbox import Outbox, RunEnded, drop_intents, settle
from gewerk_connect.ledger.store import Store

LEASE = timedelta(seconds=60)
"""So long after its last sign of life a service's run is left to the service; then anybody may break it off."""
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
    """Of the source's files, and behind a blank of its rows in any order; None where it changed while it was read."""
    settings_fingerprint: str | None
    valid_until: date | None
    outcome: dict[str, Any] | None
    message: str | None

    def read_the_same(self, fingerprint: str | None) -> bool:
        """Whether the run read these files, or these rows: the fingerprint is of either."""
        return fingerprint in (self.source_fingerprint or "").split()

    def read_another(self, fingerprint: str) -> bool:
        """Whether the run is known to have read other files than these."""
        return self.source_fingerprint is not None and not self.read_the_same(fingerprint)


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


@dataclass(slots=True, frozen=True)
class Sealed:
    """What reading and comparing came to, kept for whoever finishes the run."""

    at: datetime
    draft: dict[str, Any]
    """The outcome before any receipt, as JSON."""
    findings: int
    target_clock: datetime | None
    target_whole: bool


class Runs:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, *, as_of: date, at: datetime, settings_fingerprint: str, external_id: str | None = None) -> RunRow:
        """A new run; call it under the lock only.

        With ``external_id`` an attempt under the same id that never got as far as sending is forgotten: whoever still
        works at it finds its run gone.
        """
        external_id = external_id or str(uuid4())
        with self._store.write() as connection:
            self._forget_attempt(connection, external_id)
            connection.execute(
                insert(schema.runs).values(
                    connection_no=self._store.no,
                    external_id=external_id,
                    status="planning",
                    as_of=as_of,
                    started_at=at,
                    settings_fingerprint=settings_fingerprint,
                )
            )
        return self.of(external_id)

    def _forget_attempt(self, connection: Connection, external_id: str) -> None:
        unsealed = (schema.runs.c.external_id == external_id) & (schema.runs.c.status == "planning")
        gone = connection.execute(delete(schema.runs).where(unsealed).returning(schema.runs.c.no)).scalar()
        if gone is not None:
            drop_intents(self._store, connection, gone)
            for table in (schema.findings, schema.leases):
                connection.execute(delete(table).where(table.c.run_no == gone))

    def of(self, external_id: str) -> RunRow:
        """Raises ``LookupError``."""
        found = next(self._rows(self._query().where(schema.runs.c.external_id == external_id)), None)
        if found is None:
            raise LookupError(external_id)
        return found

    def note(self, run_no: int, **values: Any) -> None:
        if isinstance(values.get("outcome"), dict):
            values["outcome"] = orjson.dumps(values["outcome"])
        with self._store.write() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.no == run_no).values(**values))

    # from planning to sending to an end

    def seal(self, run_no: int, sealed: Sealed, *, separator: str, **values: Any) -> None:
        """From here on the run is sent. Raises ``RunEnded`` when it was closed or begun anew meanwhile."""
        table = schema.connections
        with self._store.write() as connection:
            self._move(connection, run_no, status="pushing", **values)
            connection.execute(update(table).where(table.c.no == self._store.no).values(separator=separator))
            connection.execute(
                insert(schema.sealed_runs).values(
                    run_no=run_no,
                    sealed_at=sealed.at,
                    draft=orjson.dumps(sealed.draft),
                    findings=sealed.findings,
                    target_clock=sealed.target_clock,
                    target_whole=sealed.target_whole,
                )
            )

    def sealed(self, run_no: int) -> Sealed | None:
        table = schema.sealed_runs
        with self._store.engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.run_no == run_no)).first()
        if row is None:
            return None
        draft: dict[str, Any] = orjson.loads(bytes(row.draft))
        return Sealed(row.sealed_at, draft, row.findings, row.target_clock, row.target_whole)

    def close(self, run_no: int, **values: Any) -> None:
        """The run's end. Raises ``RunEnded`` when it had ended already."""
        with self._store.write() as connection:
            self._move(connection, run_no, **values)

    def _move(self, connection: Connection, run_no: int, **values: Any) -> None:
        if isinstance(values.get("outcome"), dict):
            values["outcome"] = orjson.dumps(values["outcome"])
        still = (schema.runs.c.no == run_no) & schema.runs.c.finished_at.is_(None)
        if not connection.execute(update(schema.runs).where(still).values(**values)).rowcount:
            raise RunEnded

    def break_off(self, at: datetime, *, but: str | None = None) -> int:
        """Closes what a killed process left open; call it under the lock only. Returns how many records are unsure.

        ``but``: the run to be begun again, which is left alone. Raises ``Busy`` when a service carries out another run
        of this connection: what one of its workers left, its others finish.
        """
        unsure = 0
        for row in list(self._rows(self._query().where(schema.runs.c.finished_at.is_(None)))):
            if row.external_id == but:
                continue
            if self._is_alive(row.no):
                raise Busy(self._store.connection_id)
            unsure += self._leave(row, status="interrupted", finished_at=at)
        return unsure

    def fail(self, run_no: int, *, at: datetime, message: str | None, refused: bool) -> None:
        """Closes a run that could not go on: ``failed`` for a reason that was named, else ``interrupted``."""
        row = next(self._rows(self._query().where(schema.runs.c.no == run_no)), None)
        if row is not None:
            self._leave(row, status="failed" if refused else "interrupted", finished_at=at, message=message)

    def _leave(self, row: RunRow, **values: Any) -> int:
        with self._store.write() as connection:
            try:
                # first of all: receipts that come now wait for this transaction and then find the run closed
                self._move(connection, row.no, **values)
            except RunEnded:
                return 0
            was_sent = schema.sealed_runs.c.run_no == row.no
            if (
                row.status == "pushing"
                or connection.execute(select(schema.sealed_runs.c.run_no).where(was_sent)).first()
            ):
                return settle(self._store, connection, row.no)
            drop_intents(self._store, connection, row.no)
            return 0

    def keep_alive(self, run_no: int) -> None:
        """A sign of life of the service that carries out the run."""
        with self._store.write() as connection:
            connection.exec_driver_sql(
                self._store.sql(
                    "INSERT INTO leases (run_no, alive_at) VALUES (?, ?)"
                    " ON CONFLICT (run_no) DO UPDATE SET alive_at = excluded.alive_at"
                ),
                (run_no, self._store.stamp(self._store.clock())),
            )

    def _is_alive(self, run_no: int) -> bool:
        with self._store.engine.connect() as connection:
            found = connection.execute(
                select(schema.leases.c.alive_at).where(schema.leases.c.run_no == run_no)
            ).scalar()
        # one from the future comes from a clock that was put back
        return found is not None and abs(self._store.clock() - found) < LEASE

    def last(self) -> RunRow | None:
        return next(self._rows(self._query().limit(1)), None)

    def last_finished(self) -> RunRow | None:
        """The newest run but the one under way."""
        return next(self._rows(self._query().where(schema.runs.c.finished_at.is_not(None)).limit(1)), None)

    def follows_interrupted(self, run_no: int) -> bool:
        """Whether the run before this one broke off."""
        before = next(self._rows(self._query().where(schema.runs.c.no < run_no).limit(1)), None)
        return before is not None and before.status == "interrupted"

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
        """Stores findings of a run from position ``start`` on, in place of any there; returns how many it has now."""
        rows = [(run_no, place, *asdict(finding).values()) for place, finding in enumerate(found, start)]
        with self._store.write() as connection:
            table = schema.findings
            connection.execute(delete(table).where(table.c.run_no == run_no, table.c.position >= start))
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

    def copy_findings(self, from_run: int, to_run: int, *, in_place: bool) -> None:
        """A run with the same input found the same; ``in_place`` False: in rows that stand elsewhere now."""
        with self._store.write() as connection:
            connection.exec_driver_sql(
                self._store.sql(
                    'INSERT INTO findings (run_no, position, code, entity, external_id, file, "row", "column", detail)'
                    ' SELECT ?, position, code, entity, external_id, file, CASE WHEN ? THEN "row" END, "column", detail'
                    " FROM findings WHERE run_no = ?"
                ),
                (to_run, in_place, from_run),
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
