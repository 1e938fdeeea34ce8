"""The history's lines about files that were added to a ticket or taken away (``files`` keeps the files themselves)."""

from collections.abc import Sequence
from datetime import datetime

from gewerk.journal.actor import Actor
from gewerk.tickets import events
from gewerk.tickets.models import HistoryEntry, Ticket
from gewerk.tickets.operations.history import tell


def tell_of_files(
    *, actor: Actor, ticket: Ticket, event: str, files: Sequence[tuple[str, str]], internal: bool, now: datetime
) -> HistoryEntry:
    """``event`` is ``file_added`` or ``file_removed``; ``files`` are (id, name)."""
    return tell(
        actor=actor,
        ticket=ticket,
        event=event,
        journal_event=events.UPDATED,
        data={"files": [file_id for file_id, _name in files], "names": [name for _id, name in files]},
        journal_data={"fields": ["files"]},
        internal=internal,
        now=now,
    )
