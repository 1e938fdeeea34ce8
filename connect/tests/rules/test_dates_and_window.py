"""Dates as ERPs write them, and the time window with both ends inclusive (rule 3)."""

from datetime import date, timedelta

import pytest
from gewerk_connect.rules.dates import IMPOSSIBLE, OPEN, Days
from gewerk_connect.rules.window import Window, next_change, running, window
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 22).toordinal()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.03.2021", date(2021, 3, 1)),
        ("1.3.2021", date(2021, 3, 1)),
        (" 01.03.2021 ", date(2021, 3, 1)),
        ("2021-03-01", date(2021, 3, 1)),
        ("2021-03-01T00:00:00", date(2021, 3, 1)),
        ("20210301", date(2021, 3, 1)),
        ("01/03/2021", date(2021, 3, 1)),
        ("29.02.2024", date(2024, 2, 29)),
    ],
)
def test_forms(text: str, day: date) -> None:
    assert Days()[text] == day.toordinal()


@pytest.mark.parametrize("text", ["", "-", "00000000", "31.12.9999", "9999-12-31"])
def test_open_ends(text: str) -> None:
    assert Days()[text] == OPEN


@pytest.mark.parametrize("text", ["31.02.2020", "29.02.2023", "2020-13-01", "gestern", "01.03.21", "1.1.0000", "45000"])
def test_impossible_ones(text: str) -> None:
    assert Days()[text] == IMPOSSIBLE


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, Window.INSIDE),
        (60, None, Window.INSIDE),
        (61, None, Window.NOT_YET),
        (-900, 0, Window.INSIDE),
        (-900, -1, Window.INSIDE),
        (-900, -2, Window.INSIDE),
        (-900, -3, Window.ENDED),
        (None, None, Window.INSIDE),
    ],
)
def test_both_ends_belong_to_the_window(start: int | None, end: int | None, expected: Window) -> None:
    first = OPEN if start is None else TODAY + start
    last = OPEN if end is None else TODAY + end
    assert window(first, last, TODAY, 60, 2) is expected


_DAY = st.none() | st.integers(-400, 400)


@given(_DAY, _DAY, st.integers(0, 90), st.integers(0, 30))
def test_nothing_changes_before_the_next_change(start: int | None, end: int | None, lead: int, grace: int) -> None:
    first = OPEN if start is None else TODAY + start
    last = OPEN if end is None else TODAY + end

    def state(day: int) -> tuple[Window, bool]:
        return window(first, last, day, lead, grace), running(first, last, day)

    change = next_change(first, last, TODAY, lead, grace)
    until = change if change != OPEN else TODAY + 600
    assert change == OPEN or change > TODAY
    assert all(state(day) == state(TODAY) for day in range(TODAY, until))


def test_a_day_of_the_calendar_is_read_in_every_form() -> None:
    day = date(1990, 1, 1)
    days = Days()
    while day < date(2032, 1, 1):
        assert days[f"{day:%d.%m.%Y}"] == days[day.isoformat()] == days[f"{day:%Y%m%d}"] == day.toordinal()
        day += timedelta(days=17)
