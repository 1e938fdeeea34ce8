"""The contestants as commands, and the sink they all post to. Each is started as a process of its own and knows nothing of the others.

Read ``Connector``, ``Floor`` and ``Dlt`` for what exactly each of them does; ``README.md`` says the same in prose.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from bench.measure import Measured, run

AS_OF = "2026-11-22"
BATCH = 500
"""Records in a request, for everybody: the API's limit and what the connector sends."""
ROOT = Path(__file__).parent.parent


class Sink(AbstractContextManager["Sink"]):
    """The sink as a process; ends when this one does."""

    def __enter__(self) -> "Sink":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.sink"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def reset(self) -> None:
        self._ask("reset")

    def forget_counts(self) -> None:
        self._ask("forget-counts")

    def counts(self) -> dict[str, int]:
        return self._ask("counts")

    def dump(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._ask("dump", {"folder": str(folder)})

    def _ask(self, what: str, data: Any = None) -> dict[str, int]:
        request = urllib.request.Request(f"{self.url}/bench/{what}", data=json.dumps(data).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=600) as answer:
            counts: dict[str, int] = json.load(answer)
            return counts


class Contestant(Protocol):
    """``live`` is the folder in which the export (or the joined records) lies; ``place`` is the contestant's own."""

    name: str

    def __init__(self, place: Path, live: Path, url: str) -> None: ...

    def forget(self) -> None:
        """Back to before the first run."""

    def once(self) -> Measured: ...


class Connector:
    """``gewerk-connect apply --json``: reads the eight CSV files, judges by the rules, compares with its ledger, plans, checks the
    fuse, writes every intent before it sends and every receipt after, posts, reports its run to the target."""

    name = "gewerk-connect"

    def __init__(self, place: Path, live: Path, url: str) -> None:
        self._place, self._live, self._url = place, live, url

    def forget(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)
        (self._place / "connection.toml").write_text(
            f'[source]\nkind = "wodis-sigma"\npath = {json.dumps(str(self._live))}\n'
            f'[target]\nkind = "gewerk"\nbase_url = "{self._url}"\nclient_id = "bench"\nclient_secret = "bench"\n'
            '[settings]\nseparator = "-"\n'
        )

    def once(self) -> Measured:
        command = [str(Path(sys.executable).with_name("gewerk-connect")), "apply", "--json"]
        return run([*command, "--config", "connection.toml", "--as-of", AS_OF], cwd=self._place)


class Floor:
    """``bench/floor.py``: one script, no safety, the same records."""

    name = "floor"

    def __init__(self, place: Path, live: Path, url: str) -> None:
        self._place, self._live, self._url = place, live, url

    def forget(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)

    def once(self) -> Measured:
        command = [sys.executable, "-m", "bench.floor", "--export", str(self._live), "--state", "state.sqlite3"]
        return _python([*command, "--url", self._url, "--as-of", AS_OF, "--batch", str(BATCH)], self._place)


class Dlt:
    """``bench/dlt_run.py``: dlt on the finished records; ``incremental`` with an ``updated_at`` to trust."""

    name = "dlt"
    incremental = False

    def __init__(self, place: Path, live: Path, url: str) -> None:
        self._place, self._live, self._url = place, live, url

    def forget(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)

    def once(self) -> Measured:
        command = [sys.executable, "-m", "bench.dlt_run", "--records", str(self._live), "--state", "state"]
        more = ["--incremental"] if self.incremental else []
        return _python([*command, "--url", self._url, "--batch", str(BATCH), *more], self._place)


class TrustingDlt(Dlt):
    name = "dlt, trusting updated_at"
    incremental = True


def _python(command: list[str], place: Path) -> Measured:
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
    }
    return run(command, cwd=place, environment=environment)
