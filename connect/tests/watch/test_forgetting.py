"""A person out of a connection that the service keeps, and the numbers of runs when old ones have gone."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from engine_house import House, wait_until
from exports_here import small, write_tables
from gewerk_connect.canonical import Entity
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger import open_store
from gewerk_connect.ledger.retention import tidy
from gewerk_connect.service import schema
from gewerk_connect.service.erasure import forget_in_service
from gewerk_connect.service.history import History
from gewerk_connect.settings import RetentionSettings
from openpyxl import load_workbook
from service_doors import Doors, Visitor, activate, now, opened
from sqlalchemy import insert, select
from standin import StandIn
from watch_house import Clock


def without_anna(house: House) -> None:
    tables = small()
    for name, place in (("parties", 0), ("contracts", 1), ("contract_units", 1), ("contract_parties", 1)):
        gone = "100" if name == "parties" else "700"
        tables[name] = [row for row in tables[name] if not (row[place] == gone and (place == 0 or row[0] == "1"))]
    write_tables(house.export, tables)


def test_ledger_and_plans_forget_and_the_next_run_makes_nothing_new(house: House, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    day = clock().date()

    def forget() -> None:
        forget_in_service(house.service, house.connections, connection_id, Entity.TENANT, "1-700-100", day)

    with pytest.raises(SettingsError, match="zuerst im ERP"):
        forget()
    without_anna(house)
    house.run(connection_id)
    with house.service.engine.begin() as transaction:
        look = {"connection_id": connection_id, "kind": "plan", "status": "ready", "as_of": day, "for_version": 1}
        moments = {"started_at": clock(), "seen_alive_at": clock()}
        transaction.execute(insert(schema.looks).values(id="look", **look, **moments))
        change = {"look_id": "look", "action": "archive", "entity": "tenant", "title": "Anna Alt"}
        for place, name in enumerate(("1-700-100", "1-701-101")):
            transaction.execute(insert(schema.plan_changes).values(position=place, external_id=name, **change))
    house.engine.stop()
    forget()
    with house.service.engine.connect() as transaction:
        assert transaction.execute(select(schema.plan_changes.c.external_id)).scalars().all() == ["1-701-101"]
    files = house.service.configuration.data.glob("service.sqlite3*")
    assert b"anna@web.de" not in b"".join(file.read_bytes() for file in files)
    house.engine.start()
    sent = len(house.api.written)
    assert house.run(connection_id).status == "succeeded"
    assert len(house.api.written) == sent
    with pytest.raises(LookupError):
        forget_in_service(house.service, house.connections, "nobody", Entity.TENANT, "1-700-100", day)


def test_runs_keep_their_numbers_when_older_ones_have_gone(house: House, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    for _ in range(8):
        house.run(connection_id)
    row = house.connections.get(connection_id)
    history = History(house.service)
    before = {run.external_id: run.number for run in history.runs(row)[1]}
    later = clock() + timedelta(days=1_000)
    with open_store(house.service.configuration.url, connection_id, house.api.url) as store:
        assert tidy(store, RetentionSettings(), later).runs == 3
    total, runs = history.runs(row)
    assert total == 5
    assert [run.number for run in runs] == [8, 7, 6, 5, 4]
    assert all(before[run.external_id] == run.number for run in runs)
    one = history.run(row, runs[-1].external_id)
    assert one is not None
    assert one.number == 4


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    with opened(tmp_path) as found:
        yield found


def test_the_report_of_a_run_is_to_be_had_as_a_spreadsheet(doors: Doors, api: StandIn) -> None:
    visitor: Visitor = doors.visitor()
    connection_id = activate(visitor, api)
    row = doors.house.connections.get(connection_id)
    doors.house.connections.save(
        connection_id, version=row.version, by="x", at=now(), event="started", stage="production"
    )
    doors.house.engine.start()  # type: ignore[attr-defined]
    job = doors.house.engine.start_run(connection_id, by="x")
    wait_until(lambda: doors.house.engine.jobs.get(job).finished_at is not None)  # type: ignore[attr-defined]
    run_id = doors.house.engine.jobs.get(job).run_id  # type: ignore[attr-defined]
    base = f"/connections/{connection_id}/runs/{run_id}"
    assert f"{base}/report.xlsx" in visitor.get(base)
    answer = visitor.client.get(f"{base}/report.xlsx")
    assert 'filename="bericht-1-' in answer.headers["content-disposition"]
    assert load_workbook(BytesIO(answer.content)).sheetnames == ["Übersicht", "Befunde"]
    stranger = doors.visitor(org="org-2")
    assert stranger.client.get(f"{base}/report.xlsx").status_code == 404
