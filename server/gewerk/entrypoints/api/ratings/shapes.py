"""What programs send about ratings, and what the published schema says of ratings and scores."""

from datetime import datetime
from typing import Annotated, Required
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.marketplace.models import FEWEST_STARS, MOST_STARS, RatedBy
from gewerk.marketplace.operations.rate_work import MOST_TEXT
from gewerk.marketplace.score import Part

Stars = Annotated[int, Field(ge=FEWEST_STARS, le=MOST_STARS)]


@with_config(ConfigDict(extra="forbid", strict=True))
class RatingIn(TypedDict, total=False):
    """The manager's: one star is very bad, five are very good. ``price_truth``: is the bill what was agreed?"""

    quality: Required[Stars]
    punctuality: Required[Stars]
    tidiness: Required[Stars]
    price_truth: Required[Stars]
    text: Annotated[str, StringConstraints(max_length=MOST_TEXT)]


RATING_IN: TypeAdapter[RatingIn] = TypeAdapter(RatingIn)


class RatingQuery(Schema):
    firm_id: UUID | None = None
    work_order_id: UUID | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class Rating(Schema):
    """One side's word on one order, with the firm's answer. A tenant rates no price."""

    id: UUID
    work_order_id: UUID
    firm_id: UUID
    rated_by: RatedBy
    quality: int
    punctuality: int
    tidiness: int
    price_truth: int | None
    text: str | None
    rated_at: datetime
    answer: str | None
    answered_at: datetime | None


class RatingPage(Schema):
    items: list[Rating]
    next_cursor: str | None


class ScorePart(Schema):
    part: Part
    permille: int = Field(description="0 to 1000.")
    weight: int = Field(description="Percent; the weights sum up to 100.")
    results: int = Field(description="Of how many ratings, orders or requests it is made.")


class Score(Schema):
    """Over all managers. `points` is the sum of weight times permille, divided by 1000 and rounded; null without any rating."""

    firm_id: UUID
    points: int | None
    ratings: int
    recalled_orders: int
    unanswered_requests: int
    limited: bool = Field(description="Has few invitations running at once, because it left too many unanswered.")
    parts: list[ScorePart]
