"""Writing what happened: the ticket's own history, and the journal's entry without personal data."""

from datetime import datetime
from typing import Any

from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.tickets.models import HistoryEntry, Ticket


def tell(
    *,
    actor: Actor,
    ticket: Ticket,
    event: str,
    journal_event: str,
    now: datetime,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    journal_data: dict[str, Any] | None = None,
    internal: bool = False,
) -> HistoryEntry:
    """``data`` and ``reason`` may hold personal data, ``journal_data`` never."""
    entry = HistoryEntry.objects.create(
        ticket=ticket,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        event=event,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        data=data or {},
        internal=internal,
    )
    record(
        actor=actor,
        event=journal_event,
        object_type="ticket",
        object_id=ticket.pk,
        now=now,
        data={**(journal_data or {}), "history": entry.pk},
    )
    return entry
