"""A service over a small export and the stand-in, and a database of its own on PostgreSQL."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from engine_house import QUICK, House
from exports_here import small, write_tables
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from standin import StandIn


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
