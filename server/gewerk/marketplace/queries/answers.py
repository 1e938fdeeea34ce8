"""How firms answer requests: what the 15 % rule and the score count. Nothing that is still sealed is ever counted."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, UUIDField

from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.marketplace.access import invitations_over
from gewerk.marketplace.answer_rule import MOST_UNANSWERED_PERCENT, TIME_TO_ANSWER, WINDOW, Answered
from gewerk.marketplace.models import Appeal, Outcome


def counted(*, now: datetime, window: timedelta = WINDOW) -> QuerySet[Any]:
    """As ``access.invitations_over``, in the window, with at least ``TIME_TO_ANSWER``, and none from before a granted appeal."""
    return _counted(now, now - window)


def _counted(now: datetime | Given, begin: datetime | Given) -> QuerySet[Any]:
    pardoned = Appeal.objects.filter(firm=OuterRef("firm"), outcome=Outcome.GRANTED, decided_at__gte=OuterRef("due_at"))
    rows = invitations_over(now).filter(due_at__gt=begin, due_at__gte=F("begins_at") + TIME_TO_ANSWER)
    return rows.filter(~Exists(pardoned))


def _by_firm() -> QuerySet[Any]:
    moment = DateTimeField()
    rows = _counted(Given("now", moment), Given("begin", moment))
    rows = rows.filter(firm__id__among=GivenMany("firms", UUIDField())).order_by()
    open_ = Q(was_answered=False)
    sums: QuerySet[Any] = rows.values("firm_id").annotate(
        asked=Count("pk"),
        unanswered=Count("pk", filter=open_),
        later=Count("pk", filter=open_ & Q(begins_at__gte=Given("since", moment))),
    )
    return sums


_sums = prepared(_by_firm)


def answered_by(firm_ids: Collection[UUID], *, now: datetime, since: datetime | None = None) -> dict[UUID, Answered]:
    """Firm -> what the rule counts; ``since``: when it was warned. One query; firms that were asked nothing are left out."""
    sums = _sums(firms=firm_ids, now=now, begin=now - WINDOW, since=since or now)
    return {
        row["firm_id"]: Answered(row["asked"], row["unanswered"], row["later"] if since is not None else 0)
        for row in sums
    }


def answering_too_little(*, now: datetime) -> list[UUID]:
    """Firms that leave more unanswered than the rule allows, for the worker; one query."""
    sums = (
        counted(now=now)
        .order_by()
        .values("firm_id")
        .annotate(asked=Count("pk"), unanswered=Count("pk", filter=Q(was_answered=False)))
        .filter(unanswered__gt=F("asked") * MOST_UNANSWERED_PERCENT / 100.0)
    )
    return [row["firm_id"] for row in sums]


def unanswered(firm_id: UUID, *, now: datetime) -> QuerySet[Any]:
    """Which requests stayed unanswered (as ``counted``), the newest first, with request and manager."""
    rows = counted(now=now).filter(firm_id=firm_id, was_answered=False)
    return rows.select_related("request__organisation").order_by("-due_at", "-pk")
