"""Send a request to its firms, invite more, move the deadline. The order's own step is the journey ``request_quotes``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.money import line_net
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import quoted, request_to_edit
from gewerk.marketplace.models import Invitation, QuoteRequest
from gewerk.marketplace.operations.answer_limit import check_limits
from gewerk.marketplace.operations.moving import (
    StepNotPossible,
    check_step,
    check_version,
    save,
    tell_manager,
    tell_other,
)
from gewerk.marketplace.operations.prepare import RequestIsInvalid, add_firms, check_firms, why_by_hand
from gewerk.marketplace.states import BY_KEY, InvitationState, Mode, State
from gewerk.marketplace.sums import sums_of_amounts

SHORTEST = timedelta(hours=1)
FURTHEST = timedelta(days=366)
INVITED = "quote_invitation.sent"
WINDOW = "quote_invitation.window_begins"


class DeadlineIsFixed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "deadline_fixed"
    message = gettext_lazy(
        "The deadline can only move later: whoever could move it earlier could open quotes before the time promised."
    )


class DeadlineIsOver(Refusal):
    kind = RefusalKind.CONFLICT
    code = "deadline_over"
    message = gettext_lazy("The deadline is over.")


def send(*, actor: Actor, request_id: UUID, version: int | None = None, now: datetime) -> QuoteRequest:
    """To all its firms. Of a fixed-price offer the windows are set, one after the other in the order of the list.

    Raises RequestNotFound, Stale, StepNotPossible, RequestIsInvalid (no items, no firm, no deadline), FirmIsBlocked,
    FirmIsLimited.
    """
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    check_step(request, "send")
    invited = list(request.invitations.all())
    check_firms(actor, request, [one.firm_id for one in invited], now=now)
    check_limits([one.firm_id for one in invited], now=now)
    fixed = request.mode == Mode.FIXED_PRICE_OFFER
    _check_whole(request, invited, fixed=fixed, now=now)
    changes: dict[str, Any] = {"state": BY_KEY["send"].target, "sent_at": now, "sent_by_kind": actor.kind.value}
    if fixed:
        changes["deadline_at"] = set_windows(request, invited, begin=now)
    save(request, now=now, sent_by_id=actor.id if actor.kind is ActorKind.PERSON else None, **changes)
    request.invitations.update(invited_at=now)
    _tell_invited(actor, request, invited, now=now)
    tell_manager(actor, request, "sent", now=now, data={"firms": len(invited), "mode": request.mode})
    return request


def invite(
    *, actor: Actor, request_id: UUID, firm_ids: Sequence[UUID], version: int | None = None, now: datetime
) -> QuoteRequest:
    """More firms, while quotes may still come in. Raises RequestNotFound, StepNotPossible, DeadlineIsOver, FirmNotFound,
    FirmIsLimited.
    """
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    if request.state != State.OPEN or request.mode != Mode.REQUEST_FOR_QUOTES:
        raise StepNotPossible(_("Firms are invited while quotes are awaited."))
    check_before_deadline(request, now)
    known = set(request.invitations.values_list("firm_id", flat=True))
    wanted = [firm_id for firm_id in dict.fromkeys(firm_ids) if firm_id not in known]
    check_firms(actor, request, wanted, now=now)
    check_limits(wanted, now=now)
    made = add_firms(request, wanted, why=why_by_hand(actor, request, wanted, now=now), now=now)
    save(request, now=now)
    _tell_invited(actor, request, made, now=now)
    tell_manager(actor, request, "firms_invited", now=now, data={"firms": len(made)})
    return request


def move_deadline(
    *, actor: Actor, request_id: UUID, deadline_at: datetime, version: int | None = None, now: datetime
) -> QuoteRequest:
    """Later only, and only while it is not over. Raises DeadlineIsFixed, DeadlineIsOver, StepNotPossible."""
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    if request.state != State.OPEN or request.mode != Mode.REQUEST_FOR_QUOTES:
        raise StepNotPossible(_("The deadline moves while quotes are awaited."))
    check_before_deadline(request, now)
    if request.deadline_at is None or deadline_at <= request.deadline_at or deadline_at - now > FURTHEST:
        raise DeadlineIsFixed
    save(request, now=now, deadline_at=deadline_at)
    for one in request.invitations.filter(Q(state=InvitationState.INVITED) | Q(pk__in=quoted(request))):
        _tell(actor, one, "quote_invitation.deadline_moved", now=now)
    tell_manager(actor, request, "deadline_moved", now=now)
    return request


def check_before_deadline(request: QuoteRequest, now: datetime) -> None:
    """Raises DeadlineIsOver."""
    if request.deadline_at is None or now >= request.deadline_at:
        raise DeadlineIsOver


def set_windows(request: QuoteRequest, waiting: Sequence[Invitation], *, begin: datetime) -> datetime:
    """One window after the other from ``begin`` on. Returns when the last one ends."""
    length = timedelta(hours=request.claim_hours)
    for one in waiting:
        one.window_from_at, one.window_until_at = begin, begin + length
        begin += length
    Invitation.objects.bulk_update(waiting, ["window_from_at", "window_until_at"])
    return begin


def fixed_gross(request: QuoteRequest) -> int:
    """What a fixed-price offer costs, gross minor units."""
    amounts = [
        (
            line_net(quantity_thousandths=item.quantity_thousandths, unit_price_minor=item.unit_price_minor or 0),
            item.vat_basis_points or 0,
        )
        for item in request.items.all()
        if item.counted
    ]
    return sums_of_amounts(amounts).totals.gross


def _check_whole(request: QuoteRequest, invited: Sequence[Invitation], *, fixed: bool, now: datetime) -> None:
    problems = []
    if not any(item.counted for item in request.items.all()):
        problems.append(FieldProblem("/items", "too_few", _("Say what is to be done: at least one item.")))
    if request.open_to_market and (fixed or not request.service):
        message = _("Only a request for quotes that names its service can be open to the marketplace.")
        problems.append(FieldProblem("/open_to_market", "not_allowed", message))
    if not invited and not request.open_to_market:
        problems.append(FieldProblem("/firm_ids", "too_few", _("Choose at least one firm.")))
    if not fixed:
        deadline = request.deadline_at
        if deadline is None or not SHORTEST <= deadline - now <= FURTHEST:
            message = _("The deadline must lie at least an hour and at most a year ahead.")
            problems.append(FieldProblem("/deadline_at", "out_of_range", message))
    if problems:
        raise RequestIsInvalid(problems[0].message, problems=tuple(problems))


def _tell_invited(actor: Actor, request: QuoteRequest, invited: Sequence[Invitation], *, now: datetime) -> None:
    for one in invited:
        if request.mode == Mode.FIXED_PRICE_OFFER:
            _tell(actor, one, WINDOW, now=now, due_at=one.window_from_at)
        else:
            _tell(actor, one, INVITED, now=now)


def _tell(actor: Actor, one: Invitation, event: str, *, now: datetime, due_at: datetime | None = None) -> None:
    tell_other(
        actor,
        organisation_id=one.firm_id,
        object_type="quote_invitation",
        object_id=one.pk,
        event=event,
        now=now,
        due_at=due_at,
    )
