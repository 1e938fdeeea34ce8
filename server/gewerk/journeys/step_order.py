"""A step of an order, and what follows it: given back or ended, its open visit and request go along; done, its tickets are mended."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.journeys.tickets_follow_order import tickets_follow_order
from gewerk.marketplace.access import live_request_of
from gewerk.marketplace.operations.end_request import end_request
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.take_step import take_step
from gewerk.scheduling.operations.answer import cancel_open
from gewerk.scheduling.operations.on_site import TOO_EARLY, attend
from gewerk.scheduling.queries.visits import current_visit
from gewerk.scheduling.states import State as VisitState

ENDS_VISITS = frozenset({"decline", "withdraw_award", "cancel"})
ENDS_REQUESTS = frozenset({"end_tender", "cancel"})


@transaction.atomic
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
    live = live_request_of(order_id) if step in ENDS_REQUESTS else None
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
        _end_visit(order, now=now)
        tickets_follow_order(order=order, now=now)
    if live is not None and live.organisation_id == order.organisation_id:
        end_request(actor=system(order.organisation_id), request_id=live.pk, reason=reason, now=now)
    return order


def _end_visit(order: WorkOrder, *, now: datetime) -> None:
    """Nobody need come any more: the agreed visit took place, one that is still ahead is called off."""
    visit = current_visit(order.pk)
    if visit is None:
        return
    begun = visit.starts_at is not None and now >= visit.starts_at - TOO_EARLY
    if visit.state == VisitState.UNDER_WAY or (visit.state == VisitState.AGREED and begun):
        attend(actor=system(order.organisation_id), visit_id=visit.pk, now=max(now, visit.starts_at or now))
    else:
        why = str(_("The work is done."))
        cancel_open(actor=system(order.organisation_id), order_id=order.pk, reason=why, now=now)
