"""Who holds a unit now, who held it before and who comes next, by the dates of their contracts.

The rule: both ends of a contract are inclusive (spec 01, rule 3), and "today" is the day in the organisation's time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stay:
    """One contract party in one unit. An open end is ``None``, as is an open start."""

    party_id: UUID
    name: str
    start: date | None
    end: date | None
    live: bool = True
    """Not archived. An archived record counts only as somebody who was there before."""


S = TypeVar("S", bound=Stay)


@dataclass(frozen=True, slots=True)
class Occupants(Generic[S]):
    """``before`` and ``next`` hold the parties of the nearest contract on that side, so none, one or several."""

    now: tuple[S, ...]
    before: tuple[S, ...]
    next: tuple[S, ...]

    @property
    def empty_since(self) -> date | None:
        """The day after the last known contract ended, for a unit where nobody is now."""
        ends = [stay.end for stay in self.before if stay.end is not None]
        return max(ends) + timedelta(days=1) if ends and not self.now else None


def is_over(stay: Stay, *, as_of: date) -> bool:
    return stay.end is not None and stay.end < as_of


def is_to_come(stay: Stay, *, as_of: date) -> bool:
    return not is_over(stay, as_of=as_of) and stay.start is not None and stay.start > as_of


def occupants(stays: Iterable[S], *, as_of: date) -> Occupants[S]:
    """Sort the stays of one unit into now, before and next."""
    now: list[S] = []
    over: list[S] = []
    to_come: list[S] = []
    for stay in stays:
        if is_over(stay, as_of=as_of):
            over.append(stay)
        elif not stay.live:
            continue
        elif is_to_come(stay, as_of=as_of):
            to_come.append(stay)
        else:
            now.append(stay)
    last_end = max((stay.end for stay in over if stay.end), default=None)
    first_start = min((stay.start for stay in to_come if stay.start), default=None)
    return Occupants(
        now=tuple(sorted(now, key=_order)),
        before=tuple(sorted((s for s in over if s.end == last_end), key=_order)),
        next=tuple(sorted((s for s in to_come if s.start == first_start), key=_order)),
    )


def _order(stay: Stay) -> tuple[date, str, UUID]:
    return (stay.start or date.min, stay.name, stay.party_id)
