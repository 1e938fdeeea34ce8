"""End a key: its secrets and, unlike a rotation, all tokens made with it stop working now."""

from datetime import datetime
from uuid import UUID

from gewerk.identity.key_access import api_key_to_edit
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record


def revoke_key(*, actor: Actor, key_id: UUID, reason: str = "planned", now: datetime) -> None:
    """The row stays for the journal. Raises NOT_FOUND."""
    key = api_key_to_edit(actor, key_id)
    key.deleted_at = now
    key.save(update_fields=["deleted_at"])
    key.secrets.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_by_id=actor.id, revoke_reason=reason)
    record(
        actor=actor, event="api_key.revoked", object_type="api_key", object_id=key.pk, now=now, data={"reason": reason}
    )
