"""What a customer entered for one use case at one target, and when it runs; the only way to ``settings.Connection``.

A person's save goes through ``save`` and names the version it was made from; the engine's own notes (``pause``,
``set_next_run``) do not count as versions. Tenants: the pages ask ``of_tenant``; ``get`` is for the engine alone.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection as Transaction
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping

from gewerk_connect.canonical.refusals import Refusal, SettingsError
from gewerk_connect.service import schema
from gewerk_connect.service.installation import Service
from gewerk_connect.service.places import check_places
from gewerk_connect.settings import Connection

DEFAULT_SCHEDULE = {"days": ["tue", "thu", "sun"], "time": "02:00", "zone": "Europe/Berlin"}
"""Tuesday, Thursday, Sunday at 02:00 (spec 01, first sentence)."""
_T = schema.connections


@dataclass(slots=True, frozen=True)
class Tenant:
    """One customer: an organisation's id in the realm whose ids it comes from."""

    realm: str
    organisation: str


class VersionConflict(Refusal):
    """Somebody saved in between; the page shows both."""

    def __init__(self) -> None:
        super().__init__(
            "version_conflict",
            "Inzwischen hat jemand anders gespeichert.",
            "Somebody else has saved in the meantime.",
        )


@dataclass(slots=True, frozen=True)
class ConnectionRow:
    """One row, secrets still sealed."""

    id: str
    tenant: Tenant
    target_kind: str
    use_case: str
    name: str
    stage: str
    """``draft`` until the first start, then ``test`` or ``production`` (go-live checklist)."""
    document: dict[str, Any]
    mapping: str | None
    target_mapping: str | None
    draft: dict[str, Any]
    schedule: dict[str, Any]
    checklist: dict[str, Any]
    paused_at: datetime | None
    paused_by: str | None
    paused_reason: str | None
    next_run_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    sealed: bytes | None = field(repr=False)

    @property
    def source_kind(self) -> str | None:
        kind: str | None = self.document.get("source", {}).get("kind")
        return kind


@dataclass(slots=True, frozen=True)
class Event:
    at: datetime
    by: str
    event: str
    data: dict[str, Any]


