"""Evidence runs out: the firm is told 60, 30 and 7 days before, each once, however long the worker slept."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from gewerk.firms.models import Evidence, EvidenceReminder, EvidenceState
from gewerk.journal.actor import system
from gewerk.journal.operations import record

BEFORE = (60, 30, 7)
"""Days before the last day (spec 03)."""


def passed(days_left: int, told: Collection[int]) -> tuple[int, ...]:
    """Which reminders are due and were not given. Several, when the worker slept or the paper came late: told in one mail."""
    return tuple(days for days in BEFORE if days_left <= days and days not in told)


def remind_of_evidence(*, now: datetime, limit: int = 500) -> int:
    """Write the journal entries that make the mails. Returns how many papers were told of."""
    due = Q(pk__in=())
    for days in BEFORE:
        told = EvidenceReminder.objects.filter(days=days).values("evidence")
        # A day more than UTC says: in the firm's time zone it may be tomorrow already. ``_remind`` looks again.
        due |= Q(valid_until__lte=now.date() + timedelta(days=days + 1)) & ~Q(pk__in=told)
    near = Evidence.objects.filter(due, state=EvidenceState.CONFIRMED)
    done = 0
    for evidence_id in near.order_by("valid_until", "pk").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            done += _remind(evidence_id, now)
    return done


def _remind(evidence_id: UUID, now: datetime) -> bool:
    """Replaced papers are noted as told and nobody is bothered."""
    one = Evidence.objects.select_for_update(of=("self",)).select_related("firm").get(pk=evidence_id)
    if one.state != EvidenceState.CONFIRMED or one.valid_until is None:
        return False
    days_left = (one.valid_until - now.astimezone(ZoneInfo(one.firm.time_zone)).date()).days
    due = passed(days_left, set(one.reminders.values_list("days", flat=True)))
    if not due:
        return False
    EvidenceReminder.objects.bulk_create(EvidenceReminder(evidence=one, days=days, at=now) for days in due)
    if _is_replaced(one, one.valid_until):
        return False
    record(
        actor=system(one.firm_id),
        event="evidence.expires",
        object_type="evidence",
        object_id=one.pk,
        now=now,
        data={"kind": one.kind, "days_left": days_left, "reminders": list(due)},
    )
    return True


def _is_replaced(one: Evidence, until: date) -> bool:
    """A newer confirmed paper of the kind holds longer, for the same trades and no smaller sum."""
    later = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=until),
        firm_id=one.firm_id,
        country=one.country,
        kind=one.kind,
        state=EvidenceState.CONFIRMED,
    ).exclude(pk=one.pk)
    return any(
        set(one.trades) <= set(other.trades) and (other.insured_minor or 0) >= (one.insured_minor or 0)
        for other in later
    )
