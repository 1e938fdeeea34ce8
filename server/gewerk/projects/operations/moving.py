"""What every step of an order passes: the table, the version that was seen, the reason; and what it leaves in history and journal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.access import require
from gewerk.identity.models import ApiKey, Organisation, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.access import parties_of
from gewerk.projects.models import HistoryEntry, WorkOrder
from gewerk.projects.search_text import compose
from gewerk.projects.states import BY_KEY, Need, State, Step


class UnknownStep(Refusal):
    code = "unknown_step"
    message = gettext_lazy("There is no such step.")


class StepNotPossible(Refusal):
    """The order's state does not allow it, mostly because somebody else was faster."""

    kind = RefusalKind.CONFLICT
    code = "step_not_possible"


class Stale(Refusal):
    """Somebody changed the order since it was read."""

    kind = RefusalKind.STALE
    code = "stale"


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = gettext_lazy("Please say why, in a few words.")


def check_version(actor: Actor, order: WorkOrder, version: int | None) -> None:
    """Raises Stale, telling who did what meanwhile. ``version`` None: the caller did not look before."""
    if version is not None and version != order.version:
        raise Stale(
            _("The order was changed meanwhile. %(last)s Look at it anew and decide again.")
            % {"last": _last(actor, order)}
        )


def check_step(actor: Actor, order: WorkOrder, step: Step) -> None:
    """Raises FORBIDDEN for somebody who never takes this step, StepNotPossible where the state does not allow it now."""
    parties = parties_of(actor, order)
    require(bool(parties & step.by))
    confirmed = step.key == "confirm" and order.confirmed_at is not None
    if order.state not in step.sources or (step.firm_only and order.in_house) or confirmed:
        raise StepNotPossible(
            _("“%(step)s” is not possible: the order is “%(state)s” now. %(last)s")
            % {"step": step.title, "state": State(order.state).label, "last": _last(actor, order)}
        )


def move(
    *,
    actor: Actor,
    order: WorkOrder,
    step: str,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> WorkOrder:
    """Take the step on a locked order: its new state, its ``changes``, one line of history, one journal entry.

    Raises Stale, StepNotPossible, ReasonMissing, FORBIDDEN.
    """
    taken = BY_KEY[step]
    check_version(actor, order, version)
    check_step(actor, order, taken)
    reason = reason.strip()
    if Need.REASON in taken.needs and not reason:
        problem = FieldProblem("/reason", "required", str(ReasonMissing.message))
        raise ReasonMissing(problems=(problem,))
    before, contractor = order.state, _contractor(order)
    order.state = taken.target
    if before != taken.target:
        order.state_at = now
    save(order, now=now, changes={**(changes or {})}, also=("state", "state_at"))
    note(
        actor=actor,
        order=order,
        event=step,
        now=now,
        from_state=before,
        to_state=order.state,
        reason=reason,
        data=data,
        journal={"from": before, "to": order.state, **(contractor or _contractor(order))},
    )
    return order


def _contractor(order: WorkOrder) -> dict[str, str]:
    """Who has the order; of a step that takes it away, who had it."""
    if order.firm_id is not None:
        return {"firm_id": str(order.firm_id)}
    return {"crew_id": str(order.crew_id)} if order.crew_id is not None else {}


def save(order: WorkOrder, *, now: datetime, changes: Mapping[str, Any], also: tuple[str, ...] = ()) -> None:
    """Write ``changes`` and count the version up."""
    for name, value in changes.items():
        setattr(order, name, value)
    order.version += 1
    order.updated_at = now
    order.search = compose(order)
    order.save(update_fields=[*changes, *also, "version", "updated_at", "search"])


def note(
    *,
    actor: Actor,
    order: WorkOrder,
    event: str,
    now: datetime,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    internal: bool = False,
    journal: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """One line of the order's history, and one journal entry of the manager's organisation (``journal``: no personal data)."""
    entry = HistoryEntry.objects.create(
        order=order,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_organisation_id=actor.organisation_id,
        event=event,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        data=dict(data or {}),
        internal=internal,
    )
    record(
        # A firm acts on the manager's order: the manager hears of it.
        actor=replace(actor, organisation_id=order.organisation_id),
        event=f"work_order.{event}",
        object_type="work_order",
        object_id=order.pk,
        now=now,
        data={"history_id": entry.pk, **(journal or {})},
    )
    return entry


def _last(actor: Actor, order: WorkOrder) -> str:
    """``Tim Albers awarded the order (22.11.2026 10:41).``; of another organisation its name stands for its people."""
    entry = order.history.order_by("-id").first()
    if entry is None:
        return ""
    step = BY_KEY.get(entry.event)
    return _("%(who)s %(what)s (%(when)s).") % {
        "who": _name(actor, entry),
        "what": step.done if step else _("changed it"),
        "when": date_format(timezone.localtime(entry.at), "SHORT_DATETIME_FORMAT"),
    }


def _name(reader: Actor, entry: HistoryEntry) -> str:
    if entry.actor_organisation_id != reader.organisation_id:
        return Organisation.objects.get(pk=entry.actor_organisation_id).name
    if entry.actor_id is None:
        return "Gewerk"
    if entry.actor_kind == ActorKind.KEY:
        return next((k.name for k in ApiKey.objects.filter(pk=entry.actor_id)), _("a program"))
    return next((p.name for p in Person.objects.filter(pk=entry.actor_id)), _("somebody"))
