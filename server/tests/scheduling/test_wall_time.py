"""Local times: what people agreed on is what the clock on the wall shows, also across the change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from gewerk.scheduling.wall_time import NoSuchTime, day_begins, day_of, moment_of
from hypothesis import given
from hypothesis import strategies as st

ZONES = [
    ZoneInfo(name) for name in ("Europe/Berlin", "Europe/London", "America/New_York", "Africa/Cairo", "Asia/Beirut")
]
zones = st.sampled_from(ZONES)
days = st.dates(date(2020, 1, 1), date(2036, 12, 31))


@given(days, st.times(), zones)
def test_the_wall_shows_what_was_agreed_or_the_time_is_refused(day: date, at: time, zone: ZoneInfo) -> None:
    try:
        moment = moment_of(day, at, zone)
    except NoSuchTime:
        # refused only inside a gap: the clock really jumps over this time
        before = datetime.combine(day, at, tzinfo=zone).replace(fold=0).utcoffset()
        after = datetime.combine(day, at, tzinfo=zone).replace(fold=1).utcoffset()
        assert before is not None
        assert after is not None
        assert before < after
        return
    shown = moment.astimezone(zone)
    assert (shown.date(), shown.time().replace(fold=0)) == (day, at)
    assert moment.tzinfo is UTC
    # of a time that exists twice the first is meant
    assert (moment - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None) != shown.replace(tzinfo=None)


@given(days, zones)
def test_days_begin_where_the_former_ends(day: date, zone: ZoneInfo) -> None:
    begins = day_begins(day, zone)
    assert day_of(begins, zone) == day
    assert day_of(begins - timedelta(microseconds=1), zone) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "gap", "twice_day", "twice", "first_utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), date(2026, 10, 25), time(2, 30), time(0, 30)),
        ("Europe/London", date(2026, 3, 29), time(1, 30), date(2026, 10, 25), time(1, 30), time(0, 30)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), date(2026, 11, 1), time(1, 30), time(5, 30)),
    ],
)
def test_berlin_london_and_new_york(
    zone: str, day: date, gap: time, twice_day: date, twice: time, first_utc: time
) -> None:
    with pytest.raises(NoSuchTime):
        moment_of(day, gap, ZoneInfo(zone))
    assert moment_of(twice_day, twice, ZoneInfo(zone)).time() == first_utc
