"""Rotate and revoke: a new secret, the old one ends at once or after an overlap. Tokens made with it live until they expire (spec 02)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.key_access import api_key_to_edit
from gewerk.identity.operations.create_key import InvalidKey, NewSecret, add_secret
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem

LONGEST_OVERLAP = timedelta(days=7)
REVOKE_REASONS = ("planned", "reminder", "suspicion")


def rotate_secret(
    *, actor: Actor, key_id: UUID, reason: str = "planned", overlap: timedelta = timedelta(0), now: datetime
) -> NewSecret:
    """A new active secret. With ``overlap`` (up to 7 days) the old one works on until then, else it ends now.

    An older secret still in its overlap ends now: at most two work at a time. Raises ``InvalidKey`` or NOT_FOUND.
    """
    key = api_key_to_edit(actor, key_id)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidKey(problems=(FieldProblem("/overlap", "not_allowed", str(_("At most 7 days."))),))
    if reason not in REVOKE_REASONS:
        raise InvalidKey(
            problems=(FieldProblem("/reason", "not_allowed", str(_("Choose one of the reasons offered."))),)
        )
    key.secrets.filter(revoked_at__isnull=True, valid_until__gt=now).update(
        revoked_at=now, revoked_by_id=actor.id, revoke_reason=reason
    )
    ended: dict[str, Any] = {"revoked_by_id": actor.id, "revoke_reason": reason}
    if overlap:
        ended["valid_until"] = now + overlap
    else:
        ended["revoked_at"] = now
    key.secrets.filter(revoked_at__isnull=True, valid_until__isnull=True).update(**ended)
    clear = add_secret(key, actor=actor, now=now)
    if key.reminded_at is not None:
        key.reminded_at = None
        key.save(update_fields=["reminded_at"])
    record(
        actor=actor,
        event="api_key.secret_rotated",
        object_type="api_key",
        object_id=key.pk,
        now=now,
        data={"reason": reason, "overlap_hours": int(overlap.total_seconds() // 3600)},
    )
    return NewSecret(key, clear)


def revoke_old_secrets(*, actor: Actor, key_id: UUID, reason: str = "planned", now: datetime) -> int:
    """Ends an overlap early: every secret but the active one stops working now. Returns how many were ended."""
    key = api_key_to_edit(actor, key_id)
    ended = key.secrets.filter(revoked_at__isnull=True, valid_until__gt=now).update(
        revoked_at=now, revoked_by_id=actor.id, revoke_reason=reason
    )
    if ended:
        record(
            actor=actor,
            event="api_key.overlap_ended",
            object_type="api_key",
            object_id=key.pk,
            now=now,
            data={"reason": reason},
        )
    return ended
