"""What leaves at night, and that it meets no run."""

from datetime import timedelta

from engine_house import House
from exports_here import small, write_tables
from gewerk_connect.ledger import open_store, run_lock
from gewerk_connect.ledger import schema as ledger
from gewerk_connect.service import schema
from gewerk_connect.service.watch import Watch
from gewerk_connect.service.watch.tidying import tidy_all
from sqlalchemy import func, insert, select
from watch_house import Clock


def without_anna(house: House) -> None:
    tables = small()
    for name, place in (("parties", 0), ("contracts", 1), ("contract_units", 1), ("contract_parties", 1)):
        gone = "100" if name == "parties" else "700"
        tables[name] = [row for row in tables[name] if not (row[place] == gone and (place == 0 or row[0] == "1"))]
    write_tables(house.export, tables)


def state(house: House) -> bytes:
    return b"".join(file.read_bytes() for file in house.service.configuration.data.glob("service.sqlite3*"))


def test_payloads_of_the_archived_go_after_their_time(house: House, watch: Watch, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    without_anna(house)
    assert house.run(connection_id).status == "succeeded"
    assert house.api.records["tenant"]["1-700-100"]["archived_at"]
    tidy_all(house.service, house.connections, watch.notices, clock())
    assert b"anna@web.de" in state(house)
    clock.turn(days=91)
    tidy_all(house.service, house.connections, watch.notices, clock())
    house.engine.stop()
    with house.service.engine.connect() as transaction:
        transaction.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"anna@web.de" not in state(house)
    assert b"c@firma.de" in state(house)


def runs_of(house: House, connection_id: str) -> int:
    with (
        open_store(house.service.configuration.url, connection_id, house.api.url) as store,
        store.engine.connect() as transaction,
    ):
        mine = select(func.count()).where(ledger.runs.c.connection_no == store.no)
        return int(transaction.execute(mine).scalar_one())


def test_a_connection_whose_run_is_under_way_is_left_and_others_are_tidied(
    house: House, watch: Watch, clock: Clock
) -> None:
    busy, free = house.connect(), house.connect()
    house.engine.start()
    for connection_id in (busy, free) * 7:
        house.run(connection_id)
    house.engine.stop()
    clock.turn(days=5_000)
    with open_store(house.service.configuration.url, busy, house.api.url) as store, run_lock(store):
        tidy_all(house.service, house.connections, watch.notices, clock())
    assert (runs_of(house, busy), runs_of(house, free)) == (7, 5)
    tidy_all(house.service, house.connections, watch.notices, clock())
    assert (runs_of(house, busy), runs_of(house, free)) == (5, 5)


def test_plans_that_show_people_do_not_stay(house: House, watch: Watch, clock: Clock) -> None:
    now = clock()
    with house.service.engine.begin() as transaction:
        for name, age in (("old", 8), ("new", 1)):
            at = now - timedelta(days=age)
            transaction.execute(
                insert(schema.looks).values(
                    id=name,
                    connection_id="c",
                    kind="plan",
                    status="ready",
                    as_of=at.date(),
                    for_version=1,
                    started_at=at,
                    seen_alive_at=at,
                )
            )
            transaction.execute(
                insert(schema.plan_changes).values(
                    look_id=name, position=0, action="create", entity="tenant", external_id="1", title="Anna Alt"
                )
            )
    tidy_all(house.service, house.connections, watch.notices, now)
    with house.service.engine.connect() as transaction:
        assert transaction.execute(select(schema.looks.c.id)).scalars().all() == ["new"]
        assert transaction.execute(select(schema.plan_changes.c.look_id)).scalars().all() == ["new"]


def test_it_happens_once_a_day(house: House, watch: Watch, clock: Clock) -> None:
    watch.round()
    first = watch._tidied_at
    clock.turn(hours=23)
    watch.round()
    assert watch._tidied_at == first
    clock.turn(hours=2)
    watch.round()
    assert watch._tidied_at != first
    with house.service.engine.connect() as transaction:
        assert transaction.execute(select(func.count()).select_from(schema.looks)).scalar() == 0
