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


def test_a_backup_is_restored_where_no_extension_may_be_made(fresh_database: str, tmp_path: Path) -> None:
    """The index of words needs one: the restored installation starts without it, and has it once it is allowed."""
    saved = Installation(data=tmp_path / "saved", database_url=fresh_database)
    saved.data.mkdir()
    saved.manage("migrate", "-v0")
    archive, role = tmp_path / "gewerk.tar.gz", f"role_{secrets.token_hex(4)}"
    _archive(saved, "backup", data=saved.data, target=archive)
    server = os.environ["GEWERK_TEST_POSTGRES"]
    address = server.rsplit("/", 1)[0]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN')
        connection.execute(f'CREATE DATABASE "{role}"')
        try:
            with psycopg.connect(f"{address}/{role}", autocommit=True) as inside:
                inside.execute(f'ALTER SCHEMA public OWNER TO "{role}"')
                restored = Installation(
                    data=tmp_path / "restored", database_url=f"{address}/{role}".replace("//gewerk@", f"//{role}@")
                )
                _archive(restored, "restore", archive=archive, data=restored.data)
                indexes = "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%search_words'"
                restored.manage("migrate", "-v0")
                assert inside.execute(indexes).fetchall() == []
                inside.execute("CREATE EXTENSION pg_trgm")
                restored.manage("migrate", "-v0")
                assert inside.execute(indexes).fetchall() == [("tickets_ticket_search_words",)]
        finally:
            connection.execute(f'DROP DATABASE "{role}" WITH (FORCE)')
            connection.execute(f'DROP ROLE "{role}"')


def _archive(installation: Installation, what: str, **paths: Path) -> None:
    given = ", ".join(f"{name}=Path({str(path)!r})" for name, path in paths.items())
    code = f"from pathlib import Path; from gewerk.entrypoints.cli.archive import {what}; {what}({given})"
    installation.python("-c", code)
