"""Another separator after go-live: the preview, the change, killed in between, and nothing is doubled (spec 01, rule 7)."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from stories.conftest import EXPORTS
from stories.installation import CONNECT, Access, Connection, Installation, export

_KILLS = 20 if os.environ.get("GEWERK_CAMPAIGN") == "large" else 3
_NOTHING = dict.fromkeys(("property", "unit", "tenant", "landlord"), (0, 0, 0))


def _ids(installation: Installation, access: Access) -> dict[str, str]:
    """Gewerk's id -> the ERP's, archived records too."""
    resources = ("property-groups", "properties", "sub-properties")
    return {row["id"]: row["external_id"] for r in resources for row in export(installation.base_url, access, r)}


def _plan(connection: Connection) -> dict[str, tuple[int, int, int]]:
    counts = connection.json("plan")["counts"]
    return {entity: (of["create"], of["update"], of["archive"]) for entity, of in counts.items()}


def _underscored(before: dict[str, str]) -> dict[str, str]:
    return {ours: theirs.replace("-", "_") for ours, theirs in before.items()}


@pytest.fixture
def live(installation: Installation, access: Access, tmp_path: Path) -> Connection:
    """A connection after its first run, with property groups and records that the second run archived."""
    settings = {"economic_entities_as_groups": True}
    connection = Connection(
        tmp_path,
        installation.base_url,
        access,
        "wodis-sigma",
        EXPORTS / "sigma",
        settings,
    )
    connection.json("apply")
    connection.settings["clients"] = ["1", "2"]
    connection.json("apply", "--confirm-fuse")
    return connection


def test_preview_change_and_nothing_left_to_do(installation: Installation, access: Access, live: Connection) -> None:
    before = _ids(installation, access)
    assert "1-9-66" in before.values()

    preview = live.json("change-separator", "--to", "_")
    assert preview["status"] == "planned"
    assert sum(of["rename"] for of in preview["counts"].values()) == len(before)
    assert _ids(installation, access) == before

    done = live.json("change-separator", "--to", "_", "--yes")
    assert done["status"] == "done"
    assert _ids(installation, access) == _underscored(before)
    live.settings["separator"] = "_"
    assert _plan(live) == _NOTHING
    applied = live.json("apply")
    assert {e: (c["created"], c["updated"], c["archived"]) for e, c in applied["counts"].items()} == _NOTHING

    # archived by the old id, revived under the new one: still the same record
    live.settings["clients"] = []
    live.json("apply")
    assert _ids(installation, access) == _underscored(before)
    assert _plan(live) == _NOTHING


def test_killed_at_any_moment_the_same_command_completes_it(
    installation: Installation, access: Access, live: Connection
) -> None:
    seed = int(os.environ.get("GEWERK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"GEWERK_SEED={seed}")
    dice = random.Random(seed)
    before = _ids(installation, access)
    killed = 0
    for _ in range(_KILLS):
        process = subprocess.Popen(
            [str(CONNECT), "change-separator", "--config", str(live.config), "--to", "_", "--yes"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.2, 0.9))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert _ids(installation, access).keys() == before.keys()
    assert killed, "nothing was killed: the campaign tried nothing"

    live.json("change-separator", "--to", "_", "--yes")

    assert _ids(installation, access) == _underscored(before)
    live.settings["separator"] = "_"
    assert _plan(live) == _NOTHING
