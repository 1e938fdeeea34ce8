"""Who may do what. A page's button and its guard ask the same question here; each takes the actor and answers yes or no."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Q, UUIDField

from gewerk.identity.models import FIRM_ROLES, MANAGING_ROLES, Membership, Person, Role, Scope
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.prepared import Given, prepared
from gewerk.kit.refusals import Refusal, RefusalKind

_EDITING = frozenset({Role.ADMIN, Role.HOUSING_MANAGER, Role.HOUSING_OFFICER, Role.PRIVATE_OWNER})


_live = prepared(
    lambda: (
        Membership.objects.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=Given("now", DateTimeField())),
            person_id=Given("person", UUIDField()),
        )
        .select_related("organisation", "person")
        .order_by("created_at", "id")
    )
)


def live_memberships(person: Person, *, now: datetime) -> list[Membership]:
    """Memberships that give access now: not ended, and the last day (in the organisation's time zone) not past."""
    return memberships_of(person.pk, now=now)


def memberships_of(person_id: UUID, *, now: datetime) -> list[Membership]:
    """As ``live_memberships``, each with the person, before anybody has asked for them."""
    return [
        m
        for m in _live(person=person_id, now=now)
        if m.ends_date is None or m.ends_date >= now.astimezone(ZoneInfo(m.organisation.time_zone)).date()
    ]


def actor_for(person: Person, organisation_id: UUID, *, memberships: list[Membership]) -> Actor:
    """The person as they act in that organisation."""
    roles = frozenset(m.role for m in memberships if m.organisation_id == organisation_id)
    return Actor(kind=ActorKind.PERSON, id=person.pk, organisation_id=organisation_id, roles=roles)


def sees_stock(actor: Actor) -> bool:
    """The whole stock of the organisation: its managing people, and its API keys."""
    if actor.kind is ActorKind.KEY:
        return Scope.FIRM not in actor.scopes
    return bool(actor.roles & MANAGING_ROLES)


def edits_stock(actor: Actor) -> bool:
    """Change the stock by hand: admin, housing manager, housing officer, a private owner; keys that may write master data."""
    if actor.kind is ActorKind.KEY:
        return bool(actor.scopes & {Scope.ALL, Scope.MASTER_DATA})
    return actor.kind is ActorKind.SYSTEM or bool(actor.roles & _EDITING)


def sees_orders(actor: Actor) -> bool:
    """Tickets, orders and firms of the organisation: its managing people, and keys that are not for master data only."""
    if actor.kind is ActorKind.KEY:
        return bool(actor.scopes & {Scope.ALL, Scope.READ})
    return actor.kind is ActorKind.SYSTEM or bool(actor.roles & MANAGING_ROLES)


def edits_orders(actor: Actor) -> bool:
    """Make and award orders, keep the list of firms: whoever edits the stock by hand; keys that may do everything."""
    if actor.kind is ActorKind.KEY:
        return Scope.ALL in actor.scopes
    return actor.kind is ActorKind.SYSTEM or bool(actor.roles & _EDITING)


def handles_money(actor: Actor) -> bool:
    """Note invoices and payments, decide on approvals: whoever edits orders, and the finance officer."""
    return edits_orders(actor) or (actor.kind is ActorKind.PERSON and Role.FINANCE_OFFICER in actor.roles)


def settles_gates(actor: Actor) -> bool:
    """Lets a firm take a service although evidence has expired: the administrator, in person."""
    return actor.kind is ActorKind.PERSON and Role.ADMIN in actor.roles


def works_for_firm(actor: Actor) -> bool:
    """Anybody of a tradesperson's firm, and its keys."""
    return is_firms_key(actor) or (actor.kind is ActorKind.PERSON and bool(actor.roles & FIRM_ROLES))


def dispatches(actor: Actor) -> bool:
    """Speaks for the firm: its owner and its dispatchers, and its keys."""
    return is_firms_key(actor) or (actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.FIRM, Role.DISPATCHER}))


def is_firms_key(actor: Actor) -> bool:
    """A program of a tradesperson's firm."""
    return actor.kind is ActorKind.KEY and Scope.FIRM in actor.scopes


def owns_privately(actor: Actor) -> bool:
    """Somebody with a house or a flat of their own and no office: sees simpler pages."""
    return actor.kind is ActorKind.PERSON and Role.PRIVATE_OWNER in actor.roles


def is_caretaker(actor: Actor) -> bool:
    """Caretaker, or of the manager's own crew."""
    return actor.kind is ActorKind.PERSON and Role.CARETAKER in actor.roles


def manages_keys(actor: Actor) -> bool:
    """API keys belong to the administrator, of a firm to its owner, never to a key."""
    return actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.ADMIN, Role.FIRM})


def opens_connector(actor: Actor) -> bool:
    """The connector's pages: the administrator sets it up, who answers for the stock watches it and starts runs."""
    return actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.ADMIN, Role.HOUSING_MANAGER})


def manages_team(actor: Actor) -> bool:
    """A manager's administrator, a firm's owner, the operator's people: each confirms what another sent in."""
    return actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.ADMIN, Role.FIRM, Role.OPERATOR})


def manages_company(actor: Actor) -> bool:
    """A manager's administrator, a firm's owner, a private owner."""
    return actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.ADMIN, Role.FIRM, Role.PRIVATE_OWNER})


def operates(actor: Actor) -> bool:
    """The operator of the installation; sees organisations and mails waiting, never a manager's stock."""
    return actor.kind is ActorKind.PERSON and Role.OPERATOR in actor.roles


def require(allowed: bool) -> None:
    """Raises a refusal of kind FORBIDDEN unless ``allowed``."""
    if not allowed:
        raise Refusal(kind=RefusalKind.FORBIDDEN, code="forbidden")
