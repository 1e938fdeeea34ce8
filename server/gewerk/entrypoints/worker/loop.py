"""What the worker does, and when."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import close_old_connections, transaction
from django.utils import timezone

from gewerk.files.operations.sweep import sweep
from gewerk.firms.operations.remind_of_evidence import remind_of_evidence
from gewerk.identity.models import IdempotentAnswer, LoginLink
from gewerk.identity.operations.key_reminders import remind_of_old_secrets
from gewerk.journeys.align_tenant_access import align_tenant_access
from gewerk.journeys.forget_drafts import forget_drafts
from gewerk.journeys.open_quotes import open_due_requests
from gewerk.marketplace.operations.watch_answers import watch_answers
from gewerk.outreach import beat
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.outreach.operations.send import send_due_mails
from gewerk.portfolio.operations.note_silence import note_silence
from gewerk.scheduling.operations.remind import remind_of_visits
from gewerk.tickets.operations.close_resolved import close_resolved
from gewerk.tickets.operations.follow_addresses import follow_addresses

log = logging.getLogger("gewerk.worker")

POLL_SECONDS = 1.0
ANSWERS_LIVE = timedelta(hours=24)
"""How long an ``Idempotency-Key`` is remembered (spec 02)."""
_LINKS_LIVE = timedelta(days=7)


@dataclass
class Duty:
    """Something to do every so often. Run at start, then after ``every``."""

    name: str
    do: Callable[[datetime], object]
    every: timedelta
    next_at: datetime | None = None


def duties() -> list[Duty]:
    """All of them; each is safe to run twice."""
    return [
        Duty("sign of life", lambda now: beat.beat(now=now), beat.EVERY),
        Duty("compose mails", lambda now: compose_due_mails(now=now), timedelta(0)),
        Duty("send mails", lambda now: send_due_mails(now=now), timedelta(0)),
        Duty("clear what has run out", lambda now: clear_run_out(now=now), timedelta(hours=1)),
        Duty("tenants' access follows the lease", lambda now: align_tenant_access(now=now), timedelta(hours=1)),
        Duty("remind of visits", lambda now: remind_of_visits(now=now), timedelta(minutes=5)),
        Duty("remind of evidence", lambda now: remind_of_evidence(now=now), timedelta(hours=1)),
        Duty("open quotes", lambda now: open_due_requests(now=now), timedelta(minutes=1)),
        Duty("watch who answers", lambda now: watch_answers(now=now), timedelta(hours=1)),
        Duty("close what is mended", lambda now: close_resolved(now=now), timedelta(hours=1)),
        Duty("forget drafts of reports", lambda now: forget_drafts(now=now), timedelta(hours=1)),
        Duty("sweep files", lambda now: sweep(now=now), timedelta(hours=1)),
        Duty("search follows addresses", lambda now: follow_addresses(now=now), timedelta(hours=1)),
        Duty("note silent connectors", lambda now: note_silence(now=now), timedelta(hours=1)),
        Duty("remind of old secrets", remind, timedelta(days=1)),
    ]


def run_once(*, now: datetime | None = None) -> None:
    """Each duty once, in order, reminders before mails so that one call sends what it promised. Raises what a duty raises."""
    now = now or timezone.now()
    for duty in sorted(duties(), key=lambda d: d.every, reverse=True):
        duty.do(now)


def run_forever(stop: threading.Event | None = None) -> None:
    """Until ``stop`` (SIGTERM, SIGINT): the duty at hand is finished, nothing new is begun. A failing duty is logged and tried again."""
    stop = stop or _stopped_by_signals()
    todo = duties()
    while not stop.is_set():
        for duty in todo:
            if stop.is_set():
                break
            now = timezone.now()
            if duty.next_at is None or now >= duty.next_at:
                _do(duty, now)
        close_old_connections()
        stop.wait(POLL_SECONDS)


def _do(duty: Duty, now: datetime) -> None:
    try:
        duty.do(now)
        duty.next_at = now + duty.every
    except Exception:
        # The worker outlives a restart of the database; the fault is logged with its trace.
        log.exception("%s failed; next try in 30 seconds", duty.name)
        duty.next_at = now + timedelta(seconds=30)


def remind(now: datetime) -> int:
    with transaction.atomic():
        return remind_of_old_secrets(now=now)


def clear_run_out(*, now: datetime) -> int:
    """Remembered API answers, login links and sessions whose time is over. Returns how many rows went."""
    gone, _per_table = IdempotentAnswer.objects.filter(created_at__lt=now - ANSWERS_LIVE).delete()
    links, _per_table = LoginLink.objects.filter(expires_at__lt=now - _LINKS_LIVE).delete()
    sessions, _per_table = Session.objects.filter(expire_date__lt=now).delete()
    return gone + links + sessions


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
