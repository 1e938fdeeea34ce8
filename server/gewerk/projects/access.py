"""The only way a door gets an order. A manager finds its own, a firm and a crew those that they have, nobody else any."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from gewerk.firms.access import crew_ids_of
from gewerk.identity.access import (
    dispatches,
    edits_orders,
    handles_money,
    is_caretaker,
    require,
    sees_orders,
    works_for_firm,
)
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.models import Approval, OrderTicket, Variation, WorkOrder
from gewerk.projects.states import CONTACT_SHOWN, By, Step, allowed
from gewerk.tickets.models import Ticket


class OrderNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def orders(actor: Actor) -> QuerySet[WorkOrder]:
    """The manager's (of the client, where a key is limited to one), the firm's or the crew's."""
    if sees_orders(actor):
        rows = WorkOrder.objects.filter(organisation_id=actor.organisation_id)
        return rows.filter(property__client_number=actor.client_number) if actor.client_number else rows
    if works_for_firm(actor):
        return WorkOrder.objects.filter(firm_id=actor.organisation_id)
    require(is_caretaker(actor))
    return WorkOrder.objects.filter(organisation_id=actor.organisation_id, crew_id__in=crew_ids_of(actor))


def seen_orders(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these the actor may see, for files linked to them (``files.access.VIEWERS``)."""
    if not (sees_orders(actor) or works_for_firm(actor) or is_caretaker(actor)):
        return set()
    return set(orders(actor).filter(pk__in=ids).values_list("pk", flat=True))


def order_for(actor: Actor, order_id: UUID) -> WorkOrder:
    """Raises OrderNotFound for an unknown or a foreign id alike."""
    found = orders(actor).filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found


def order_to_change(actor: Actor, order_id: UUID) -> WorkOrder:
    """As ``order_for``, with the row locked where the database can: of two steps at once the second sees the first."""
    found = orders(actor).select_for_update(of=("self",)).filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found


def order_to_edit(actor: Actor, order_id: UUID) -> WorkOrder:
    """As ``order_to_change``, for what only the manager's people may do."""
    require(edits_orders(actor))
    return order_to_change(actor, order_id)


def approvals(actor: Actor) -> QuerySet[Approval]:
    """Of the manager's orders."""
    require(sees_orders(actor))
    rows = Approval.objects.filter(order__organisation_id=actor.organisation_id)
    return rows.filter(order__property__client_number=actor.client_number) if actor.client_number else rows


def approval_for(actor: Actor, approval_id: UUID) -> Approval:
    found = approvals(actor).select_related("order", "variation", "firm", "asked_by").filter(pk=approval_id).first()
    if found is None:
        raise OrderNotFound
    return found


def variation_for(actor: Actor, variation_id: UUID) -> Variation:
    """Of an order that the actor finds."""
    found = Variation.objects.filter(pk=variation_id, order__in=orders(actor)).first()
    if found is None:
        raise OrderNotFound
    return found


def parties_of(actor: Actor, order: WorkOrder) -> frozenset[By]:
    """As whom the actor meets the order. Pages make buttons from it, ``operations`` guard with it."""
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({By.SYSTEM})
    parties = set()
    if actor.organisation_id == order.organisation_id:
        if edits_orders(actor):
            parties |= {By.STAFF, By.FINANCE}
        elif handles_money(actor):
            parties.add(By.FINANCE)
        if order.crew_id is not None and order.crew_id in crew_ids_of(actor):
            parties |= {By.DISPATCH, By.CONTRACTOR}
    elif actor.organisation_id == order.firm_id and works_for_firm(actor):
        parties.add(By.CONTRACTOR)
        if dispatches(actor):
            parties.add(By.DISPATCH)
    return frozenset(parties)


def is_contractor(actor: Actor, order: WorkOrder) -> bool:
    """The actor sees the order as the one who does the work, not as the manager."""
    return bool(parties_of(actor, order) & {By.CONTRACTOR, By.DISPATCH}) and not sees_orders(actor)


def steps_for(actor: Actor, order: WorkOrder) -> tuple[Step, ...]:
    """What the actor may do next, in the table's order."""
    found = allowed(order.state, parties_of(actor, order), in_house=order.in_house)
    return tuple(step for step in found if step.key != "confirm" or order.confirmed_at is None)


def concerns_reporter(order: WorkOrder, ticket: Ticket) -> bool:
    """The order is done in this reporter's home, or theirs to speak of because their report began it.

    Several reporters may wait for one order; only one of them answers for its visits and rates the work.
    """
    if order.tenant_id is not None:
        return order.tenant_id == ticket.reporter_id
    first = OrderTicket.objects.filter(order=order).order_by("id").values_list("ticket_id", flat=True).first()
    return first == ticket.pk


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call, and how to get in."""

    name: str
    phone: str
    email: str
    access_notes: str
    pets: str


def contact_of(actor: Actor, order: WorkOrder) -> Contact | None:
    """For the manager always; for a contractor after the award and until the acceptance, else None (spec 04, messages).

    Whoever shows it to a contractor notes the look: ``operations.contact_looks``.
    """
    if not sees_orders(actor) and order.state not in CONTACT_SHOWN:
        return None
    return Contact(order.contact_name, order.contact_phone, order.contact_email, order.access_notes, order.pets)
