"""Scores of firms, reckoned from what is stored by the published formula (``marketplace.score``), and ratings as lists show them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Sum, UUIDField

from gewerk.journal.actor import Actor
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.marketplace.access import ratings
from gewerk.marketplace.models import ASPECTS, FEWEST_STARS, Rating
from gewerk.marketplace.queries.answers import answered_by
from gewerk.marketplace.score import COUNTED_FOR, Part, Score, Shares, of_counts, score_of
from gewerk.marketplace.states import RATEABLE
from gewerk.projects.models import HistoryEntry, WorkOrder
from gewerk.projects.states import WITH_CONTRACTOR


def score(firm_id: UUID, *, now: datetime) -> Score:
    return scores([firm_id], now=now)[firm_id]


_rated = prepared(
    lambda: (
        Rating.objects.filter(
            firm__id__among=GivenMany("firms", UUIDField()), rated_at__gt=Given("since", DateTimeField())
        )
        .order_by()
        .values("firm_id")
        .annotate(
            n=Count("pk"),
            **{f"{name}_sum": Sum(name) for name in ASPECTS},
            **{f"{name}_count": Count(name) for name in ASPECTS},
        )
    )
)


def _orders_with_recalls() -> QuerySet[Any, Any]:
    """(firm, orders accepted, those of them that came back): a second order repairs the work, or defects sent it back to work."""
    again = WorkOrder.objects.filter(recall_of=OuterRef("pk"), state__in=WITH_CONTRACTOR)
    reopened = HistoryEntry.objects.filter(order=OuterRef("pk"), event="complain")
    accepted = WorkOrder.objects.filter(
        firm__id__among=GivenMany("firms", UUIDField()),
        state__in=RATEABLE,
        accepted_at__gt=Given("since", DateTimeField()),
    )
    counted: QuerySet[Any, Any] = (
        accepted.annotate(came_back=Exists(again) | Exists(reopened))
        .order_by()
        .values_list("firm_id")
        .annotate(done=Count("pk"), recalled=Count("pk", filter=Q(came_back=True)))
    )
    return counted


_recalls = prepared(_orders_with_recalls)


def scores(firm_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Score]:
    """Of each of these firms, over all managers; three queries, whatever their number."""
    shares: dict[UUID, dict[Part, Shares]] = {firm_id: {} for firm_id in firm_ids}
    given: dict[UUID, int] = {}
    for row in _rated(firms=firm_ids, since=now - COUNTED_FOR):
        given[row["firm_id"]] = row["n"]
        for name in ASPECTS:
            count = row[f"{name}_count"]
            quarters = (row[f"{name}_sum"] or 0) - FEWEST_STARS * count
            shares[row["firm_id"]][Part(name)] = Shares(count, quarters)
    for firm_id, done, recalled in _recalls(firms=firm_ids, since=now - COUNTED_FOR):
        shares[firm_id][Part.NO_RECALL] = of_counts(good=done - recalled, of=done)
    for firm_id, found in answered_by(firm_ids, now=now).items():
        shares[firm_id][Part.ANSWERS] = of_counts(good=found.asked - found.unanswered, of=found.asked)
    return {firm_id: score_of(parts, ratings=given.get(firm_id, 0)) for firm_id, parts in shares.items()}


def ratings_of_order(actor: Actor, order_id: UUID) -> list[Rating]:
    """At most one of each side."""
    return list(ratings(actor).filter(order_id=order_id).order_by("rated_by"))


def ratings_page(
    actor: Actor, *, firm_id: UUID | None, order_id: UUID | None, after: UUID | None, limit: int
) -> tuple[list[Rating], UUID | None]:
    """By id, which rises with time, and where to go on."""
    rows = ratings(actor)
    if firm_id is not None:
        rows = rows.filter(firm_id=firm_id)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
