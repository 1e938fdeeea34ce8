"""A mail to be written, and what every listener needs for it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gewerk.config.installation import installation
from gewerk.identity.models import Organisation, Person
from gewerk.journal.models import Entry


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to be written: ``outreach/mails/<template>.txt`` in the recipient's language."""

    recipient: str
    language: str
    template: str
    organisation: Organisation | None
    context: dict[str, Any] = field(default_factory=dict)
    calendar: bytes = b""
    """An iCalendar file to go along."""


def address(path: str) -> str:
    """The whole address of a page."""
    return f"{installation().base_url.rstrip('/')}{path}"


def language_of(person: Person, organisation: Organisation | None) -> str:
    return person.language or (organisation.language if organisation else installation().language)


def object_id(entry: Entry) -> UUID:
    """What the entry is about."""
    if entry.object_id is None:
        raise ValueError(f"{entry.event} names no object")
    return entry.object_id
