"""Who last looked at a key's secret, from the journal."""

from dataclasses import dataclass
from datetime import datetime

from gewerk.identity.models import ApiKey, Person
from gewerk.journal.models import Entry


@dataclass(frozen=True, slots=True)
class Look:
    at: datetime
    by: str


def last_look(key: ApiKey) -> Look | None:
    """None while nobody has looked. Take a key that ``key_access`` gave."""
    entry = (
        Entry.objects.filter(
            organisation_id=key.organisation_id,
            object_type="api_key",
            object_id=key.pk,
            event="api_key.secret_revealed",
        )
        .order_by("-id")
        .first()
    )
    if entry is None:
        return None
    person = Person.objects.filter(pk=entry.actor_id).first() if entry.actor_id else None
    return Look(entry.at, person.name if person else "")
