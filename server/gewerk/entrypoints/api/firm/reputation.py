"""What is said of the firm's work, its score, and how it stands with the rule on unanswered requests."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.firm import shapes
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.ratings.ratings import rating_row, score_row
from gewerk.entrypoints.api.ratings.shapes import Score
from gewerk.identity.access import dispatches, require
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import own_case, ratings
from gewerk.marketplace.models import Rating, Stage
from gewerk.marketplace.operations.appeals import appeal, may_appeal
from gewerk.marketplace.operations.rate_work import answer_rating

_TAGS: list[str] = ["firm"]


def add_to(api: NinjaAPI) -> None:
    _add_ratings(api)
    _add_standing(api)


def _add_ratings(api: NinjaAPI) -> None:
    @api.get(
        "/firm/ratings",
        operation_id="list_own_ratings",
        summary="List the ratings of the firm",
        tags=_TAGS,
        response=reads(shapes.OwnRatingPage, 403),
    )
    def list_ratings(request: HttpRequest, query: Query[shapes.PageQuery]) -> HttpResponse:
        """Of managers and tenants, the oldest first, with the firm's answers."""
        only_known(request, shapes.PageQuery)
        rows = ratings(actor_of(request)).select_related("order", "organisation")
        if query.cursor is not None:
            rows = rows.filter(pk__gt=query.cursor)
        found = list(rows.order_by("pk")[: query.limit + 1])
        shown = found[: query.limit]
        last = str(shown[-1].pk) if len(found) > query.limit else None
        return answer({"items": [_row(one) for one in shown], "next_cursor": last})

    @api.post(
        "/firm/ratings/{rating_id}/answer",
        operation_id="answer_rating",
        summary="Answer a rating",
        tags=_TAGS,
        response=writes(shapes.OwnRating),
        openapi_extra=takes("RatingAnswer", shapes.WORDS_IN),
    )
    def answer_one(request: HttpRequest, rating_id: UUID) -> HttpResponse:
        """Once. Manager and tenant read it below the rating."""
        only_known(request)
        sent, actor = body(request, shapes.WORDS_IN), actor_of(request)

        def act() -> HttpResponse:
            return answer(_row(answer_rating(actor=actor, rating_id=rating_id, text=sent["text"], now=timezone.now())))

        return once(request, act)

    @api.get(
        "/firm/score",
        operation_id="read_own_score",
        summary="Read the firm's score with its parts",
        tags=_TAGS,
        response=reads(Score, 403),
    )
    def read_score(request: HttpRequest) -> HttpResponse:
        only_known(request)
        actor = actor_of(request)
        require(dispatches(actor))
        return answer(score_row(actor.organisation_id, now=timezone.now()))


def _row(one: Rating) -> dict[str, Any]:
    return {**rating_row(one), "order_number": one.order.number, "manager": one.organisation.name}


def _add_standing(api: NinjaAPI) -> None:
    @api.get(
        "/firm/standing",
        operation_id="read_own_standing",
        summary="Read how the firm stands with unanswered requests",
        tags=_TAGS,
        response=reads(shapes.Standing, 403),
    )
    def read_standing(request: HttpRequest) -> HttpResponse:
        """Who leaves more than 15 percent of the requests of 90 days unanswered is warned, then limited."""
        only_known(request)
        return answer(_standing(actor_of(request)))

    @api.post(
        "/firm/standing/appeal",
        operation_id="appeal_standing",
        summary="Appeal against the warning or the limit",
        tags=_TAGS,
        response=writes(shapes.Standing),
        openapi_extra=takes("AppealIn", shapes.WORDS_IN),
    )
    def appeal_standing(request: HttpRequest) -> HttpResponse:
        """Once against each. Somebody of the operator decides, with a reason."""
        only_known(request)
        sent, actor = body(request, shapes.WORDS_IN), actor_of(request)

        def act() -> HttpResponse:
            appeal(actor=actor, text=sent["text"], now=timezone.now())
            return answer(_standing(actor))

        return once(request, act)


def _standing(actor: Actor) -> dict[str, Any]:
    case = own_case(actor)
    if case is None:
        return {"stage": None, "since": None, "asked": 0, "unanswered": 0, "may_appeal": False, "appeals": []}
    return {
        "stage": case.stage.value,
        "since": case.limited_at if case.stage is Stage.LIMITED else case.warned_at,
        "asked": case.limited_asked or case.warned_asked,
        "unanswered": case.limited_unanswered or case.warned_unanswered,
        "may_appeal": may_appeal(case),
        "appeals": [
            {
                "id": one.pk,
                "against": one.stage,
                "text": one.text,
                "made_at": one.made_at,
                "outcome": one.outcome,
                "reason": one.reason or None,
                "decided_at": one.decided_at,
            }
            for one in case.appeals.order_by("made_at")
        ],
    }
