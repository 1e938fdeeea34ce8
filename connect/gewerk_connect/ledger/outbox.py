"""Intents before sending, receipts after the answer. What has an intent and no receipt may be on its way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from gewerk_connect.canonical import Entity
from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.ledger.store import Store

PART_SIZE = 10_000
"""Most records of one part of a run: some seconds of sending, so that little is done again after a kill."""
_LEAST_PART = 500
"""A part ends where the client ends, but not before it has so many: a thousand small clients are no thousand parts."""
_CHUNK = 500
"""Intents per statement and transaction; with 2,000 the rows in hand cost more memory than the calls they save."""


class Step(IntEnum):
    """The order of a push: parents first; archiving the other way round; what is adopted needs no sending."""

    UPSERT_GROUPS = 0
    UPSERT_PROPERTIES = 1
    UPSERT_UNITS = 2
    UPSERT_LANDLORDS = 3
    UPSERT_TENANTS = 4
    ARCHIVE_TENANTS = 5
    ARCHIVE_LANDLORDS = 6
    ARCHIVE_UNITS = 7
    ARCHIVE_PROPERTIES = 8
    ARCHIVE_GROUPS = 9
    ADOPT = 10

    @property
    def archives(self) -> bool:
        return Step.ARCHIVE_TENANTS <= self <= Step.ARCHIVE_GROUPS

    @property
    def entity(self) -> str:
        return str(_ORDER[Step.ARCHIVE_GROUPS - self if self.archives else self])


GROUP = "group"
"""A property group in the ledger; the spec's counts name only the four entities."""

_ORDER = (GROUP, Entity.PROPERTY, Entity.UNIT, Entity.LANDLORD, Entity.TENANT)


_INTENT_COLUMNS = "seq, connection_no, action, entity, external_id, key, hash, previous, seen, reason, payload"
_STEPS = {
    **{(action, entity): Step(place) for place, entity in enumerate(_ORDER) for action in ("create", "update")},
    **{("archive", entity): Step(Step.ARCHIVE_GROUPS - place) for place, entity in enumerate(_ORDER)},
    **{("adopt", entity): Step.ADOPT for entity in _ORDER},
}


class Intent(NamedTuple):
    """What is to be done to one record. ``payload`` is the record's JSON as the API gets it."""

    action: str
    entity: str
    external_id: str
    key: str
    hash: bytes | None
    previous: int | None
    seen: bytes | None
    reason: str | None
    payload: bytes


class RunEnded(Refusal):
    """The run was closed meanwhile by somebody with reason to: what is still under way for it no longer counts."""

    def __init__(self) -> None:
        super().__init__(
            "run_ended",
            "Dieser Lauf wurde inzwischen beendet oder von einem anderen abgelöst. Was er noch zu senden hatte, sendet der"
            " nächste Lauf.",
            "This run was ended or replaced by another one meanwhile. What it still had to send, the next run sends.",
        )


@dataclass(slots=True, frozen=True)
class Part:
    """Intents of one step with neighbouring numbers, for one worker."""

    first_seq: int
    last_seq: int

    @property
    def step(self) -> Step:
        return Step(self.first_seq >> 32 & 0xFF)

    def __len__(self) -> int:
        return self.last_seq - self.first_seq + 1


@dataclass(slots=True)
class _Cut:
    """The part that a step's next intent belongs to."""

    first: int
    client: str
    """The beginning of the key, up to the end of the client's number: ids of one client stand together."""


@dataclass(slots=True, frozen=True)
class Batch:
    """Intents of one step with neighbouring numbers: what one request carries."""

    step: Step
    first_seq: int
    external_ids: list[str]
    payloads: list[bytes]

    def __len__(self) -> int:
        return len(self.external_ids)

    def halves(self) -> tuple["Batch", "Batch"]:
        middle = len(self) // 2
        return (
            Batch(self.step, self.first_seq, self.external_ids[:middle], self.payloads[:middle]),
            Batch(self.step, self.first_seq + middle, self.external_ids[middle:], self.payloads[middle:]),
        )


class Answer(NamedTuple):
    """What came back for one intent: a status of ``receipts`` and, when rejected, the problem as JSON."""

    status: str
    problem: str | None


