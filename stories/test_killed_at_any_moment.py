"""``kill -9`` at any moment: the next run completes, and nothing is double or missing."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from stories.conftest import EXPORTS
from stories.installation import CONNECT, Access, Connection, Installation, export

_KILLS = 40 if os.environ.get("GEWERK_CAMPAIGN") == "large" else 4
_VOLATILE = {"id", "property_id", "unit_ids", "created_at", "updated_at"}
"""Gewerk's own: another organisation has others. What refers to what is compared by the ERP's ids."""


def _content(installation: Installation, access: Access) -> list[dict[str, Any]]:
    rows = export(installation.base_url, access, "properties") + export(installation.base_url, access, "sub-properties")
    plain = [{k: v for k, v in row.items() if k not in _VOLATILE} for row in rows]
    return sorted(plain, key=lambda row: (row.get("type", ""), row["external_id"]))


def test_a_killed_run_is_completed_by_the_next(installation: Installation, tmp_path: Path) -> None:
    seed = int(os.environ.get("GEWERK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"GEWERK_SEED={seed}")
    dice = random.Random(seed)
    undisturbed = installation.organisation("DE")
    calm = Connection(tmp_path / "calm", installation.base_url, undisturbed, "wodis-sigma", EXPORTS / "sigma")
    began = time.monotonic()
    calm.json("apply")
    # The moments lie within what a run takes here and now: on a fast machine fixed ones would all come too late.
    takes = time.monotonic() - began
    wanted = _content(installation, undisturbed)

    disturbed = installation.organisation("DE")
    connection = Connection(
        tmp_path / "killed", installation.base_url, disturbed, "wodis-sigma", EXPORTS / "sigma"
    ).write()
    killed = 0
    for _ in range(_KILLS):
        process = subprocess.Popen(
            [str(CONNECT), "apply", "--config", str(connection.config), "--as-of", "2026-11-22", "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(takes * dice.uniform(0.15, 0.8))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        so_far = [row["external_id"] for row in _content(installation, disturbed) if row.get("type") == "unit"]
        assert len(so_far) == len(set(so_far))
    assert killed, "no run was killed: the campaign tried nothing"

    connection.json("apply")

    assert _content(installation, disturbed) == wanted
    again = connection.json("plan")
    assert all((c["create"], c["update"], c["archive"]) == (0, 0, 0) for c in again["counts"].values())
