"""End a request without an award. Behind the seal everything stays sealed: whoever ends early never sees the quotes."""

from datetime import datetime
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.marketplace.models import OwnerApproval, OwnerApprovalState, QuoteRequest
from gewerk.marketplace.operations.moving import (
    check_step,
    check_version,
    reason_needed,
    request_to_move,
    save,
    tell_manager,
    tell_other,
)
from gewerk.marketplace.states import BY_KEY, InvitationState, State

ENDED = "quote_invitation.request_ended"


def end_request(
    *, actor: Actor, request_id: UUID, reason: str, version: int | None = None, now: datetime
) -> QuoteRequest:
    """The invited firms read the reason. Raises RequestNotFound, Stale, StepNotPossible, ReasonMissing, FORBIDDEN."""
    request = request_to_move(actor, request_id, "end")
    check_version(request, version)
    check_step(request, "end")
    reason = reason_needed(reason)
    was_out = request.state != State.DRAFT
    save(request, now=now, state=BY_KEY["end"].target, ended_at=now, ended_reason=reason, chosen_quote_id=None)
    OwnerApproval.objects.filter(request=request, state=OwnerApprovalState.ASKED).update(
        state=OwnerApprovalState.REFUSED, decided_at=now, reason=reason
    )
    if was_out:
        for one in request.invitations.filter(state=InvitationState.INVITED):
            tell_other(
                actor,
                organisation_id=one.firm_id,
                object_type="quote_invitation",
                object_id=one.pk,
                event=ENDED,
                now=now,
            )
    tell_manager(actor, request, "ended", now=now)
    return request
