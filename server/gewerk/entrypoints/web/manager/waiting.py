"""What waits for whoever is logged in: one list on the start page, made of what each area says.

An area adds its function to ``start.WAITING``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from gewerk.entrypoints.web.manager.listing.pieces import Reader

MOST = 30
"""Shown on the start page; the lists hold the rest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One matter in which it is the reader's turn, with the one thing to do."""

    title: str
    note: str
    """Where, and why it waits."""
    url: str
    action: str
    """The button: a verb."""
    icon: str
    since: datetime
    due_date: date | None = None
    pressing: bool = False
    """An emergency, or overdue: stands first."""


Source = Callable[[Reader], list[Waiting]]
"""Answers in a constant number of queries, with at most ``MOST`` matters."""


def waiting_for(reader: Reader, sources: Iterable[Source]) -> list[Waiting]:
    """The pressing first, then by deadline, then the longest wait first."""
    found = [one for source in sources for one in source(reader)]
    return sorted(found, key=lambda one: (not one.pressing, one.due_date or date.max, one.since))[:MOST]
