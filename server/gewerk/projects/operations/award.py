"""Give an order to a firm of the manager's own list or to an own crew."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import FirmNotFound, crew_for, listed_firm_for
from gewerk.firms.models import ListedFirm, Standing
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import order_to_edit
from gewerk.projects.models import Approval, ApprovalState, AwardKind, WorkOrder
from gewerk.projects.operations.limits import OverLimit, covers
from gewerk.projects.operations.moving import check_step, check_version, move
from gewerk.projects.states import BY_KEY, State


class FirmIsBlocked(Refusal):
    kind = RefusalKind.CONFLICT
    code = "firm_blocked"
    message = _("This firm is blocked on your list. Nothing can be awarded to it.")


class QuotesAreOut(Refusal):
    kind = RefusalKind.CONFLICT
    code = "quotes_are_out"
    message = _("Quotes are asked for. Award one of them, or end the request first.")


class WithoutPrice(Refusal):
    kind = RefusalKind.CONFLICT
    code = "without_price"
    message = _("The order has no price yet. Enter at least one item.")


def award_to_firm(
    *,
    actor: Actor,
    order_id: UUID,
    firm_id: UUID,
    kind: str = AwardKind.BY_HAND,
    version: int | None = None,
    note: str = "",
    now: datetime,
) -> WorkOrder:
    """At the order's items. The actor's spending limit must suffice, or an approval of this award.

    Raises OrderNotFound, Stale, StepNotPossible, QuotesAreOut, FirmNotFound (also for a firm of no list of the actor's),
    FirmIsBlocked, WithoutPrice, OverLimit.
    """
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY["award"])
    check_ground(order, kind)
    listed = awardable(actor, firm_id)
    if not order.items.filter(variation__isnull=True).exists() or order.items_gross_minor <= 0:
        raise WithoutPrice
    amount = order.items_gross_minor
    approved = approved_up_to(order, firm_id)
    if not covers(actor, amount) and approved < amount:
        raise OverLimit
    return move(
        actor=actor,
        order=order,
        step="award",
        now=now,
        reason=note,
        changes={
            "firm": listed.firm,
            "crew": None,
            "award_kind": kind,
            "awarded_at": now,
            "confirmed_at": None,
            "approved_minor": max(amount, approved),
        },
        data={"amount_minor": amount, "currency": order.currency, "contractor": listed.firm.name, "kind": kind},
    )


def award_to_crew(
    *, actor: Actor, order_id: UUID, crew_id: UUID, version: int | None = None, note: str = "", now: datetime
) -> WorkOrder:
    """In-house: no price needed, no invoice follows. Raises OrderNotFound, Stale, StepNotPossible, FirmNotFound."""
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY["award"])
    check_ground(order, AwardKind.IN_HOUSE)
    crew = crew_for(actor, crew_id)
    if crew.archived_at is not None:
        raise FirmNotFound
    return move(
        actor=actor,
        order=order,
        step="award",
        now=now,
        reason=note,
        changes={
            "firm": None,
            "crew": crew,
            "award_kind": AwardKind.IN_HOUSE,
            "awarded_at": now,
            "confirmed_at": None,
            "approved_minor": order.items_gross_minor,
        },
        data={"contractor": crew.name, "kind": AwardKind.IN_HOUSE.value},
    )


def check_ground(order: WorkOrder, kind: str) -> None:
    """Opened quotes are awarded by ``journeys.award_quote`` alone, nothing else while they are out. Raises QuotesAreOut."""
    if (order.state == State.QUOTED) != (kind == AwardKind.QUOTE) or order.state == State.TENDERING:
        raise QuotesAreOut


def awardable(actor: Actor, firm_id: UUID) -> ListedFirm:
    """The firm on the actor's list. Raises FirmNotFound, FirmIsBlocked."""
    listed = listed_firm_for(actor, firm_id)
    if listed.standing == Standing.BLOCKED:
        raise FirmIsBlocked
    return listed


def approved_up_to(order: WorkOrder, firm_id: UUID) -> int:
    """The highest sum for which an award to this firm was approved, in minor units; 0 without."""
    amounts = Approval.objects.filter(
        order=order, firm_id=firm_id, variation__isnull=True, state=ApprovalState.APPROVED
    ).values_list("amount_minor", flat=True)
    return max(amounts, default=0)