class Outbox:
    """The intents of one run."""

    def __init__(self, store: Store, run_no: int) -> None:
        self._store = store
        self._run_no = run_no
        self._waiting: dict[Step, list[tuple[Any, ...]]] = {}
        self._cuts: dict[Step, _Cut] = {}
        self._parts: list[Part] = []
        self.planned: dict[Step, int] = {}

    @classmethod
    def sealed(cls, store: Store, run_no: int) -> "Outbox":
        """The outbox of a run that another process, or an earlier life of this one, has sealed."""
        outbox = cls(store, run_no)
        with store.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                store.sql("SELECT first_seq, last_seq FROM parts WHERE run_no = ? ORDER BY first_seq"), (run_no,)
            )
            outbox._parts = [Part(first, last) for first, last in rows]
        for part in outbox._parts:
            outbox.planned[part.step] = outbox.planned.get(part.step, 0) + len(part)
        return outbox

    def _first(self, step: Step) -> int:
        return self._run_no << 40 | step << 32

    # before sending

    def add(self, intent: Intent) -> None:
        """Takes an intent; it is on disk after ``seal``."""
        step = _STEPS[intent.action, intent.entity]
        position = self.planned.get(step, 0)
        self.planned[step] = position + 1
        cut = self._cuts.get(step)
        if cut is None:
            self._cuts[step] = _Cut(position, _client(intent.key))
        elif not intent.key.startswith(cut.client) or position - cut.first >= PART_SIZE:
            self._end_of_client(step, cut, position, intent.key)
        waiting = self._waiting.setdefault(step, [])
        waiting.append((self._first(step) + position, self._store.no, *intent))
        if len(waiting) >= _CHUNK:
            self._flush(step)

    def _end_of_client(self, step: Step, cut: _Cut, position: int, key: str) -> None:
        if position - cut.first >= _LEAST_PART:
            self._cut(step, cut, position)
            cut.first = position
        cut.client = _client(key)

    def _cut(self, step: Step, cut: _Cut, end: int) -> None:
        start = self._first(step)
        self._parts.append(Part(start + cut.first, start + end - 1))

    def _flush(self, step: Step) -> None:
        rows = self._waiting.pop(step, [])
        with self._store.write() as connection:
            self._store.load(connection, "intents", _INTENT_COLUMNS, rows)

    def seal(self) -> None:
        """From here on every intent is on disk, and the parts that workers may send."""
        for step in list(self._waiting):
            self._flush(step)
        for step, cut in self._cuts.items():
            self._cut(step, cut, self.planned[step])
        self._cuts.clear()
        with self._store.write() as connection:
            self._store.many(
                connection,
                "INSERT INTO parts (first_seq, last_seq, run_no) VALUES (?, ?, ?)",
                [(part.first_seq, part.last_seq, self._run_no) for part in self._parts],
            )

    def drop(self) -> None:
        """Forgets intents that were never sent (a plan that the fuse stopped)."""
        self._waiting.clear()
        self._cuts.clear()
        self.planned.clear()
        with self._store.write() as connection:
            drop_intents(self._store, connection, self._run_no)

    # while sending

    def parts(self, step: Step) -> list[Part]:
        """What may be sent side by side, once all earlier steps have been."""
        return [part for part in self._parts if part.step == step]

    def whole(self, step: Step) -> Part:
        """All of a step, for one process that sends everything itself."""
        first = self._first(step)
        return Part(first, first + self.planned.get(step, 0) - 1)

    def batches(self, part: Part, size: int) -> Iterator[Batch]:
        """What of a part has no answer yet, in order. Always cut alike, so that a batch sent again is the same request.

        Other connections may write meanwhile: each batch is a query of its own.
        """
        answered = self._answered(part)
        for start in range(part.first_seq, part.last_seq + 1, size):
            if start in answered:
                continue
            with self._store.engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    self._store.sql("SELECT external_id, payload FROM intents WHERE seq >= ? AND seq < ? ORDER BY seq"),
                    (start, min(start + size, part.last_seq + 1)),
                ).all()
            if rows:
                yield Batch(part.step, start, [r[0] for r in rows], [bytes(r[1]) for r in rows])

    def _answered(self, part: Part) -> set[int]:
        """First numbers of the batches that have receipts: a batch has all of them or none."""
        with self._store.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                self._store.sql("SELECT first_seq FROM receipts WHERE first_seq BETWEEN ? AND ?"),
                (part.first_seq, part.last_seq),
            )
            return {first for (first,) in rows}

    def answered(self) -> int:
        """How many intents have their answer; those adopted do not count."""
        with self._store.engine.connect() as connection:
            found = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT SUM(last_seq - first_seq + 1) FROM receipts WHERE first_seq >= ? AND first_seq < ?"
                ),
                (self._first(Step.UPSERT_GROUPS), self._first(Step.ADOPT)),
            ).scalar()
            return int(found or 0)

    @property
    def to_send(self) -> int:
        """How many intents are to be sent; what is adopted needs no sending."""
        return sum(count for step, count in self.planned.items() if step is not Step.ADOPT)

    def is_open(self) -> bool:
        """Whether the run still counts."""
        with self._store.engine.connect() as connection:
            return self._open(connection)

    def _open(self, connection: Connection, lock: str = "") -> bool:
        found = connection.exec_driver_sql(
            self._store.sql(f"SELECT 1 FROM runs WHERE no = ? AND finished_at IS NULL{lock}"),  # noqa: S608
            (self._run_no,),
        )
        return found.first() is not None

    def receive(self, batch: Batch, answers: Sequence[Answer], at: datetime) -> bool:
        """Writes the receipts of a batch and what they confirm, in one transaction.

        False: the batch has its receipts already, from somebody who sent it as well. Raises ``RunEnded``.
        """
        runs = list(_alike(batch.first_seq, answers))
        stamp = self._store.stamp(at)
        rows = [(first, last, answer.status, answer.problem, stamp) for first, last, answer in runs]
        with self._store.write() as connection:
            # the first receipt decides who was first; it also takes SQLite's write lock before anything is read
            if not connection.exec_driver_sql(
                self._store.sql(f"{_RECEIPT} ON CONFLICT (first_seq) DO NOTHING"), rows[0]
            ).rowcount:
                return False
            if not self._open(connection, " FOR SHARE" if self._store.dialect == "postgresql" else ""):
                raise RunEnded
            self._store.many(connection, _RECEIPT, rows[1:])
            for first, last, answer in runs:
                connection.exec_driver_sql(self._store.sql(_CONFIRM[answer.status]), (first, last))
        return True

    def adopt(self, at: datetime) -> None:
        """Confirms what the target already held as it should be."""
        count = self.planned.get(Step.ADOPT, 0)
        if count:
            first = self._first(Step.ADOPT)
            batch = Batch(Step.ADOPT, first, [""] * count, [])
            self.receive(batch, [Answer("unchanged", None)] * count, at)

    def tally(self) -> dict[str, dict[str, int]]:
        """Receipts of the run by entity and status; adopted records are not in it."""
        counts: dict[str, dict[str, int]] = {}
        with self._store.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                self._store.sql(
                    "SELECT first_seq, last_seq, status FROM receipts WHERE first_seq >= ? AND first_seq < ?"
                ),
                (self._first(Step.UPSERT_GROUPS), self._first(Step.ADOPT)),
            )
            for first, last, status in rows:
                of_entity = counts.setdefault(Step(first >> 32 & 0xFF).entity, {})
                of_entity[status] = of_entity.get(status, 0) + last - first + 1
        return counts

    def refusals(self, limit: int) -> Iterator[tuple[str, str, str]]:
        """(entity, external_id, problem as JSON) of what the target refused."""
        return self._store.stream(
            "SELECT i.entity, i.external_id, r.problem FROM receipts r JOIN intents i ON i.seq = r.first_seq"
            " WHERE r.first_seq >= ? AND r.first_seq < ? AND r.status = 'rejected' ORDER BY r.first_seq LIMIT ?",
            (self._first(Step.UPSERT_GROUPS), (self._run_no + 1) << 40, limit),
        )


