"""What happened to a ticket, with the names of those who did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import UUIDField

from gewerk.identity.models import ApiKey, Person
from gewerk.journal.actor import ActorKind
from gewerk.kit.prepared import Given, prepared
from gewerk.tickets.models import HistoryEntry, Ticket


@dataclass(frozen=True, slots=True)
class Line:
    entry: HistoryEntry
    name: str
    """The person's name or the key's; empty for the reporter and for what came by itself."""
    initials: str

    @property
    def by_reporter(self) -> bool:
        return self.entry.actor_kind == ActorKind.GUEST


_entries = prepared(lambda: HistoryEntry.objects.filter(ticket_id=Given("ticket", UUIDField())))


def history_of(ticket: Ticket, *, internal: bool) -> list[Line]:
    """The newest first: three queries at most. Without ``internal``: what the reporter may read."""
    rows = (entry for entry in _entries(ticket=ticket.pk) if internal or not entry.internal)
    return _named(sorted(rows, key=lambda entry: -entry.pk), ticket.organisation_id)


def _named(entries: Iterable[HistoryEntry], organisation_id: UUID) -> list[Line]:
    listed = list(entries)
    acting = {e.actor_id for e in listed if e.actor_id and e.actor_kind == ActorKind.PERSON}
    calling = {e.actor_id for e in listed if e.actor_id and e.actor_kind == ActorKind.KEY}
    people = {p.pk: p for p in Person.objects.filter(pk__in=acting)} if acting else {}
    keys = (
        dict(ApiKey.objects.filter(organisation_id=organisation_id, pk__in=calling).values_list("pk", "name"))
        if calling
        else {}
    )
    lines = []
    for entry in listed:
        person = people.get(entry.actor_id) if entry.actor_id else None
        name = person.name if person else keys.get(entry.actor_id, "") if entry.actor_id else ""
        lines.append(Line(entry, name, person.initials if person else ""))
    return lines
