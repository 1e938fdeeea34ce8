"""How much work firms have of the acting manager."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, UUIDField

from gewerk.journal.actor import Actor
from gewerk.kit.prepared import Given, prepared
from gewerk.projects.access import orders
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.projects.states import OPEN


def open_orders_of_firms(actor: Actor, firm_ids: Collection[UUID]) -> dict[UUID, int]:
    """Firm -> number of its open orders; one query."""
    rows = orders(actor).filter(firm_id__in=firm_ids, state__in=OPEN).order_by()
    return {firm_id: n for firm_id, n in rows.values_list("firm_id").annotate(n=Count("pk")) if firm_id is not None}


def orders_of(actor: Actor, *, limit: int, **wanted: UUID) -> list[WorkOrder]:
    """The newest orders of a firm (``firm_id``), a property (``property_id``) or a crew (``crew_id``); one query."""
    rows = orders(actor).filter(**wanted).select_related("property", "unit", "firm", "crew")
    return list(rows.order_by("-created_at", "-id")[:limit])


_linked_to = prepared(
    lambda: OrderTicket.objects.filter(ticket_id=Given("ticket", UUIDField())).values_list("order_id", flat=True)
)


def orders_of_ticket(actor: Actor, ticket_id: UUID) -> list[WorkOrder]:
    """Those that answer the ticket, the oldest first: one query where there are none, else two."""
    ids = _linked_to(ticket=ticket_id)
    if not ids:
        return []
    found = orders(actor).filter(pk__in=ids).select_related("property", "unit", "firm", "crew")
    return sorted(found, key=lambda order: (order.created_at, order.pk))
