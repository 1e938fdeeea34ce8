"""A firm's side: draft, submit, replace, withdraw, decline. Leaves no trace that the manager can read before the opening."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import RequestNotFound, invitation_to_change, quotes
from gewerk.marketplace.gate import GateAnswer, gate_words_for_firm, may_take
from gewerk.marketplace.models import Invitation, Pricing, Quote, QuoteLine, RequestItem
from gewerk.marketplace.operations.moving import StepNotPossible, move_quote, reason_needed, tell_manager, tell_other
from gewerk.marketplace.operations.send import WINDOW, check_before_deadline, set_windows
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, lines_of, quote_problems
from gewerk.marketplace.states import InvitationState, Mode, QuoteState, State
from gewerk.marketplace.sums import sums_of

MOST_PER_HOUR = 20
"""Versions of one firm's quote: nobody reckons faster, a program that does is stopped."""


class QuoteIsInvalid(Refusal):
    code = "quote_invalid"
    message = gettext_lazy("Please check the quote.")


class GateIsClosed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "gate_closed"


class TooManyQuotes(Refusal):
    kind = RefusalKind.TOO_MANY
    code = "too_many_quotes"
    message = gettext_lazy("The quote was changed very often within an hour. Please wait a while.")


def save_draft(*, actor: Actor, invitation_id: UUID, given: QuoteGiven, now: datetime) -> Quote:
    """The firm's one draft beside what may be submitted already.

    Raises RequestNotFound, StepNotPossible, DeadlineIsOver, QuoteIsInvalid.
    """
    invitation = _to_answer(actor, invitation_id, now)
    items = items_of(invitation)
    _check(invitation, given, items, now=now, whole=False)
    return _write(actor, invitation, given, items, now=now)


def submit(*, actor: Actor, invitation_id: UUID, given: QuoteGiven, now: datetime) -> Quote:
    """The sealed quote; what was submitted before is replaced by it.

    Raises RequestNotFound, StepNotPossible, DeadlineIsOver, QuoteIsInvalid, GateIsClosed, TooManyQuotes.
    """
    invitation = _to_answer(actor, invitation_id, now)
    items = items_of(invitation)
    _check(invitation, given, items, now=now, whole=True)
    check_gate(invitation, now)
    lately = quotes(actor).filter(invitation=invitation, submitted_at__gt=now - timedelta(hours=1)).count()
    if lately >= MOST_PER_HOUR:
        raise TooManyQuotes
    before = _live(actor, invitation, QuoteState.SUBMITTED)
    quote = _write(actor, invitation, given, items, now=now)
    if before is not None:
        move_quote(before, "replace", now=now)
    # A firm that had declined stays so in the manager's eyes until the opening: it must not be seen that a quote came in.
    move_quote(quote, "submit", now=now, submitted_at=now)
    _tell(actor, quote, "submitted", now=now)
    return quote


def withdraw(*, actor: Actor, invitation_id: UUID, now: datetime) -> Quote:
    """What was submitted is taken back, until the deadline. Raises RequestNotFound, StepNotPossible, DeadlineIsOver."""
    invitation = _to_answer(actor, invitation_id, now)
    quote = _live(actor, invitation, QuoteState.SUBMITTED)
    if quote is None:
        raise StepNotPossible(_("There is no submitted quote to withdraw."))
    move_quote(quote, "withdraw", now=now, withdrawn_at=now)
    _tell(actor, quote, "withdrawn", now=now)
    return quote


def decline(*, actor: Actor, invitation_id: UUID, reason: str, now: datetime) -> Invitation:
    """No quote from us. What was submitted is withdrawn; at a fixed price the next firm's window begins at once.

    Raises RequestNotFound, StepNotPossible, DeadlineIsOver, ReasonMissing.
    """
    invitation = invitation_to_change(actor, invitation_id)
    request = invitation.request
    if request.state != State.OPEN or invitation.state == InvitationState.DECLINED:
        raise StepNotPossible(_("There is nothing to decline any more."))
    check_before_deadline(request, now)
    reason = reason_needed(reason)
    submitted = _live(actor, invitation, QuoteState.SUBMITTED)
    if submitted is not None:
        move_quote(submitted, "withdraw", now=now, withdrawn_at=now)
    invitation.state, invitation.decline_reason, invitation.declined_at = InvitationState.DECLINED, reason, now
    invitation.save(update_fields=["state", "decline_reason", "declined_at"])
    if request.mode == Mode.FIXED_PRICE_OFFER:
        _pass_on(actor, invitation, now)
    tell_manager(actor, request, "invitation_declined", now=now, data={"firm_id": str(invitation.firm_id)})
    return invitation


def items_of(invitation: Invitation) -> dict[UUID, RequestItem]:
    return {item.pk: item for item in RequestItem.objects.filter(request_id=invitation.request_id)}


def check_gate(invitation: Invitation, now: datetime) -> GateAnswer:
    """Raises GateIsClosed, naming what is missing."""
    request = invitation.request
    answer = may_take(
        organisation_id=request.organisation_id,
        firm_id=invitation.firm_id,
        service=request.service,
        country=request.organisation.country,
        on=today_of(request.organisation_id, now=now),
    )
    if not answer.open:
        raise GateIsClosed(
            _("This firm may not take this work now. Missing: %(missing)s.")
            % {"missing": "; ".join(gate_words_for_firm(answer, request.organisation.country))}
        )
    return answer


