"""Make an API key with its first secret; change its name and reminder."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import manages_keys, require
from gewerk.identity.key_access import api_key_to_edit
from gewerk.identity.models import ApiKey, ApiSecret, Organisation, Scope, scopes_of
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.kit.secrets import encrypt

REMINDER_DAYS = (0, 30, 60, 90, 180)
"""0 = never (spec 02, keys)."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A key and its fresh client secret in clear text, to be shown now."""

    key: ApiKey
    client_secret: str


class InvalidKey(Refusal):
    code = "invalid_key"
    message = _("The key cannot be saved like this.")


def create_key(
    *,
    actor: Actor,
    name: str,
    scope: str = "",
    client_number: str = "",
    reminder_days: int = 90,
    reminder_email: str = "",
    now: datetime,
) -> NewSecret:
    """A new key of the actor's organisation; without ``scope`` it may do all that such an organisation's keys may.

    Raises ``InvalidKey`` with the fields that are wrong, or FORBIDDEN.
    """
    require(manages_keys(actor))
    problems = _problems(name=name, reminder_days=reminder_days)
    offered = scopes_of(Organisation.objects.values_list("kind", flat=True).get(pk=actor.organisation_id))
    scope = scope or offered[0]
    if scope not in offered:
        problems.append(FieldProblem("/scope", "not_allowed", str(_("Choose one of the scopes offered."))))
    if client_number and Scope.FIRM in offered:
        problems.append(FieldProblem("/client_number", "not_allowed", str(_("A firm has no clients in an ERP."))))
    if len(client_number) > 40:
        problems.append(FieldProblem("/client_number", "too_long", str(_("At most 40 characters."))))
    if problems:
        raise InvalidKey(problems=tuple(problems))
    key = ApiKey.objects.create(
        organisation_id=actor.organisation_id,
        name=name.strip(),
        client_id=f"gwk_{secrets.token_hex(12)}",
        scope=scope,
        client_number=client_number.strip(),
        reminder_days=reminder_days,
        reminder_email=reminder_email.strip(),
        created_at=now,
        created_by_id=actor.id,
    )
    clear = add_secret(key, actor=actor, now=now)
    record(
        actor=actor, event="api_key.created", object_type="api_key", object_id=key.pk, now=now, data={"scope": scope}
    )
    return NewSecret(key, clear)


def change_key(
    *, actor: Actor, key_id: UUID, name: str, reminder_days: int, reminder_email: str, now: datetime
) -> ApiKey:
    """Name and reminder; scope and client are fixed (make another key). Raises ``InvalidKey`` or NOT_FOUND."""
    key = api_key_to_edit(actor, key_id)
    problems = _problems(name=name, reminder_days=reminder_days)
    if problems:
        raise InvalidKey(problems=tuple(problems))
    wanted = {"name": name.strip(), "reminder_days": reminder_days, "reminder_email": reminder_email.strip()}
    changed = [field for field, value in wanted.items() if getattr(key, field) != value]
    if changed:
        for field in changed:
            setattr(key, field, wanted[field])
        key.save(update_fields=changed)
        record(
            actor=actor,
            event="api_key.changed",
            object_type="api_key",
            object_id=key.pk,
            now=now,
            data={"fields": changed},
        )
    return key


def add_secret(key: ApiKey, *, actor: Actor, now: datetime) -> str:
    """Gives ``key`` an active secret and returns it in clear text. The caller has ended the one before."""
    clear = f"gws_{secrets.token_urlsafe(32)}"
    ApiSecret.objects.create(
        key=key, sealed=encrypt(clear), prefix=clear[:8], last_four=clear[-4:], created_at=now, created_by_id=actor.id
    )
    return clear


def _problems(*, name: str, reminder_days: int) -> list[FieldProblem]:
    problems = []
    if not name.strip():
        problems.append(FieldProblem("/name", "required", str(_("Give the key a name that tells what it is for."))))
    elif len(name.strip()) > 100:
        problems.append(FieldProblem("/name", "too_long", str(_("At most 100 characters."))))
    if reminder_days not in REMINDER_DAYS:
        problems.append(FieldProblem("/reminder_days", "not_allowed", str(_("Choose one of the intervals offered."))))
    return problems
