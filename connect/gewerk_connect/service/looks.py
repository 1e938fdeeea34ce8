"""Looks that change nothing, each on a thread: what a source holds (``inventory``; with a mapping that is not yet saved,
``preview``), and what a run would do (``plan``).

What a look came to lies in the state, so that any process can show it and a page is a query. One whose process died is
broken off by the next who asks. Never sends and never takes the lock of a run.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.service import schema
from gewerk_connect.service.connections import ConnectionRow, Connections
from gewerk_connect.service.installation import Service
from gewerk_connect.service.inventory import Building, take_inventory
from gewerk_connect.service.planning import Noted, plan_all
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.settings import Connection
from gewerk_connect.upper import Upper

log = logging.getLogger("gewerk_connect.service")
AT_ONCE = 2
SILENT_AFTER = timedelta(seconds=30)
_BEAT = 5.0
_TELL_EVERY = 0.5
"""Seconds between two notes of how far a look is."""
_ROWS_AT_ONCE = 2_000
_LOOKS, _CHANGES, _OBJECTS = schema.looks, schema.plan_changes, schema.inventory_objects
_BROKEN_OFF = {
    "code": "broken_off",
    "de": "Die Vorschau ist abgebrochen, weil der Dienst neu gestartet wurde. Starten Sie sie noch einmal.",
    "en": "The preview broke off because the service was restarted. Start it again.",
}
_UNEXPECTED = {
    "code": "unexpected",
    "de": "Unerwarteter Fehler; der Betreiber findet die Stelle im Protokoll. Es wurde nichts geändert.",
    "en": "Unexpected error; the operator finds the place in the log. Nothing was changed.",
}


@dataclass(slots=True, frozen=True)
class Look:
    id: str
    connection_id: str
    kind: str
    status: str
    """``running``, ``ready``, ``failed``."""
    as_of: date
    for_version: int
    started_at: datetime
    finished_at: datetime | None
    progress: dict[str, Any]
    outcome: dict[str, Any]
    message: dict[str, str]


@dataclass(slots=True, frozen=True)
class PlannedChange:
    position: int
    action: str
    entity: str
    external_id: str
    title: str
    reason: str | None
    fields: list[list[Any]]
    """[name, before, after] of an update."""


class Looks:
    def __init__(self, service: Service, connections: Connections, now: Callable[[], datetime]) -> None:
        self._engine = service.engine
        self._connections = connections
        self._now = now
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look")
        self._under_way: dict[str, Future[None]] = {}

    def close(self) -> None:
        """Lets what has not begun go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    # asking for a look

    def start(
        self,
        row: ConnectionRow,
        kind: str,
        *,
        document: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
        mapping: str | None = None,
        wait: float = 0.0,
    ) -> Look:
        """Begins a look, or returns the one under way. Waits up to ``wait`` seconds for its end.

        Raises ``SettingsError`` where the connection is not complete.
        """
        running = self.newest(row.id, kind)
        if running is not None and running.status == "running":
            return self._after(running.id, wait)
        connection = self._connections.assemble(row, document=document, secrets=secrets, mapping=mapping)
        now = self._now()
        as_of = now.astimezone(ZoneInfo(Schedule.of(row.schedule).zone)).date()
        look_id = str(uuid4())
        with self._engine.begin() as transaction:
            older = select(_LOOKS.c.id).where((_LOOKS.c.connection_id == row.id) & (_LOOKS.c.kind == kind))
            transaction.execute(delete(_CHANGES).where(_CHANGES.c.look_id.in_(older)))
            transaction.execute(delete(_LOOKS).where((_LOOKS.c.connection_id == row.id) & (_LOOKS.c.kind == kind)))
            transaction.execute(
                insert(_LOOKS).values(
                    id=look_id,
                    connection_id=row.id,
                    kind=kind,
                    status="running",
                    as_of=as_of,
                    for_version=row.version,
                    started_at=now,
                    seen_alive_at=now,
                )
            )
        self._under_way[look_id] = self._pool.submit(self._carry_out, look_id, kind, connection, as_of)
        return self._after(look_id, wait)

    def _after(self, look_id: str, wait: float) -> Look:
        under_way = self._under_way.get(look_id)
        if under_way is not None and wait > 0:
            with suppress(TimeoutError):
                under_way.result(timeout=wait)
        with self._engine.connect() as transaction:
            return _look(transaction.execute(select(_LOOKS).where(_LOOKS.c.id == look_id)).mappings().one())

    def newest(self, connection_id: str, kind: str) -> Look | None:
        """The last look of a kind; one that fell silent counts as failed."""
        wanted = (_LOOKS.c.connection_id == connection_id) & (_LOOKS.c.kind == kind)
        with self._engine.begin() as transaction:
            row = (
                transaction.execute(select(_LOOKS).where(wanted).order_by(_LOOKS.c.started_at.desc()))
                .mappings()
                .first()
            )
            if row is None:
                return None
            if row["status"] == "running" and self._now() - row["seen_alive_at"] > SILENT_AFTER:
                values = {"status": "failed", "finished_at": self._now(), "message": json.dumps(_BROKEN_OFF)}
                transaction.execute(update(_LOOKS).where(_LOOKS.c.id == row["id"]).values(**values))
                return _look({**row, **values})
            return _look(row)

    def forget(self, connection_id: str, kind: str) -> None:
        """Drops a look and what it lists: it names people, and what it shows has been done or is old."""
        mine = (_LOOKS.c.connection_id == connection_id) & (_LOOKS.c.kind == kind)
        with self._engine.begin() as transaction:
            transaction.execute(delete(_CHANGES).where(_CHANGES.c.look_id.in_(select(_LOOKS.c.id).where(mine))))
            transaction.execute(delete(_LOOKS).where(mine))

    # what a look came to

    def change_counts(self, look_id: str) -> dict[tuple[str, str], int]:
        """(action, entity) -> planned changes."""
        query = (
            select(_CHANGES.c.action, _CHANGES.c.entity, func.count())
            .where(_CHANGES.c.look_id == look_id)
            .group_by(_CHANGES.c.action, _CHANGES.c.entity)
        )
        with self._engine.connect() as transaction:
            return {(action, entity): count for action, entity, count in transaction.execute(query)}

    def changes(
        self, look_id: str, *, action: str, entity: str, search: str, first: int, limit: int
    ) -> tuple[int, list[PlannedChange]]:
        """How many match, and one page of them. Empty ``action``, ``entity``, ``search``: all."""
        wanted: list[ColumnElement[bool]] = [_CHANGES.c.look_id == look_id]
        if action:
            wanted.append(_CHANGES.c.action == action)
        if entity:
            wanted.append(_CHANGES.c.entity == entity)
        if search:
            wanted.append(
                _CHANGES.c.external_id.icontains(search, autoescape=True)
                | _CHANGES.c.title.icontains(search, autoescape=True)
            )
        with self._engine.connect() as transaction:
            total = transaction.execute(select(func.count()).select_from(_CHANGES).where(and_(*wanted))).scalar_one()
            rows = transaction.execute(
                select(_CHANGES).where(and_(*wanted)).order_by(_CHANGES.c.position).offset(first).limit(limit)
            ).mappings()
            return int(total), [_change(row) for row in rows]

    def objects(self, connection_id: str, clients: Sequence[str], search: str, limit: int) -> list[Building]:
        """Objects of the source whose number or address has every word of ``search``, for the type-ahead."""
        wanted: list[ColumnElement[bool]] = [_OBJECTS.c.connection_id == connection_id]
        if clients:
            wanted.append(_OBJECTS.c.client.in_(clients))
        for word in search.casefold().split():
            wanted.append(_OBJECTS.c.folded.contains(word, autoescape=True))
        # a number that begins as it was typed stands before an address that has it somewhere
        begins = _OBJECTS.c.number.startswith(search, autoescape=True)
        query = select(_OBJECTS).where(and_(*wanted)).order_by(begins.desc(), _OBJECTS.c.position).limit(limit)
        with self._engine.connect() as transaction:
            rows = transaction.execute(query).mappings()
            return [Building(row["client"], row["number"], row["label"], row["units"]) for row in rows]

    def object_numbers(self, connection_id: str) -> list[str]:
        """Every object number of the source, as the ERP writes it."""
        query = select(_OBJECTS.c.number).where(_OBJECTS.c.connection_id == connection_id).distinct()
        with self._engine.connect() as transaction:
            return list(transaction.execute(query).scalars())

    # carrying it out

    def _carry_out(self, look_id: str, kind: str, connection: Connection, as_of: date) -> None:
        beat = _Beat(self, look_id)
        try:
            with beat:
                work = self._plan if kind == "plan" else self._inventory
                outcome = work(look_id if kind == "plan" else kind, connection, as_of, beat)
            self._note(look_id, status="ready", finished_at=self._now(), outcome=json.dumps(outcome))
        except Refusal as refusal:
            message = {"code": refusal.code, "de": refusal.message("de"), "en": refusal.message("en")}
            self._note(look_id, status="failed", finished_at=self._now(), message=json.dumps(message))
        except Exception as error:  # noqa: BLE001 - a thread's last line of defence: the page says so, the log says where
            log.error("look %s failed: %s", kind, type(error).__name__, extra={"frames": _frames(error)})
            self._note(look_id, status="failed", finished_at=self._now(), message=json.dumps(_UNEXPECTED))
        finally:
            self._under_way.pop(look_id, None)

    def _inventory(self, kind: str, connection: Connection, as_of: date, beat: "_Beat") -> dict[str, Any]:
        upper = Upper(connection)
        if kind == "inventory":  # a mapping is tried on what was fetched last
            upper.fetch(self._now(), beat.tell)
        found = take_inventory(upper.source, as_of, beat.tell)
        if kind == "preview":  # of a mapping that is not in force: the settings page goes on showing what is
            return {**found.document, "objects": len(found.buildings)}
        rows = [
            {
                "connection_id": connection.id,
                "position": position,
                "client": one.client,
                "number": one.number,
                "label": one.label,
                "folded": f"{one.number} {one.label}".casefold(),
                "units": one.units,
            }
            for position, one in enumerate(found.buildings)
        ]
        with self._engine.begin() as transaction:
            transaction.execute(delete(_OBJECTS).where(_OBJECTS.c.connection_id == connection.id))
        self._insert(_OBJECTS, rows)
        return {**found.document, "objects": len(found.buildings)}

    def _plan(self, look_id: str, connection: Connection, as_of: date, beat: "_Beat") -> dict[str, Any]:
        waiting: list[dict[str, Any]] = []
        position = 0

        def note(change: Noted) -> None:
            nonlocal position
            fields = json.dumps(change.fields, ensure_ascii=False, default=str) if change.fields else None
            row = {**change._asdict(), "fields": fields, "look_id": look_id, "position": position}
            waiting.append(row)
            position += 1
            if len(waiting) >= _ROWS_AT_ONCE:
                self._insert(_CHANGES, waiting)
                waiting.clear()

        outcome = plan_all(connection, as_of, self._now, note, beat.tell)
        self._insert(_CHANGES, waiting)
        return outcome

    def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            with self._engine.begin() as transaction:
                transaction.execute(insert(table), list(rows[start : start + _ROWS_AT_ONCE]))

    def _note(self, look_id: str, **values: Any) -> None:
        with self._engine.begin() as transaction:
            transaction.execute(update(_LOOKS).where(_LOOKS.c.id == look_id).values(**values))


