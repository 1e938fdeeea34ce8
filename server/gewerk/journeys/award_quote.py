"""A quote is awarded: its prices become the order's items, its firm gets the order, the record says why, the others are told.

One transaction: either all of it, or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gewerk.firms.operations.list_firm import list_firm
from gewerk.identity.access import actor_for, edits_orders, live_memberships
from gewerk.identity.models import Scope
from gewerk.journal.actor import Actor, ActorKind, system
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.models import AwardRecord, QuoteRequest
from gewerk.marketplace.operations.claim_offer import claim_offer
from gewerk.marketplace.operations.record_award import check_awardable, choose, order_lines, record_award
from gewerk.projects.models import Approval, AwardKind, WorkOrder
from gewerk.projects.operations.approvals import ask_for_award
from gewerk.projects.operations.award import award_to_firm
from gewerk.projects.operations.limits import OverLimit
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.operations.take_step import take_step


class NothingChosen(Refusal):
    kind = RefusalKind.CONFLICT
    code = "nothing_chosen"
    message = _("No quote is chosen for this award any more. Choose it anew.")


class SenderIsGone(Refusal):
    kind = RefusalKind.CONFLICT
    code = "sender_gone"
    message = _("Whoever offered this job does not work for the manager any more. Please call the manager.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``approval``: the sum was above the actor's limit, somebody else is asked; nothing is awarded yet."""

    order: WorkOrder
    record: AwardRecord | None = None
    approval: Approval | None = None


def award_quote(
    *,
    actor: Actor,
    request_id: UUID,
    quote_id: UUID,
    reason: str,
    losers: Mapping[UUID, str] | None = None,
    version: int | None = None,
    ask: bool = True,
    now: datetime,
) -> Outcome:
    """``losers``: quote id -> what that firm is told. ``ask``: ask for an approval where the limit does not suffice.

    Raises as ``check_awardable``, ``record_award``, ``award_to_firm`` do; OverLimit only without ``ask``.
    """
    with transaction.atomic():
        able = check_awardable(actor=actor, request_id=request_id, quote_id=quote_id, version=version, now=now)
        order_id, firm_id = able.request.order_id, able.quote.firm_id
        # A firm of the marketplace comes on the manager's own list with its first order.
        list_firm(actor=actor, firm=able.quote.firm, now=now)
        set_items(actor=actor, order_id=order_id, lines=order_lines(able.quote), now=now)
        try:
            with transaction.atomic():
                order = award_to_firm(
                    actor=actor, order_id=order_id, firm_id=firm_id, kind=AwardKind.QUOTE, note=reason, now=now
                )
        except OverLimit:
            if not ask:
                raise
            choose(actor=actor, awardable=able, reason=reason, now=now)
            approval = ask_for_award(
                actor=actor, order_id=order_id, firm_id=firm_id, kind=AwardKind.QUOTE, comment=reason, now=now
            )
            return Outcome(approval.order, approval=approval)
        record = record_award(actor=actor, awardable=able, reason=reason, losers=losers, now=now)
        return Outcome(order, record=record)


def award_chosen(*, actor: Actor, request: QuoteRequest, now: datetime) -> Outcome:
    """The quote for which an approval was asked, once it is given. Raises as ``award_quote``."""
    if request.chosen_quote_id is None:
        raise NothingChosen
    return award_quote(
        actor=actor,
        request_id=request.pk,
        quote_id=request.chosen_quote_id,
        reason=request.chosen_reason,
        ask=False,
        now=now,
    )


def claim(*, actor: Actor, invitation_id: UUID, now: datetime) -> Outcome:
    """A firm takes a fixed-price offer in its turn; the order is awarded on the authority of whoever sent the offer.

    Raises as ``claim_offer`` and ``award_to_firm`` do; then nothing is taken.
    """
    with transaction.atomic():
        invitation, quote, record = claim_offer(actor=actor, invitation_id=invitation_id, now=now)
        request = invitation.request
        authority = _sender(request, now)
        take_step(actor=system(request.organisation_id), order_id=request.order_id, step="receive_quotes", now=now)
        list_firm(actor=authority, firm=invitation.firm, now=now)
        set_items(actor=authority, order_id=request.order_id, lines=order_lines(quote), now=now)
        order = award_to_firm(
            actor=authority,
            order_id=request.order_id,
            firm_id=invitation.firm_id,
            kind=AwardKind.QUOTE,
            note=record.reason,
            now=now,
        )
        return Outcome(order, record=record)


def _sender(request: QuoteRequest, now: datetime) -> Actor:
    """Whoever sent the offer, as they are today. Raises SenderIsGone for somebody who may not award any more."""
    if request.sent_by_kind == ActorKind.KEY:
        # Only a key that may do everything sends offers; it has no limit.
        return Actor(
            kind=ActorKind.KEY, id=None, organisation_id=request.organisation_id, scopes=frozenset({Scope.ALL})
        )
    if request.sent_by is None:
        raise SenderIsGone
    memberships = live_memberships(request.sent_by, now=now)
    sender = actor_for(request.sent_by, request.organisation_id, memberships=memberships)
    if not edits_orders(sender):
        raise SenderIsGone
    return sender
