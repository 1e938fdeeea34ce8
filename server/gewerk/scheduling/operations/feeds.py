"""Calendar feeds: one live address per person and organisation, taken back by making a new one or by hand."""

from datetime import datetime
from uuid import UUID

from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.scheduling.models import CalendarFeed


def make_feed(*, actor: Actor, now: datetime) -> CalendarFeed:
    """A new address; an older one opens nothing any more. For people only."""
    person_id = _person_of(actor)
    end_feed(actor=actor, now=now)
    feed = CalendarFeed.objects.create(person_id=person_id, organisation_id=actor.organisation_id, created_at=now)
    _told(actor, "calendar_feed.created", feed, now)
    return feed


def end_feed(*, actor: Actor, now: datetime) -> bool:
    """Whether there was one to take back."""
    live = live_feed(actor)
    if live is None:
        return False
    live.revoked_at = now
    live.save(update_fields=["revoked_at"])
    _told(actor, "calendar_feed.revoked", live, now)
    return True


def live_feed(actor: Actor) -> CalendarFeed | None:
    """The acting person's, in the organisation they act for."""
    return CalendarFeed.objects.filter(
        person_id=_person_of(actor), organisation_id=actor.organisation_id, revoked_at__isnull=True
    ).first()


def _person_of(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise Refusal(kind=RefusalKind.FORBIDDEN, code="forbidden")
    return actor.id


def _told(actor: Actor, event: str, feed: CalendarFeed, now: datetime) -> None:
    record(actor=actor, event=event, object_type="calendar_feed", object_id=feed.pk, now=now)
