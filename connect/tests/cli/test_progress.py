import os
import pty
import subprocess
import sys
from pathlib import Path

from .conftest import Cli

DAY = ("--as-of", "2026-11-22")


def on_a_terminal(*arguments: str) -> tuple[str, str]:
    """(stdout, what a terminal on stderr saw)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gewerk_connect", *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "160", "GEWERK_LANG": "de"},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    out, _ = process.communicate()
    os.close(ours)
    assert process.returncode == 0
    return out.decode(), seen.decode()


def test_bars_with_rate_on_a_terminal(config: Path) -> None:
    out, seen = on_a_terminal("apply", "-c", str(config), *DAY)
    for part in ("Export lesen", "Einheiten: senden", "547/547", "/s"):
        assert part in seen
    assert "Export lesen" not in out


def test_no_bars_for_scripts(config: Path, cli: Cli) -> None:
    assert cli("apply", "-c", config, *DAY).err == ""
    _, seen = on_a_terminal("plan", "-c", str(config), *DAY, "--json")
    assert seen == ""