class Connections:
    def __init__(self, service: Service) -> None:
        self._service = service

    # for the engine

    def load(self, connection_id: str) -> Connection:
        """The connection as a run needs it, secrets and mapping file in place. Raises ``SettingsError``."""
        return self.assemble(self.get(connection_id))

    def get(self, connection_id: str) -> ConnectionRow:
        """Raises ``LookupError``."""
        with self._service.engine.connect() as transaction:
            row = transaction.execute(select(_T).where(_T.c.id == connection_id)).mappings().first()
        if row is None:
            raise LookupError(connection_id)
        return _row(row)

    def due(self, now: datetime) -> list[str]:
        """Ids of the connections whose run should have begun, the longest overdue first."""
        wanted = (_T.c.stage != "draft") & _T.c.paused_at.is_(None) & (_T.c.next_run_at <= now)
        with self._service.engine.connect() as transaction:
            return list(transaction.execute(select(_T.c.id).where(wanted).order_by(_T.c.next_run_at)).scalars())

    def active(self) -> list[ConnectionRow]:
        """Every connection that has been started, paused ones too."""
        with self._service.engine.connect() as transaction:
            rows = transaction.execute(select(_T).where(_T.c.stage != "draft").order_by(_T.c.created_at)).mappings()
            return [_row(row) for row in rows]

    def pause(self, connection_id: str, reason: str, by: str, at: datetime) -> None:
        """No run starts by itself until ``resume``. ``reason`` is a code (``credentials_rejected``) or a person's words.

        Saying it again for the same reason changes nothing.
        """
        another = _T.c.paused_at.is_(None) | (_T.c.paused_reason != reason)
        with self._service.engine.begin() as transaction:
            paused = update(_T).where((_T.c.id == connection_id) & another)
            if transaction.execute(paused.values(paused_at=at, paused_by=by, paused_reason=reason)).rowcount:
                _record(transaction, connection_id, at, by, "paused", {"reason": reason})

    def resume(self, connection_id: str, by: str, at: datetime) -> None:
        self._note(connection_id, at, by, "resumed", {}, paused_at=None, paused_by=None, paused_reason=None)

    def set_next_run(self, connection_id: str, at: datetime | None) -> None:
        with self._service.engine.begin() as transaction:
            transaction.execute(update(_T).where(_T.c.id == connection_id).values(next_run_at=at))

    def move_next_run(self, connection_id: str, *, seen: datetime | None, to: datetime) -> None:
        """Sets the next run, unless somebody has set another than ``seen`` meanwhile: a worker that read before does not undo it."""
        unchanged = (_T.c.id == connection_id) & _T.c.next_run_at.is_not_distinct_from(seen)
        with self._service.engine.begin() as transaction:
            transaction.execute(update(_T).where(unchanged).values(next_run_at=to))

    # for the pages

    def of_tenant(self, tenant: Tenant, connection_id: str | None = None) -> list[ConnectionRow]:
        """A tenant's connections, the oldest first; none for a stranger's id."""
        wanted = (_T.c.realm == tenant.realm) & (_T.c.organisation == tenant.organisation)
        if connection_id is not None:
            wanted &= _T.c.id == connection_id
        with self._service.engine.connect() as transaction:
            rows = transaction.execute(select(_T).where(wanted).order_by(_T.c.created_at, _T.c.id)).mappings()
            return [_row(row) for row in rows]

    def create(
        self,
        tenant: Tenant,
        *,
        target_kind: str,
        use_case: str,
        name: str,
        by: str,
        at: datetime,
        zone: str | None = None,
        connection_id: str | None = None,
        document: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
        stage: str = "draft",
        mapping: str | None = None,
    ) -> str:
        """Returns the new connection's id. ``connection_id`` only for one that was run from a file before.

        Raises ``LookupError`` when that id is taken.
        """
        made = connection_id or str(uuid4())
        schedule = {**DEFAULT_SCHEDULE, **({"zone": zone} if zone else {})}
        with self._service.engine.begin() as transaction:
            if transaction.execute(select(_T.c.id).where(_T.c.id == made)).first() is not None:
                raise LookupError(made)
            transaction.execute(
                insert(_T).values(
                    id=made,
                    realm=tenant.realm,
                    organisation=tenant.organisation,
                    target_kind=target_kind,
                    use_case=use_case,
                    name=name,
                    stage=stage,
                    document=json.dumps(document or {}),
                    sealed=self._service.vault.seal(dict(secrets or {})),
                    schedule=json.dumps(schedule),
                    mapping=mapping,
                    checklist="{}",
                    version=1,
                    created_at=at,
                    updated_at=at,
                )
            )
            _record(transaction, made, at, by, "created", {})
        return made

    def save(
        self,
        connection_id: str,
        *,
        version: int,
        by: str,
        at: datetime,
        event: str,
        data: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """A person's save. ``data`` goes to the story; ``secrets`` replaces all of them.

        Raises ``VersionConflict`` when ``version`` is not the newest any more.
        """
        if secrets is not None:
            values["sealed"] = self._service.vault.seal(dict(secrets))
        for name in ("document", "draft", "schedule", "checklist"):
            if name in values:
                values[name] = json.dumps(values[name])
        newest = (_T.c.id == connection_id) & (_T.c.version == version)
        with self._service.engine.begin() as transaction:
            done = transaction.execute(update(_T).where(newest).values(version=version + 1, updated_at=at, **values))
            if done.rowcount != 1:
                raise VersionConflict
            _record(transaction, connection_id, at, by, event, data or {})

    def keep_draft(self, connection_id: str, page: str, values: Mapping[str, Any]) -> None:
        """What was typed on a page and not yet taken over; None of it counts as a version."""
        draft = {**self.get(connection_id).draft, page: dict(values)}
        with self._service.engine.begin() as transaction:
            transaction.execute(update(_T).where(_T.c.id == connection_id).values(draft=json.dumps(draft)))

    def remove_draft(self, connection_id: str) -> None:
        """Drops a set-up that never ran; one in operation stays."""
        with self._service.engine.begin() as transaction:
            gone = (_T.c.id == connection_id) & (_T.c.stage == "draft")
            if transaction.execute(delete(_T).where(gone)).rowcount:
                transaction.execute(delete(schema.events).where(schema.events.c.connection_id == connection_id))

    def tick(self, connection_id: str, at: datetime, by: str, step: str) -> None:
        """Notes a step of the way to production as done; a step stays done."""
        checklist = self.get(connection_id).checklist
        if step not in checklist:
            checklist = {**checklist, step: {"at": at.isoformat(), "by": by}}
            self._note(connection_id, at, by, step, {}, checklist=json.dumps(checklist))

    def secrets(self, row: ConnectionRow) -> dict[str, Any]:
        """``{"target": {...}, "source": {...}}``. Raises ``SettingsError`` when the key is another one."""
        return self._service.vault.open(row.sealed)

    def story(self, connection_id: str, limit: int = 50) -> list[Event]:
        """Who did what, the newest first."""
        table = schema.events
        query = select(table).where(table.c.connection_id == connection_id).order_by(table.c.no.desc()).limit(limit)
        with self._service.engine.connect() as transaction:
            rows = transaction.execute(query).mappings()
            return [Event(row["at"], row["by"], row["event"], json.loads(row["data"])) for row in rows]

    def record(self, connection_id: str, at: datetime, by: str, event: str, data: Mapping[str, Any]) -> None:
        """Adds to the story."""
        with self._service.engine.begin() as transaction:
            _record(transaction, connection_id, at, by, event, data)

    def assemble(
        self,
        row: ConnectionRow,
        *,
        document: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
        mapping: str | None = None,
    ) -> Connection:
        """``settings.Connection`` of a row; the optional parts stand in for what is stored (a test before saving).

        Raises ``SettingsError`` where something is missing or not allowed in this installation.
        """
        document = row.document if document is None else document
        secrets = self.secrets(row) if secrets is None else secrets
        configuration = self._service.configuration
        folder = configuration.data.resolve()
        source = {**document.get("source", {}), **secrets.get("source", {})}
        target = {**document.get("target", {}), **secrets.get("target", {})}
        check_places(configuration, source, target)
        for entries, text in ((source, mapping if mapping is not None else row.mapping), (target, row.target_mapping)):
            if text is not None:
                entries["mapping"] = _mapping_file(folder, text)
        try:
            return Connection.model_validate(
                {
                    "id": row.id,
                    "name": row.name,
                    "source": source,
                    "target": target,
                    "settings": document.get("settings", {}),
                    "page_url": f"{configuration.base_url}/connections/{row.id}",
                    "state": {"url": document.get("state", {}).get("url") or configuration.url},
                    "folder": folder,
                }
            )
        except ValidationError as error:
            missing = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
            raise SettingsError(
                "connection_incomplete",
                f"Die Anbindung ist noch nicht fertig eingerichtet: {missing}.",
                f"The connection is not set up completely yet: {missing}.",
            ) from None

    def _note(
        self, connection_id: str, at: datetime, by: str, event: str, data: Mapping[str, Any], **values: Any
    ) -> None:
        with self._service.engine.begin() as transaction:
            transaction.execute(update(_T).where(_T.c.id == connection_id).values(**values))
            _record(transaction, connection_id, at, by, event, data)


def _record(
    transaction: Transaction, connection_id: str, at: datetime, by: str, event: str, data: Mapping[str, Any]
) -> None:
    transaction.execute(
        insert(schema.events).values(connection_id=connection_id, at=at, by=by, event=event, data=json.dumps(data))
    )


def _row(row: RowMapping) -> ConnectionRow:
    values = dict(row)
    tenant = Tenant(values.pop("realm"), values.pop("organisation"))
    for name in ("document", "draft", "schedule", "checklist"):
        values[name] = json.loads(values[name]) if values[name] else {}
    return ConnectionRow(tenant=tenant, **values)


def _mapping_file(folder: Path, text: str) -> Path:
    """A source reads its mapping from a file: one per content, so that nobody reads a half-written one."""
    kept = folder / "mappings"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = kept / f"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}.toml"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.{uuid4().hex}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    return path
