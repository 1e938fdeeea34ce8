"""The schedule with a real engine whose clock is turned: a change of the clocks, a jump, a restart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine_house import QUICK, House, wait_until
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.engine import schema as engine_schema
from sqlalchemy import select

SATURDAY = datetime(2027, 3, 27, 12, tzinfo=UTC)
"""The clocks go forward in the night to Sunday: 02:30 is left out."""


@dataclass
class Clock:
    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock(house: House) -> Iterator[Clock]:
    clock = Clock(SATURDAY)
    house.engine = Engine(house.service, house.connections, now=clock, limits=QUICK)
    yield clock
    house.engine.stop()


@pytest.fixture
def connection_id(house: House) -> str:
    made = house.connect()
    house.connections.save(
        made,
        version=1,
        by="Anna",
        at=SATURDAY,
        event="schedule",
        schedule={"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "time": "02:30", "zone": "Europe/Berlin"},
    )
    return made


def slots(house: House) -> list[datetime]:
    """Those that got their run, in order of asking."""
    jobs = engine_schema.jobs
    with house.service.engine.connect() as database:
        return list(database.execute(select(jobs.c.slot_at).order_by(jobs.c.asked_at, jobs.c.slot_at)).scalars())


def on_the_wall(house: House) -> list[str]:
    return [f"{slot.astimezone(ZoneInfo('Europe/Berlin')):%d.%m. %H:%M}" for slot in slots(house)]


def restart(house: House) -> None:
    house.engine.stop()
    house.engine.start()


def await_planned(house: House, connection_id: str, now: datetime) -> None:
    """Until a round has looked at the schedule by this clock and its run has ended."""

    def done() -> bool:
        planned = house.connections.get(connection_id).next_run_at
        ahead = planned is not None and now < planned <= now + timedelta(hours=26)
        return ahead and house.engine.progress(connection_id) is None

    wait_until(done)


def test_a_time_that_the_night_leaves_out_runs_after_the_gap_and_once(
    house: House, clock: Clock, connection_id: str
) -> None:
    house.engine.start()
    await_planned(house, connection_id, clock())
    assert house.connections.get(connection_id).next_run_at == datetime(2027, 3, 28, 1, tzinfo=UTC)
    for clock.moment in (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, 1, tzinfo=UTC)):
        restart(house)
        await_planned(house, connection_id, clock())
    assert on_the_wall(house) == ["28.03. 03:00"]
    clock.moment = datetime(2027, 3, 29, 0, 31, tzinfo=UTC)
    restart(house)
    await_planned(house, connection_id, clock())
    assert on_the_wall(house) == ["28.03. 03:00", "29.03. 02:30"]
    assert [run["status"] for run in house.api.runs.values()] == ["succeeded"] * 2


def test_a_time_that_the_night_has_twice_runs_the_first_time_only(
    house: House, clock: Clock, connection_id: str
) -> None:
    clock.moment = datetime(2026, 10, 24, 12, tzinfo=UTC)
    house.engine.start()
    await_planned(house, connection_id, clock())
    for clock.moment in (datetime(2026, 10, 25, 0, 31, tzinfo=UTC), datetime(2026, 10, 25, 1, 31, tzinfo=UTC)):
        restart(house)
        await_planned(house, connection_id, clock())
    assert slots(house) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    assert house.connections.get(connection_id).next_run_at == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_clock_that_jumps_ahead_and_is_put_back_brings_one_run_and_no_silence(
    house: House, clock: Clock, connection_id: str
) -> None:
    house.engine.start()
    await_planned(house, connection_id, clock())
    clock.moment = SATURDAY + timedelta(days=40)  # while the engine works: forty slots passed, one run
    await_planned(house, connection_id, clock())
    assert len(slots(house)) == 1
    clock.moment = SATURDAY  # and put right; the slot that is set lies forty days ahead
    restart(house)
    await_planned(house, connection_id, clock())
    assert len(slots(house)) == 1
    for clock.moment in (datetime(2027, 3, 28, 1, 1, tzinfo=UTC), datetime(2027, 3, 29, 0, 31, tzinfo=UTC)):
        await_planned(house, connection_id, clock())
    assert on_the_wall(house)[0] == "29.03. 02:30"  # asked for before the other one, by the clock that was ahead
    assert len(house.api.runs) == len(slots(house)) == len(set(slots(house)))
