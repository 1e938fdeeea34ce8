"""An installation that really runs: its own data folder, migrated, served by granian on a free loopback port."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gewerk.entrypoints.cli.web_server import web_server_command

CONNECT = Path(sys.executable).with_name("gewerk-connect")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Access:
    """What one organisation needs: somebody to log in, and a key for programs."""

    organisation_id: str
    email: str
    password: str
    client_id: str
    client_secret: str


@dataclass
class Installation:
    """One running installation. ``database_url`` empty: SQLite in ``data``."""

    data: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GEWERK_") and k != "DATABASE_URL"}
        own = {"GEWERK_DATA": str(self.data), "GEWERK_BASE_URL": self.base_url, "GEWERK_API_RATE_PER_MINUTE": "1000000"}
        return {**kept, **own, **({"DATABASE_URL": self.database_url} if self.database_url else {}), **self.extra}

    def python(self, *arguments: str) -> str:
        """Run a Python process in the installation's environment; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.python("-m", "gewerk.entrypoints.cli.manage", *arguments)

    def start(self) -> "Installation":
        self.manage("migrate", "-v0")
        self.manage("createcachetable")
        self.manage("collectstatic", "--noinput", "-v0")
        # with PostgreSQL two processes answer, as on any machine with two processors
        server = web_server_command("127.0.0.1", self.port, processes=2 if self.database_url else 1)
        self.processes.append(subprocess.Popen(server, env=self.environment))
        self.processes.append(
            subprocess.Popen([sys.executable, "-m", "gewerk.entrypoints.worker"], env=self.environment)
        )
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            assert all(p.poll() is None for p in self.processes), "a part of the installation ended"
            with (
                suppress(urllib.error.URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(f"{self.base_url}/health"),
            ):
                return self
            time.sleep(0.1)
        raise AssertionError("the installation did not answer within a minute")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def organisation(self, country: str = "DE") -> Access:
        return Access(**json.loads(self.python("-m", "stories.seed", country)))


@dataclass
class Connection:
    """A ``connection.toml`` in a folder of its own, and the connector run on it as a process."""

    folder: Path
    base_url: str
    access: Access
    kind: str
    path: Path
    settings: dict[str, Any] = field(default_factory=dict)
    state_url: str = ""

    @property
    def config(self) -> Path:
        return self.folder / "connection.toml"

    def write(self) -> "Connection":
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {"separator": "-", "clients": [], **self.settings}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        self.config.write_text(
            "\n".join(
                [
                    'name = "Stammdaten"',
                    "[source]",
                    f'kind = "{self.kind}"',
                    f"path = {json.dumps(str(self.path))}",
                    "[target]",
                    'kind = "gewerk"',
                    f'base_url = "{self.base_url}"',
                    f'client_id = "{self.access.client_id}"',
                    f'client_secret = "{self.access.client_secret}"',
                    "[settings]",
                    *lines,
                    *([f'[state]\nurl = "{self.state_url}"'] if self.state_url else []),
                ]
            )
            + "\n"
        )
        return self

    def run(self, *arguments: str, as_of: str | None = "2026-11-22") -> subprocess.CompletedProcess[str]:
        self.write()
        command, *rest = arguments
        when = ["--as-of", as_of] if as_of and command in {"plan", "apply"} else []
        return subprocess.run(
            [str(CONNECT), command, *rest, "--config", str(self.config), *when],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )

    def json(self, *arguments: str, code: int = 0, as_of: str = "2026-11-22") -> dict[str, Any]:
        done = self.run(*arguments, "--json", as_of=as_of)
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def fetch_token(base_url: str, access: Access) -> str:
    """An access token for the key. Raises ``HTTPError`` when it is refused."""
    ask = urllib.request.Request(
        f"{base_url}/api/2026-11-01/token",
        data=json.dumps({"client_id": access.client_id, "client_secret": access.client_secret}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(ask) as answer:
        token: str = json.load(answer)["access_token"]
        return token


def export(base_url: str, access: Access, resource: str, *, token: str = "", **query: str) -> list[dict[str, Any]]:
    """All records of a resource through the public API, read with the standard library alone."""
    request = urllib.request.Request(
        f"{base_url}/api/2026-11-01/{resource}/export?{urlencode(query)}",
        headers={"Authorization": f"Bearer {token or fetch_token(base_url, access)}"},
    )
    with urllib.request.urlopen(request) as answer:
        return [json.loads(line) for line in answer if line.strip()]
