"""Whose turn it is: what of the orders waits for the acting person."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gewerk.identity.access import dispatches, edits_orders, handles_money, is_caretaker
from gewerk.journal.actor import Actor
from gewerk.projects.access import approvals, orders
from gewerk.projects.models import Approval, ApprovalState, Variation, VariationState, WorkOrder
from gewerk.projects.operations.limits import limit_of
from gewerk.projects.states import VARIABLE, State


@dataclass(frozen=True, slots=True)
class OrderTurn:
    """One order and why it waits: ``award``, ``accept``, ``invoice``, ``pay`` or (for contractors) ``confirm``."""

    order: WorkOrder
    why: str


_STAFF = {State.DRAFT: "award", State.QUOTED: "award", State.DONE: "accept"}
_MONEY = {State.ACCEPTED: "invoice", State.INVOICED: "pay"}


def orders_that_wait(actor: Actor, *, limit: int) -> list[OrderTurn]:
    """For the manager's people: orders for which they are responsible, or nobody is. For contractors: what they have not accepted yet.

    Orders whose approval is asked for wait for somebody else. One query.
    """
    if dispatches(actor) or is_caretaker(actor):
        rows = orders(actor).filter(state=State.AWARDED, confirmed_at__isnull=True)
        return [OrderTurn(one, "confirm") for one in _loaded(rows, limit)]
    whys: dict[State, str] = {}
    if edits_orders(actor):
        whys |= _STAFF
    if handles_money(actor) and not edits_orders(actor):
        whys |= _MONEY
    if not whys:
        return []
    rows = orders(actor).filter(state__in=whys).exclude(approvals__state=ApprovalState.ASKED)
    if edits_orders(actor):
        rows = rows.filter(Q(responsible_id=actor.id) | Q(responsible__isnull=True))
    else:
        rows = rows.filter(crew__isnull=True)
    return [OrderTurn(one, whys[State(one.state)]) for one in _loaded(rows, limit)]


def approvals_that_wait(actor: Actor, *, limit: int) -> list[Approval]:
    """Those on which the acting person may decide: their limit suffices. The longest waiting first. One or two queries."""
    if not handles_money(actor):
        return []
    rows = approvals(actor).filter(state=ApprovalState.ASKED)
    highest = limit_of(actor)
    if highest is not None:
        rows = rows.filter(amount_minor__lte=highest)
    found = rows.select_related("order__property", "firm", "variation", "asked_by").order_by("asked_at", "id")
    return list(found[:limit])


def variations_that_wait(actor: Actor, *, limit: int) -> list[Variation]:
    """Of orders for which the acting person is responsible, or nobody is; without those for which an approval is asked."""
    if not edits_orders(actor):
        return []
    mine = orders(actor).filter(Q(responsible_id=actor.id) | Q(responsible__isnull=True), state__in=VARIABLE)
    rows = Variation.objects.filter(order__in=mine, state=VariationState.ASKED)
    rows = rows.exclude(approvals__state=ApprovalState.ASKED).select_related("order__property", "order__firm")
    return list(rows.order_by("asked_at", "id")[:limit])


def is_late(order: WorkOrder, *, as_of: date) -> bool:
    """The deadline has passed and the work is not done."""
    still = order.state not in {State.DONE, State.ACCEPTED, State.INVOICED, State.PAID, State.CANCELLED}
    return still and order.due_date is not None and order.due_date < as_of


def _loaded(rows: QuerySet[WorkOrder], limit: int) -> list[WorkOrder]:
    found = rows.select_related("property", "unit", "firm", "crew", "organisation")
    return list(found.order_by("due_date", "state_at", "id")[:limit])
