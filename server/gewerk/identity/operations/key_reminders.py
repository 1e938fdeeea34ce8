"""When a key's secret has grown old enough to remind somebody of rotating it."""

from datetime import datetime, timedelta

from gewerk.identity.models import ApiKey, ApiSecret
from gewerk.journal.actor import system
from gewerk.journal.operations import record

_AGAIN = timedelta(days=7)


def remind_of_old_secrets(*, now: datetime) -> int:
    """Record ``api_key.reminder_due`` for each key whose active secret is older than its interval; weekly until rotated.

    Returns how many. Intervals are in days, 0 is never (spec 02, Keys).
    """
    reminded = 0
    keys = ApiKey.objects.filter(deleted_at__isnull=True, reminder_days__gt=0)
    active = ApiSecret.objects.filter(valid_until__isnull=True, revoked_at__isnull=True, key__in=keys)
    for secret in active.select_related("key"):
        key = secret.key
        if now < secret.created_at + timedelta(days=key.reminder_days):
            continue
        last = key.reminded_at if key.reminded_at and key.reminded_at > secret.created_at else None
        if last and now < last + _AGAIN:
            continue
        key.reminded_at = now
        key.save(update_fields=["reminded_at"])
        days = (now - secret.created_at).days
        record(
            actor=system(key.organisation_id),
            event="api_key.reminder_due",
            object_type="api_key",
            object_id=key.pk,
            now=now,
            data={"secret_age_days": days},
        )
        reminded += 1
    return reminded
