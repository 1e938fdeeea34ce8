"""Which tickets an order answers. Links are only ever added: nothing of a ticket's story is lost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.projects.access import order_to_edit
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.projects.operations.moving import note, save
from gewerk.tickets.models import Ticket


def link_tickets(*, actor: Actor, order_id: UUID, tickets: Sequence[Ticket], now: datetime) -> WorkOrder:
    """The door or journey fetched the tickets through ``tickets.access``. Linked already: stays so. Raises OrderNotFound."""
    order = order_to_edit(actor, order_id)
    known = set(order.ticket_links.values_list("ticket_id", flat=True))
    new = [ticket for ticket in tickets if ticket.pk not in known]
    if new:
        OrderTicket.objects.bulk_create(OrderTicket(order=order, ticket=ticket, linked_at=now) for ticket in new)
        save(order, now=now, changes={})
        note(
            actor=actor,
            order=order,
            event="tickets_linked",
            now=now,
            data={"numbers": [ticket.number for ticket in new]},
            internal=True,
            journal={"ticket_ids": [str(ticket.pk) for ticket in new]},
        )
    return order
