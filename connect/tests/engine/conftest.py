"""One installation of the service over a small export and the stand-in; the engine in this process, or workers as processes."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from exports_here import small, write_tables
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine, Job
from gewerk_connect.service.installation import Service, open_service
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

    def await_end(self, job_id: str, seconds: float = 60) -> Job:
        wait_until(lambda: self.engine.jobs.get(job_id).finished_at is not None, seconds)
        return self.engine.jobs.get(job_id)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Only as long as needed; a test fails by what it looks at afterwards, not by the clock."""
    patience = time.monotonic() + seconds
    while not true():
        if time.monotonic() > patience:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.02)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    return Configuration(data=tmp_path / "service", roots=(tmp_path,), engine=QUICK)


@pytest.fixture
def house(tmp_path: Path, api: StandIn, configuration: Configuration) -> Iterator[House]:
    """The engine is not started yet."""
    export = write_tables(tmp_path / "export", small())
    with open_service(configuration) as service:
        connections = Connections(service)
        engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=QUICK)
        try:
            yield House(service, connections, engine, api, export)
        finally:
            engine.stop()


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database of its own."""
    server = os.environ.get("GEWERK_TEST_POSTGRES")
    if not server:
        pytest.skip("GEWERK_TEST_POSTGRES names no server")
    name = f"engine_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
