"""Which secrets of a key work, and which no longer do. Take a key that ``key_access`` gave."""

from datetime import datetime

from django.db.models import Q

from gewerk.identity.models import ApiKey, ApiSecret


def active_secret(key: ApiKey) -> ApiSecret | None:
    """The one that a rotation will end."""
    return key.secrets.filter(revoked_at__isnull=True, valid_until__isnull=True).first()


def overlapping_secrets(key: ApiKey, *, now: datetime) -> list[ApiSecret]:
    """The old one that still works until ``valid_until``."""
    return list(key.secrets.filter(revoked_at__isnull=True, valid_until__gt=now))


def ended_secrets(key: ApiKey, *, now: datetime) -> list[ApiSecret]:
    """The last three that no longer work, newest first, with ``revoked_by``. Ended at ``revoked_at or valid_until`` (spec 02, keys)."""
    rows = key.secrets.filter(Q(revoked_at__isnull=False) | Q(valid_until__lte=now))
    return list(rows.select_related("revoked_by").order_by("-created_at", "-id")[:3])
