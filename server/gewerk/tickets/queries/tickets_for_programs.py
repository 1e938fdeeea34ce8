"""Tickets as the API shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from gewerk.files.models import FileLink
from gewerk.files.queries import files_of_many
from gewerk.journal.actor import Actor
from gewerk.tickets.access import ticket_for, tickets
from gewerk.tickets.models import HistoryEntry, Ticket


@dataclass(frozen=True, slots=True)
class Wanted:
    number: str | None = None
    external_id: str | None = None
    state: str | None = None
    property_id: UUID | None = None
    updated_since: datetime | None = None


def page(
    actor: Actor, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[datetime, UUID] | None]:
    """Rows by (updated_at, id), and where the page ended when there is more."""
    rows = tickets(actor).select_related("property", "unit", "reporter", "incident")
    for name in ("number", "external_id", "state", "property_id"):
        if (value := getattr(wanted, name)) is not None:
            rows = rows.filter(**{name: value})
    if wanted.updated_since is not None:
        rows = rows.filter(updated_at__gte=wanted.updated_since)
    if after is not None:
        moment, row_id = after
        rows = rows.filter(Q(updated_at__gt=moment) | Q(updated_at=moment, pk__gt=row_id))
    listed = list(rows.order_by("updated_at", "id")[: limit + 1])
    shown = listed[:limit]
    last = (shown[-1].updated_at, shown[-1].pk) if len(listed) > limit else None
    return rows_of(shown), last


def one(actor: Actor, ticket_id: UUID) -> tuple[dict[str, Any], int]:
    """The ticket and its version. Raises TicketNotFound."""
    ticket = ticket_for(actor, ticket_id)
    return rows_of([ticket])[0], ticket.version


def rows_of(listed: Sequence[Ticket]) -> list[dict[str, Any]]:
    files = files_of_many("ticket", [ticket.pk for ticket in listed])
    return [_row(ticket, files.get(ticket.pk, [])) for ticket in listed]


def history_rows(actor: Actor, ticket_id: UUID) -> list[dict[str, Any]]:
    """The oldest first. Raises TicketNotFound."""
    ticket = ticket_for(actor, ticket_id)
    return [
        {
            "id": entry.pk,
            "at": entry.at,
            "event": entry.event,
            "from_state": entry.from_state or None,
            "to_state": entry.to_state or None,
            "reason": entry.reason,
            "internal": entry.internal,
            "actor": {"kind": entry.actor_kind, "id": entry.actor_id},
            "data": entry.data,
        }
        for entry in HistoryEntry.objects.filter(ticket=ticket).order_by("id")
    ]


def file_row(link: FileLink) -> dict[str, Any]:
    return {
        "id": link.file_id,
        "name": link.name,
        "kind": link.file.kind,
        "media_type": link.file.media_type,
        "size": link.file.size,
        "width": link.file.width,
        "height": link.file.height,
        "purpose": link.purpose,
        "added_at": link.linked_at,
    }


def _row(ticket: Ticket, files: Sequence[FileLink]) -> dict[str, Any]:
    return {
        "id": ticket.pk,
        "number": ticket.number,
        "external_id": ticket.external_id,
        "external_number": ticket.external_number,
        "origin": ticket.origin,
        "channel": ticket.channel,
        "property_id": ticket.property_id,
        "property_external_id": ticket.property.external_id,
        "unit_id": ticket.unit_id,
        "unit_external_id": ticket.unit.external_id if ticket.unit else None,
        "common_part": ticket.common_part or None,
        "place_note": ticket.place_note,
        "reporter": {
            "sub_property_id": ticket.reporter_id,
            "sub_property_external_id": ticket.reporter.external_id if ticket.reporter else None,
            "kind": ticket.reporter_kind,
            "name": ticket.reporter_name,
            "email": ticket.reporter_email,
            "phone": ticket.reporter_phone,
            "language": ticket.language,
        },
        "category": ticket.category,
        "answers": ticket.answers,
        "title": ticket.title,
        "text": ticket.text,
        "urgency": ticket.urgency,
        "urgency_rule": ticket.urgency_rule or None,
        "react_by_at": ticket.react_by_at,
        "access_notes": ticket.access_notes,
        "vulnerable": ticket.vulnerable,
        "vulnerable_note": ticket.vulnerable_note,
        "pets": ticket.pets,
        "pair_visit": ticket.pair_visit,
        "state": ticket.state,
        "state_at": ticket.state_at,
        "reason": ticket.reason,
        "waiting_for": ticket.waiting_for or None,
        "waiting_until_date": ticket.waiting_until_date,
        "responsible_id": ticket.responsible_id,
        "incident_id": ticket.incident_id,
        "building_wide": ticket.building_wide,
        "files": [file_row(link) for link in files],
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "closed_at": ticket.closed_at,
    }
