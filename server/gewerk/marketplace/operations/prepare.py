"""Prepare a request: what is asked, of whom, until when. While it is a draft everything may change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.catalogue.queries import services
from gewerk.firms.access import FirmNotFound, listed_firms
from gewerk.firms.models import Standing
from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import live_request_of, request_to_edit
from gewerk.marketplace.gate import may_take_each
from gewerk.marketplace.models import Invitation, QuoteRequest, RequestItem
from gewerk.marketplace.operations.moving import check_version, save, tell_manager
from gewerk.marketplace.queries.finding import candidates, found_of, wanted_for
from gewerk.marketplace.queries.reasons import reasons
from gewerk.marketplace.scope import ScopeItem, scope_problems
from gewerk.marketplace.states import Mode, State
from gewerk.projects.access import order_to_edit
from gewerk.projects.items import HIGHEST
from gewerk.projects.states import State as OrderState

MOST_FIRMS = 50
TEXTS = {"title": 200, "text": 20_000, "service": 60, "visit_note": 300}
FIELDS = (
    *TEXTS,
    "mode",
    "budget_minor",
    "budget_shown",
    "deadline_at",
    "claim_hours",
    "start_date",
    "visit_possible",
    "open_to_market",
)


class RequestIsInvalid(Refusal):
    code = "request_invalid"
    message = gettext_lazy("Please check the request.")


class RequestIsSent(Refusal):
    kind = RefusalKind.CONFLICT
    code = "request_sent"
    message = gettext_lazy(
        "The request is out: what was asked stays as it is. Answer questions, or end it and ask anew."
    )


class RequestIsLive(Refusal):
    kind = RefusalKind.CONFLICT
    code = "request_live"
    message = gettext_lazy("Quotes are asked for already for this order. End that request first.")


class OrderIsNotOpen(Refusal):
    kind = RefusalKind.CONFLICT
    code = "order_not_open"
    message = gettext_lazy("Quotes can be asked for while the order is a draft.")


def draft_request(
    *,
    actor: Actor,
    order_id: UUID,
    fields: Mapping[str, Any] | None = None,
    items: Sequence[ScopeItem] | None = None,
    now: datetime,
) -> QuoteRequest:
    """A new request for a drafted order. Without ``items`` those of the order are asked for (their prices only at a fixed price).

    Raises OrderNotFound, OrderIsNotOpen, RequestIsLive, RequestIsInvalid, FORBIDDEN.
    """
    live = live_request_of(order_id)
    order = order_to_edit(actor, order_id)
    if live is not None:
        raise RequestIsLive
    if order.state != OrderState.DRAFT:
        raise OrderIsNotOpen
    given = dict(fields or {})
    mode = given.get("mode", Mode.REQUEST_FOR_QUOTES)
    if items is None:
        fixed = mode == Mode.FIXED_PRICE_OFFER
        items = [
            ScopeItem(
                text=item.text,
                quantity_thousandths=item.quantity_thousandths,
                unit=item.unit,
                unit_price_minor=item.unit_price_minor if fixed else None,
                vat_basis_points=item.vat_basis_points if fixed else None,
            )
            for item in order.items.filter(variation__isnull=True).order_by("position")
        ]
    given.setdefault("title", order.title)
    given.setdefault("text", order.text)
    if order.budget_minor is not None:
        given.setdefault("budget_minor", order.budget_minor)
    _check_fields(given, order.organisation.country)
    request = QuoteRequest(
        organisation_id=order.organisation_id,
        order=order,
        currency=order.currency,
        created_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        created_at=now,
        updated_at=now,
        **given,
    )
    request.save(force_insert=True)
    _put_items(request, items)
    tell_manager(actor, request, "drafted", now=now, data={"items": len(items), "mode": mode})
    return request


def change_request(
    *,
    actor: Actor,
    request_id: UUID,
    fields: Mapping[str, Any] | None = None,
    items: Sequence[ScopeItem] | None = None,
    version: int | None = None,
    now: datetime,
) -> QuoteRequest:
    """Raises RequestNotFound, Stale, RequestIsSent, RequestIsInvalid."""
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    if request.state != State.DRAFT:
        raise RequestIsSent
    given = dict(fields or {})
    _check_fields(given, request.organisation.country)
    save(request, now=now, **given)
    if items is not None:
        request.items.all().delete()
        _put_items(request, items)
    tell_manager(actor, request, "changed", now=now, data={"fields": sorted(given)})
    return request


def choose_firms(
    *, actor: Actor, request_id: UUID, firm_ids: Sequence[UUID], version: int | None = None, now: datetime
) -> QuoteRequest:
    """These firms, in this order, instead of those chosen before. Draft only; later ``send.invite`` adds.

    Raises RequestNotFound, RequestIsSent, FirmNotFound, FirmIsBlocked, RequestIsInvalid.
    """
    request = request_to_edit(actor, request_id)
    check_version(request, version)
    if request.state != State.DRAFT:
        raise RequestIsSent
    wanted = list(dict.fromkeys(firm_ids))
    check_firms(actor, request, wanted, now=now)
    if wanted == list(request.invitations.values_list("firm_id", flat=True)):
        return request  # chosen by rule and saved again, they keep their reasons
    request.invitations.all().delete()
    add_firms(request, wanted, why=why_by_hand(actor, request, wanted, now=now), now=now)
    save(request, now=now)
    tell_manager(actor, request, "firms_chosen", now=now, data={"firms": len(wanted)})
    return request


class FirmIsBlocked(Refusal):
    kind = RefusalKind.CONFLICT
    code = "firm_blocked"
    message = gettext_lazy("One of these firms is blocked on your list. It cannot be invited.")


def check_firms(actor: Actor, request: QuoteRequest, firm_ids: Sequence[UUID], *, now: datetime) -> None:
    """Of the actor's own list, none blocked; others only with the evidence that the request's service asks for.

    A firm of the own list may be invited while a paper is missing: it quotes when the paper is there. Raises FirmNotFound,
    FirmIsBlocked, RequestIsInvalid.
    """
    if len(firm_ids) > MOST_FIRMS:
        message = _("At most %(n)d firms.") % {"n": MOST_FIRMS}
        raise RequestIsInvalid(problems=(FieldProblem("/firm_ids", "too_many", message),))
    standing = dict(listed_firms(actor).filter(firm_id__in=firm_ids).values_list("firm_id", "standing"))
    if Standing.BLOCKED in standing.values():
        raise FirmIsBlocked
    others = [firm_id for firm_id in firm_ids if firm_id not in standing]
    if not others:
        return
    gates = may_take_each(
        organisation_id=request.organisation_id,
        firm_ids=others,
        service=request.service,
        country=request.organisation.country,
        on=today_of(request.organisation_id, now=now),
    )
    if not all(gate.open for gate in gates.values()):
        raise FirmNotFound


def add_firms(
    request: QuoteRequest, firm_ids: Sequence[UUID], *, why: Mapping[UUID, str], now: datetime
) -> list[Invitation]:
    """Behind those that are there. ``why`` each is on the list at its place."""
    begin = max(request.invitations.values_list("position", flat=True), default=0) + 1
    return Invitation.objects.bulk_create(
        Invitation(
            request=request,
            firm_id=firm_id,
            position=position,
            why=why[firm_id][:1_000],
            invited_at=now,
        )
        for position, firm_id in enumerate(firm_ids, start=begin)
    )


def why_by_hand(actor: Actor, request: QuoteRequest, firm_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, str]:
    """The place in the order is the manager's choice, and says so; with what is known of the firm for this job."""
    wanted, by_hand = wanted_for(request, now=now), _("chosen by hand")
    known = candidates(actor, wanted, but_for=request, fresh=True).those(lambda one: one.pk in firm_ids)
    why = {one.firm.pk: ", ".join([by_hand, *reasons(one)]) for one in found_of(wanted, known, known[:])}
    return {firm_id: why.get(firm_id, by_hand) for firm_id in firm_ids}