class _Beat:
    """Says every few seconds that somebody still works at the look, and how far it is."""

    def __init__(self, looks: Looks, look_id: str) -> None:
        self._looks = looks
        self._look_id = look_id
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="look-beat", daemon=True)
        self._told_at = 0.0

    def tell(self, what: str, done: int, total: int | None) -> None:
        at = time.monotonic()
        if at - self._told_at > _TELL_EVERY:
            self._told_at = at
            self._looks._note(self._look_id, progress=json.dumps({"what": what, "done": done, "total": total}))

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT):
            self._looks._note(self._look_id, seen_alive_at=self._looks._now())

    def __enter__(self) -> "_Beat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def _frames(error: BaseException) -> list[str]:
    import traceback

    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def _look(row: RowMapping | Mapping[str, Any]) -> Look:
    def read(name: str) -> dict[str, Any]:
        return json.loads(row[name]) if row[name] else {}

    return Look(
        id=row["id"],
        connection_id=row["connection_id"],
        kind=row["kind"],
        status=row["status"],
        as_of=row["as_of"],
        for_version=row["for_version"],
        started_at=row["started_at"].astimezone(UTC),
        finished_at=row["finished_at"],
        progress=read("progress"),
        outcome=read("outcome"),
        message=read("message"),
    )


def _change(row: RowMapping) -> PlannedChange:
    fields = json.loads(row["fields"]) if row["fields"] else []
    return PlannedChange(
        row["position"], row["action"], row["entity"], row["external_id"], row["title"], row["reason"], fields
    )
