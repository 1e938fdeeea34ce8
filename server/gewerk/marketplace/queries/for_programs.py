"""Requests and opened quotes as the API shows them. Minor units, quantities and rates as decimal text."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, UUIDField

from gewerk.journal.actor import Actor
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import prepared
from gewerk.marketplace.access import award_records, quotes, request_for, requests, steps_for
from gewerk.marketplace.models import (
    AwardRecord,
    Invitation,
    OwnerApproval,
    Question,
    Quote,
    QuoteLine,
    QuoteRequest,
    RequestItem,
)

Row = dict[str, Any]


def page(
    actor: Actor,
    *,
    order_id: UUID | None,
    state: str | None,
    updated_since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[Row], tuple[datetime, UUID] | None]:
    """Up to ``limit`` requests by (updated_at, id), and where to go on: three queries. A sealed quote moves nothing here."""
    rows = requests(actor).select_related(None)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if state is not None:
        rows = rows.filter(state=state)
    if updated_since is not None:
        rows = rows.filter(updated_at__gte=updated_since)
    if after is not None:
        moment, last = after
        rows = rows.filter(Q(updated_at__gt=moment) | Q(updated_at=moment, id__gt=last))
    found = list(rows.order_by("updated_at", "id")[: limit + 1])
    shown = found[:limit]
    place = (shown[-1].updated_at, shown[-1].pk) if len(found) > limit else None
    return _rows(actor, shown), place


def one(actor: Actor, request_id: UUID) -> tuple[Row, int]:
    """The request and its version (the ETag). Raises RequestNotFound."""
    found = request_for(actor, request_id)
    return _rows(actor, [found])[0], found.version


_OF_INVITATION = (
    *("firm_id", "firm__name", "position", "why", "state", "decline_reason"),
    *("window_from_at", "window_until_at"),
)
_items = prepared(
    lambda: RequestItem.objects.filter(request__id__among=GivenMany("requests", UUIDField())).order_by("position")
)
_invited = prepared(
    lambda: (
        Invitation.objects.filter(request__id__among=GivenMany("requests", UUIDField()))
        .order_by("position")
        .values_list("request_id", *_OF_INVITATION)
    )
)


def _rows(actor: Actor, listed: Sequence[QuoteRequest]) -> list[Row]:
    """Two queries: items, and invitations with the firms' names, without a record for each."""
    ids = [one.pk for one in listed]
    items: dict[UUID, list[Row]] = {one: [] for one in ids}
    invitations: dict[UUID, list[Row]] = {one: [] for one in ids}
    for item in _items.seen(requests=ids):
        items[item.request_id].append(item_row(item))
    for request_id, firm_id, name, position, why, state, declined, begin, end in _invited(requests=ids):
        invitations[request_id].append(
            {
                "firm_id": firm_id,
                "firm_name": name,
                "position": position,
                "why": why or None,
                "state": state,
                "decline_reason": declined or None,
                "window_from_at": begin,
                "window_until_at": end,
            }
        )
    return [_row(actor, one, items[one.pk], invitations[one.pk]) for one in listed]


def _row(actor: Actor, request: QuoteRequest, items: list[Row], invitations: list[Row]) -> Row:
    return {
        "id": request.pk,
        "work_order_id": request.order_id,
        "mode": request.mode,
        "state": request.state,
        "steps": [step.key for step in steps_for(actor, request)],
        "title": request.title,
        "text": request.text,
        "service": request.service or None,
        "currency": request.currency,
        "budget_minor": request.budget_minor,
        "budget_shown": request.budget_shown,
        "deadline_at": request.deadline_at,
        "claim_hours": request.claim_hours,
        "start_date": request.start_date,
        "visit_possible": request.visit_possible,
        "visit_note": request.visit_note or None,
        "open_to_market": request.open_to_market,
        "sealed": request.opened_at is None,
        "sent_at": request.sent_at,
        "opened_at": request.opened_at,
        "ended_at": request.ended_at,
        "ended_reason": request.ended_reason or None,
        "items": items,
        "invitations": invitations,
        "version": request.version,
        "created_at": request.created_at,
        "updated_at": request.updated_at,
    }


