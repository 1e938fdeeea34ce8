"""Open the quotes: at the deadline or later, by the worker or by the manager's people. The order follows in the journey."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import quoted
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.moving import check_step, request_to_move, save, tell_manager
from gewerk.marketplace.states import BY_KEY, InvitationState, Mode, State


class StillSealed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "still_sealed"


def open_quotes(*, actor: Actor, request_id: UUID, now: datetime) -> QuoteRequest:
    """Raises RequestNotFound, StepNotPossible, StillSealed, FORBIDDEN."""
    request = request_to_move(actor, request_id, "open")
    check_step(request, "open")
    if request.deadline_at is None or now < request.deadline_at:
        raise StillSealed(_("The quotes are sealed until the deadline. Nobody can open them before it."))
    save(request, now=now, state=BY_KEY["open"].target, opened_at=now)
    request.invitations.filter(state=InvitationState.DECLINED, pk__in=quoted(request)).update(
        state=InvitationState.INVITED, decline_reason="", declined_at=None
    )
    tell_manager(actor, request, "opened", now=now)
    return request


def due_requests(*, now: datetime) -> list[QuoteRequest]:
    """Whose quotes may be opened now, for the worker."""
    rows = QuoteRequest.objects.filter(state=State.OPEN, mode=Mode.REQUEST_FOR_QUOTES, deadline_at__lte=now)
    return list(rows.order_by("deadline_at", "id")[:100])


def run_out_offers(*, now: datetime) -> list[QuoteRequest]:
    """Fixed-price offers whose last window is over, for the worker."""
    rows = QuoteRequest.objects.filter(state=State.OPEN, mode=Mode.FIXED_PRICE_OFFER, deadline_at__lte=now)
    return list(rows.order_by("deadline_at", "id")[:100])
