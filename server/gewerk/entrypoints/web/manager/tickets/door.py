"""What is fetched before a page of one ticket starts, and where its forms lead back to."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from gewerk.entrypoints.web.manager.door import reader
from gewerk.tickets.access import ticket_for
from gewerk.tickets.models import Ticket


def ticket_of(request: HttpRequest, ticket_id: UUID) -> Ticket:
    """Raises TicketNotFound."""
    return ticket_for(reader(request).actor, ticket_id)


def page_of(ticket_id: UUID, part: str = "") -> str:
    return reverse("ticket", args=[ticket_id]) + (f"#{part}" if part else "")
