"""A step of an order that takes it from its contractor, or ends it, takes its open visit and its open request with it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.marketplace.access import live_request_of
from gewerk.marketplace.operations.end_request import end_request
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.take_step import take_step
from gewerk.projects.states import BY_KEY
from gewerk.scheduling.operations.answer import cancel_open

ENDS_VISITS = frozenset({"decline", "withdraw_award", "cancel"})
ENDS_REQUESTS = frozenset({"end_tender", "cancel"})


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
    with transaction.atomic():
        live = live_request_of(order_id) if step in ENDS_REQUESTS else None
        moved = _move(actor, order_id, step, now=now, version=version, reason=reason, warranty_until=warranty_until)
        if live is not None and live.organisation_id == moved.organisation_id:
            end_request(actor=system(moved.organisation_id), request_id=live.pk, reason=reason, now=now)
        return moved


def _move(
    actor: Actor,
    order_id: UUID,
    step: str,
    *,
    now: datetime,
    version: int | None,
    reason: str,
    warranty_until: date | None,
) -> WorkOrder:
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
