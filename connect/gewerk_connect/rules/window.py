"""The time window of rule 3: from ``start - lead days`` to ``end + grace days``, both ends inclusive."""

from enum import IntEnum

from gewerk_connect.rules.dates import OPEN


class Window(IntEnum):
    INSIDE = 0
    NOT_YET = 1
    ENDED = 2


def window(start: int, end: int, today: int, lead_days: int, grace_days: int) -> Window:
    """Days are day numbers; ``OPEN`` has no limit on that side."""
    if end != OPEN and end + grace_days < today:
        return Window.ENDED
    if start != OPEN and start - lead_days > today:
        return Window.NOT_YET
    return Window.INSIDE


def running(start: int, end: int, today: int) -> bool:
    """Whether the contract runs on the day itself: what makes a unit let (rule 9)."""
    return (start == OPEN or start <= today) and (end == OPEN or today <= end)


def next_change(start: int, end: int, today: int, lead_days: int, grace_days: int) -> int:
    """The first day after ``today`` on which ``window`` or ``running`` answers otherwise; ``OPEN`` when none does."""
    days = []
    if start != OPEN:
        days += [start - lead_days, start]
    if end != OPEN:
        days += [end + 1, end + grace_days + 1]
    return min((day for day in days if day > today), default=OPEN)
