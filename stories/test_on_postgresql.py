"""The main job with PostgreSQL under both: the platform's database and the connector's ledger."""

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stories.conftest import EXPORTS
from stories.installation import Connection, Installation, export

pytestmark = pytest.mark.postgres


@pytest.fixture
def fresh_database() -> Iterator[str]:
    """An empty database on the tests' own server."""
    server = os.environ.get("GEWERK_TEST_POSTGRES")
    if not server:
        pytest.fail("GEWERK_TEST_POSTGRES names no server; run ./gewerk test")
    name = f"story_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield server.rsplit("/", 1)[0] + f"/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_export_becomes_the_stock(fresh_database: str, tmp_path: Path) -> None:
    wanted = json.loads((EXPORTS / "expected.json").read_text())["all_clients"]
    installation = Installation(data=tmp_path / "data", database_url=fresh_database)
    installation.data.mkdir()
    try:
        installation.start()
        access = installation.organisation("DE")
        connection = Connection(tmp_path / "c", installation.base_url, access, "wodis-sigma", EXPORTS / "sigma").write()
        ledger = fresh_database.replace("postgresql://", "postgresql+psycopg://")
        connection.state_url = ledger

        connection.json("apply")

        kinds = Counter(s["type"] for s in export(installation.base_url, access, "sub-properties"))
        assert kinds == {"unit": wanted["units"], "tenant": wanted["tenants"], "landlord": wanted["landlords"]}
        again = connection.json("plan")
        assert all((c["create"], c["update"], c["archive"]) == (0, 0, 0) for c in again["counts"].values())
        assert not list(connection.folder.glob("*.sqlite3")), "the ledger is in PostgreSQL too"
    finally:
        installation.stop()
