"""Which step of an order may follow which, by whom, with what, and whom it tells: one table.

``operations.take_step`` asks it, the pages make their buttons from it, ``docs/reference/order-states.md`` is its picture.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    TENDERING = "tendering", _("quotes asked for")
    QUOTED = "quoted", _("quotes are in")
    AWARDED = "awarded", _("awarded")
    BOOKED = "booked", _("visit agreed")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")
    ACCEPTED = "accepted", _("accepted")
    INVOICED = "invoiced", _("invoiced")
    PAID = "paid", _("paid")
    CANCELLED = "cancelled", _("cancelled")


OPEN_FOR_ITEMS = frozenset({State.DRAFT, State.TENDERING, State.QUOTED})
"""Scope and price may still change; from the award on only by variations."""
WITH_CONTRACTOR = frozenset(
    {
        State.AWARDED,
        State.BOOKED,
        State.IN_PROGRESS,
        State.DONE,
        State.ACCEPTED,
        State.INVOICED,
        State.PAID,
    }
)
"""Somebody has the order. Its sum is committed."""
CONTACT_SHOWN = frozenset({State.AWARDED, State.BOOKED, State.IN_PROGRESS, State.DONE})
"""A contractor sees whom to call and how to get in: after the award, until the acceptance (spec 04, messages)."""
VARIABLE = frozenset({State.AWARDED, State.BOOKED, State.IN_PROGRESS, State.DONE})
"""A variation may be asked for and decided."""
FINAL = frozenset({State.PAID, State.CANCELLED})
"""Nothing follows. An in-house order ends with its acceptance: neither invoice nor payment."""
OPEN = frozenset(set(State) - FINAL - {State.ACCEPTED, State.INVOICED})
"""Work is still to be done on it."""


class By(StrEnum):
    """Who takes a step."""

    STAFF = "staff"  # the manager's people who edit orders, and keys that may do everything
    FINANCE = "finance"  # as STAFF, and the finance officer
    DISPATCH = "dispatch"  # the firm's owner and dispatchers; a caretaker or member of the crew
    CONTRACTOR = "contractor"  # as DISPATCH, and the firm's fitters
    SYSTEM = "system"  # other domains' journeys, the worker


class Need(StrEnum):
    """What a step needs."""

    REASON = "reason"  # why, in words
    CONTRACTOR = "contractor"  # a firm of one's list that is not blocked, or a live crew
    ITEMS = "items"  # a price: at least one item (not in-house)
    COVER = "cover"  # the sum is within the actor's spending limit, or approved
    VISIT = "visit"  # an agreed visit
    DEFECTS = "defects"  # what is wrong, and until when
    DECIDED = "decided"  # no variation waits for a decision
    AMOUNT = "amount"  # the invoice's gross sum


class Told(StrEnum):
    """Who hears of a step by mail."""

    STAFF = "staff"  # the responsible person, else the property's, else who made the order
    CONTRACTOR = "contractor"
    TENANT = "tenant"  # whom the order concerns, and who reported it


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    key: str
    title: Promise
    """The button: a verb."""
    done: Promise
    """The history's line, after a name."""
    sources: frozenset[State]
    target: State
    by: frozenset[By]
    needs: tuple[Need, ...] = ()
    tells: tuple[Told, ...] = ()
    firm_only: bool = False
    """Not for in-house orders."""


def _step(
    key: str,
    title: Promise,
    done: Promise,
    sources: set[State] | frozenset[State],
    target: State,
    by: set[By],
    *needs: Need,
    tells: tuple[Told, ...] = (),
    firm_only: bool = False,
) -> Step:
    return Step(key, title, done, frozenset(sources), target, frozenset(by), needs, tells, firm_only)


