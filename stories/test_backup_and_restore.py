"""``backup`` while Gewerk runs, ``restore`` into an empty folder, and everything is there: stock, key, password."""

import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from stories.conftest import EXPORTS, ROOT
from stories.installation import Connection, Installation, export


def _gewerk(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gewerk.entrypoints.cli", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_restored_installation_is_the_one_that_was_saved(tmp_path: Path) -> None:
    running = Installation(data=tmp_path / "data")
    running.data.mkdir()
    saved = tmp_path / "gewerk.tar.gz"
    try:
        running.start()
        access = running.organisation("DE")
        Connection(tmp_path / "c", running.base_url, access, "wodis-sigma", EXPORTS / "sigma").json("apply")
        stock = export(running.base_url, access, "sub-properties")

        done = _gewerk(running.environment, "backup", str(saved), "--data", str(running.data))
        assert done.returncode == 0, done.stderr
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        again = _gewerk(running.environment, "backup", str(saved), "--data", str(running.data))
        assert again.returncode == 1, "an older backup is not overwritten"
    finally:
        running.stop()

    full = tmp_path / "full"
    full.mkdir()
    (full / "keep.txt").write_text("mine")
    refused = _gewerk(running.environment, "restore", str(saved), "--data", str(full))
    assert refused.returncode == 1
    assert (full / "keep.txt").read_text() == "mine"

    restored = Installation(data=tmp_path / "restored")
    done = _gewerk(running.environment, "restore", str(saved), "--data", str(restored.data))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((restored.data / "secrets.json").stat().st_mode) == 0o600
    try:
        restored.start()
        # The same client secret works: database and encryption key belong together.
        assert export(restored.base_url, access, "sub-properties") == stock
    finally:
        restored.stop()


@pytest.mark.parametrize("damage", ["cut", "no backup at all", "climbing out"])
def test_a_broken_backup_leaves_nothing_behind(tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "broken.tar.gz"
    if damage == "cut":
        whole = tmp_path / "whole.tar.gz"
        with tarfile.open(whole, "w:gz") as packed:
            packed.add(EXPORTS / "sigma", arcname="data")
        archive.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    elif damage == "no backup at all":
        archive.write_bytes(b"Guten Tag")
    else:
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(__file__, arcname="../../outside.txt")
    target = tmp_path / "deep" / "target"

    done = _gewerk(dict(os.environ), "restore", str(archive), "--data", str(target))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not target.exists()
    assert [p.name for p in tmp_path.rglob("*") if "restore" in p.name or p.name == "outside.txt"] == []