def write_lines(quote: Quote, given: QuoteGiven, items: dict[UUID, RequestItem]) -> None:
    """The lines in the place of what was there, and the sums that follow from them."""
    lines = lines_of(given, items)
    sums = sums_of(lines, discount_basis_points=given.discount_basis_points)
    quote.pricing = given.pricing
    quote.discount_basis_points, quote.discount_minor = given.discount_basis_points, sums.discount
    quote.net_minor, quote.vat_minor, quote.gross_minor = sums.totals.net, sums.totals.vat, sums.totals.gross
    quote.start_date, quote.duration_days = given.start_date, given.duration_days
    quote.valid_until_date, quote.conditions = given.valid_until_date, given.conditions.strip()
    quote.save()
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote,
            position=position,
            item_id=line.item_id,
            own_alternative=line.own_alternative,
            text=line.text,
            quantity_thousandths=line.quantity_thousandths,
            unit=line.unit,
            unit_price_minor=line.unit_price_minor,
            vat_basis_points=line.vat_basis_points,
            net_minor=line.net_minor,
            counted=line.counted,
        )
        for position, line in enumerate(lines, start=1)
    )


def given_of(quote: Quote) -> QuoteGiven:
    """A stored quote as it was entered."""
    lines = list(quote.lines.all())
    lump = next((line for line in lines if line.item_id is None and not line.own_alternative), None)
    return QuoteGiven(
        pricing=quote.pricing,
        prices=tuple(
            PriceGiven(line.unit_price_minor, line.vat_basis_points, item_id=line.item_id, text=line.text)
            if line.item_id is not None
            else PriceGiven(
                line.unit_price_minor,
                line.vat_basis_points,
                text=line.text,
                quantity_thousandths=line.quantity_thousandths,
                unit=line.unit,
            )
            for line in lines
            if line is not lump
        ),
        lump_net_minor=lump.unit_price_minor if quote.pricing == Pricing.LUMP_SUM and lump else None,
        lump_vat_basis_points=lump.vat_basis_points if lump else 1_900,
        discount_basis_points=quote.discount_basis_points,
        start_date=quote.start_date,
        duration_days=quote.duration_days,
        valid_until_date=quote.valid_until_date,
        conditions=quote.conditions,
    )


def _to_answer(actor: Actor, invitation_id: UUID, now: datetime) -> Invitation:
    """The invitation, with its request locked, while a quote may come in."""
    invitation = invitation_to_change(actor, invitation_id)
    if invitation.request.state != State.OPEN or invitation.request.mode != Mode.REQUEST_FOR_QUOTES:
        raise StepNotPossible(_("No quotes are awaited any more."))
    check_before_deadline(invitation.request, now)
    return invitation


def _check(
    invitation: Invitation, given: QuoteGiven, items: dict[UUID, RequestItem], *, now: datetime, whole: bool
) -> None:
    request = invitation.request
    problems = list(quote_problems(given, items, today=today_of(request.organisation_id, now=now), whole=whole))
    if not problems and whole and not sum(line.net_minor for line in lines_of(given, items) if line.counted):
        raise QuoteIsInvalid(_("The quote has no price yet."), code="without_price")
    if problems:
        raise QuoteIsInvalid(problems[0].message, problems=tuple(problems))


def _write(
    actor: Actor, invitation: Invitation, given: QuoteGiven, items: dict[UUID, RequestItem], *, now: datetime
) -> Quote:
    draft = _live(actor, invitation, QuoteState.DRAFT)
    if draft is None:
        last = quotes(actor).filter(invitation=invitation).aggregate(last=Max("number"))["last"] or 0
        draft = Quote(
            request=invitation.request,
            invitation=invitation,
            firm_id=invitation.firm_id,
            number=last + 1,
            currency=invitation.request.currency,
            created_at=now,
        )
    draft.updated_at = now
    write_lines(draft, given, items)
    return draft


def _live(actor: Actor, invitation: Invitation, state: QuoteState) -> Quote | None:
    return quotes(actor).filter(invitation=invitation, state=state).first()


def _pass_on(actor: Actor, declined: Invitation, now: datetime) -> None:
    """Whoever has not had a turn yet moves up: the windows that lie ahead begin now, if it was the declining firm's turn."""
    request = declined.request
    ahead = [
        one
        for one in request.invitations.filter(state=InvitationState.INVITED)
        if one.window_from_at is not None and one.window_from_at > now
    ]
    until = declined.window_until_at
    its_turn = until is not None and declined.window_from_at is not None and declined.window_from_at <= now < until
    if not ahead:
        return
    later = [
        one.window_from_at for one in (*ahead, declined) if one.window_from_at is not None and one.window_from_at > now
    ]
    begin = now if its_turn else min(later)
    request.deadline_at = set_windows(request, ahead, begin=begin)
    request.save(update_fields=["deadline_at"])
    for one in ahead:
        tell_other(
            actor,
            organisation_id=one.firm_id,
            object_type="quote_invitation",
            object_id=one.pk,
            event=WINDOW,
            now=now,
            due_at=one.window_from_at,
        )


def _tell(actor: Actor, quote: Quote, event: str, *, now: datetime) -> None:
    if quote.firm_id != actor.organisation_id:
        raise RequestNotFound
    tell_other(
        actor,
        organisation_id=quote.firm_id,
        object_type="quote",
        object_id=quote.pk,
        event=f"quote.{event}",
        now=now,
        data={"number": quote.number},
    )