def _put_items(request: QuoteRequest, items: Sequence[ScopeItem]) -> None:
    problems = scope_problems(items, priced=request.mode == Mode.FIXED_PRICE_OFFER)
    if problems:
        raise RequestIsInvalid(problems[0].message, problems=problems)
    RequestItem.objects.bulk_create(
        RequestItem(
            request=request,
            position=position,
            number=item.number.strip(),
            section=item.section.strip(),
            text=item.text.strip(),
            quantity_thousandths=item.quantity_thousandths,
            unit=item.unit.strip(),
            optional=item.optional,
            alternative_to=item.alternative_to.strip(),
            unit_price_minor=item.unit_price_minor,
            vat_basis_points=item.vat_basis_points,
        )
        for position, item in enumerate(items, start=1)
    )


def _check_fields(given: Mapping[str, Any], country: str) -> None:
    problems = [
        FieldProblem(f"/{name}", "unknown_field", _("There is no such field.")) for name in given.keys() - set(FIELDS)
    ]
    problems += [
        FieldProblem(f"/{name}", "too_long", _("At most %(n)d characters.") % {"n": most})
        for name, most in TEXTS.items()
        if len(given.get(name) or "") > most
    ]
    if "title" in given and not given["title"].strip():
        problems.append(FieldProblem("/title", "required", _("Say in a few words what is to be done.")))
    if given.get("service") and given["service"] not in {one.code for one in services(country)}:
        problems.append(FieldProblem("/service", "unknown", _("The catalogue has no such service.")))
    if given.get("mode", Mode.REQUEST_FOR_QUOTES) not in Mode.values:
        problems.append(FieldProblem("/mode", "not_allowed", _("Please choose one.")))
    budget = given.get("budget_minor")
    if budget is not None and not 0 <= budget <= HIGHEST:
        problems.append(FieldProblem("/budget", "out_of_range", _("This amount is not possible.")))
    if not 1 <= given.get("claim_hours", 24) <= 240:
        problems.append(FieldProblem("/claim_hours", "out_of_range", _("Between one hour and ten days.")))
    if problems:
        raise RequestIsInvalid(problems[0].message, problems=tuple(problems))
