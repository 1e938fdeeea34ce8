"""Reminders of agreed visits: the afternoon before, once per agreed time."""

from datetime import datetime, time, timedelta

from django.db import transaction

from gewerk.journal.actor import system
from gewerk.journal.operations import record
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations.moving import zone_of
from gewerk.scheduling.states import State
from gewerk.scheduling.wall_time import day_of, moment_of

AT = time(16, 0)
"""Local time on the day before."""


def remind_of_visits(*, now: datetime, limit: int = 500) -> int:
    """Write the journal entry that makes the mails, for each visit that is due. Returns how many.

    Who agreed later than the reminder would have come has just been told and is not told again.
    """
    near = Visit.objects.filter(
        state=State.AGREED, reminded_at__isnull=True, starts_at__gt=now, starts_at__lte=now + timedelta(days=2)
    )
    done = 0
    for visit_id in near.order_by("starts_at").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            visit = Visit.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=visit_id)
            if visit.state != State.AGREED or visit.reminded_at is not None or not _is_due(visit, now):
                continue
            visit.reminded_at = now
            visit.save(update_fields=["reminded_at"])
            record(
                actor=system(visit.organisation_id),
                event="visit.reminder_due",
                object_type="visit",
                object_id=visit.pk,
                now=now,
                data={"order_id": str(visit.order_id)},
            )
            done += 1
    return done


def _is_due(visit: Visit, now: datetime) -> bool:
    if visit.starts_at is None:
        return False
    zone = zone_of(visit)
    due_at = moment_of(day_of(visit.starts_at, zone) - timedelta(days=1), AT, zone)
    return visit.state_at < due_at <= now
