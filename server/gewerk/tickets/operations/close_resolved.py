"""What was reported as mended and not objected to for two weeks is closed by itself."""

from datetime import datetime, timedelta

from django.db import transaction

from gewerk.journal.actor import system
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.take_step import StepNotPossible, take_step
from gewerk.tickets.states import By, State

OBJECTION = timedelta(days=14)


def close_resolved(*, now: datetime, limit: int = 200) -> int:
    """One transaction per ticket. Returns how many were closed."""
    due = Ticket.objects.filter(state=State.RESOLVED, state_at__lt=now - OBJECTION).order_by("state_at", "id")
    closed = 0
    for ticket_id, organisation_id in list(due.values_list("pk", "organisation_id")[:limit]):
        try:
            with transaction.atomic():
                take_step(actor=system(organisation_id), by=By.TIME, ticket_id=ticket_id, step="close", now=now)
        except StepNotPossible:
            continue  # somebody was faster
        closed += 1
    return closed
