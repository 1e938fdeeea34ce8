"""Writing to the journal: always inside the transaction of the operation that it tells of."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.journal.models import Entry
from gewerk.kit import bulk

request_id: ContextVar[str] = ContextVar("request_id", default="")

LISTENED: set[str] = set()
"""Events for which somebody listens; ``outreach`` fills it when the application starts."""

_COLUMNS = (
    "at",
    "organisation_id",
    "actor_kind",
    "actor_id",
    "event",
    "object_type",
    "object_id",
    "data",
    "request_id",
    "due_at",
    "tries",
)


def _entry(
    actor: Actor, event: str, object_type: str, object_id: UUID | None, data: dict[str, Any], now: datetime
) -> Entry:
    return Entry(
        at=now,
        organisation_id=actor.organisation_id,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        event=event,
        object_type=object_type,
        object_id=object_id,
        data=data,
        request_id=request_id.get(),
        due_at=now if event in LISTENED else None,
    )


def record(
    *,
    actor: Actor,
    event: str,
    object_type: str,
    object_id: UUID | None,
    now: datetime,
    data: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> Entry:
    """Write one entry. ``data`` must not hold personal data: field names, counts and ids only.

    ``due_at``: when who listens shall hear of it, where that is later than ``now``.
    """
    entry = _entry(actor, event, object_type, object_id, data or {}, now)
    if due_at is not None and entry.due_at is not None:
        entry.due_at = due_at
    entry.save(force_insert=True)
    return entry


def record_many(
    *, actor: Actor, event: str, object_type: str, objects: Iterable[tuple[UUID, dict[str, Any]]], now: datetime
) -> None:
    """Write one entry per object (id, data) in one statement: for batches."""
    due_at = now if event in LISTENED else None
    request = request_id.get()
    common = (now, actor.organisation_id, actor.kind.value, actor.id, event, object_type)
    bulk.insert(Entry, _COLUMNS, [(*common, object_id, data, request, due_at, 0) for object_id, data in objects])
