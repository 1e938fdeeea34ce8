"""Put a report under another ticket that leads for it, and take it out again. Each keeps its number, photos, texts and history."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, require
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.tickets import events
from gewerk.tickets.access import TicketNotFound, ticket_to_work_on, tickets
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.history import tell
from gewerk.tickets.operations.take_step import LOCK, save
from gewerk.tickets.states import FINAL


class CannotLead(Refusal):
    kind = RefusalKind.CONFLICT
    code = "cannot_lead"
    message = _("This ticket follows another one itself, or is closed. Choose one that is open and follows none.")


class CannotFollow(Refusal):
    kind = RefusalKind.CONFLICT
    code = "cannot_follow"
    message = _("A ticket can follow another one of the same property only while it is open and leads for none.")


class FollowsNone(Refusal):
    kind = RefusalKind.CONFLICT
    code = "follows_none"
    message = _("This ticket follows no other.")


def put_under(
    *, actor: Actor, lead_id: UUID, ticket_ids: Collection[UUID], building_wide: bool | None = None, now: datetime
) -> Ticket:
    """The leading ticket. From now on the others follow its state; what they hold stays theirs.

    ``building_wide`` set: whoever reports the same in the building is told that it is known.
    Raises TicketNotFound, CannotLead, CannotFollow.
    """
    require(edits_orders(actor))
    one_at_a_time(LOCK, actor.organisation_id)
    lead = ticket_to_work_on(actor, lead_id)
    if lead.incident_id is not None or lead.state in FINAL:
        raise CannotLead
    wanted = set(ticket_ids) - {lead.pk}
    rows = list(tickets(actor).select_for_update(of=("self",)).filter(pk__in=wanted).order_by("id"))
    if len(rows) != len(wanted):
        raise TicketNotFound
    for ticket in rows:
        if ticket.incident_id == lead.pk:
            continue
        if ticket.property_id != lead.property_id or ticket.state in FINAL or ticket.members.exists():
            raise CannotFollow
        ticket.incident = lead
        ticket.react_by_at = None
        save(ticket, now=now)
        data = {"incident": lead.number, "incident_id": str(lead.pk)}
        tell(
            actor=actor,
            ticket=ticket,
            event="merged",
            journal_event=events.MERGED,
            data=data,
            journal_data={"incident": str(lead.pk)},
            now=now,
        )
        tell(
            actor=actor,
            ticket=lead,
            event="member_added",
            journal_event=events.UPDATED,
            data={"member": ticket.number, "member_id": str(ticket.pk)},
            journal_data={"fields": ["members"]},
            internal=True,
            now=now,
        )
    if building_wide is not None and lead.building_wide != building_wide:
        lead.building_wide = building_wide
        save(lead, now=now)
    return lead


def separate(*, actor: Actor, ticket_id: UUID, now: datetime) -> Ticket:
    """Take a ticket out again: it stays in the state that it reached. Raises TicketNotFound, FollowsNone."""
    require(edits_orders(actor))
    one_at_a_time(LOCK, actor.organisation_id)
    ticket = ticket_to_work_on(actor, ticket_id)
    if ticket.incident_id is None:
        raise FollowsNone
    lead = Ticket.objects.get(pk=ticket.incident_id)
    ticket.incident = None
    save(ticket, now=now)
    data = {"incident": lead.number, "incident_id": str(lead.pk)}
    tell(
        actor=actor,
        ticket=ticket,
        event="separated",
        journal_event=events.SEPARATED,
        data=data,
        journal_data={"incident": str(lead.pk)},
        internal=True,
        now=now,
    )
    tell(
        actor=actor,
        ticket=lead,
        event="member_removed",
        journal_event=events.UPDATED,
        data={"member": ticket.number, "member_id": str(ticket.pk)},
        journal_data={"fields": ["members"]},
        internal=True,
        now=now,
    )
    return ticket
