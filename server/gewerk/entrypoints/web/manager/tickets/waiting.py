"""What waits for the reader among the tickets, for the start page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.waiting import Waiting
from gewerk.identity.access import edits_orders
from gewerk.tickets.models import Urgency
from gewerk.tickets.queries.waiting import waiting_for

_SHOWN = 12
"""The list holds the rest."""


def tickets_that_wait(reader: Reader) -> list[Waiting]:
    """New and reopened tickets, and those on hold whose day has come."""
    if not edits_orders(reader.actor):
        return []
    actions = {
        "new": _("Look at the report"),
        "reopened": _("Look at it again"),
        "waiting_over": _("Go on"),
    }
    found = waiting_for(reader.actor, today=reader.formats.today, limit=_SHOWN)
    return [
        Waiting(
            title=one.ticket.title,
            note=words.where(one.ticket),
            url=reverse("ticket", args=[one.ticket.pk]),
            action=actions[one.why],
            icon="triangle-alert" if one.ticket.urgency == Urgency.EMERGENCY else "inbox",
            since=one.ticket.state_at,
            due_date=one.ticket.react_by_at.astimezone(reader.formats.zone).date()
            if one.ticket.react_by_at
            else one.ticket.waiting_until_date,
            pressing=one.ticket.urgency == Urgency.EMERGENCY,
        )
        for one in found
    ]
