"""A firm's orders as its programs read them: what its pages show, nothing of the manager's budget, accounts and limits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from gewerk.journal.actor import Actor
from gewerk.projects.access import OrderNotFound, contact_of, orders, steps_for
from gewerk.projects.models import WorkOrder
from gewerk.projects.queries.orders_for_programs import Row, item_row

_RELATED = ("organisation", "property", "unit")


def page(
    actor: Actor, *, state: str | None, updated_since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[Row], tuple[datetime, UUID] | None]:
    """Up to ``limit`` orders by (updated_at, id) with their items, and where to go on: two queries.

    Without contacts: whoever looks at a tenant's contact opens the one order, and that is noted.
    """
    rows = orders(actor)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(updated_at__gte=updated_since) if updated_since else rows
    if after is not None:
        rows = rows.filter(Q(updated_at__gt=after[0]) | Q(updated_at=after[0], pk__gt=after[1]))
    found = list(rows.order_by("updated_at", "id").select_related(*_RELATED).prefetch_related("items")[: limit + 1])
    shown = found[:limit]
    last = (shown[-1].updated_at, shown[-1].pk) if len(found) > limit else None
    return [_row(actor, one) for one in shown], last


def one(actor: Actor, order_id: UUID) -> tuple[Row, WorkOrder, bool]:
    """The order with its contact, the order itself, and whether somebody's contact stands in it. Raises OrderNotFound."""
    found = orders(actor).select_related(*_RELATED).prefetch_related("items").filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    contact = contact_of(actor, found)
    row = _row(actor, found)
    row["contact"] = None
    if contact is not None:
        row["contact"] = {
            "name": contact.name or None,
            "phone": contact.phone or None,
            "email": contact.email or None,
            "access_notes": contact.access_notes or None,
            "pets": contact.pets or None,
        }
    return row, found, contact is not None and bool(contact.name or contact.phone or contact.email)


def _row(actor: Actor, one: WorkOrder) -> Row:
    own: list[Any] = sorted((i for i in one.items.all() if i.variation_id is None), key=lambda item: item.position)
    place = one.property
    return {
        "id": one.pk,
        "number": one.number,
        "manager": one.organisation.name,
        "title": one.title,
        "text": one.text or None,
        "trade": one.trade or None,
        "urgency": one.urgency,
        "state": one.state,
        "state_at": one.state_at,
        "steps": [step.key for step in steps_for(actor, one)],
        "place": {
            "street": place.street or None,
            "house_number": place.house_number or None,
            "postcode": place.postcode or None,
            "city": place.city or None,
            "unit": (one.unit.name or one.unit.external_id) if one.unit else None,
            "floor": one.unit.floor if one.unit else None,
            "position": (one.unit.position or None) if one.unit else None,
            "note": one.place_note or None,
        },
        "awarded_at": one.awarded_at,
        "confirmed_at": one.confirmed_at,
        "due_date": one.due_date,
        "done_at": one.done_at,
        "accepted_at": one.accepted_at,
        "warranty_until_date": one.warranty_until_date,
        "currency": one.currency,
        "items": [item_row(item) for item in own],
        "net_minor": one.items_net_minor,
        "gross_minor": one.items_gross_minor,
        "variations_gross_minor": one.variations_gross_minor,
        "version": one.version,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
