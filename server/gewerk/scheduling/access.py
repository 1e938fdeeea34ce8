"""The only way a door gets a visit or a completion: whoever finds the order finds its visits; a tenant those that concern it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from gewerk.identity.access import edits_orders
from gewerk.identity.models import Organisation, Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access_tenant import NoTenancy, tenancy_for
from gewerk.portfolio.models import SubProperty
from gewerk.projects.access import OrderNotFound, order_for, orders, parties_of
from gewerk.projects.models import WorkOrder
from gewerk.projects.states import By as OrderBy
from gewerk.scheduling.links import visit_of
from gewerk.scheduling.models import Completion, Visit
from gewerk.scheduling.states import By, Step, allowed
from gewerk.scheduling.wall_time import day_of

_VISIT = "visit:"
_ORDER = "work_order:"


class VisitNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def guest_of(token: str) -> tuple[Actor, Visit]:
    """Whoever opens the tenant's link of a visit: a guest who may do with it what the tenant may. Raises LinkIsInvalid."""
    visit = visit_of(token)
    return guest_for(visit.organisation_id, visit_id=visit.pk, order_id=visit.order_id), visit


def guest_for(organisation_id: UUID, *, order_id: UUID, visit_id: UUID | None = None) -> Actor:
    """A guest whose link was checked elsewhere (a ticket's status page opens the visits of its orders)."""
    scopes = {f"{_ORDER}{order_id}"} | ({f"{_VISIT}{visit_id}"} if visit_id else set())
    return Actor(kind=ActorKind.GUEST, id=None, organisation_id=organisation_id, scopes=frozenset(scopes))


def _order_ids_of_guest(actor: Actor) -> set[UUID]:
    return {UUID(scope.removeprefix(_ORDER)) for scope in actor.scopes if scope.startswith(_ORDER)}


def _is_tenant(actor: Actor) -> bool:
    return actor.kind is ActorKind.PERSON and actor.roles == {Role.TENANT}


def _tenant_of(actor: Actor, now: datetime) -> SubProperty | None:
    """The acting tenant's record, while the lease runs on the organisation's day."""
    zone = ZoneInfo(Organisation.objects.get(pk=actor.organisation_id).time_zone)
    try:
        return tenancy_for(actor, as_of=day_of(now, zone)).tenant
    except NoTenancy:
        return None


def visits(actor: Actor, *, now: datetime) -> QuerySet[Visit]:
    """Those of the orders that the actor finds; a tenant's own; a guest's one order."""
    rows = Visit.objects.select_related("order", "organisation")
    if actor.kind is ActorKind.GUEST:
        return rows.filter(organisation_id=actor.organisation_id, order_id__in=_order_ids_of_guest(actor))
    if _is_tenant(actor):
        tenant = _tenant_of(actor, now)
        return rows.filter(organisation_id=actor.organisation_id, order__tenant=tenant) if tenant else rows.none()
    return rows.filter(order__in=orders(actor))


def visit_for(actor: Actor, visit_id: UUID, *, now: datetime) -> Visit:
    """Raises VisitNotFound for an unknown or a foreign id alike."""
    found = visits(actor, now=now).filter(pk=visit_id).first()
    if found is None:
        raise VisitNotFound
    return found


def visit_to_change(actor: Actor, visit_id: UUID, *, now: datetime) -> Visit:
    """As ``visit_for``, with the row locked where the database can: of two steps at once the second sees the first.

    The order is locked before the visit, by everybody: steps of both touch both, and two that lock in different turns would wait for
    each other.
    """
    order_id = visits(actor, now=now).filter(pk=visit_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise VisitNotFound
    WorkOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    found = visits(actor, now=now).select_for_update(of=("self",)).filter(pk=visit_id).first()
    if found is None:
        raise VisitNotFound
    return found


def order_for_visit(actor: Actor, order_id: UUID, *, now: datetime) -> WorkOrder:
    """The order for which the actor wants to propose or wish a visit. Raises OrderNotFound."""
    rows = WorkOrder.objects.filter(organisation_id=actor.organisation_id, pk=order_id)
    if actor.kind is ActorKind.GUEST:
        found = rows.first() if order_id in _order_ids_of_guest(actor) else None
    elif _is_tenant(actor):
        tenant = _tenant_of(actor, now)
        found = rows.filter(tenant=tenant).first() if tenant else None
    else:
        return order_for(actor, order_id)
    if found is None:
        raise OrderNotFound
    return found


def parties(actor: Actor, order: WorkOrder) -> frozenset[By]:
    """As whom the actor meets the visits of an order that ``access`` found for it."""
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({By.SYSTEM})
    if actor.kind is ActorKind.GUEST or _is_tenant(actor):
        return frozenset({By.TENANT})
    found = set()
    if actor.organisation_id == order.organisation_id and edits_orders(actor):
        found.add(By.STAFF)
    if OrderBy.CONTRACTOR in parties_of(actor, order):
        found.add(By.CONTRACTOR)
    return frozenset(found)


def steps_for(actor: Actor, order: WorkOrder, visit: Visit | None) -> tuple[Step, ...]:
    """What the actor may do next about the order's visit (None or a past one: make a new one)."""
    return allowed(visit.state if visit else None, parties(actor, order))


def completions(actor: Actor) -> QuerySet[Completion]:
    """Of the orders that the actor finds."""
    return Completion.objects.filter(order__in=orders(actor)).select_related("order", "visit")


def completions_seen(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these the actor may see, for ``files.access.VIEWERS``."""
    if actor.kind is ActorKind.GUEST or _is_tenant(actor):
        return set()
    return set(completions(actor).filter(Q(pk__in=ids)).values_list("pk", flat=True))
