"""Variations (Nachträge): asked for by the contractor or noted by the manager, approved or refused by amount, withdrawn.

The law: what is committed is the order and its approved variations, and somebody's limit covered it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import require
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.access import order_to_change, parties_of, variation_for
from gewerk.projects.items import Line, totals_of
from gewerk.projects.models import Approval, ApprovalState, Variation, VariationState, WorkOrder
from gewerk.projects.operations.limits import OverLimit, covers
from gewerk.projects.operations.moving import ReasonMissing, note, save
from gewerk.projects.operations.set_items import ItemsAreInvalid, check_lines, write_lines
from gewerk.projects.states import VARIABLE, By


class NoVariationNow(Refusal):
    kind = RefusalKind.CONFLICT
    code = "no_variation_now"
    message = _("A variation is possible from the award until the acceptance.")


class VariationIsDecided(Refusal):
    kind = RefusalKind.CONFLICT
    code = "variation_decided"
    message = _("This variation was decided or withdrawn meanwhile.")


def ask_for_variation(*, actor: Actor, order_id: UUID, reason: str, lines: Sequence[Line], now: datetime) -> Variation:
    """Raises OrderNotFound, NoVariationNow, ReasonMissing, ItemsAreInvalid, FORBIDDEN."""
    order = order_to_change(actor, order_id)
    require(bool(parties_of(actor, order) & {By.STAFF, By.CONTRACTOR}))
    if order.state not in VARIABLE or order.in_house:
        raise NoVariationNow
    if not reason.strip():
        raise ReasonMissing(problems=(FieldProblem("/reason", "required", str(ReasonMissing.message)),))
    if not lines:
        message = str(_("Enter at least one item."))
        raise ItemsAreInvalid(problems=(FieldProblem("/items", "too_few", message),))
    check_lines(actor, order, lines)
    sums = totals_of(lines)
    number = (order.variations.aggregate(last=Max("number"))["last"] or 0) + 1
    variation = Variation.objects.create(
        order=order,
        number=number,
        reason=reason.strip(),
        net_minor=sums.net,
        gross_minor=sums.gross,
        asked_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        asked_at=now,
    )
    write_lines(order, lines, variation)
    _tell(actor, order, variation, "variation_asked", now=now, reason=variation.reason)
    return variation


def approve_variation(*, actor: Actor, variation_id: UUID, now: datetime) -> Variation:
    """The limit must cover what the order then commits in all, or an approval does. Raises OverLimit, VariationIsDecided, FORBIDDEN."""
    variation, order = _to_decide(actor, variation_id)
    whole = order.committed_minor + variation.gross_minor
    approved = Approval.objects.filter(
        order=order, variation=variation, state=ApprovalState.APPROVED, amount_minor__gte=whole
    ).exists()
    if not covers(actor, whole) and not approved:
        raise OverLimit
    _decide(actor, variation, VariationState.APPROVED, "", now=now)
    sums = order.variations.filter(state=VariationState.APPROVED).aggregate(
        net=Sum("net_minor"), gross=Sum("gross_minor")
    )
    _tell(
        actor,
        order,
        variation,
        "variation_approved",
        now=now,
        changes={
            "variations_net_minor": sums["net"] or 0,
            "variations_gross_minor": sums["gross"] or 0,
            "approved_minor": max(order.approved_minor, whole),
        },
    )
    return variation


def refuse_variation(*, actor: Actor, variation_id: UUID, reason: str, now: datetime) -> Variation:
    """Raises ReasonMissing, VariationIsDecided, OrderNotFound, FORBIDDEN."""
    variation, order = _to_decide(actor, variation_id)
    if not reason.strip():
        raise ReasonMissing(problems=(FieldProblem("/reason", "required", str(ReasonMissing.message)),))
    _decide(actor, variation, VariationState.REFUSED, reason.strip(), now=now)
    _tell(actor, order, variation, "variation_refused", now=now, reason=reason.strip())
    return variation


def withdraw_variation(*, actor: Actor, variation_id: UUID, now: datetime) -> Variation:
    """By whoever may ask for one. Raises VariationIsDecided, OrderNotFound, FORBIDDEN."""
    variation = variation_for(actor, variation_id)
    order = order_to_change(actor, variation.order_id)
    require(bool(parties_of(actor, order) & {By.STAFF, By.CONTRACTOR}))
    variation.refresh_from_db()
    if variation.state != VariationState.ASKED:
        raise VariationIsDecided
    _decide(actor, variation, VariationState.WITHDRAWN, "", now=now)
    _tell(actor, order, variation, "variation_withdrawn", now=now)
    return variation


def _to_decide(actor: Actor, variation_id: UUID) -> tuple[Variation, WorkOrder]:
    variation = variation_for(actor, variation_id)
    order = order_to_change(actor, variation.order_id)
    require(By.FINANCE in parties_of(actor, order))
    variation.refresh_from_db()
    if variation.state != VariationState.ASKED:
        raise VariationIsDecided
    if order.state not in VARIABLE:
        raise NoVariationNow
    return variation, order


def _decide(actor: Actor, variation: Variation, state: VariationState, reason: str, *, now: datetime) -> None:
    Approval.objects.filter(variation=variation, state=ApprovalState.ASKED).update(
        state=ApprovalState.WITHDRAWN, decided_at=now
    )
    variation.state = state
    variation.decision_reason = reason
    variation.decided_at = now
    variation.decided_by_id = actor.id if actor.kind is ActorKind.PERSON else None
    variation.save(update_fields=["state", "decision_reason", "decided_at", "decided_by"])


def _tell(
    actor: Actor,
    order: WorkOrder,
    variation: Variation,
    event: str,
    *,
    now: datetime,
    reason: str = "",
    changes: dict[str, int] | None = None,
) -> None:
    save(order, now=now, changes=changes or {})
    note(
        actor=actor,
        order=order,
        event=event,
        now=now,
        reason=reason,
        data={"number": variation.number, "amount_minor": variation.gross_minor, "currency": order.currency},
        journal={"variation_id": str(variation.pk), "amount_minor": variation.gross_minor},
    )
