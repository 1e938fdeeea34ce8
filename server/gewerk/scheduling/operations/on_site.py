"""What came of a visit: arrived, over, nobody opened, nobody came."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.scheduling.access import visit_to_change
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations.moving import check_step, move, step_of

TOO_EARLY = timedelta(hours=4)
"""Somebody may be early; a day ahead is a slip of the finger."""


class TooEarly(Refusal):
    kind = RefusalKind.CONFLICT
    code = "too_early"
    message = _("The visit is still ahead. Move it if it takes place earlier.")


def arrive(*, actor: Actor, visit_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """Raises VisitNotFound, TooEarly, Stale, StepNotPossible, FORBIDDEN."""
    return _step(actor, visit_id, "arrive", version, now, {"arrived_at": now})


def attend(*, actor: Actor, visit_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """The visit is over, whether or not the work is done. Raises VisitNotFound, TooEarly, Stale, StepNotPossible, FORBIDDEN."""
    return _step(actor, visit_id, "attend", version, now, {"ended_at": now})


def no_access(*, actor: Actor, visit_id: UUID, reason: str, version: int | None = None, now: datetime) -> Visit:
    """Nobody opened; ``reason`` says what was tried. Raises as ``arrive``, and ReasonMissing."""
    return _step(actor, visit_id, "no_access", version, now, {"ended_at": now}, reason)


def not_attended(*, actor: Actor, visit_id: UUID, reason: str = "", version: int | None = None, now: datetime) -> Visit:
    """Nobody came. Only once the agreed time has begun. Raises as ``arrive``."""
    return _step(actor, visit_id, "not_attended", version, now, {"ended_at": now}, reason, early=timedelta(0))


def _step(
    actor: Actor,
    visit_id: UUID,
    key: str,
    version: int | None,
    now: datetime,
    changes: dict[str, datetime],
    reason: str = "",
    early: timedelta = TOO_EARLY,
) -> Visit:
    visit = visit_to_change(actor, visit_id, now=now)
    step = step_of(key)
    party = check_step(actor, visit, step, version=version, reason=reason)
    if visit.starts_at is not None and now < visit.starts_at - early:
        raise TooEarly
    return move(actor=actor, visit=visit, step=step, party=party, now=now, reason=reason, changes=changes)