_RECEIPT = "INSERT INTO receipts (first_seq, last_seq, status, problem, answered_at) VALUES (?, ?, ?, ?, ?)"


def _client(key: str) -> str:
    """``["1","9","66"]`` gives ``["1",``; a key of one part is its own."""
    parts = orjson.loads(key)
    return orjson.dumps(parts[:1]).decode()[:-1] if parts else key


def _alike(first_seq: int, answers: Sequence[Answer]) -> Iterator[tuple[int, int, Answer]]:
    """Neighbours with the same answer as (first, last, answer); a refusal always stands alone."""
    start = 0
    for place in range(1, len(answers) + 1):
        if place == len(answers) or answers[place] != answers[start] or answers[start].status == "rejected":
            yield first_seq + start, first_seq + place - 1, answers[start]
            start = place


_TAKEN = (
    "INSERT INTO records (connection_no, entity, external_id, key, state, hash, intent, refusal, accepted)"
    " SELECT connection_no, entity, external_id, key, 'active', hash, seq, NULL, {accepted}"
    " FROM intents WHERE seq BETWEEN ? AND ?"
    " ON CONFLICT (connection_no, entity, external_id) DO UPDATE SET key = excluded.key, state = excluded.state,"
    " hash = excluded.hash, intent = excluded.intent, refusal = NULL, accepted = excluded.accepted"
)
_THESE = (
    "(connection_no, entity, external_id) IN"
    " (SELECT connection_no, entity, external_id FROM intents WHERE seq BETWEEN ? AND ?)"
)
_CONFIRM = {
    "created": _TAKEN.format(accepted="NULL"),
    "updated": _TAKEN.format(accepted="NULL"),
    # sent because the target showed something else, yet nothing was to change: so that is its own way to hold it
    "unchanged": _TAKEN.format(accepted="seen"),
    "archived": f"UPDATE records SET state = 'archived', hash = NULL, refusal = NULL, accepted = NULL WHERE {_THESE}",  # noqa: S608
    "gone": f"DELETE FROM records WHERE {_THESE}",  # noqa: S608
    "rejected": (
        "INSERT INTO records (connection_no, entity, external_id, key, state, hash, intent, refusal, accepted)"
        " SELECT connection_no, entity, external_id, key, 'refused', NULL, NULL, seq, NULL"
        " FROM intents WHERE seq BETWEEN ? AND ?"
        " ON CONFLICT (connection_no, entity, external_id) DO UPDATE SET state = 'refused', refusal = excluded.refusal"
    ),
}
_UNSURE = (
    "INSERT INTO records (connection_no, entity, external_id, key, state, hash, intent, refusal, accepted)"
    " SELECT connection_no, entity, external_id, key, 'unsure', NULL, NULL, NULL, NULL"
    " FROM intents WHERE seq BETWEEN ? AND ?"
    " ON CONFLICT (connection_no, entity, external_id) DO UPDATE SET state = 'unsure'"
)


