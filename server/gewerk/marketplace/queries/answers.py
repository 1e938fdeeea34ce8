"""How firms answer requests: what the 15 % rule and the score count. Nothing that is still sealed is ever counted."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from gewerk.marketplace.answer_rule import MOST_UNANSWERED_PERCENT, TIME_TO_ANSWER, WINDOW, Answered
from gewerk.marketplace.models import Appeal, Invitation, Outcome, Quote
from gewerk.marketplace.states import InvitationState, Mode, State

_ENDED_EARLIER = Q(request__ended_at__lt=F("due_at"))
_AWARDED_EARLIER = Q(request__award__at__lt=F("due_at"))


def counted(*, now: datetime, window: timedelta = WINDOW) -> QuerySet[Any]:
    """``Invitation`` rows whose time ran out in the window, with ``begins_at``, ``due_at`` and ``was_answered``.

    Of a request for quotes only when its quotes were opened, of a fixed-price offer only windows that ran to their end before
    somebody had the job; with at least ``TIME_TO_ANSWER``; and none that lies before an appeal that was granted. A quote, also one
    withdrawn later, and a refusal with a reason are answers.
    """
    opened = Q(request__mode=Mode.REQUEST_FOR_QUOTES, request__opened_at__isnull=False)
    ran_out = Q(request__mode=Mode.FIXED_PRICE_OFFER) & ~_ENDED_EARLIER & ~_AWARDED_EARLIER
    pardoned = Appeal.objects.filter(firm=OuterRef("firm"), outcome=Outcome.GRANTED, decided_at__gte=OuterRef("due_at"))
    quoted = Quote.objects.filter(invitation=OuterRef("pk"), submitted_at__isnull=False)
    fixed = Q(request__mode=Mode.FIXED_PRICE_OFFER)
    return (
        Invitation.objects.exclude(request__state=State.DRAFT)
        .annotate(
            begins_at=Coalesce("window_from_at", "invited_at"),
            due_at=Case(
                When(fixed, then="window_until_at"), default="request__deadline_at", output_field=DateTimeField()
            ),
            was_answered=Q(state=InvitationState.DECLINED) | Exists(quoted),
        )
        .filter(opened | ran_out, due_at__lte=now, due_at__gt=now - window)
        .filter(due_at__gte=F("begins_at") + TIME_TO_ANSWER)
        .filter(~Exists(pardoned))
    )


def answered_by(firm_ids: Collection[UUID], *, now: datetime, since: datetime | None = None) -> dict[UUID, Answered]:
    """Firm -> what the rule counts; ``since``: when it was warned. One query; firms that were asked nothing are left out."""
    rows = counted(now=now).filter(firm_id__in=firm_ids).order_by()
    open_ = Q(was_answered=False)
    sums = rows.values("firm_id").annotate(
        asked=Count("pk"),
        unanswered=Count("pk", filter=open_),
        later=Count("pk", filter=open_ & Q(begins_at__gte=since or now)),
    )
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
