"""What waits for somebody: tickets where they have to act, the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from gewerk.journal.actor import Actor
from gewerk.tickets.access import tickets
from gewerk.tickets.models import Ticket
from gewerk.tickets.states import State


@dataclass(frozen=True, slots=True)
class Waiting:
    ticket: Ticket
    """With property and unit loaded."""
    why: str
    """``new``, ``reopened``, ``waiting_over``."""


def waiting_for(actor: Actor, *, today: date, limit: int) -> list[Waiting]:
    """Nobody has looked at it yet, it was reopened, or the day until which it waited has come: those of the actor, and nobody's."""
    mine = Q(responsible_id=actor.id) | Q(responsible__isnull=True) | Q(property__deputy_id=actor.id)
    rows = (
        tickets(actor)
        .filter(mine, incident__isnull=True)
        .filter(Q(state__in=[State.NEW, State.REOPENED]) | Q(state=State.WAITING, waiting_until_date__lte=today))
    )
    order: Sequence[Any] = ("urgency_rank", F("react_by_at").asc(nulls_last=True), "created_at", "id")
    listed = rows.select_related("property", "unit").order_by(*order)[:limit]
    return [Waiting(t, "waiting_over" if t.state == State.WAITING else t.state) for t in listed]


def is_late(ticket: Ticket, *, now: datetime) -> bool:
    return ticket.react_by_at is not None and ticket.react_by_at < now
