"""When the last order of a ticket is done, the ticket is mended: the reporter hears it and may say otherwise."""

from datetime import datetime

from gewerk.journal.actor import system
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.projects.states import State
from gewerk.tickets import states as ticket_states
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.take_step import take_step

_DONE = frozenset({State.DONE, State.ACCEPTED, State.INVOICED, State.PAID})
_RUNNING = frozenset(set(State) - _DONE - {State.CANCELLED})


def tickets_follow_order(*, order: WorkOrder, now: datetime) -> list[Ticket]:
    """The tickets that are mended by this order's being done; those that another order still works on stay as they are."""
    if order.state not in _DONE:
        return []
    links = OrderTicket.objects.filter(order=order).select_related("ticket").order_by("id")
    tickets = [link.ticket for link in links]
    waiting = set(
        OrderTicket.objects.filter(ticket__in=tickets, order__state__in=_RUNNING).values_list("ticket_id", flat=True)
    )
    mended = []
    for ticket in tickets:
        possible = ticket.state in ticket_states.BY_KEY["resolve"].sources and ticket.incident_id is None
        if possible and ticket.pk not in waiting:
            actor = system(order.organisation_id)
            mended.append(
                take_step(actor=actor, by=ticket_states.By.STAFF, ticket_id=ticket.pk, step="resolve", now=now)
            )
    return mended
