"""Fixtures: one installation per session (and one on PostgreSQL), a browser page in German."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stories.installation import Access, Installation, free_port

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = ROOT / "connect" / "tests" / "exports"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(data=tmp_path_factory.mktemp("installation"))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def access(installation: Installation) -> Access:
    """A fresh German organisation in the shared installation."""
    return installation.organisation("DE")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """pytest-playwright: the machine's own Chromium; no sandbox as root; no calls home."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-gpu",
        "--no-first-run",
    ]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ.get("GEWERK_CHROMIUM", "/usr/bin/chromium"), "args": [*quiet, *sandbox]}


@dataclass
class Demo:
    """The demo as ``./gewerk up`` starts it, and what it printed."""

    base_url: str
    said: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``./gewerk up`` itself, on a free port, with a data folder of its own; ended by Ctrl+C as a user would."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEWERK_") and k != "DATABASE_URL"}
    environment["GEWERK_DEMO_DATA"] = str(tmp_path_factory.mktemp("demo"))
    process = subprocess.Popen(
        ["sh", str(ROOT / "gewerk"), "up", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if line.startswith("ready "):
                yield Demo(line.split()[1].rstrip("/"), said)
                break
        else:
            raise AssertionError(f"up ended without 'ready':\n{said}")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


@pytest.fixture(scope="session")
def routes() -> list[dict[str, object]]:
    """Every named route of the pages."""
    listed = subprocess.run(
        [sys.executable, "-m", "stories.routes"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[dict[str, object]] = json.loads(listed.stdout)
    return found


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
