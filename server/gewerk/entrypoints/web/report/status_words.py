"""What the status page says: every step in words, what happens next, what the reporter may do. Nobody else's data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.tickets.models import HistoryEntry, Ticket, WaitingFor
from gewerk.tickets.queries.history import Line
from gewerk.tickets.states import State


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that happened."""

    at: datetime
    text: str
    icon: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What another domain adds to the page: things that happened, and a card (template and context) above the story."""

    done: tuple[Done, ...] = ()
    template: str = ""
    context: dict[str, Any] | None = None
    version: str = ""
    """Changes with whatever the piece shows, so that the page notices by itself."""


PIECES: list[Callable[[Ticket], Piece]] = []
"""Asked for every ticket shown. Whoever builds on tickets (orders, visits) adds its own when the application starts."""

_TEXTS: dict[str, tuple[Promise, str]] = {
    "reported": (gettext_lazy("Reported"), "circle-plus"),
    "review": (gettext_lazy("Your report is being reviewed"), "eye"),
    "start": (gettext_lazy("Work on it has begun"), "wrench"),
    "wait": (gettext_lazy("It has to wait"), "circle-pause"),
    "resolve": (gettext_lazy("Reported as mended"), "circle-check"),
    "close": (gettext_lazy("Closed"), "check-check"),
    "confirm": (gettext_lazy("You confirmed that it is mended"), "check-check"),
    "reject": (gettext_lazy("The report was rejected"), "circle-x"),
    "reopen": (gettext_lazy("Opened again"), "rotate-ccw"),
    "merged": (gettext_lazy("Others in the building report the same; it is mended for all together"), "combine"),
    "file_added": (gettext_lazy("You added photos"), "camera"),
}

_NEXT: dict[str, tuple[Promise, Promise]] = {
    State.NEW: (
        gettext_lazy("We have your report"),
        gettext_lazy("Somebody of ours looks at it and decides who comes."),
    ),
    State.REOPENED: (gettext_lazy("Open again"), gettext_lazy("We look at it once more and get back to you.")),
    State.IN_REVIEW: (gettext_lazy("We are looking at it"), gettext_lazy("Next we decide who mends it and when.")),
    State.IN_PROGRESS: (
        gettext_lazy("It is being worked on"),
        gettext_lazy("If somebody has to come to you, we agree on a time with you first."),
    ),
    State.WAITING: (gettext_lazy("It has to wait a little"), gettext_lazy("We go on as soon as that is possible.")),
    State.RESOLVED: (gettext_lazy("It should be mended"), gettext_lazy("Please have a look: is everything all right?")),
    State.CLOSED: (gettext_lazy("All done"), gettext_lazy("Nothing more has to be done.")),
    State.REJECTED: (gettext_lazy("Rejected"), gettext_lazy("We do not work on this report. The reason stands below.")),
}


def now_and_next(ticket: Ticket) -> tuple[str, str]:
    """How it stands, in two sentences."""
    title, text = _NEXT[ticket.state]
    if ticket.state == State.WAITING and ticket.waiting_for and ticket.waiting_for != WaitingFor.OTHER:
        return str(title), _("We wait for %(what)s.") % {"what": WaitingFor(ticket.waiting_for).label}
    return str(title), str(text)


def done(lines: list[Line]) -> list[Done]:
    """What happened, the oldest first."""
    return [_told(line.entry) for line in reversed(lines) if line.entry.event in _TEXTS]


def _told(entry: HistoryEntry) -> Done:
    text, icon = _TEXTS[entry.event]
    return Done(entry.at, str(text), icon, entry.reason)


_WAY = (State.NEW, State.IN_REVIEW, State.IN_PROGRESS, State.RESOLVED, State.CLOSED)
_AHEAD: dict[str, Promise] = {
    State.IN_REVIEW: gettext_lazy("Review"),
    State.IN_PROGRESS: gettext_lazy("Repair"),
    State.RESOLVED: gettext_lazy("Your answer: is it mended?"),
}


def ahead(ticket: Ticket) -> list[str]:
    """The steps that usually still come."""
    state = State.NEW if ticket.state == State.REOPENED else ticket.state
    state = State.IN_PROGRESS if state == State.WAITING else state
    if state not in _WAY or state in {State.RESOLVED, State.CLOSED}:
        return []
    return [str(_AHEAD[one]) for one in _WAY[_WAY.index(State(state)) + 1 :] if one in _AHEAD]
