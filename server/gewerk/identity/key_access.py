"""The only way a door gets an API key. Keys belong to the administrators of their organisation."""

from uuid import UUID

from django.db.models import QuerySet

from gewerk.identity.access import manages_keys, require
from gewerk.identity.models import ApiKey
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind


class KeyNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def api_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Live keys of the actor's organisation, oldest first."""
    require(manages_keys(actor))
    return ApiKey.objects.filter(organisation_id=actor.organisation_id, deleted_at__isnull=True).order_by(
        "created_at", "id"
    )


def api_key_for(actor: Actor, key_id: UUID) -> ApiKey:
    """Raises ``KeyNotFound`` for an unknown, a foreign or a revoked key alike."""
    found = api_keys(actor).filter(pk=key_id).first()
    if found is None:
        raise KeyNotFound
    return found


def api_key_to_edit(actor: Actor, key_id: UUID) -> ApiKey:
    """As ``api_key_for``, with the row locked where the database can."""
    found = api_keys(actor).select_for_update(of=("self",)).filter(pk=key_id).first()
    if found is None:
        raise KeyNotFound
    return found
