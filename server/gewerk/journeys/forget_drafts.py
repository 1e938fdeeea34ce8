"""Reports that were begun and not sent within a week are forgotten, with their photos."""

from datetime import datetime

from django.db import transaction

from gewerk.files.operations.link import unlink_all
from gewerk.journal.actor import system
from gewerk.journeys.report_damage import DRAFT
from gewerk.tickets.operations import drafts


def forget_drafts(*, now: datetime) -> int:
    """One transaction per draft. Returns how many went; the sweep takes their photos a day later."""
    gone = 0
    for draft in drafts.run_out(now=now):
        with transaction.atomic():
            actor = system(draft.organisation_id)
            unlink_all(actor=actor, object_type=DRAFT, object_id=draft.pk, now=now)
            drafts.forget(draft=draft)
        gone += 1
    return gone
