"""A firm takes part in a request that is open to the marketplace: it invites itself. Nobody is before anybody by being fast."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import open_request_for
from gewerk.marketplace.answer_rule import MOST_RUNNING
from gewerk.marketplace.gate import gate_words_for_firm, may_take
from gewerk.marketplace.models import Invitation, QuoteRequest
from gewerk.marketplace.operations.answer_limit import FirmIsLimited, check_limits
from gewerk.marketplace.operations.moving import tell_manager
from gewerk.marketplace.operations.prepare import add_firms
from gewerk.marketplace.operations.send import check_before_deadline
from gewerk.marketplace.operations.write_quote import GateIsClosed


def take_part(*, actor: Actor, request_id: UUID, now: datetime) -> Invitation:
    """Taking part already, the invitation stays as it is. Raises RequestNotFound, DeadlineIsOver, GateIsClosed, FirmIsLimited."""
    request = open_request_for(actor, request_id, now=now)
    firm_id = actor.organisation_id
    there = Invitation.objects.filter(request=request, firm_id=firm_id).first()
    if there is not None:
        return there
    request = QuoteRequest.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=request.pk)
    check_before_deadline(request, now)
    country = request.organisation.country
    gate = may_take(
        organisation_id=request.organisation_id,
        firm_id=firm_id,
        service=request.service,
        country=country,
        on=today_of(request.organisation_id, now=now),
    )
    if not gate.open:
        words = "; ".join(gate_words_for_firm(gate, country))
        raise GateIsClosed(_("This firm may not take this work now. Missing: %(missing)s.") % {"missing": words})
    try:
        check_limits([firm_id], now=now)
    except FirmIsLimited as limited:
        raise FirmIsLimited(
            _("Your firm may have %(n)d requests running at once. Answer those first, or decline them with a reason.")
            % {"n": MOST_RUNNING}
        ) from limited
    why = _("came by itself: the request is open to the marketplace")
    made = add_firms(request, [firm_id], why={firm_id: why}, now=now)[0]
    tell_manager(actor, request, "firm_takes_part", now=now, data={"firm_id": str(firm_id)})
    return made
