"""Scores of firms, reckoned from what is stored by the published formula (``marketplace.score``), and ratings as lists show them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum

from gewerk.journal.actor import Actor
from gewerk.marketplace.access import ratings
from gewerk.marketplace.models import ASPECTS, FEWEST_STARS, Rating
from gewerk.marketplace.queries.answers import answered_by
from gewerk.marketplace.score import COUNTED_FOR, Part, Score, Shares, of_counts, score_of
from gewerk.marketplace.states import RATEABLE
from gewerk.projects.models import HistoryEntry, WorkOrder
from gewerk.projects.states import WITH_CONTRACTOR


def score(firm_id: UUID, *, now: datetime) -> Score:
    return scores([firm_id], now=now)[firm_id]


def scores(firm_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Score]:
    """Of each of these firms, over all managers; three queries, whatever their number."""
    shares: dict[UUID, dict[Part, Shares]] = {firm_id: {} for firm_id in firm_ids}
    given: dict[UUID, int] = {}
    sums = {f"{name}_sum": Sum(name) for name in ASPECTS} | {f"{name}_count": Count(name) for name in ASPECTS}
    rated = Rating.objects.filter(firm_id__in=firm_ids, rated_at__gt=now - COUNTED_FOR).order_by()
    for row in cast("list[dict[str, Any]]", list(rated.values("firm_id").annotate(n=Count("pk"), **sums))):
        given[row["firm_id"]] = row["n"]
        for name in ASPECTS:
            count = row[f"{name}_count"]
            quarters = (row[f"{name}_sum"] or 0) - FEWEST_STARS * count
            shares[row["firm_id"]][Part(name)] = Shares(count, quarters)
    for firm_id, done, recalled in _recalls(firm_ids, now):
        shares[firm_id][Part.NO_RECALL] = of_counts(good=done - recalled, of=done)
    for firm_id, found in answered_by(firm_ids, now=now).items():
        shares[firm_id][Part.ANSWERS] = of_counts(good=found.asked - found.unanswered, of=found.asked)
    return {firm_id: score_of(parts, ratings=given.get(firm_id, 0)) for firm_id, parts in shares.items()}


def _recalls(firm_ids: Collection[UUID], now: datetime) -> list[tuple[UUID, int, int]]:
    """(firm, orders accepted, those of them that came back): a second order repairs the work, or defects sent it back to work."""
    again = WorkOrder.objects.filter(recall_of=OuterRef("pk"), state__in=WITH_CONTRACTOR)
    reopened = HistoryEntry.objects.filter(order=OuterRef("pk"), event="complain")
    rows = (
        WorkOrder.objects.filter(firm_id__in=firm_ids, state__in=RATEABLE, accepted_at__gt=now - COUNTED_FOR)
        .annotate(came_back=Exists(again) | Exists(reopened))
        .order_by()
        .values("firm_id")
        .annotate(done=Count("pk"), recalled=Count("pk", filter=Q(came_back=True)))
    )
    return [(row["firm_id"], row["done"], row["recalled"]) for row in rows]


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
