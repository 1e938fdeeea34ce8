"""Which step of a visit may follow which, by whom, and whom it tells: one table.

``operations`` ask it, the pages make their buttons from it, ``docs/reference/visit-states.md`` is its picture.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PROPOSED = "proposed", _("slots proposed")
    COUNTERED = "countered", _("other slots wished")
    AGREED = "agreed", _("agreed")
    UNDER_WAY = "under_way", _("somebody is there")
    ATTENDED = "attended", _("took place")
    NO_ACCESS = "no_access", _("nobody opened")
    NOT_ATTENDED = "not_attended", _("nobody came")
    CANCELLED = "cancelled", _("cancelled")


FINAL = frozenset({State.ATTENDED, State.NO_ACCESS, State.NOT_ATTENDED, State.CANCELLED})
"""The visit is over. Another one may be proposed."""
OPEN = frozenset(set(State) - FINAL)
CHOOSING = frozenset({State.PROPOSED, State.COUNTERED})
"""Times are on offer; somebody has to take one."""
WITH_TIME = frozenset({State.AGREED, State.UNDER_WAY, State.ATTENDED, State.NO_ACCESS, State.NOT_ATTENDED})
"""Begin and end are fixed."""


class By(StrEnum):
    """As whom somebody meets a visit."""

    STAFF = "staff"  # the manager's people who edit orders, and keys that may do everything
    CONTRACTOR = "contractor"  # anybody of the firm or crew that has the order
    TENANT = "tenant"  # whom it concerns: logged in, or with the link of the mail
    SYSTEM = "system"


class Told(StrEnum):
    STAFF = "staff"
    CONTRACTOR = "contractor"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. ``sources`` empty: the step makes the visit."""

    key: str
    title: Promise
    """The button: a verb."""
    done: Promise
    """The history's line, after a name."""
    sources: frozenset[State]
    target: State
    by: frozenset[By]
    tells: tuple[Told, ...] = ()
    needs_reason: bool = False
    needs_slots: bool = False


def _step(
    key: str,
    title: Promise,
    done: Promise,
    sources: set[State],
    target: State,
    by: set[By],
    *tells: Told,
    needs_reason: bool = False,
    needs_slots: bool = False,
) -> Step:
    return Step(key, title, done, frozenset(sources), target, frozenset(by), tells, needs_reason, needs_slots)


_WORKING = {By.STAFF, By.CONTRACTOR}
_ANYBODY = {By.STAFF, By.CONTRACTOR, By.TENANT}
_ALL = (Told.STAFF, Told.CONTRACTOR, Told.TENANT)

STEPS: tuple[Step, ...] = (
    _step(
        "propose",
        _("Propose a visit"),
        _("proposed a visit"),
        set(),
        State.PROPOSED,
        _WORKING,
        Told.TENANT,
        needs_slots=True,
    ),
    _step(
        "wish",
        _("Wish for a visit"),
        _("wished for a visit"),
        set(),
        State.COUNTERED,
        {By.TENANT},
        Told.CONTRACTOR,
        needs_slots=True,
    ),
    _step(
        "announce",
        _("Announce a visit"),
        _("announced a visit"),
        set(),
        State.AGREED,
        _WORKING,
        *_ALL,
    ),
    _step("pick", _("Take this time"), _("took a time"), {State.PROPOSED}, State.AGREED, {By.TENANT, By.STAFF}, *_ALL),
    _step(
        "accept_wish",
        _("Take this time"),
        _("took a wished time"),
        {State.COUNTERED},
        State.AGREED,
        _WORKING,
        *_ALL,
    ),
    _step(
        "counter",
        _("None of these suits me"),
        _("wished for other times"),
        {State.PROPOSED},
        State.COUNTERED,
        {By.TENANT, By.STAFF},
        Told.CONTRACTOR,
        needs_slots=True,
    ),
    _step(
        "propose_again",
        _("Propose other times"),
        _("proposed other times"),
        {State.PROPOSED, State.COUNTERED},
        State.PROPOSED,
        _WORKING,
        Told.TENANT,
        needs_slots=True,
    ),
    _step(
        "reschedule",
        _("Move the visit"),
        _("had to move the visit"),
        {State.AGREED},
        State.PROPOSED,
        _WORKING,
        *_ALL,
        needs_reason=True,
        needs_slots=True,
    ),
    _step(
        "ask_to_move",
        _("I cannot make it"),
        _("asked to move the visit"),
        {State.AGREED},
        State.COUNTERED,
        {By.TENANT},
        Told.STAFF,
        Told.CONTRACTOR,
        needs_reason=True,
        needs_slots=True,
    ),
    _step("arrive", _("I am there"), _("arrived"), {State.AGREED}, State.UNDER_WAY, _WORKING),
    _step(
        "attend",
        _("The visit is over"),
        _("ended the visit"),
        {State.AGREED, State.UNDER_WAY},
        State.ATTENDED,
        _WORKING | {By.SYSTEM},
    ),
    _step(
        "no_access",
        _("Nobody opens"),
        _("found nobody at home"),
        {State.AGREED, State.UNDER_WAY},
        State.NO_ACCESS,
        _WORKING,
        Told.STAFF,
        Told.TENANT,
        needs_reason=True,
    ),
    _step(
        "not_attended",
        _("Nobody came"),
        _("waited in vain"),
        {State.AGREED},
        State.NOT_ATTENDED,
        {By.STAFF, By.TENANT},
        Told.STAFF,
        Told.CONTRACTOR,
    ),
    _step(
        "cancel",
        _("Cancel the visit"),
        _("cancelled the visit"),
        {State.PROPOSED, State.COUNTERED, State.AGREED},
        State.CANCELLED,
        _ANYBODY | {By.SYSTEM},
        *_ALL,
        needs_reason=True,
    ),
)

BY_KEY = {step.key: step for step in STEPS}


def allowed(state: str | None, parties: frozenset[By]) -> tuple[Step, ...]:
    """The steps that somebody who is these ``parties`` may take from here, in the table's order; ``None``: there is no visit."""
    return tuple(
        step
        for step in STEPS
        if parties & step.by and (not step.sources if state is None or state in FINAL else state in step.sources)
    )
