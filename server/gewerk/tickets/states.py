"""Which step may follow which, by whom, with what, and whom it tells: one table. The diagram in the docs is made from it."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    NEW = "new", _("new")
    IN_REVIEW = "in_review", _("in review")
    IN_PROGRESS = "in_progress", _("in progress")
    WAITING = "waiting", _("on hold")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    REJECTED = "rejected", _("rejected")
    REOPENED = "reopened", _("reopened")


FINAL = frozenset({State.CLOSED, State.REJECTED})
"""Nothing has to follow. Both may be reopened all the same."""
OPEN = frozenset(set(State) - FINAL - {State.RESOLVED})
"""Somebody of the manager's has to act."""


class By(StrEnum):
    """Who takes a step."""

    STAFF = "staff"  # people who work on tickets, and keys of programs
    REPORTER = "reporter"  # on the status page, or logged in
    TIME = "time"  # the worker


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    title: Promise
    """The button: a verb."""
    done: Promise
    """The history's line."""
    sources: frozenset[State]
    target: State
    by: frozenset[By]
    needs_reason: bool = False
    tells_reporter: bool = True


_WORKING = frozenset({State.NEW, State.IN_REVIEW, State.IN_PROGRESS, State.WAITING, State.REOPENED})
_STAFF = frozenset({By.STAFF})

STEPS: tuple[Step, ...] = (
    Step(
        "review",
        _("Start the review"),
        _("is reviewing the report"),
        frozenset({State.NEW, State.REOPENED}),
        State.IN_REVIEW,
        _STAFF,
    ),
    Step(
        "start",
        _("Start work"),
        _("started work"),
        frozenset({State.NEW, State.IN_REVIEW, State.WAITING, State.REOPENED}),
        State.IN_PROGRESS,
        _STAFF,
    ),
    Step(
        "wait",
        _("Put on hold"),
        _("put it on hold"),
        frozenset({State.NEW, State.IN_REVIEW, State.IN_PROGRESS, State.REOPENED}),
        State.WAITING,
        _STAFF,
        needs_reason=True,
    ),
    Step("resolve", _("Report as mended"), _("reported it as mended"), _WORKING, State.RESOLVED, _STAFF),
    Step(
        "reject",
        _("Reject"),
        _("rejected the report"),
        _WORKING,
        State.REJECTED,
        _STAFF,
        needs_reason=True,
    ),
    Step(
        "close",
        _("Close the ticket"),
        _("closed it"),
        frozenset({State.RESOLVED}),
        State.CLOSED,
        frozenset({By.STAFF, By.TIME}),
    ),
    Step(
        "confirm",
        _("It is mended"),
        _("confirmed that it is mended"),
        frozenset({State.RESOLVED}),
        State.CLOSED,
        frozenset({By.REPORTER}),
        tells_reporter=False,
    ),
    Step(
        "reopen",
        _("Reopen"),
        _("reopened it"),
        frozenset({State.RESOLVED, State.CLOSED, State.REJECTED}),
        State.REOPENED,
        frozenset({By.STAFF, By.REPORTER}),
        needs_reason=True,
    ),
)

BY_KEY = {step.key: step for step in STEPS}


def allowed(state: str, by: By) -> tuple[Step, ...]:
    """The steps that somebody may take from here, in the table's order."""
    return tuple(step for step in STEPS if state in step.sources and by in step.by)
