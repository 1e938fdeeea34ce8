"""``kill -9`` of a real process against a real server, at chosen and at random moments."""

import copy
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from fake_upper import house, out, send
from gewerk_connect.ledger import open_store
from lower import apply, plan
from standin import Fault, StandIn

SCRIPT = Path(__file__).with_name("killed_run.py")
LARGE = os.environ.get("GEWERK_CAMPAIGN") == "large"


class Process:
    """A run that a fault may kill from within the server's thread, at exactly that point of the exchange."""

    def __init__(self, folder: Path, api: StandIn, rows: Any) -> None:
        file = folder / "rows.json"
        file.write_bytes(orjson.dumps(rows))
        self._started = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(folder), api.url, api.secret, str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._started.set()

    def kill(self) -> None:
        self._started.wait()
        self._process.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        return self._process.wait(60)


def first_state() -> Any:
    rows = house(buildings=3, units=4)
    for n in range(1200):  # more than two batches of units
        rows["unit"][f"1-0-x{n}"] = send(property_external_id="1-0", name=f"Stellplatz {n}")
    return rows


def second_state() -> Any:
    """Creates, changes, archives, a reason for each."""
    rows = first_state()
    for n in range(300):
        rows["unit"][f"1-0-x{n}"]["payload"]["name"] = "neu"
        rows["unit"][f"1-0-x{n + 600}"] = out("ended")  # no reason that the fuse counts
        rows["unit"][f"1-0-y{n}"] = send(property_external_id="1-1", name=f"Keller {n}")
    rows["tenant"]["1-00-7"] = out("ended")
    rows["property"]["1-2"]["payload"]["address"]["street"] = "Ring"
    return rows


def undisturbed(tmp_path: Path, *states: Any) -> Any:
    with StandIn() as api:
        folder = tmp_path / "undisturbed"
        folder.mkdir()
        for rows in states:
            apply(folder, api, rows, confirm_fuse=True)
        return api.stock()


POINTS = [
    *(("/upsert", skip, drop) for skip in (range(6) if LARGE else (0, 3)) for drop in ("before", "after")),
    *(("/archive", skip, drop) for skip in range(2) for drop in ("before", "after")),
    ("/token", 0, "after"),
    ("/export", 0, "before"),
    ("/runs", 0, "before"),
    ("/runs", 0, "after"),
]


@pytest.mark.parametrize(("path", "skip", "drop"), POINTS)
def test_killed_at_a_point_of_the_exchange(tmp_path: Path, api: StandIn, path: str, skip: int, drop: str) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    if path == "/archive":
        rows = second_state()
        apply(folder, api, first_state())
        wanted = undisturbed(tmp_path, first_state(), rows)
    else:
        rows = first_state()
        wanted = undisturbed(tmp_path, rows)
    process: list[Process] = []
    ready = threading.Event()

    def kill() -> None:
        ready.wait()
        process[0].kill()
        process[0].wait()

    api.faults.append(Fault(path, skip=skip, drop=drop, act=kill))
    process.append(Process(folder, api, rows))
    ready.set()
    assert process[0].wait() == -signal.SIGKILL
    apply(folder, api, rows)
    assert api.stock() == wanted
    assert set(api.created.values()) == {1}
    assert plan(folder, api, rows).changed == 0
    assert plan(folder, api, rows, whole=True).changed == 0
    assert [r["status"] for r in api.runs.values()][-1] == "succeeded"


def test_killed_then_the_source_moves_on(tmp_path: Path, api: StandIn) -> None:
    """What a killed run may have sent is not forgotten when the source no longer has it, or has its old value again."""
    rows = house()
    folder = tmp_path / "state"
    folder.mkdir()
    apply(folder, api, rows)
    disturbed = copy.deepcopy(rows)
    disturbed["unit"]["1-0-new"] = send(property_external_id="1-0", name="neu")
    disturbed["unit"]["1-0-0"]["payload"]["name"] = "anders"
    process: list[Process] = []
    ready = threading.Event()

    def kill() -> None:
        ready.wait()
        process[0].kill()
        process[0].wait()

    api.faults.append(Fault("/upsert", drop="after", act=kill))
    process.append(Process(folder, api, disturbed))
    ready.set()
    assert process[0].wait() == -signal.SIGKILL
    assert api.records["unit"]["1-0-0"]["name"] == "anders"
    assert "1-0-new" in api.active("unit")
    offline = plan(folder, api, rows, read_target=False)
    assert offline.counts["unit"] == {"create": 0, "update": 1, "archive": 1, "unchanged": 5}
    apply(folder, api, rows, read_target=False)
    assert api.records["unit"]["1-0-0"]["name"] == "Whg 0"
    assert "1-0-new" not in api.active("unit")
    assert plan(folder, api, rows, read_target=False).changed == 0
    assert plan(folder, api, rows, whole=True).changed == 0


def test_killed_again_and_again_at_random_moments(tmp_path: Path, api: StandIn) -> None:
    seed = int(os.environ.get("GEWERK_SEED") or random.randrange(2**32))
    print(f"GEWERK_SEED={seed}")
    chance = random.Random(seed)
    states = [first_state(), second_state()]
    folder = tmp_path / "state"
    folder.mkdir()
    api.slow_seconds = 0.01
    wanted = undisturbed(tmp_path, *states)
    for rows in states:
        kills, done = 0, False
        while not done and kills < (60 if LARGE else 6):
            process = Process(folder, api, rows)
            time.sleep(chance.uniform(0.3, 1.6))
            process.kill()
            done = process.wait() == 0
            kills += 1
        apply(folder, api, rows)
    assert api.stock() == wanted
    assert set(api.created.values()) == {1}
    assert plan(folder, api, states[-1], whole=True).changed == 0
    with open_store(f"sqlite:///{folder / 'haus.state.sqlite3'}", "haus", api.url) as store, store.write() as db:
        assert db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
