"""Take a step that needs no more than a reason or a day. Award, defects, invoice have operations of their own."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import order_to_change
from gewerk.projects.models import Approval, ApprovalState, Variation, VariationState, WorkOrder
from gewerk.projects.operations.moving import UnknownStep, check_step, check_version, move
from gewerk.projects.states import BY_KEY

OF_THEIR_OWN = frozenset({"award", "complain", "invoice"})
"""Steps with an operation of their own (``award``, ``complain``, ``note_invoice``)."""


class VariationWaits(Refusal):
    kind = RefusalKind.CONFLICT
    code = "variation_waits"
    message = _("A variation waits for a decision. Approve or refuse it first.")


def take_step(
    *,
    actor: Actor,
    order_id: UUID,
    step: str,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    warranty_until: date | None = None,
) -> WorkOrder:
    """The order in its new state. ``version``: the one that the actor saw; ``warranty_until``: the last day, with ``accept``.

    Raises OrderNotFound, UnknownStep, Stale, StepNotPossible, ReasonMissing, VariationWaits, FORBIDDEN.
    """
    if step not in BY_KEY or step in OF_THEIR_OWN:
        raise UnknownStep
    order = order_to_change(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY[step])
    effect = _EFFECTS.get(step)
    changes = effect(order, now) if effect else {}
    if step == "accept" and warranty_until is not None:
        changes["warranty_until_date"] = warranty_until
    return move(actor=actor, order=order, step=step, now=now, reason=reason, changes=changes)


def _confirm(order: WorkOrder, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - an effect's signature
    return {"confirmed_at": now}


def _give_back(order: WorkOrder, now: datetime) -> dict[str, Any]:
    """Nobody has it any more: what was agreed with the contractor goes with it."""
    _withdraw_what_waits(order, now)
    order.variations.filter(state=VariationState.APPROVED).update(state=VariationState.WITHDRAWN)
    return {
        "firm": None,
        "crew": None,
        "award_kind": "",
        "awarded_at": None,
        "confirmed_at": None,
        "approved_minor": 0,
        "variations_net_minor": 0,
        "variations_gross_minor": 0,
    }


def _finish(order: WorkOrder, now: datetime) -> dict[str, Any]:
    order.defects.filter(mended_at__isnull=True).update(mended_at=now)
    return {"done_at": now}


def _accept(order: WorkOrder, now: datetime) -> dict[str, Any]:
    if order.variations.filter(state=VariationState.ASKED).exists():
        raise VariationWaits
    order.defects.filter(accepted_at__isnull=True).update(accepted_at=now)
    return {"accepted_at": now}


def _reject_invoice(order: WorkOrder, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - an effect's signature
    return {"invoiced_minor": 0}


def _cancel(order: WorkOrder, now: datetime) -> dict[str, Any]:
    _withdraw_what_waits(order, now)
    return {}


def _withdraw_what_waits(order: WorkOrder, now: datetime) -> None:
    Approval.objects.filter(order=order, state=ApprovalState.ASKED).update(
        state=ApprovalState.WITHDRAWN, decided_at=now
    )
    Variation.objects.filter(order=order, state=VariationState.ASKED).update(
        state=VariationState.WITHDRAWN, decided_at=now
    )


_EFFECTS: dict[str, Callable[[WorkOrder, datetime], dict[str, Any]]] = {
    "confirm": _confirm,
    "decline": _give_back,
    "withdraw_award": _give_back,
    "finish": _finish,
    "accept": _accept,
    "reject_invoice": _reject_invoice,
    "cancel": _cancel,
}
