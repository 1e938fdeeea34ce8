"""A firm takes a job at the price that was offered: only in its own window, so nobody races."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import invitation_to_change
from gewerk.marketplace.models import AwardRecord, Invitation, Quote
from gewerk.marketplace.operations.moving import StepNotPossible, check_step, save, tell_manager
from gewerk.marketplace.operations.record_award import WON, tell_outcome, write_record
from gewerk.marketplace.operations.write_quote import check_gate, items_of, write_lines
from gewerk.marketplace.scope import PriceGiven, QuoteGiven
from gewerk.marketplace.states import BY_KEY, InvitationState, QuoteState


class NotYourTurn(Refusal):
    kind = RefusalKind.CONFLICT
    code = "not_your_turn"


def claim_offer(*, actor: Actor, invitation_id: UUID, now: datetime) -> tuple[Invitation, Quote, AwardRecord]:
    """The quote that follows from the offered prices, awarded, and the record of it.

    Raises RequestNotFound, StepNotPossible (``already_awarded``: somebody has it), NotYourTurn, GateIsClosed.
    """
    invitation = invitation_to_change(actor, invitation_id)
    request = invitation.request
    check_step(request, "claim")
    if invitation.state == InvitationState.DECLINED:
        raise StepNotPossible(_("You have declined this job."))
    gate = check_gate(invitation, now)
    begins, ends = invitation.window_from_at, invitation.window_until_at
    if begins is None or ends is None or not begins <= now < ends:
        raise NotYourTurn(_("This job is not offered to you at this moment. Each firm has its own hours for it."))
    items = items_of(invitation)
    given = QuoteGiven(
        prices=tuple(
            PriceGiven(item.unit_price_minor or 0, item.vat_basis_points or 0, item_id=item.pk)
            for item in items.values()
        ),
        start_date=request.start_date,
        valid_until_date=today_of(request.organisation_id, now=now),
    )
    last = Quote.objects.filter(invitation=invitation).aggregate(last=Max("number"))["last"] or 0
    quote = Quote(
        request=request,
        invitation=invitation,
        firm_id=invitation.firm_id,
        number=last + 1,
        state=QuoteState.AWARDED,
        currency=request.currency,
        submitted_at=now,
        created_at=now,
        updated_at=now,
    )
    write_lines(quote, given, items)
    reason = _("The firm took the job at the offered price, in its turn (place %(n)d).") % {"n": invitation.position}
    record = write_record(actor=actor, request=request, quote=quote, reason=reason, gate=gate, now=now)
    record.save(force_insert=True)
    save(request, now=now, state=BY_KEY["claim"].target)
    tell_outcome(actor, quote, WON, now=now)
    tell_manager(actor, request, "claimed", now=now, data={"firm_id": str(invitation.firm_id)})
    return invitation, quote, record
