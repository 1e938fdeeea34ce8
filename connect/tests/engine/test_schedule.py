"""Slots in local time, and what becomes of them whatever the clocks do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from gewerk_connect.service.engine.duty import keep_schedule
from gewerk_connect.service.schedule import Schedule
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "America/Santiago",  # at midnight
    "Pacific/Apia",  # left a whole day out
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Etc/UTC",
]
MOMENTS = st.integers(15_126, 22_645).flatmap(
    lambda day: st.timedeltas(timedelta(), timedelta(days=1)).map(
        lambda part: datetime.fromtimestamp(day * 86_400, UTC) + part
    )
)
SCHEDULES = st.builds(
    Schedule,
    days=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    time=st.times().map(lambda t: f"{t:%H:%M}"),
    zone=st.sampled_from(ZONES),
)
APIA = (Schedule(days=(4, 5), time="10:00", zone="Pacific/Apia"), datetime(2011, 12, 28, tzinfo=UTC))


def slots(schedule: Schedule, start: datetime, count: int) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(count):
        start = schedule.next_after(start)
        found.append(start)
    return found


def by_looking_at_every_minute(schedule: Schedule, day: date) -> datetime:
    """What a clerk would do with a clock on the wall: the first minute that shows the time, or the first after it."""
    zone = ZoneInfo(schedule.zone)
    wall = datetime.combine(day, time.fromisoformat(schedule.time))
    begin = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=30)
    shown = [begin + timedelta(minutes=n) for n in range(66 * 60)]
    local = [(moment, moment.astimezone(zone).replace(tzinfo=None)) for moment in shown]
    exact = [moment for moment, on_the_wall in local if on_the_wall == wall]
    return exact[0] if exact else next(moment for moment, on_the_wall in local if on_the_wall > wall)


def test_the_default_is_tuesday_thursday_and_sunday_at_two_in_berlin() -> None:
    found = slots(Schedule(), datetime(2026, 11, 22, 12, tzinfo=UTC), 4)
    berlin = [slot.astimezone(ZoneInfo("Europe/Berlin")) for slot in found]
    assert [f"{slot:%a %d %H:%M}" for slot in berlin] == [
        "Tue 24 02:00",
        "Thu 26 02:00",
        "Sun 29 02:00",
        "Tue 01 02:00",
    ]


@pytest.mark.parametrize(
    ("zone", "at", "day", "slot"),
    [
        ("Europe/Berlin", "02:30", date(2027, 3, 28), "2027-03-28T01:00+00:00"),  # 02:30 does not exist: 03:00
        ("Europe/Berlin", "02:30", date(2026, 10, 25), "2026-10-25T00:30+00:00"),  # twice: the first
        ("Europe/London", "01:15", date(2027, 3, 28), "2027-03-28T01:00+00:00"),
        ("America/New_York", "02:00", date(2027, 3, 14), "2027-03-14T07:00+00:00"),
        ("America/New_York", "01:30", date(2026, 11, 1), "2026-11-01T05:30+00:00"),
        ("Australia/Lord_Howe", "02:10", date(2026, 10, 4), "2026-10-03T15:30+00:00"),  # the gap is half an hour
        ("America/Santiago", "00:00", date(2026, 9, 6), "2026-09-06T04:00+00:00"),  # a day without its midnight
    ],
)
def test_a_time_that_is_missing_or_there_twice(zone: str, at: str, day: date, slot: str) -> None:
    schedule = Schedule(days=(day.weekday(),), time=at, zone=zone)
    before = datetime.combine(day, time(), tzinfo=UTC) - timedelta(days=1)
    assert schedule.next_after(before) == datetime.fromisoformat(slot)
    assert schedule.next_after(datetime.fromisoformat(slot)) > datetime.fromisoformat(slot) + timedelta(days=6)


@given(SCHEDULES, MOMENTS)
@example(*APIA)
@settings(deadline=None)
def test_slots_lie_ahead_and_keep_their_order(schedule: Schedule, moment: datetime) -> None:
    found = slots(schedule, moment, 20)
    assert found[0] > moment
    assert all(a < b for a, b in pairwise(found))
    assert found[0] - moment <= timedelta(days=9)
    # from anywhere between two slots the next one is the same
    for earlier, later in pairwise(found):
        middle = earlier + (later - earlier) / 2
        assert schedule.next_after(middle) == later == schedule.next_after(later - timedelta(seconds=1))


@given(SCHEDULES, MOMENTS)
@example(*APIA)
@settings(deadline=None, max_examples=15)
def test_each_chosen_day_has_the_slot_that_a_clock_on_the_wall_would_show(schedule: Schedule, moment: datetime) -> None:
    found = slots(schedule, moment, 6)
    first = moment.astimezone(ZoneInfo(schedule.zone)).date() - timedelta(days=2)
    days = [first + timedelta(days=n) for n in range((found[-1] - moment).days + 5)]
    wanted = {by_looking_at_every_minute(schedule, day) for day in days if day.weekday() in schedule.days}
    assert found == sorted(slot for slot in wanted if slot > moment)[:6]


@pytest.mark.parametrize(
    "wrong",
    [{"days": []}, {"days": [7]}, {"days": ["tuesday"]}, {"time": "24:00"}, {"time": "2:00"}, {"zone": "Mars/Base"}],
)
def test_what_is_no_schedule_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Schedule.of(wrong)


def test_days_may_be_named() -> None:
    assert Schedule.of({"days": ["sun", "tue", "tue"]}).days == (1, 6)
    assert Schedule.of(Schedule().model_dump()) == Schedule()


# what the worker's rounds make of it


@dataclass(frozen=True)
class Row:
    id: str
    schedule: dict[str, object]
    paused_at: datetime | None = None
    next_run_at: datetime | None = None


@dataclass
class Pretend:
    """Rows and jobs in memory, as the database keeps them: they survive a restart."""

    row: Row
    asked: list[datetime] = field(default_factory=list)
    """Slots that got their run, in order."""
    busy: bool = False

    def ask_for_slot(self, connection_id: str, slot: datetime, *, by: str, at: datetime) -> bool:
        if slot in self.asked:
            return True
        if self.busy:
            return False
        self.asked.append(slot)
        return True

    def move_next_run(self, connection_id: str, *, seen: datetime | None, to: datetime) -> None:
        if self.row.next_run_at == seen:
            self.row = replace(self.row, next_run_at=to)

    def round(self, now: datetime) -> None:
        keep_schedule(self.row, self, self, now)  # type: ignore[arg-type]


def pretend(schedule: Schedule) -> Pretend:
    return Pretend(Row("c", schedule.model_dump()))


def rounds(start: datetime, hours: float, step: timedelta = timedelta(minutes=7)) -> Iterator[datetime]:
    moment = start
    while moment < start + timedelta(hours=hours):
        yield moment
        moment += step


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_a_year_with_its_two_changes_of_the_clock_has_a_run_for_each_day(zone: str) -> None:
    schedule = Schedule(days=tuple(range(7)), time="02:10", zone=zone)
    house = pretend(schedule)
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    for now in rounds(start, 365 * 24, timedelta(minutes=20)):
        house.round(now)
    days = [slot.astimezone(ZoneInfo(zone)).date() for slot in house.asked]
    assert days == [days[0] + timedelta(days=n) for n in range(365)]


def test_slots_that_nobody_saw_are_one_run() -> None:
    house = pretend(Schedule())
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    house.round(start)
    for now in rounds(start + timedelta(days=30), 1):  # off for a month, or the clock jumped
        house.round(now)
    assert len(house.asked) == 1
    assert house.row.next_run_at == Schedule().next_after(start + timedelta(days=30, hours=1))


def test_a_slot_waits_while_another_run_is_under_way() -> None:
    house = pretend(Schedule())
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    house.round(start)
    slot = house.row.next_run_at
    assert slot is not None
    house.busy = True
    for now in rounds(slot, 1):
        house.round(now)
    assert (house.asked, house.row.next_run_at) == ([], slot)
    house.busy = False
    house.round(slot + timedelta(hours=2))
    assert house.asked == [slot]


def test_a_paused_connection_runs_only_when_it_goes_on() -> None:
    house = pretend(Schedule())
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    house.round(start)
    house.row = replace(house.row, paused_at=start)
    for now in rounds(start, 24 * 10, timedelta(hours=1)):
        house.round(now)
    assert house.asked == []
    house.row = replace(house.row, paused_at=None)
    house.round(start + timedelta(days=10))
    assert len(house.asked) == 1


def test_a_clock_that_was_ahead_for_a_while_does_not_silence_the_schedule() -> None:
    house = pretend(Schedule())
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    house.round(start)
    house.round(start + timedelta(days=4 * 365))
    assert len(house.asked) == 1
    for now in rounds(start, 24 * 7, timedelta(hours=1)):
        house.round(now)
    real = [slot for slot in house.asked if slot < start + timedelta(days=8)]
    assert [f"{slot:%a}" for slot in real][-2:] == ["Thu", "Sun"]


JUMPS = st.lists(
    st.one_of(
        st.integers(-40 * 24 * 60, 40 * 24 * 60),  # a jump
        st.sampled_from([5, 30, 60, 240]),  # time goes by
    ),
    min_size=1,
    max_size=60,
)


@given(SCHEDULES, MOMENTS, JUMPS)
@settings(deadline=None, max_examples=150)
def test_wherever_the_clock_jumps_no_slot_runs_twice_and_none_that_is_seen_is_left_out(
    schedule: Schedule, now: datetime, jumps: list[int]
) -> None:
    house = pretend(schedule)
    house.round(now)
    for minutes in jumps:
        before, now = now, now + timedelta(minutes=minutes)
        asked = len(house.asked)
        house.round(now)
        assert len(house.asked) - asked <= 1
        assert all(slot <= now for slot in house.asked[asked:])
        if minutes == 5:  # time went by: a slot that came to pass has its run
            slot = schedule.next_after(before)
            assert slot > now or slot in house.asked or len(house.asked) > asked
    assert max(Counter(house.asked).values(), default=1) == 1
    assert house.row.next_run_at is not None
    assert now < house.row.next_run_at <= schedule.next_after(now)
