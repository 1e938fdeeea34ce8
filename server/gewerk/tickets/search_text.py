"""The folded text under which a ticket is found: number, words, people, and the address of its property and unit."""

from collections.abc import Iterable
from uuid import UUID

from gewerk.kit.folding import fold, shorten
from gewerk.tickets.models import Ticket

MOST_LETTERS = 4000
"""Of a ticket's own text; longer reports are found by their beginning."""


def compose(ticket: Ticket) -> str:
    """The column ``search``. Reads the ticket's property and unit."""
    own: list[str] = [
        ticket.number,
        ticket.title,
        ticket.text[:MOST_LETTERS],
        ticket.place_note,
        ticket.reporter_name,
        ticket.reporter_email,
        ticket.external_number,
    ]
    place: list[str] = [ticket.property.search, ticket.unit.search if ticket.unit else ""]
    folded = fold("\n".join(part for part in own if part))
    short = shorten(folded)
    return " ".join(part for part in (folded, short if short != folded else "", *place) if part)


def refresh(properties: Iterable[UUID]) -> int:
    """Compose anew what the address of these properties (ids) is part of. Returns how many tickets changed."""
    changed = []
    reads = ("number", "title", "text", "place_note", "reporter_name", "reporter_email", "external_number", "search")
    rows = Ticket.objects.filter(property__in=list(properties)).select_related("property", "unit")
    for ticket in rows.only(*reads, "property__search", "unit__search"):
        text = compose(ticket)
        if text != ticket.search:
            ticket.search = text
            changed.append(ticket)
    Ticket.objects.bulk_update(changed, ["search"], batch_size=200)
    return len(changed)
