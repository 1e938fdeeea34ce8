"""What every step of a visit passes: the table, the version that was seen, the reason; and what it leaves in history and journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.access import require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.scheduling.access import parties
from gewerk.scheduling.models import Slot, Visit, VisitEntry
from gewerk.scheduling.states import BY_KEY, By, State, Step

MOST_SLOTS = 10
LONGEST = timedelta(days=60)
"""Of one visit: a refurbishment may take weeks."""
FURTHEST = timedelta(days=730)


class StepNotPossible(Refusal):
    """The visit's state does not allow it, mostly because somebody else was faster."""

    kind = RefusalKind.CONFLICT
    code = "step_not_possible"


class Stale(Refusal):
    """Somebody changed the visit since it was read."""

    kind = RefusalKind.STALE
    code = "stale"
    message = gettext_lazy("The visit was changed meanwhile. Look at it anew and decide again.")


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = gettext_lazy("Please say why, in a few words.")


class TimesAreInvalid(Refusal):
    code = "times_invalid"
    message = gettext_lazy("Please check the times.")


@dataclass(frozen=True, slots=True)
class Span:
    """A time that somebody offers: two moments with zone."""

    starts_at: datetime
    ends_at: datetime


def zone_of(visit: Visit) -> ZoneInfo:
    return ZoneInfo(visit.organisation.time_zone)


def party_for(actor: Actor, visit: Visit, step: Step) -> By:
    """As whom the actor takes the step. Raises FORBIDDEN for somebody who never takes it."""
    possible = parties(actor, visit.order) & step.by
    require(bool(possible))
    return sorted(possible, key=list(By).index)[0]


def check_step(actor: Actor, visit: Visit, step: Step, *, version: int | None, reason: str) -> By:
    """Raises FORBIDDEN, Stale, StepNotPossible, ReasonMissing."""
    party = party_for(actor, visit, step)
    if version is not None and version != visit.version:
        raise Stale
    if visit.state not in step.sources:
        raise StepNotPossible(
            _("“%(step)s” is not possible: the visit is “%(state)s” now.")
            % {"step": step.title, "state": State(visit.state).label}
        )
    if step.needs_reason and not reason.strip():
        raise ReasonMissing(problems=(FieldProblem("/reason", "required", str(ReasonMissing.message)),))
    return party


def check_spans(spans: Sequence[Span], *, now: datetime) -> None:
    """One to ten, each in the future, ending after it began, none twice. Raises TimesAreInvalid, which names each that is wrong."""
    problems = []
    if not 1 <= len(spans) <= MOST_SLOTS:
        problems.append(
            FieldProblem("/slots", "number", _("Name between one and %(most)s times.") % {"most": MOST_SLOTS})
        )
    seen = set()
    for index, span in enumerate(spans):
        wrong = _wrong(span, now)
        if wrong is None and span.starts_at in seen:
            wrong = ("twice", _("This time is named twice."))
        seen.add(span.starts_at)
        if wrong:
            problems.append(FieldProblem(f"/slots/{index}", *wrong))
    if problems:
        raise TimesAreInvalid(problems=tuple(problems))


def _wrong(span: Span, now: datetime) -> tuple[str, str] | None:
    if span.ends_at <= span.starts_at:
        return "ends_before", _("The end lies before the beginning.")
    if span.starts_at <= now:
        return "past", _("This time has passed.")
    if span.ends_at - span.starts_at > LONGEST:
        return "too_long", _("A visit lasts at most 60 days.")
    if span.starts_at - now > FURTHEST:
        return "too_far", _("This is more than two years ahead. Please check the year.")
    return None


def offer(visit: Visit, spans: Sequence[Span]) -> None:
    """The spans become the slots of the visit's present round."""
    Slot.objects.bulk_create(
        Slot(visit=visit, round=visit.round, starts_at=span.starts_at, ends_at=span.ends_at)
        for span in sorted(spans, key=lambda span: span.starts_at)
    )


def move(
    *,
    actor: Actor,
    visit: Visit,
    step: Step,
    party: By,
    now: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    of_time: datetime | None = None,
) -> Visit:
    """The locked visit in its new state, one line of history, one journal entry. ``of_time``: the time agreed or given up."""
    before = visit.state
    visit.state, visit.state_at = step.target, now
    for name, value in (changes or {}).items():
        setattr(visit, name, value)
    visit.version += 1
    visit.updated_at = now
    visit.save(update_fields=[*(changes or {}), "state", "state_at", "version", "updated_at"])
    tell(actor=actor, visit=visit, step=step, party=party, before=before, now=now, reason=reason, of_time=of_time)
    return visit


def tell(
    *,
    actor: Actor,
    visit: Visit,
    step: Step,
    party: By,
    before: str,
    now: datetime,
    reason: str = "",
    of_time: datetime | None = None,
) -> None:
    """History and journal of a step. The journal holds no words, for they may hold personal data."""
    entry = VisitEntry.objects.create(
        visit=visit,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_organisation_id=actor.organisation_id,
        party=party,
        step=step.key,
        from_state=before,
        to_state=visit.state,
        starts_at=of_time or visit.starts_at,
        reason=reason.strip(),
    )
    record(
        actor=replace(actor, organisation_id=visit.organisation_id),
        event=f"visit.{step.key}",
        object_type="visit",
        object_id=visit.pk,
        now=now,
        data={"order_id": str(visit.order_id), "from": before, "to": visit.state, "history_id": entry.pk},
    )


def step_of(key: str) -> Step:
    return BY_KEY[key]
