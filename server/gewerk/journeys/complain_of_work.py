"""The work has defects: it goes back to the contractor, and a ticket that counted as mended is open again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.projects.operations.complain import Found, complain
from gewerk.tickets import states as ticket_states
from gewerk.tickets.operations.take_step import take_step


def complain_of_work(
    *, actor: Actor, order_id: UUID, defects: Sequence[Found], version: int | None = None, now: datetime
) -> WorkOrder:
    """Raises as ``complain``. What is wrong is said to the contractor; the reporter hears that the work goes on."""
    order = complain(actor=actor, order_id=order_id, defects=defects, version=version, now=now)
    for link in OrderTicket.objects.filter(order=order).select_related("ticket").order_by("id"):
        ticket = link.ticket
        if ticket.state == ticket_states.State.RESOLVED and ticket.incident_id is None:
            with translation.override(ticket.language):
                reason = _("The work was looked at and is not finished yet.")
            take_step(
                actor=actor, by=ticket_states.By.STAFF, ticket_id=ticket.pk, step="reopen", reason=reason, now=now
            )
    return order
