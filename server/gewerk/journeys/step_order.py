"""A step of an order, and what follows it: given back or ended, its open visit goes along; done, its tickets are mended."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.journeys.tickets_follow_order import tickets_follow_order
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.take_step import take_step
from gewerk.scheduling.operations.answer import cancel_open

ENDS_VISITS = frozenset({"decline", "withdraw_award", "cancel"})


def step_order(
    *,
    actor: Actor,
    order_id: UUID,
    step: str,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    warranty_until: date | None = None,
) -> WorkOrder:
    """``projects.operations.take_step`` for doors: same arguments, same refusals."""
    order = take_step(
        actor=actor,
        order_id=order_id,
        step=step,
        now=now,
        version=version,
        reason=reason,
        warranty_until=warranty_until,
    )
    if step in ENDS_VISITS:
        why = reason.strip() or str(_("The order was given back."))
        cancel_open(actor=system(order.organisation_id), order_id=order.pk, reason=why, now=now)
    elif step == "finish":
        tickets_follow_order(order=order, now=now)
    return order