def settle(store: Store, connection: Connection, run_no: int) -> int:
    """After a run that broke off: every intent without a receipt makes its record ``unsure``. Returns how many."""
    first, last = run_no << 40, (run_no << 40 | Step.ADOPT << 32) - 1
    answered = connection.exec_driver_sql(
        store.sql("SELECT first_seq, last_seq FROM receipts WHERE first_seq BETWEEN ? AND ? ORDER BY first_seq"),
        (first, last),
    ).all()
    unsure = 0
    for done_from, done_to in [*answered, (last + 1, last + 1)]:
        if first < done_from:
            unsure += connection.exec_driver_sql(store.sql(_UNSURE), (first, done_from - 1)).rowcount
        first = done_to + 1
    return unsure


def drop_intents(store: Store, connection: Connection, run_no: int) -> None:
    """Forgets what was never sent."""
    span = (run_no << 40, ((run_no + 1) << 40) - 1)
    connection.exec_driver_sql(store.sql("DELETE FROM intents WHERE seq BETWEEN ? AND ?"), span)
    connection.exec_driver_sql(store.sql("DELETE FROM parts WHERE run_no = ?"), (run_no,))


def tidy(store: Store, run_no: int) -> None:
    """Drops what no record, no refusal and no comparison of the run ``run_no`` points at any more."""
    before = run_no << 40
    with store.write() as connection:
        connection.exec_driver_sql(
            store.sql(
                "DELETE FROM intents WHERE connection_no = ? AND seq < ?"
                " AND NOT EXISTS (SELECT 1 FROM records r WHERE r.connection_no = intents.connection_no"
                " AND r.entity = intents.entity AND r.external_id = intents.external_id"
                " AND (r.intent = intents.seq OR r.refusal = intents.seq"
                # since when a record is archived: the retention counts from there
                " OR (intents.action = 'archive' AND r.state = 'archived')))"
                " AND seq NOT IN (SELECT previous FROM intents WHERE seq >= ? AND previous IS NOT NULL)"
            ),
            (store.no, before, before),
        )
        # each refusal is a receipt of its own: years of them would pile up
        connection.exec_driver_sql(
            store.sql(
                "DELETE FROM receipts WHERE first_seq < ? AND status = 'rejected'"
                " AND NOT EXISTS (SELECT 1 FROM intents WHERE intents.seq = receipts.first_seq)"
            ),
            (before,),
        )
        for table in ("parts", "sealed_runs", "leases"):
            connection.exec_driver_sql(
                store.sql(
                    f"DELETE FROM {table} WHERE run_no < ?"  # noqa: S608 - our own names
                    " AND run_no IN (SELECT no FROM runs WHERE connection_no = ? AND finished_at IS NOT NULL)"
                ),
                (run_no, store.no),
            )
