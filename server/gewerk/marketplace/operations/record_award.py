"""Choose a quote, check that it may be awarded, write the record. The order and the limits are ``projects``'; the journey joins them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import quotes, request_to_edit
from gewerk.marketplace.gate import GateAnswer, gate_words, may_take
from gewerk.marketplace.models import (
    AwardRecord,
    OwnerApproval,
    OwnerApprovalState,
    OwnerRule,
    Quote,
    QuoteRequest,
)
from gewerk.marketplace.operations.moving import (
    StepNotPossible,
    check_step,
    check_version,
    move_quote,
    reason_needed,
    save,
    tell_manager,
    tell_other,
)
from gewerk.marketplace.operations.write_quote import GateIsClosed
from gewerk.marketplace.states import BY_KEY, QuoteState
from gewerk.marketplace.sums import sums_of_amounts
from gewerk.projects.items import Line

WON, LOST = "quote.awarded", "quote.not_awarded"


class QuoteHasExpired(Refusal):
    kind = RefusalKind.CONFLICT
    code = "quote_expired"


class NoSuchQuote(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class OwnerHasNotAgreed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "owner_approval_missing"
    message = gettext_lazy("From this sum on the owner has to agree. Ask the owner for approval of this quote.")


@dataclass(frozen=True, slots=True)
class Awardable:
    """A quote that may be awarded now, with its request locked."""

    request: QuoteRequest
    quote: Quote
    gate: GateAnswer


def check_awardable(
    *, actor: Actor, request_id: UUID, quote_id: UUID, version: int | None = None, now: datetime
) -> Awardable:
    """Raises RequestNotFound, Stale, StepNotPossible (``already_awarded``), NoSuchQuote, QuoteHasExpired, GateIsClosed,
    OwnerHasNotAgreed.
    """
    request = request_to_edit(actor, request_id)
    check_step(request, "award")
    check_version(request, version)
    quote = quotes(actor).select_related("firm").filter(pk=quote_id, request=request).first()
    if quote is None:
        raise NoSuchQuote
    if quote.state != QuoteState.SUBMITTED:
        raise StepNotPossible(_("This quote is “%(state)s” now.") % {"state": QuoteState(quote.state).label})
    today = today_of(request.organisation_id, now=now)
    if quote.valid_until_date is None or quote.valid_until_date < today:
        raise QuoteHasExpired(
            _("The firm was bound by this quote until %(day)s only.") % {"day": quote.valid_until_date}
        )
    gate = may_take(
        organisation_id=request.organisation_id,
        firm_id=quote.firm_id,
        service=request.service,
        country=request.organisation.country,
        on=today,
    )
    if not gate.open:
        raise GateIsClosed(
            _("Nothing can be awarded to this firm now. Missing: %(missing)s.")
            % {"missing": "; ".join(gate_words(gate, request.organisation.country))}
        )
    _check_owner(request, quote)
    return Awardable(request, quote, gate)


def choose(*, actor: Actor, awardable: Awardable, reason: str, now: datetime) -> None:
    """Remember which quote is to be awarded, and why, while somebody's approval is awaited. Raises ReasonMissing."""
    save(awardable.request, now=now, chosen_quote_id=awardable.quote.pk, chosen_reason=reason_needed(reason))
    tell_manager(actor, awardable.request, "chosen", now=now, data={"quote_id": str(awardable.quote.pk)})


def record_award(
    *, actor: Actor, awardable: Awardable, reason: str, losers: Mapping[UUID, str] | None = None, now: datetime
) -> AwardRecord:
    """Once and for ever. ``losers``: quote id -> what that firm is told; else the reason of the award stands for all.

    Raises ReasonMissing.
    """
    request, quote = awardable.request, awardable.quote
    reason = reason_needed(reason)
    told = losers or {}
    others = list(
        quotes(actor).filter(request=request, state=QuoteState.SUBMITTED).exclude(pk=quote.pk).order_by("gross_minor")
    )
    why = {other.pk: (told.get(other.pk) or "").strip()[:4_000] or reason for other in others}
    record = write_record(actor=actor, request=request, quote=quote, reason=reason, gate=awardable.gate, now=now)
    record.others = [
        {
            "quote_id": str(other.pk),
            "firm_id": str(other.firm_id),
            "gross_minor": other.gross_minor,
            "reason": why[other.pk],
        }
        for other in others
    ]
    record.save(force_insert=True)
    move_quote(quote, "award", now=now)
    for other in others:
        move_quote(other, "pass_over", now=now, not_awarded_reason=why[other.pk])
    save(request, now=now, state=BY_KEY["award"].target, chosen_quote_id=None, chosen_reason="")
    tell_outcome(actor, quote, WON, now=now)
    for other in others:
        tell_outcome(actor, other, LOST, now=now)
    tell_manager(actor, request, "awarded", now=now, data={"quote_id": str(quote.pk), "firm_id": str(quote.firm_id)})
    return record


def write_record(
    *, actor: Actor, request: QuoteRequest, quote: Quote, reason: str, gate: GateAnswer, now: datetime
) -> AwardRecord:
    """The record of this award, not stored yet."""
    return AwardRecord(
        request=request,
        organisation_id=request.organisation_id,
        order_id=request.order_id,
        quote=quote,
        firm_id=quote.firm_id,
        at=now,
        actor_kind=actor.kind.value,
        person_id=actor.id if actor.kind is ActorKind.PERSON else None,
        reason=reason,
        currency=quote.currency,
        net_minor=quote.net_minor,
        gross_minor=quote.gross_minor,
        gate={
            "open": gate.open,
            "missing": list(gate.missing),
            "on": today_of(request.organisation_id, now=now).isoformat(),
        },
    )


def tell_outcome(actor: Actor, quote: Quote, event: str, *, now: datetime) -> None:
    tell_other(actor, organisation_id=quote.firm_id, object_type="quote", object_id=quote.pk, event=event, now=now)


def order_lines(quote: Quote) -> list[Line]:
    """The quote as items of the order, the discount as one item per rate: their totals are the quote's to the cent."""
    lines = [
        Line(
            text=(line.text or (line.item.text if line.item else "") or quote.request.title)[:500],
            quantity_thousandths=line.quantity_thousandths,
            unit=line.unit,
            unit_price_minor=line.unit_price_minor,
            vat_basis_points=line.vat_basis_points,
        )
        for line in quote.lines.select_related("item")
        if line.counted
    ]
    nets: dict[int, int] = {}
    for one in lines:
        nets[one.vat_basis_points] = nets.get(one.vat_basis_points, 0) + one.net_minor
    return lines + [
        Line(_("Discount"), 1_000, "psch", -amount, rate) for rate, amount in _discounts(quote, nets) if amount
    ]


def _discounts(quote: Quote, nets: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    return sums_of_amounts(
        [(net, rate) for rate, net in nets.items()], discount_basis_points=quote.discount_basis_points
    ).discounts


def _check_owner(request: QuoteRequest, quote: Quote) -> None:
    rule = OwnerRule.objects.filter(organisation_id=request.organisation_id).first()
    asked = OwnerApproval.objects.filter(request=request, quote=quote).order_by("-asked_at").first()
    agreed = (
        asked is not None and asked.state == OwnerApprovalState.APPROVED and asked.amount_minor >= quote.gross_minor
    )
    needed = asked is not None or (rule is not None and quote.gross_minor >= rule.from_minor)
    if needed and not agreed:
        raise OwnerHasNotAgreed
