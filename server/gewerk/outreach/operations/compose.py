"""Due journal entries become mails. One mail per entry and recipient, whatever is killed in between."""

import logging
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from gewerk.config.installation import installation
from gewerk.journal.models import Entry
from gewerk.outreach.letters import Letter
from gewerk.outreach.listeners import LISTENERS
from gewerk.outreach.models import Mail

_Row = TypeVar("_Row", bound=Model)
log = logging.getLogger("gewerk.outreach")

_GIVE_UP_AFTER = 8
"""Tries of composing: a listener that fails eight times, over about four hours, will not succeed by itself."""


def compose_due_mails(*, now: datetime, limit: int = 100) -> int:
    """Write the mails of up to ``limit`` due entries; each entry in its own transaction. Returns how many entries were handled."""
    handled = 0
    # Asked without a transaction first: an idle worker must not take SQLite's one write lock every second.
    while handled < limit and Entry.objects.filter(due_at__lte=now).exists():
        with transaction.atomic():
            entry = unlocked_by_others(Entry.objects.filter(due_at__lte=now).order_by("due_at", "id")).first()
            if entry is None:
                return handled
            _compose(entry, now=now)
        handled += 1
    return handled


def unlocked_by_others(rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """So that several workers share the work: on PostgreSQL each skips what another holds; on SQLite one writes at a time."""
    return rows.select_for_update(skip_locked=True) if connection.features.has_select_for_update_skip_locked else rows


def _compose(entry: Entry, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            listener = LISTENERS.get(entry.event)
            letters = [] if listener is None else list(listener(entry, now))
            Mail.objects.bulk_create([_written(letter, entry, now=now) for letter in letters], ignore_conflicts=True)
        entry.due_at = None
    except Exception as failure:  # noqa: BLE001 - one bad entry must not stop the others; it is tried again and logged
        entry.tries += 1
        entry.due_at = None if entry.tries >= _GIVE_UP_AFTER else now + timedelta(minutes=2**entry.tries)
        log.error("Entry %s (%s) could not become a mail: %s", entry.pk, entry.event, type(failure).__name__)
    entry.save(update_fields=["due_at", "tries"])


def _written(letter: Letter, entry: Entry, *, now: datetime) -> Mail:
    zone = ZoneInfo(letter.organisation.time_zone) if letter.organisation else timezone.get_default_timezone()
    with translation.override(letter.language), timezone.override(zone):
        text = render_to_string(
            f"outreach/mails/{letter.template}.txt", {**letter.context, "base_url": installation().base_url}
        )
    subject, _blank, body = text.strip().partition("\n")
    return Mail(
        entry_id=entry.pk,
        organisation=letter.organisation,
        recipient=letter.recipient,
        language=letter.language,
        subject=subject.strip()[:300],
        body=body.strip() + "\n",
        calendar=letter.calendar,
        created_at=now,
        # A demo shows its mails instead of sending them.
        next_try_at=None if installation().demo else now,
    )
