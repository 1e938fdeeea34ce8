"""Show the active client secret again. The page asks for re-authentication first; each look is logged."""

from datetime import datetime
from uuid import UUID

from gewerk.identity.key_access import KeyNotFound, api_key_for
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.secrets import decrypt


def reveal_secret(*, actor: Actor, key_id: UUID, now: datetime) -> str:
    """The active secret in clear text. Raises NOT_FOUND; writes ``api_key.secret_revealed``."""
    key = api_key_for(actor, key_id)
    secret = key.secrets.filter(revoked_at__isnull=True, valid_until__isnull=True).first()
    if secret is None:
        raise KeyNotFound
    record(actor=actor, event="api_key.secret_revealed", object_type="api_key", object_id=key.pk, now=now)
    return decrypt(secret.sealed)
