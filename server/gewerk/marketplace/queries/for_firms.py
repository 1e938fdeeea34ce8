"""What a firm's programs read of the marketplace: its invitations with its own quotes, and what is open to all. Never another's quote."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gewerk.files.queries import files_of_many
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import QUOTE_FILES, REQUEST_FILES, invitation_for, invitations, quotes
from gewerk.marketplace.models import Invitation, Question, QuoteRequest
from gewerk.marketplace.operations.send import fixed_gross
from gewerk.marketplace.queries.for_programs import Row, item_row, quote_row
from gewerk.marketplace.queries.market import market, shown_on_market
from gewerk.marketplace.states import Mode, QuoteState


def page(actor: Actor, *, after: UUID | None, limit: int) -> tuple[list[Row], UUID | None]:
    """Up to ``limit`` invitations, the oldest first, and where to go on; ids rise with time. Seven queries."""
    rows = invitations(actor)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk").prefetch_related("request__items", "request__questions")[: limit + 1])
    shown = found[:limit]
    return _rows(actor, shown), shown[-1].pk if len(found) > limit else None


def one(actor: Actor, invitation_id: UUID) -> Row:
    """Raises RequestNotFound."""
    return _rows(actor, [invitation_for(actor, invitation_id)])[0]


def open_page(actor: Actor, *, on: date, now: datetime, start: int, limit: int) -> tuple[list[Row], int | None]:
    """What is open to every vetted firm and not yet joined, by deadline: title, service, place; the rest is seen by who takes part."""
    ids = market(actor, on=on, now=now).ids
    shown = shown_on_market(ids[start : start + limit])
    return [_open_row(one) for one in shown], start + limit if len(ids) > start + limit else None


def question_row(one: Question, invitation: Invitation) -> Row:
    """Without the name of whoever asked."""
    return {
        "id": one.pk,
        "own": one.invitation_id == invitation.pk,
        "text": one.text,
        "asked_at": one.asked_at,
        "answer": one.answer or None,
        "answered_at": one.answered_at,
    }


def _rows(actor: Actor, listed: list[Invitation]) -> list[Row]:
    mine: dict[UUID, list[Any]] = {}
    own = quotes(actor).filter(invitation__in=[one.pk for one in listed]).exclude(state=QuoteState.REPLACED)
    for quote in own.select_related("firm").prefetch_related("lines").order_by("number"):
        mine.setdefault(quote.invitation_id, []).append(quote)
    asked_files = files_of_many(REQUEST_FILES, {one.request_id for one in listed})
    quote_files = files_of_many(QUOTE_FILES, [quote.pk for its in mine.values() for quote in its])
    return [
        _row(
            one,
            [{**quote_row(quote), "files": _files(quote_files.get(quote.pk, ()))} for quote in mine.get(one.pk, ())],
            _files(asked_files.get(one.request_id, ())),
        )
        for one in listed
    ]


def _files(links: Iterable[Any]) -> list[Row]:
    return [{"file_id": link.file_id, "name": link.name} for link in links]


def _row(one: Invitation, mine: list[Row], files: list[Row]) -> Row:
    asked = one.request
    fixed = asked.mode == Mode.FIXED_PRICE_OFFER
    seen = [q for q in asked.questions.all() if q.answered_at is not None or q.invitation_id == one.pk]
    return {
        "id": one.pk,
        "request_id": asked.pk,
        "state": one.state,
        "decline_reason": one.decline_reason or None,
        "invited_at": one.invited_at,
        "window_from_at": one.window_from_at,
        "window_until_at": one.window_until_at,
        "manager": asked.organisation.name,
        # Street and flat are told with the award.
        **_place(asked),
        "mode": asked.mode,
        "request_state": asked.state,
        "title": asked.title,
        "text": asked.text,
        "service": asked.service or None,
        "currency": asked.currency,
        "budget_minor": asked.budget_minor if asked.budget_shown else None,
        "fixed_price_minor": fixed_gross(asked) if fixed else None,
        "deadline_at": asked.deadline_at,
        "start_date": asked.start_date,
        "visit_possible": asked.visit_possible,
        "visit_note": asked.visit_note or None,
        "items": [item_row(item) for item in asked.items.all()],
        "questions": [question_row(q, one) for q in seen],
        "files": files,
        "quotes": mine,
    }


def _open_row(one: QuoteRequest) -> Row:
    return {
        "request_id": one.pk,
        "manager": one.organisation.name,
        **_place(one),
        "title": one.title,
        "service": one.service or None,
        "deadline_at": one.deadline_at,
    }


def _place(asked: QuoteRequest) -> Row:
    place = asked.order.property
    return {"postcode": place.postcode or None, "city": place.city or None}
