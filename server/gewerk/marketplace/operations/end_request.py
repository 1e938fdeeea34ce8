"""End a request without an award. Behind the seal everything stays sealed: whoever ends early never sees the quotes."""

from datetime import datetime
from uuid import UUID

from gewerk.identity.access import require
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import RequestNotFound, parties_of
from gewerk.marketplace.models import OwnerApproval, OwnerApprovalState, QuoteRequest
from gewerk.marketplace.operations.moving import check_step, check_version, reason_needed, save, tell_firm, tell_manager
from gewerk.marketplace.states import BY_KEY, InvitationState, State

ENDED = "quote_invitation.request_ended"


def end_request(
    *, actor: Actor, request_id: UUID, reason: str, version: int | None = None, now: datetime
) -> QuoteRequest:
    """The invited firms read the reason. Raises RequestNotFound, Stale, StepNotPossible, ReasonMissing, FORBIDDEN."""
    request = (
        QuoteRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "order")
        .filter(pk=request_id, organisation_id=actor.organisation_id)
        .first()
    )
    if request is None:
        raise RequestNotFound
    require(bool(parties_of(actor, request) & BY_KEY["end"].by))
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
            tell_firm(
                actor,
                firm_id=one.firm_id,
                object_type="quote_invitation",
                object_id=one.pk,
                event=ENDED,
                now=now,
            )
    tell_manager(actor, request, "ended", now=now)
    return request
