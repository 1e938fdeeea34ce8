"""The operator's queue, and evidence as lists show it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from gewerk.firms.access import evidence
from gewerk.firms.models import Evidence, EvidenceState
from gewerk.journal.actor import Actor

STATES = ("waiting", "confirmed", "refused", "expiring", "expired", "all")
EXPIRING_DAYS = 60


def queue(actor: Actor, *, state: str, text: str = "", on: date, soon: date) -> QuerySet[Evidence]:
    """Evidence in one of ``STATES``; waiting ones oldest first, others newest first. ``soon``: until when it counts as expiring."""
    rows = evidence(actor).select_related("submitted_by", "decided_by")
    confirmed = Q(state=EvidenceState.CONFIRMED)
    rows = rows.filter(
        {
            "waiting": Q(state=EvidenceState.SUBMITTED),
            "confirmed": confirmed & (Q(valid_until__isnull=True) | Q(valid_until__gte=on)),
            "refused": Q(state=EvidenceState.REFUSED),
            "expiring": confirmed & Q(valid_until__gte=on, valid_until__lte=soon),
            "expired": confirmed & Q(valid_until__lt=on),
        }.get(state, Q())
    )
    for word in text.split()[:8]:
        rows = rows.filter(Q(firm__name__icontains=word) | Q(number__icontains=word) | Q(issuer__icontains=word))
    return rows.order_by("submitted_at", "pk") if state == "waiting" else rows.order_by("-submitted_at", "-pk")


def waiting_count(actor: Actor) -> int:
    return evidence(actor).filter(state=EvidenceState.SUBMITTED).count()


def evidence_page(
    actor: Actor, *, firm_id: UUID, after: UUID | None, limit: int
) -> tuple[Sequence[Evidence], UUID | None]:
    """A firm's evidence by id, and where to go on."""
    rows = evidence(actor).filter(firm_id=firm_id)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    return shown, shown[-1].pk if len(found) > limit else None
