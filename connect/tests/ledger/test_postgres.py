"""The same river with its state in PostgreSQL: ``GEWERK_TEST_POSTGRES`` names a server (``./gewerk test`` starts one)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
import pytest
from fake_upper import FakeUpper, connection, house, out
from gewerk_connect import run
from gewerk_connect.ledger import Busy, Records, open_store, run_lock
from gewerk_connect.ledger.erasure import compact, erase
from gewerk_connect.ledger.retention import tidy
from gewerk_connect.report import Outcome
from gewerk_connect.separator import change_separator
from gewerk_connect.settings import RetentionSettings, StateSettings
from gewerk_connect.targets import open_target
from lower import AS_OF, now, quick_patience, totals
from standin import StandIn

pytestmark = pytest.mark.postgres

HOLDER = """
import sys, time
from gewerk_connect.ledger import open_store, run_lock
with open_store(sys.argv[1], "haus", "http://x") as store, run_lock(store):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def url() -> Iterator[str]:
    """A database of its own."""
    server = os.environ.get("GEWERK_TEST_POSTGRES")
    if not server:
        pytest.skip("GEWERK_TEST_POSTGRES names no server")
    name = f"state_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def river(folder: Path, api: StandIn, url: str, upper: FakeUpper, **options: object) -> run.River:
    made = connection(folder, api.url, api.secret).model_copy(update={"state": StateSettings(url=url)})
    return run.River(
        connection=made,
        upper=upper,
        target=open_target(made.target, language="de"),
        as_of=AS_OF,
        now=now,
        patience=quick_patience(),
        **options,  # type: ignore[arg-type]
    )


def test_first_run_change_refusal_archive_and_nothing(tmp_path: Path, api: StandIn, url: str) -> None:
    def apply(rows: dict, **options: object) -> Outcome:
        return run.apply(river(tmp_path, api, url, FakeUpper(rows), **options))

    def changed(rows: dict, **options: object) -> int:
        return run.plan(river(tmp_path, api, url, FakeUpper(rows), **options)).changed

    rows = house(buildings=4, units=5)
    rows["property"] |= {name: {"verdict": "send", "reason": None, "payload": {"name": name}} for name in "ßäZ🏠|/"}
    api.reject["1-0-0"] = "invalid"
    assert changed(rows) == 54
    done = apply(rows)
    assert totals(done)["created"] == 51
    assert totals(done)["refused"] == 3
    api.reject.clear()
    assert totals(apply(rows))["created"] == 3
    assert changed(rows) == 0
    assert changed(rows, whole=True) == 0
    rows["tenant"]["1-00-7"]["payload"]["email"] = "neu@example.org"
    del rows["tenant"]["1-11-7"]
    planned = run.plan(river(tmp_path, api, url, FakeUpper(rows)))
    assert (totals(planned)["update"], totals(planned)["archive"]) == (1, 1)
    assert {c.fields for c in planned.changes} == {("email",), ()}
    apply(rows)
    assert api.records["tenant"]["1-11-7"]["archived_at"] is not None
    assert changed(rows, whole=True) == 0
    assert set(api.created.values()) == {1}
    with open_store(url, "haus", api.url) as store:
        ids = [k.external_id for k in Records(store).confirmed("property")]
    assert ids == sorted(ids)
    assert list(tmp_path.iterdir()) == []


def test_another_separator_keeps_every_record(tmp_path: Path, api: StandIn, url: str) -> None:
    rows = house(buildings=4, units=300)
    first = river(tmp_path, api, url, FakeUpper(rows))
    run.apply(first)
    before = {r["id"]: key for of in api.records.values() for key, r in of.items()}
    done = change_separator(first.connection, first.target, "_", confirmed=True, now=now, patience=quick_patience())
    assert done.status == "done"
    assert {r["id"]: key for of in api.records.values() for key, r in of.items()} == {
        ours: theirs.replace("-", "_") for ours, theirs in before.items()
    }
    renamed = FakeUpper(orjson.loads(orjson.dumps(rows).replace(b"-", b"_")))
    moved = river(tmp_path, api, url, renamed)
    moved.connection = moved.connection.model_copy(
        update={"settings": moved.connection.settings.model_copy(update={"separator": "_"})}
    )
    assert run.plan(moved).changed == 0
    assert totals(run.apply(moved))["unchanged"] == len(before)
    assert set(api.created.values()) == {1}


def test_a_killed_process_gives_its_lock_back(url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with open_store(url, "haus", "http://x") as store, pytest.raises(Busy), run_lock(store):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with open_store(url, "haus", "http://x") as store:
        for _ in range(50):
            try:
                with run_lock(store):
                    return
            except Busy:  # the server notices the broken connection in a moment
                time.sleep(0.1)
        pytest.fail("the lock was not given back")


def test_a_person_is_forgotten(tmp_path: Path, api: StandIn, url: str) -> None:
    rows = house()
    run.apply(river(tmp_path, api, url, FakeUpper(rows)))
    rows["tenant"]["1-00-7"] = out("ended")
    run.apply(river(tmp_path, api, url, FakeUpper(rows)))
    with open_store(url, "haus", api.url) as store:
        with run_lock(store):
            assert erase(store, "tenant", "1-00-7").intents >= 1
        compact(store)
        assert Records(store).last_sent("tenant", "1-00-7") is None
        assert tidy(store, RetentionSettings(runs=0, findings=0, archived=0), now()).runs == 0
    assert run.plan(river(tmp_path, api, url, FakeUpper(rows), whole=True)).changed == 0
