"""Give a ticket another status link: the one that got around opens nothing any more."""

from datetime import datetime
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.tickets import events
from gewerk.tickets.access import ticket_to_work_on
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.history import tell
from gewerk.tickets.operations.take_step import save


def renew_status_link(*, actor: Actor, ticket_id: UUID, now: datetime) -> Ticket:
    """Raises TicketNotFound."""
    ticket = ticket_to_work_on(actor, ticket_id)
    ticket.link_version += 1
    save(ticket, now=now)
    tell(
        actor=actor,
        ticket=ticket,
        event="link_renewed",
        journal_event=events.UPDATED,
        journal_data={"fields": ["link"]},
        internal=True,
        now=now,
    )
    return ticket
