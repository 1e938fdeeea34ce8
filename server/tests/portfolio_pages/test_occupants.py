"""Who holds a unit now, before and next: both ends of a contract count, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.identity.models import Organisation
from gewerk.portfolio.queries.occupants import Stay, occupants
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def stays(draw: st.DrawFn) -> list[Stay]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        start = draw(st.none() | DAYS)
        end = draw(st.none() | DAYS)
        if start and end and end < start:
            start, end = end, start
        found.append(Stay(UUID(int=number), f"Mieter {number}", start, end, live=draw(st.booleans())))
    return found


@given(stays(), DAYS)
def test_now_are_exactly_the_live_contracts_that_run_on_the_day(leases: list[Stay], today: date) -> None:
    def runs(stay: Stay) -> bool:
        return (stay.start is None or stay.start <= today) and (stay.end is None or today <= stay.end)

    assert set(occupants(leases, as_of=today).now) == {s for s in leases if s.live and runs(s)}


@given(stays(), DAYS)
def test_nobody_is_in_two_places_and_the_nearest_contract_is_shown(leases: list[Stay], today: date) -> None:
    found = occupants(leases, as_of=today)
    ids = [s.party_id for s in (*found.now, *found.before, *found.next)]
    assert len(ids) == len(set(ids))
    over = [s.end for s in leases if s.end and s.end < today]
    assert {s.end for s in found.before} == ({max(over)} if over else set())
    coming = [s.start for s in leases if s.live and s.start and s.start > today]
    assert {s.start for s in found.next} == ({min(coming)} if coming else set())


@given(stays(), DAYS)
def test_a_day_later_whoever_left_was_there_before(leases: list[Stay], today: date) -> None:
    leaving = {s for s in occupants(leases, as_of=today).now if s.end == today}
    after = occupants(leases, as_of=today + timedelta(days=1))
    assert not leaving & set(after.now)
    assert leaving <= set(after.before)


@given(stays(), DAYS)
def test_a_unit_is_empty_since_the_day_after_the_last_contract(leases: list[Stay], today: date) -> None:
    found = occupants(leases, as_of=today)
    if found.now or not found.before:
        assert found.empty_since is None
    else:
        assert found.empty_since == max(s.end for s in leases if s.end and s.end < today) + timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        # The lease ends on the day on which summer time begins; the day has 23 hours and counts to its end.
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), True),  # 23:59 in Berlin
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), False),  # midnight in Berlin
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), True),  # midnight before, still winter time
    ],
)
def test_the_last_day_is_the_one_of_the_organisation(moment: datetime, there: bool) -> None:
    organisation = Organisation(country="DE", time_zone="Europe/Berlin")
    today = formats_for(organisation, language="de", now=moment).today
    lease = Stay(UUID(int=1), "Jonas Wiebe", date(2020, 1, 1), date(2026, 3, 29))
    assert bool(occupants([lease], as_of=today).now) is there


def test_london_lives_an_hour_behind_vienna() -> None:
    moment = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    vienna = formats_for(Organisation(country="AT", time_zone="Europe/Vienna"), language="de", now=moment)
    london = formats_for(Organisation(country="GB", time_zone="Europe/London"), language="en", now=moment)
    assert (vienna.today, london.today) == (date(2026, 10, 25), date(2026, 10, 24))
