"""Who may do what. A page's button and its guard ask the same question here; each takes the actor and answers yes or no."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from gewerk.identity.models import MANAGING_ROLES, Membership, Person, Role, Scope
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind


def live_memberships(person: Person, *, now: datetime) -> list[Membership]:
    """Memberships that give access now: not ended, and the last day (in the organisation's time zone) not past."""
    rows = (
        Membership.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now), person=person)
        .select_related("organisation")
        .order_by("created_at", "id")
    )
    return [
        m
        for m in rows
        if m.ends_date is None or m.ends_date >= now.astimezone(ZoneInfo(m.organisation.time_zone)).date()
    ]


def actor_for(person: Person, organisation_id: UUID, *, memberships: list[Membership]) -> Actor:
    """The person as they act in that organisation."""
    roles = frozenset(m.role for m in memberships if m.organisation_id == organisation_id)
    return Actor(kind=ActorKind.PERSON, id=person.pk, organisation_id=organisation_id, roles=roles)


def sees_stock(actor: Actor) -> bool:
    """The whole stock of the organisation: its managing people, and its API keys."""
    return actor.kind is ActorKind.KEY or bool(actor.roles & MANAGING_ROLES)


def edits_stock(actor: Actor) -> bool:
    """Change the stock by hand: admin, housing manager, housing officer; keys that may write master data."""
    if actor.kind is ActorKind.KEY:
        return bool(actor.scopes & {Scope.ALL, Scope.MASTER_DATA})
    return actor.kind is ActorKind.SYSTEM or bool(
        actor.roles & {Role.ADMIN, Role.HOUSING_MANAGER, Role.HOUSING_OFFICER}
    )


def manages_keys(actor: Actor) -> bool:
    """API keys belong to the administrator, never to a key."""
    return actor.kind is ActorKind.PERSON and Role.ADMIN in actor.roles


def manages_team(actor: Actor) -> bool:
    return actor.kind is ActorKind.PERSON and Role.ADMIN in actor.roles


def manages_company(actor: Actor) -> bool:
    return actor.kind is ActorKind.PERSON and Role.ADMIN in actor.roles


def operates(actor: Actor) -> bool:
    """The operator of the installation; sees organisations and mails waiting, never a manager's stock."""
    return actor.kind is ActorKind.PERSON and Role.OPERATOR in actor.roles


def require(allowed: bool) -> None:
    """Raises a refusal of kind FORBIDDEN unless ``allowed``."""
    if not allowed:
        raise Refusal(kind=RefusalKind.FORBIDDEN, code="forbidden")
