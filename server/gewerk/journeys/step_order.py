"""A step of an order that takes it from its contractor, or ends it, takes its open visit with it."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.take_step import take_step
from gewerk.projects.states import BY_KEY
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
    if step in ENDS_VISITS and step in BY_KEY:
        order = take_step(actor=actor, order_id=order_id, step=step, now=now, version=version, reason=reason)
        why = reason.strip() or str(_("The order was given back."))
        cancel_open(actor=system(order.organisation_id), order_id=order.pk, reason=why, now=now)
        return order
    return take_step(
        actor=actor,
        order_id=order_id,
        step=step,
        now=now,
        version=version,
        reason=reason,
        warranty_until=warranty_until,
    )
