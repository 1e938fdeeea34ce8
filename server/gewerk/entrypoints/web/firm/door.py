"""For people of firms, caretakers and crews; others are asked to log in, or refused."""

from uuid import UUID

from django.http import HttpRequest

from gewerk.entrypoints.web.doors import door, reader
from gewerk.identity.access import is_caretaker, works_for_firm
from gewerk.projects.access import OrderNotFound, orders
from gewerk.projects.models import WorkOrder

__all__ = ["RELATED", "job_of", "reader", "working"]

RELATED = ("organisation", "property", "unit", "firm", "crew", "responsible")

working = door(lambda actor: works_for_firm(actor) or is_caretaker(actor), edits=lambda _: False)


def job_of(request: HttpRequest, order_id: UUID) -> WorkOrder:
    """The order as its contractor meets it. Raises OrderNotFound."""
    found = orders(reader(request).actor).select_related(*RELATED).filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found
