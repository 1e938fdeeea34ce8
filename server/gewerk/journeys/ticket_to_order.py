"""A ticket becomes an order, or several; several tickets become one. Photos and stories stay with the tickets and go along."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.files.operations.link import hand_on
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.models import SubPropertyType
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.draft_order import TEXTS, draft_order
from gewerk.projects.operations.link_tickets import link_tickets
from gewerk.projects.trade_of_fault import trade_of_fault
from gewerk.tickets import states as ticket_states
from gewerk.tickets.access import ticket_to_work_on
from gewerk.tickets.models import Ticket, Urgency
from gewerk.tickets.operations.take_step import take_step

TICKET, ORDER = "ticket", "work_order"


class TicketsLieApart(Refusal):
    kind = RefusalKind.CONFLICT
    code = "tickets_lie_apart"
    message = _("These tickets concern different properties. One order is for one property.")


def ticket_to_order(
    *, actor: Actor, ticket_ids: Sequence[UUID], fields: Mapping[str, Any] | None = None, now: datetime
) -> WorkOrder:
    """A new order that answers these tickets (at least one), with all that they know; ``fields`` overrule it.

    Raises TicketNotFound, TicketsLieApart, OrderIsInvalid, FORBIDDEN.
    """
    tickets = [ticket_to_work_on(actor, ticket_id) for ticket_id in dict.fromkeys(ticket_ids)]
    _same_property(tickets, tickets[0].property_id)
    order = draft_order(
        actor=actor,
        property_id=tickets[0].property_id,
        fields={**known_of(tickets), **(fields or {})},
        now=now,
    )
    return _answer(actor, order, tickets, now=now)


def add_tickets_to_order(*, actor: Actor, order_id: UUID, ticket_ids: Sequence[UUID], now: datetime) -> WorkOrder:
    """An order that exists answers these tickets too. Raises OrderNotFound, TicketNotFound, TicketsLieApart, FORBIDDEN."""
    # The order is locked before its tickets, as by whoever reports the work as done.
    order = link_tickets(actor=actor, order_id=order_id, tickets=(), now=now)
    tickets = [ticket_to_work_on(actor, ticket_id) for ticket_id in dict.fromkeys(ticket_ids)]
    _same_property(tickets, order.property_id)
    return _answer(actor, order, tickets, now=now)


def known_of(tickets: Sequence[Ticket]) -> dict[str, Any]:
    """What the tickets say, as fields of an order; the page shows it before it is sent."""
    first = tickets[0]
    texts = [ticket.text for ticket in tickets if ticket.text]
    if len(tickets) > 1:
        texts = [f"{ticket.number}: {ticket.text or ticket.title}" for ticket in tickets]
    units = {ticket.unit_id for ticket in tickets}
    reporter = first.reporter
    known: dict[str, Any] = {
        "title": first.title,
        "text": "\n\n".join(texts),
        "trade": trade_of_fault(first.category),
        "urgency": min((Urgency(ticket.urgency) for ticket in tickets), key=lambda urgency: urgency.rank),
        "unit_id": units.pop() if len(units) == 1 else None,
        "place_note": first.place_note,
        "tenant_id": first.reporter_id if reporter and reporter.type == SubPropertyType.TENANT else None,
        "contact_name": first.reporter_name or (reporter.name if reporter else ""),
        "contact_phone": first.reporter_phone,
        "contact_email": first.reporter_email,
        "access_notes": "\n".join(dict.fromkeys(ticket.access_notes for ticket in tickets if ticket.access_notes)),
        "pets": ", ".join(dict.fromkeys(ticket.pets for ticket in tickets if ticket.pets)),
        "pair_visit": any(ticket.pair_visit for ticket in tickets),
        "responsible_id": first.responsible_id,
    }
    return {name: value[: TEXTS[name]] if name in TEXTS else value for name, value in known.items()}


def _same_property(tickets: Sequence[Ticket], property_id: UUID) -> None:
    if any(ticket.property_id != property_id for ticket in tickets):
        raise TicketsLieApart


def _answer(actor: Actor, order: WorkOrder, tickets: Sequence[Ticket], *, now: datetime) -> WorkOrder:
    order = link_tickets(actor=actor, order_id=order.pk, tickets=tickets, now=now)
    for ticket in tickets:
        hand_on(actor=actor, from_type=TICKET, from_id=ticket.pk, to_type=ORDER, to_id=order.pk, now=now)
        begins = ticket.state in ticket_states.BY_KEY["start"].sources and ticket.incident_id is None
        if begins:
            take_step(actor=actor, by=ticket_states.By.STAFF, ticket_id=ticket.pk, step="start", now=now)
    return order
