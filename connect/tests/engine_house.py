"""One installation of the service over a small export and the stand-in; the engine in this process, or workers as processes."""

import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exports_here import small
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine, Job
from gewerk_connect.service.installation import Service
from gewerk_connect.service.limits import Limits
from standin import StandIn

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Limits(poll_seconds=0.05, silence_seconds=2.0, drain_seconds=10.0, give_up_seconds=20.0)


@dataclass
class House:
    """A service, its engine, an export to read and a target to fill."""

    service: Service
    connections: Connections
    engine: Engine
    api: StandIn
    export: Path

    def connect(self, **settings: Any) -> str:
        """A connection that has been started; returns its id."""
        return self.connections.create(
            Tenant("gewerk", "org-1"),
            target_kind="gewerk",
            use_case="master-data",
            name="Haus",
            by="test",
            at=AT,
            document={
                "source": {"kind": "table-folder", "path": str(self.export)},
                "target": {"base_url": self.api.url, "client_id": self.api.client_id},
                "settings": {"separator": "-", **settings},
            },
            secrets={"target": {"client_secret": self.api.secret}},
            stage="production",
        )

    def run(self, connection_id: str, **options: Any) -> Job:
        return self.await_end(self.engine.start_run(connection_id, by="test", **options))

    def await_end(self, job_id: str, seconds: float = 300) -> Job:
        wait_until(lambda: self.engine.jobs.get(job_id).finished_at is not None, seconds)
        return self.engine.jobs.get(job_id)


def wait_until(true: Callable[[], bool], seconds: float = 180) -> None:
    """Only as long as needed; a test fails by what it looks at afterwards, not by the clock."""
    patience = time.monotonic() + seconds
    while not true():
        if time.monotonic() > patience:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.02)


class Worker:
    """``gewerk-connect worker`` as a process; ``within`` is a command it is started by (another network namespace)."""

    def __init__(self, config: Path, *, within: Sequence[str] = ()) -> None:
        self._command = [*within, sys.executable, "-m", "gewerk_connect", "worker", "--config", str(config)]
        self._process: subprocess.Popen[bytes] | None = None
        self._log = config.with_suffix(".log")
        self._ready = False

    def start(self) -> "Worker":
        self._ready = False
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log)
        return self

    def await_ready(self) -> "Worker":
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", self._log.read_text()
        return self

    @property
    def is_ready(self) -> bool:
        """Whether it works by now; asked without waiting."""
        if not self._ready and self._process is not None and self._process.stdout is not None:
            self._ready = bool(select.select([self._process.stdout], [], [], 0)[0])
        return self._ready and self.is_running

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """As the power fails."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        assert self._process is not None
        code = self._process.wait(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
        return code

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


def write_configuration(path: Path, configuration: Configuration) -> Path:
    """The service's configuration as a file, for a process of its own."""
    limits = "\n".join(f"{name} = {value}" for name, value in configuration.engine.model_dump().items())
    roots = ", ".join(f'"{root}"' for root in configuration.roots)
    path.write_text(
        f'data = "{configuration.data.resolve()}"\nstate_url = "{configuration.url}"\nroots = [{roots}]\n[engine]\n{limits}\n'
    )
    return path


def estate(clients: int, units: int) -> dict[str, list[list[str]]]:
    """A stock of several clients, each with ``units`` flats in ten houses, a tenant in every second one."""
    names = [str(n + 1) for n in range(clients)]
    flats = [(c, str(n % 10), str(n)) for c in names for n in range(units)]
    let = [(c, b, u) for c, b, u in flats if int(u) % 2]
    return small(
        clients=[[c, f"Mandant {c}"] for c in names],
        economic_entities=[[c, "9", "Bestand"] for c in names],
        buildings=[[c, "9", str(b), f"Allee {b}", "99084", "Erfurt", "1990"] for c in names for b in range(10)],
        units=[[c, "9", b, u, "Wohnung", "EG", "50,5"] for c, b, u in flats],
        parties=[[f"{c}{u}", "natural", "Anna", f"Nr{u}", "", f"m{c}.{u}@web.de", ""] for c, _, u in let],
        contracts=[[c, u, "lease", "01.01.2020", ""] for c, _, u in let],
        contract_units=[[c, u, "9", b, u] for c, b, u in let],
        contract_parties=[[c, u, f"{c}{u}", "main_tenant", ""] for c, _, u in let],
    )


def undisturbed(export: Path, folder: Path) -> dict[str, Any]:
    """What a target holds after one run that nobody disturbs."""
    with StandIn() as api:
        config = folder / "undisturbed.toml"
        config.write_text(
            f'[source]\nkind = "table-folder"\npath = "{export}"\n'
            f'[target]\nbase_url = "{api.url}"\nclient_id = "{api.client_id}"\nclient_secret = "{api.secret}"\n'
            '[settings]\nseparator = "-"\n'
        )
        command = [sys.executable, "-m", "gewerk_connect", "apply", "--config", str(config), "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return api.stock()