STEPS: tuple[Step, ...] = (
    _step(
        "tender",
        _("Ask for quotes"),
        _("asked for quotes"),
        {State.DRAFT},
        State.TENDERING,
        {By.STAFF},
        firm_only=True,
    ),
    _step(
        "receive_quotes",
        _("Open the quotes"),
        _("opened the quotes"),
        {State.TENDERING},
        State.QUOTED,
        {By.SYSTEM},
        tells=(Told.STAFF,),
        firm_only=True,
    ),
    _step(
        "end_tender",
        _("End without an award"),
        _("ended the request for quotes without an award"),
        {State.TENDERING, State.QUOTED},
        State.DRAFT,
        {By.STAFF, By.SYSTEM},
        Need.REASON,
        firm_only=True,
    ),
    _step(
        "award",
        _("Award"),
        _("awarded the order"),
        OPEN_FOR_ITEMS,
        State.AWARDED,
        {By.STAFF},
        Need.CONTRACTOR,
        Need.ITEMS,
        Need.COVER,
        tells=(Told.CONTRACTOR, Told.TENANT),
    ),
    _step(
        "confirm",
        _("Accept the order"),
        _("accepted the order"),
        {State.AWARDED},
        State.AWARDED,
        {By.DISPATCH, By.STAFF},
        tells=(Told.STAFF,),
    ),
    _step(
        "decline",
        _("Decline the order"),
        _("declined the order"),
        {State.AWARDED, State.BOOKED},
        State.DRAFT,
        {By.DISPATCH, By.STAFF},
        Need.REASON,
        tells=(Told.STAFF,),
    ),
    _step(
        "withdraw_award",
        _("Withdraw the award"),
        _("withdrew the award"),
        {State.AWARDED, State.BOOKED},
        State.DRAFT,
        {By.STAFF},
        Need.REASON,
        tells=(Told.CONTRACTOR,),
    ),
    # Visits tell of themselves.
    _step(
        "book",
        _("Note an agreed visit"),
        _("agreed on a visit"),
        {State.AWARDED},
        State.BOOKED,
        {By.STAFF, By.CONTRACTOR, By.SYSTEM},
        Need.VISIT,
    ),
    _step(
        "unbook",
        _("A new visit is needed"),
        _("needs a new visit"),
        {State.BOOKED, State.IN_PROGRESS},
        State.AWARDED,
        {By.STAFF, By.CONTRACTOR, By.SYSTEM},
        Need.REASON,
    ),
    _step(
        "start",
        _("Begin the work"),
        _("began the work"),
        {State.AWARDED, State.BOOKED},
        State.IN_PROGRESS,
        {By.STAFF, By.CONTRACTOR, By.SYSTEM},
    ),
    _step(
        "finish",
        _("Report as done"),
        _("reported the work as done"),
        {State.AWARDED, State.BOOKED, State.IN_PROGRESS},
        State.DONE,
        {By.STAFF, By.CONTRACTOR, By.SYSTEM},
        tells=(Told.STAFF, Told.TENANT),
    ),
    _step(
        "complain",
        _("Report defects"),
        _("reported defects"),
        {State.DONE},
        State.IN_PROGRESS,
        {By.STAFF},
        Need.DEFECTS,
        tells=(Told.CONTRACTOR,),
    ),
    _step(
        "accept",
        _("Accept the work"),
        _("accepted the work"),
        {State.DONE},
        State.ACCEPTED,
        {By.STAFF},
        Need.DECIDED,
        tells=(Told.CONTRACTOR,),
    ),
    _step(
        "invoice",
        _("Note the invoice"),
        _("noted the invoice"),
        {State.ACCEPTED},
        State.INVOICED,
        {By.FINANCE, By.SYSTEM},
        Need.AMOUNT,
        firm_only=True,
    ),
    _step(
        "reject_invoice",
        _("Reject the invoice"),
        _("rejected the invoice"),
        {State.INVOICED},
        State.ACCEPTED,
        {By.FINANCE, By.SYSTEM},
        Need.REASON,
        tells=(Told.CONTRACTOR,),
        firm_only=True,
    ),
    _step(
        "pay",
        _("Note the payment"),
        _("noted the payment"),
        {State.INVOICED},
        State.PAID,
        {By.FINANCE, By.SYSTEM},
        tells=(Told.CONTRACTOR,),
        firm_only=True,
    ),
    _step(
        "cancel",
        _("Cancel the order"),
        _("cancelled the order"),
        OPEN_FOR_ITEMS | {State.AWARDED, State.BOOKED, State.IN_PROGRESS},
        State.CANCELLED,
        {By.STAFF},
        Need.REASON,
        tells=(Told.CONTRACTOR, Told.TENANT),
    ),
)

BY_KEY = {step.key: step for step in STEPS}


def allowed(state: str, parties: frozenset[By], *, in_house: bool) -> tuple[Step, ...]:
    """The steps that somebody who is these ``parties`` may take from here, in the table's order."""
    return tuple(
        step for step in STEPS if state in step.sources and parties & step.by and not (step.firm_only and in_house)
    )


def is_final(state: str, *, in_house: bool) -> bool:
    return state in FINAL or (in_house and state == State.ACCEPTED)
