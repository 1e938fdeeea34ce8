"""Fixtures: one installation per session (and one on PostgreSQL), a browser page in German."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stories.installation import Access, Installation

EXPORTS = Path(__file__).resolve().parent.parent / "connect" / "tests" / "exports"


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
