"""The worker's sign of life, for the operator's health page."""

from datetime import datetime, timedelta

from django.core.cache import cache

_KEY = "outreach.worker_beat"
EVERY = timedelta(seconds=30)
SILENT_AFTER = timedelta(minutes=2)


def beat(*, now: datetime) -> None:
    cache.set(_KEY, now.isoformat(), timeout=None)


def last_beat() -> datetime | None:
    found = cache.get(_KEY)
    return datetime.fromisoformat(found) if found else None
