"""When a connection runs by itself: days and a local time of day (spec 01, first sentence).

A slot is a moment at which a run is due. A local time that a day lacks (clocks go forward) runs at the first moment after
the gap; one that a day has twice (clocks go back) runs once, the first time.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_WEEK = 7
_A_SECOND = timedelta(seconds=1)


class Schedule(BaseModel):
    """``days`` count from Monday = 0; names (``tue``) are taken as well. Default: Tuesday, Thursday, Sunday at 02:00."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = (1, 3, 6)
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "02:00"
    """Local time of day, ``HH:MM``."""
    zone: str = "Europe/Berlin"
    """IANA name of the organisation's time zone."""

    @field_validator("days", mode="before")
    @classmethod
    def _named_days(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        numbers = [DAYS.index(day) if isinstance(day, str) and day in DAYS else day for day in value]
        return tuple(sorted(set(numbers), key=str))

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("unbekannte Zeitzone / unknown time zone") from None
        return value

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Schedule":
        """From the row of a connection; what it does not say has the default. Raises ``ValidationError``."""
        return cls.model_validate(dict(stored))

    def next_after(self, moment: datetime) -> datetime:
        """The first slot after ``moment`` (with zone), in UTC."""
        return next(slot for slot in self.slots_from(moment) if slot > moment)

    def slots_from(self, moment: datetime) -> Iterator[datetime]:
        """Slots in their order, beginning at or shortly before ``moment``; no end."""
        # the day before as well: its slot may lie after a gap that reaches into the next day
        day = moment.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        last: datetime | None = None
        while True:
            if day.weekday() in self.days:
                slot = self._slot(day)
                if last is None or slot > last:
                    yield slot
                last = slot
            day += timedelta(days=1)

    def _slot(self, day: date) -> datetime:
        zone = ZoneInfo(self.zone)
        hour, minute = map(int, self.time.split(":"))
        wall = datetime.combine(day, time(hour, minute))
        first = wall.replace(tzinfo=zone).astimezone(UTC)
        if first.astimezone(zone).replace(tzinfo=None) == wall:
            return first
        return _after_the_gap(wall, zone)


def _after_the_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks were put forward over ``wall``, in UTC."""
    # PEP 495: within a gap fold=0 counts by the rule before it and fold=1 by the rule after it, so both sides of the
    # change are known and it is found by halving
    after = wall.replace(tzinfo=zone).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _A_SECOND:
        middle = before + timedelta(seconds=(after - before) // _A_SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
