"""The history's line about files that were added to an order (``files`` keeps the files themselves)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.projects.access import order_to_change
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.moving import note, save


def tell_of_files(*, actor: Actor, order_id: UUID, names: Sequence[str], now: datetime) -> WorkOrder:
    """By whoever sees the order. Raises OrderNotFound."""
    order = order_to_change(actor, order_id)
    save(order, now=now, changes={})
    note(
        actor=actor,
        order=order,
        event="files_added",
        now=now,
        data={"names": list(names)},
        journal={"files": len(names)},
    )
    return order
