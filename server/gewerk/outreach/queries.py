"""What the operator sees of the mails. A mail's text may hold a login link, so it is left out except in a demo."""

from dataclasses import dataclass
from datetime import datetime

from gewerk.config.installation import installation
from gewerk.identity.access import operates, require
from gewerk.journal.actor import Actor
from gewerk.outreach.beat import SILENT_AFTER, last_beat
from gewerk.outreach.models import Mail


def newest_mails(actor: Actor, *, limit: int) -> list[Mail]:
    require(operates(actor))
    rows = Mail.objects.order_by("-created_at", "-id")
    return list((rows if installation().demo else rows.defer("body"))[:limit])


@dataclass(frozen=True, slots=True)
class OutboxAtAGlance:
    """Numbers for the health page."""

    waiting: int
    sent: int
    given_up: int
    worker_beat_at: datetime | None
    worker_is_alive: bool


def outbox_at_a_glance(actor: Actor, *, now: datetime) -> OutboxAtAGlance:
    require(operates(actor))
    unsent = Mail.objects.filter(sent_at__isnull=True)
    beat_at = last_beat()
    demo = installation().demo
    return OutboxAtAGlance(
        waiting=unsent.count() if demo else unsent.filter(next_try_at__isnull=False).count(),
        sent=Mail.objects.filter(sent_at__isnull=False).count(),
        given_up=0 if demo else unsent.filter(next_try_at__isnull=True).count(),
        worker_beat_at=beat_at,
        worker_is_alive=beat_at is not None and now - beat_at < SILENT_AFTER,
    )
