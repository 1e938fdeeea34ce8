"""Ask somebody whose limit suffices; decide. The award that follows an approval is the journey ``approve_award``."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, handles_money, require
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.access import approval_for, order_to_change, order_to_edit, variation_for
from gewerk.projects.models import Approval, ApprovalState, AwardKind, VariationState, WorkOrder
from gewerk.projects.operations.award import WithoutPrice, awardable, check_ground
from gewerk.projects.operations.limits import OverLimit, covers
from gewerk.projects.operations.moving import ReasonMissing, check_step, check_version, note, save
from gewerk.projects.states import BY_KEY


class ApprovalIsDecided(Refusal):
    kind = RefusalKind.CONFLICT
    code = "approval_decided"
    message = _("This was decided or withdrawn meanwhile.")


class ApprovalWaits(Refusal):
    kind = RefusalKind.CONFLICT
    code = "approval_waits"
    message = _("An approval has been asked for already.")


def ask_for_award(
    *,
    actor: Actor,
    order_id: UUID,
    firm_id: UUID,
    kind: str = AwardKind.BY_HAND,
    comment: str = "",
    version: int | None = None,
    now: datetime,
) -> Approval:
    """Ask for the award of the order, as its items are now, to this firm.

    Raises OrderNotFound, Stale, StepNotPossible, FirmNotFound, FirmIsBlocked, WithoutPrice, ApprovalWaits.
    """
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY["award"])
    check_ground(order, kind)
    listed = awardable(actor, firm_id)
    if order.items_gross_minor <= 0:
        raise WithoutPrice
    approval = _ask(actor, order, amount=order.items_gross_minor, now=now, comment=comment)
    approval.firm = listed.firm
    approval.award_kind = kind
    approval.save(update_fields=["firm", "award_kind"])
    _tell_asked(actor, order, approval, now=now)
    return approval


def ask_for_variation(*, actor: Actor, variation_id: UUID, comment: str = "", now: datetime) -> Approval:
    """Ask for the approval of a variation that is beyond one's own limit. Raises OrderNotFound, ApprovalIsDecided, ApprovalWaits."""
    require(edits_orders(actor))
    variation = variation_for(actor, variation_id)
    order = order_to_change(actor, variation.order_id)
    variation.refresh_from_db()
    if variation.state != VariationState.ASKED:
        raise ApprovalIsDecided
    amount = order.committed_minor + variation.gross_minor
    approval = _ask(actor, order, amount=amount, now=now, comment=comment)
    approval.variation = variation
    approval.save(update_fields=["variation"])
    _tell_asked(actor, order, approval, now=now)
    return approval


def approve(*, actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """The actor's own limit must suffice. Raises OrderNotFound, ApprovalIsDecided, OverLimit, FORBIDDEN."""
    approval, order = _to_decide(actor, approval_id)
    if not covers(actor, approval.amount_minor):
        raise OverLimit(_("The sum is above your own spending limit. Somebody with a higher one has to decide."))
    _decide(actor, approval, ApprovalState.APPROVED, "", now=now)
    save(order, now=now, changes={})
    note(
        actor=actor,
        order=order,
        event="approved",
        now=now,
        data={"amount_minor": approval.amount_minor, "currency": order.currency},
        internal=True,
        journal={"approval_id": str(approval.pk), "amount_minor": approval.amount_minor},
    )
    return approval


def refuse(*, actor: Actor, approval_id: UUID, reason: str, now: datetime) -> Approval:
    """Raises OrderNotFound, ApprovalIsDecided, ReasonMissing, FORBIDDEN."""
    approval, order = _to_decide(actor, approval_id)
    if not reason.strip():
        raise ReasonMissing(problems=(FieldProblem("/reason", "required", str(ReasonMissing.message)),))
    _decide(actor, approval, ApprovalState.REFUSED, reason.strip(), now=now)
    save(order, now=now, changes={})
    note(
        actor=actor,
        order=order,
        event="approval_refused",
        now=now,
        reason=reason.strip(),
        data={"amount_minor": approval.amount_minor, "currency": order.currency},
        internal=True,
        journal={"approval_id": str(approval.pk), "amount_minor": approval.amount_minor},
    )
    return approval


def _ask(actor: Actor, order: WorkOrder, *, amount: int, now: datetime, comment: str) -> Approval:
    if Approval.objects.filter(order=order, state=ApprovalState.ASKED).exists():
        raise ApprovalWaits
    return Approval.objects.create(
        order=order,
        amount_minor=amount,
        note=comment.strip(),
        asked_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        asked_at=now,
    )


def _tell_asked(actor: Actor, order: WorkOrder, approval: Approval, *, now: datetime) -> None:
    save(order, now=now, changes={})
    note(
        actor=actor,
        order=order,
        event="approval_asked",
        now=now,
        reason=approval.note,
        data={"amount_minor": approval.amount_minor, "currency": order.currency},
        internal=True,
        journal={"approval_id": str(approval.pk), "amount_minor": approval.amount_minor},
    )


def _to_decide(actor: Actor, approval_id: UUID) -> tuple[Approval, WorkOrder]:
    """With the order locked: of two decisions at once the second finds it decided."""
    require(handles_money(actor))
    approval = approval_for(actor, approval_id)
    order = order_to_change(actor, approval.order_id)
    approval.refresh_from_db()
    if approval.state != ApprovalState.ASKED:
        raise ApprovalIsDecided
    return approval, order


def _decide(actor: Actor, approval: Approval, state: ApprovalState, reason: str, *, now: datetime) -> None:
    approval.state = state
    approval.reason = reason
    approval.decided_at = now
    approval.decided_by_id = actor.id if actor.kind is ActorKind.PERSON else None
    approval.save(update_fields=["state", "reason", "decided_at", "decided_by"])
