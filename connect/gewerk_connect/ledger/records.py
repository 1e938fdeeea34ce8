"""What the target last confirmed of each record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import orjson

from gewerk_connect.ledger.store import Store


class State(StrEnum):
    ACTIVE = "active"
    FLAGGED = "flagged"
    """Active, but the tenant lost the e-mail address (rule 6)."""
    ARCHIVED = "archived"
    REFUSED = "refused"
    """The last attempt was refused; with a ``hash`` an older version is in force."""
    UNSURE = "unsure"
    """Sent, but a killed run never saw the answer: the target may or may not have it."""


class Confirmed(NamedTuple):
    """One row as the diff reads it. ``hash`` is None when the target has no version in force that we know of."""

    external_id: str
    state: str
    hash: bytes | None
    intent: int | None
    accepted: bytes | None
    key: str


@dataclass(slots=True, frozen=True)
class Sent:
    """One intent with its receipt, for ``explain`` and for naming changed fields."""

    seq: int
    run_no: int
    action: str
    reason: str | None
    payload: dict[str, object]
    previous: int | None
    status: str | None
    problem: dict[str, object] | None


class Records:
    def __init__(self, store: Store) -> None:
        self._store = store

    def confirmed(self, entity: str) -> Iterator[Confirmed]:
        """All rows of an entity, sorted by ``external_id``."""
        rows = self._store.stream(
            "SELECT external_id, state, hash, intent, accepted, key FROM records"
            " WHERE connection_no = ? AND entity = ? ORDER BY external_id",
            (self._store.no, entity),
        )
        return map(Confirmed._make, rows)

    def one(self, entity: str, external_id: str) -> Confirmed | None:
        with self._store.engine.connect() as connection:
            row = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT external_id, state, hash, intent, accepted, key FROM records"
                    " WHERE connection_no = ? AND entity = ? AND external_id = ?"
                ),
                (self._store.no, entity, external_id),
            ).first()
            return Confirmed._make(row) if row else None

    def in_force(self) -> dict[str, int]:
        """How many records of each entity the target has in force, as far as was confirmed."""
        with self._store.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT entity, COUNT(*) FROM records WHERE connection_no = ? AND hash IS NOT NULL GROUP BY entity"
                ),
                (self._store.no,),
            )
            return {str(entity): int(count) for entity, count in rows}

    def unsettled(self) -> int:
        """Records refused or unsure: they are sent again in each run."""
        with self._store.engine.connect() as connection:
            found = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT COUNT(*) FROM records WHERE connection_no = ? AND state IN ('refused', 'unsure')"
                ),
                (self._store.no,),
            ).scalar()
            return int(found or 0)

    def mark(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Notes states that need no answer of the target: rows of (state, entity, external_id)."""
        with self._store.write() as connection:
            self._store.many(
                connection,
                "UPDATE records SET state = ? WHERE connection_no = ? AND entity = ? AND external_id = ?",
                [(state, self._store.no, entity, external_id) for state, entity, external_id in rows],
            )

    def forget(self, rows: Sequence[tuple[str, str]]) -> None:
        """Drops rows of (entity, external_id) that the target never took and the source no longer has."""
        with self._store.write() as connection:
            self._store.many(
                connection,
                "DELETE FROM records WHERE connection_no = ? AND entity = ? AND external_id = ?",
                [(self._store.no, entity, external_id) for entity, external_id in rows],
            )

    def payload(self, seq: int | None) -> dict[str, object] | None:
        """What an intent sent."""
        found = self.payload_bytes(seq)
        return dict(orjson.loads(found)) if found is not None else None

    def payload_bytes(self, seq: int | None) -> bytes | None:
        if seq is None:
            return None
        with self._store.engine.connect() as connection:
            found = connection.exec_driver_sql(
                self._store.sql("SELECT payload FROM intents WHERE seq = ?"), (seq,)
            ).scalar()
            return bytes(found) if found is not None else None

    def last_sent(self, entity: str, external_id: str) -> Sent | None:
        """The newest intent for a record, with the answer if one came."""
        with self._store.engine.connect() as connection:
            row = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT seq, action, reason, payload, previous FROM intents"
                    " WHERE connection_no = ? AND entity = ? AND external_id = ? ORDER BY seq DESC LIMIT 1"
                ),
                (self._store.no, entity, external_id),
            ).first()
            if row is None:
                return None
            seq, action, reason, payload, previous = row
            receipt = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT status, problem FROM receipts WHERE first_seq <= ? AND last_seq >= ?"
                    " ORDER BY first_seq DESC LIMIT 1"
                ),
                (seq, seq),
            ).first()
            status, problem = receipt if receipt else (None, None)
            return Sent(
                seq,
                seq >> 40,
                action,
                reason,
                orjson.loads(bytes(payload)),
                previous,
                status,
                orjson.loads(problem) if problem else None,
            )
