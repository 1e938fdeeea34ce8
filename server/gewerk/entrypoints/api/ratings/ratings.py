"""Rate a finished order, read ratings with their answers, read a firm's score with its parts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.ratings import shapes
from gewerk.firms.access import listed_firm_for
from gewerk.marketplace.models import ASPECTS, Rating
from gewerk.marketplace.operations.answer_limit import limited_firms
from gewerk.marketplace.operations.rate_work import rate_as_manager
from gewerk.marketplace.queries.scores import ratings_page, score
from gewerk.marketplace.score import WEIGHTS, Part

_TAGS: list[str] = ["ratings"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        "/ratings",
        operation_id="list_ratings",
        summary="List ratings of the own orders",
        tags=_TAGS,
        response=reads(shapes.RatingPage, 403),
    )
    def list_ratings(request: HttpRequest, query: Query[shapes.RatingQuery]) -> HttpResponse:
        """Of the manager and of its tenants, the oldest first, with the firms' answers."""
        only_known(request, shapes.RatingQuery)
        found, last = ratings_page(
            actor_of(request),
            firm_id=query.firm_id,
            order_id=query.work_order_id,
            after=query.cursor,
            limit=query.limit,
        )
        return answer({"items": [rating_row(one) for one in found], "next_cursor": None if last is None else str(last)})

    @api.post(
        "/work-orders/{order_id}/rating",
        operation_id="rate_work_order",
        summary="Rate the work of a finished order",
        tags=_TAGS,
        response=writes(shapes.Rating, 201),
        openapi_extra=takes("RatingCreate", shapes.RATING_IN),
    )
    def rate(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Once, after the acceptance. The firm is told and may answer once; the rating stays as it is."""
        only_known(request)
        sent, actor = body(request, shapes.RATING_IN), actor_of(request)

        def act() -> HttpResponse:
            given: dict[str, Any] = {**sent}
            stars = {name: given[name] for name in ASPECTS}
            made = rate_as_manager(
                actor=actor, order_id=order_id, stars=stars, text=given.get("text", ""), now=timezone.now()
            )
            return answer(rating_row(made), status=201)

        return once(request, act)

    @api.get(
        "/firms/{firm_id}/score",
        operation_id="read_firm_score",
        summary="Read the score of a firm of the own list",
        tags=_TAGS,
        response=reads(shapes.Score, 403),
    )
    def read_score(request: HttpRequest, firm_id: UUID) -> HttpResponse:
        """With its parts and weights, so that it can be reckoned again."""
        only_known(request)
        listed_firm_for(actor_of(request), firm_id)
        return answer(score_row(firm_id, now=timezone.now()))


def score_row(firm_id: UUID, *, now: datetime) -> dict[str, Any]:
    found = score(firm_id, now=now)
    return {
        "firm_id": firm_id,
        "points": found.points,
        "ratings": found.ratings,
        "recalled_orders": found.recalled,
        "unanswered_requests": found.unanswered,
        "limited": bool(limited_firms([firm_id])),
        "parts": [
            {
                "part": part.value,
                "permille": found.values[part],
                "weight": WEIGHTS[part],
                "results": found.counts[part],
            }
            for part in Part
        ],
    }


def rating_row(one: Rating) -> dict[str, Any]:
    return {
        "id": one.pk,
        "work_order_id": one.order_id,
        "firm_id": one.firm_id,
        "rated_by": one.rated_by,
        "quality": one.quality,
        "punctuality": one.punctuality,
        "tidiness": one.tidiness,
        "price_truth": one.price_truth,
        "text": one.text or None,
        "rated_at": one.rated_at,
        "answer": one.answer or None,
        "answered_at": one.answered_at,
    }
