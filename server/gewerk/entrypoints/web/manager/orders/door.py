"""What is fetched before a page of one order starts, and where its forms lead back to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.door import reader
from gewerk.projects.access import OrderNotFound, orders
from gewerk.projects.models import WorkOrder

RELATED = ("organisation", "property", "unit", "tenant", "firm", "crew", "responsible", "recall_of")


def order_of(request: HttpRequest, order_id: UUID) -> WorkOrder:
    """With all that pages show. Raises OrderNotFound."""
    found = orders(reader(request).actor).select_related(*RELATED).filter(pk=order_id).first()
    if found is None:
        raise OrderNotFound
    return found


def page_of(order_id: UUID, part: str = "") -> str:
    return reverse("order", args=[order_id]) + (f"#{part}" if part else "")


def trail_to(order: WorkOrder, last: str = "") -> list[dict[str, Any]]:
    """Orders > number (> what is done)."""
    trail: list[dict[str, Any]] = [{"label": _("Orders"), "url": reverse("orders")}]
    if not last:
        return [*trail, {"label": order.number}]
    return [*trail, {"label": order.number, "url": page_of(order.pk)}, {"label": last}]


def version_of(request: HttpRequest) -> int | None:
    """The version that the form showed; without one nobody looked."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
