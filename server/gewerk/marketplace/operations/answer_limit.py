"""The limit itself: a firm that leaves too much unanswered has few invitations running at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, UUIDField
from django.utils.translation import gettext as _

from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import prepared
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.answer_rule import MOST_RUNNING
from gewerk.marketplace.models import AnswerCase, Invitation
from gewerk.marketplace.states import InvitationState, Mode, State


class FirmIsLimited(Refusal):
    kind = RefusalKind.CONFLICT
    code = "firm_limited"


def check_limits(firm_ids: Collection[UUID], *, now: datetime) -> None:
    """Before invitations go out. Locks the limited firms' cases, so that two managers at once do not go above the limit together.

    Counts what runs, whether a quote is in or not: else the answer would tell what is still sealed. Raises FirmIsLimited.
    """
    limited = AnswerCase.objects.select_for_update(of=("self",)).filter(
        firm_id__in=firm_ids, limited_at__isnull=False, ended_at__isnull=True
    )
    names = {case.firm_id: case.firm.name for case in limited.select_related("firm").order_by("pk")}
    if not names:
        return
    running = _running(names, now)
    full = sorted(name for firm_id, name in names.items() if running.get(firm_id, 0) >= MOST_RUNNING)
    if full:
        raise FirmIsLimited(
            _(
                "%(firms)s left too many requests unanswered and may have %(n)d invitations running at once, over all "
                "managers. Choose another firm, or invite this one later."
            )
            % {"firms": ", ".join(full), "n": MOST_RUNNING}
        )


_limited = prepared(
    lambda: AnswerCase.objects.filter(
        firm__id__among=GivenMany("firms", UUIDField()), limited_at__isnull=False, ended_at__isnull=True
    ).values_list("firm_id", flat=True)
)


def limited_firms(firm_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are limited; one query."""
    return set(_limited(firms=firm_ids))


def _running(firm_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    in_time = Q(request__mode=Mode.FIXED_PRICE_OFFER, window_until_at__gt=now) | Q(
        request__mode=Mode.REQUEST_FOR_QUOTES, request__deadline_at__gt=now
    )
    rows = Invitation.objects.filter(
        in_time, firm_id__in=firm_ids, state=InvitationState.INVITED, request__state=State.OPEN
    )
    counts = rows.order_by().values("firm_id").annotate(n=Count("pk"))
    return {row["firm_id"]: row["n"] for row in counts}