def questions_of(actor: Actor, request_id: UUID) -> list[Row]:
    request = request_for(actor, request_id)
    return [question_row(one) for one in request.questions.select_related("invitation")]


def question_row(one: Question) -> Row:
    return {
        "id": one.pk,
        "firm_id": one.invitation.firm_id,
        "text": one.text,
        "asked_at": one.asked_at,
        "answer": one.answer or None,
        "answered_at": one.answered_at,
    }


def quotes_of(actor: Actor, request_id: UUID) -> list[Row]:
    """Through the seal: none before the opening. By rising gross sum."""
    request = request_for(actor, request_id)
    rows = quotes(actor).filter(request=request).select_related("firm").prefetch_related("lines")
    return [quote_row(one) for one in rows.order_by("gross_minor", "id")]


def quote_row(one: Quote) -> Row:
    return {
        "id": one.pk,
        "request_id": one.request_id,
        "firm_id": one.firm_id,
        "firm_name": one.firm.name,
        "number": one.number,
        "state": one.state,
        "pricing": one.pricing,
        "currency": one.currency,
        "discount_rate": _percent(one.discount_basis_points),
        "discount_minor": one.discount_minor,
        "net_minor": one.net_minor,
        "vat_minor": one.vat_minor,
        "gross_minor": one.gross_minor,
        "start_date": one.start_date,
        "duration_days": one.duration_days,
        "valid_until_date": one.valid_until_date,
        "conditions": one.conditions or None,
        "submitted_at": one.submitted_at,
        "not_awarded_reason": one.not_awarded_reason or None,
        "lines": [_line_row(line) for line in one.lines.all()],
    }


def award_of(actor: Actor, request_id: UUID) -> Row | None:
    request = request_for(actor, request_id)
    found = award_records(actor).filter(request=request).first()
    return None if found is None else award_row(found)


def award_row(one: AwardRecord) -> Row:
    return {
        "id": one.pk,
        "request_id": one.request_id,
        "work_order_id": one.order_id,
        "quote_id": one.quote_id,
        "firm_id": one.firm_id,
        "at": one.at,
        "by": one.actor_kind,
        "person_id": one.person_id,
        "reason": one.reason,
        "currency": one.currency,
        "net_minor": one.net_minor,
        "gross_minor": one.gross_minor,
        "others": one.others,
        "gate": one.gate,
    }


def owner_approval_row(one: OwnerApproval) -> Row:
    return {
        "id": one.pk,
        "request_id": one.request_id,
        "quote_id": one.quote_id,
        "amount_minor": one.amount_minor,
        "owner_name": one.owner_name,
        "state": one.state,
        "reason": one.reason or None,
        "asked_at": one.asked_at,
        "decided_at": one.decided_at,
    }


def item_row(item: RequestItem) -> Row:
    return {
        "id": item.pk,
        "position": item.position,
        "number": item.number or None,
        "section": item.section or None,
        "text": item.text,
        "quantity": _thousandths(item.quantity_thousandths),
        "unit": item.unit,
        "optional": item.optional,
        "alternative_to": item.alternative_to or None,
        "unit_price_minor": item.unit_price_minor,
        "vat_rate": None if item.vat_basis_points is None else _percent(item.vat_basis_points),
    }


def _line_row(line: QuoteLine) -> Row:
    return {
        "item_id": line.item_id,
        "own_alternative": line.own_alternative,
        "text": line.text or None,
        "quantity": _thousandths(line.quantity_thousandths),
        "unit": line.unit,
        "unit_price_minor": line.unit_price_minor,
        "vat_rate": _percent(line.vat_basis_points),
        "net_minor": line.net_minor,
        "counted": line.counted,
    }


def _thousandths(value: int) -> str:
    return format(Decimal(value).scaleb(-3), "f")


def _percent(value: int) -> str:
    return format(Decimal(value).scaleb(-2), "f")
