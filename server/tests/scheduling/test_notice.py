"""How long before entering a flat it must be said."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from gewerk.scheduling.notice import NoticeTooShort, Purpose, check_notice, notice_for
from gewerk.scheduling.wall_time import moment_of
from hypothesis import given
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
ANNOUNCED = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def check(
    purpose: str, day: date, *, chosen: bool = False, country: str = "DE", announced: datetime = ANNOUNCED
) -> None:
    check_notice(
        purpose,
        country=country,
        announced_at=announced,
        starts_at=moment_of(day, time(8), BERLIN),
        zone=BERLIN,
        tenant_chooses=chosen,
    )


@pytest.mark.parametrize(
    ("purpose", "country", "first"),
    [
        (Purpose.EMERGENCY, "DE", date(2026, 11, 22)),
        (Purpose.REPAIR, "DE", date(2026, 11, 25)),
        (Purpose.MAINTENANCE, "DE", date(2026, 12, 6)),
        (Purpose.MODERNISATION, "DE", date(2027, 2, 22)),
        (Purpose.REPAIR, "GB", date(2026, 11, 23)),
    ],
)
def test_the_first_day(purpose: Purpose, country: str, first: date) -> None:
    notice = notice_for(purpose, country=country, announced_at=ANNOUNCED, zone=BERLIN)
    assert notice.earliest_date == first


def test_three_months_end_on_the_last_day_of_a_shorter_month() -> None:
    announced = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert notice_for("modernisation", country="DE", announced_at=announced, zone=BERLIN).earliest_date == date(
        2027, 2, 28
    )


def test_a_time_that_the_tenant_chose_needs_no_notice_but_modernisation_does() -> None:
    tomorrow = date(2026, 11, 23)
    check(Purpose.REPAIR, tomorrow, chosen=True)
    check(Purpose.MAINTENANCE, tomorrow, chosen=True)
    with pytest.raises(NoticeTooShort) as refused:
        check(Purpose.MODERNISATION, tomorrow, chosen=True)
    assert "555c" in str(refused.value.message)


def test_the_day_counts_in_the_organisations_zone() -> None:
    # 23:30 UTC is the next day in Berlin
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with pytest.raises(NoticeTooShort):
        check(Purpose.REPAIR, date(2026, 11, 25), announced=late)
    check(Purpose.REPAIR, date(2026, 11, 26), announced=late)


@given(
    st.sampled_from(list(Purpose)),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone itself
    st.integers(0, 400),
    st.booleans(),
)
def test_whoever_may_come_on_a_day_may_come_later(
    purpose: Purpose, announced: datetime, days: int, chosen: bool
) -> None:
    moment = announced.replace(tzinfo=UTC)
    day = moment.astimezone(BERLIN).date() + timedelta(days=days)

    def possible(day: date) -> bool:
        try:
            check(purpose, day, chosen=chosen, announced=moment)
        except NoticeTooShort:
            return False
        return True

    assert possible(day) <= possible(day + timedelta(days=1))
    assert possible(day) <= (purpose != Purpose.MODERNISATION or days >= 89)
