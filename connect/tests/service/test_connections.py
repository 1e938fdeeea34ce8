"""What a customer entered comes back as the connection that a run needs; secrets never lie open."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service import schema
from gewerk_connect.service.configuration import Configuration, load_configuration
from gewerk_connect.service.connections import Connections, Tenant, VersionConflict
from gewerk_connect.service.installation import Service, open_service
from sqlalchemy import inspect

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MINE, THEIRS = Tenant("gewerk", "org-1"), Tenant("gewerk", "org-2")
DOCUMENT = {
    "source": {"kind": "wodis-sigma", "path": "/exports/sigma"},
    "target": {"kind": "gewerk", "base_url": "https://gewerk.example", "client_id": "gw_1"},
    "settings": {"separator": "-", "clients": ["1", "0003"]},
}
SECRETS = {"target": {"client_secret": "streng-geheim"}, "source": {}}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_service(Configuration(data=tmp_path / "data", roots=(Path("/exports"),))) as opened:
        yield opened


@pytest.fixture
def connections(service: Service) -> Connections:
    return Connections(service)


def make(connections: Connections, tenant: Tenant = MINE, **options: object) -> str:
    return connections.create(
        tenant,
        target_kind="gewerk",
        use_case="master_data",
        name="Stammdaten",
        by="Tim Albers",
        at=NOW,
        document=DOCUMENT,
        secrets=SECRETS,
        **options,  # type: ignore[arg-type]
    )


def test_what_was_entered_is_loaded_as_a_run_needs_it(connections: Connections, service: Service) -> None:
    loaded = connections.load(make(connections))
    assert loaded.target is not None
    assert loaded.target.credentials() == ("gw_1", "streng-geheim")
    assert loaded.settings.clients == ("1", "0003")
    assert loaded.state_url() == service.configuration.url


def test_a_secret_lies_nowhere_in_the_database(connections: Connections, service: Service) -> None:
    make(connections)
    database = service.configuration.data / "service.sqlite3"
    with service.engine.connect() as transaction:
        transaction.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"streng-geheim" not in database.read_bytes()
    assert (service.configuration.data / "service.key").stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing_and_says_so(connections: Connections, tmp_path: Path, service: Service) -> None:
    made = make(connections)
    (service.configuration.data / "service.key").unlink()
    with open_service(service.configuration) as other, pytest.raises(SettingsError) as refused:
        Connections(other).load(made)
    assert refused.value.code == "key_changed"


def test_a_draft_is_no_connection_yet(connections: Connections) -> None:
    made = connections.create(MINE, target_kind="gewerk", use_case="master_data", name="Neu", by="x", at=NOW)
    with pytest.raises(SettingsError) as refused:
        connections.load(made)
    assert refused.value.code == "connection_incomplete"


def test_a_stranger_finds_nothing(connections: Connections) -> None:
    made = make(connections)
    assert [row.id for row in connections.of_tenant(MINE)] == [made]
    assert connections.of_tenant(THEIRS) == []
    assert connections.of_tenant(THEIRS, made) == []
    assert connections.of_tenant(Tenant("wodis", "org-1"), made) == []


def test_due_are_those_whose_time_has_come_and_nobody_paused(connections: Connections) -> None:
    early, late, paused, draft = (make(connections, stage=s) for s in ("test", "production", "production", "draft"))
    for made, hours in ((early, 2), (late, 1), (paused, 3), (draft, 4)):
        connections.set_next_run(made, NOW - timedelta(hours=hours))
    connections.pause(paused, "credentials_rejected", "Dienst", NOW)
    assert connections.due(NOW) == [early, late]
    assert connections.due(NOW - timedelta(hours=2)) == [early]
    connections.resume(paused, "Tim Albers", NOW)
    assert connections.due(NOW) == [paused, early, late]
    assert [event.event for event in connections.story(paused)] == ["resumed", "paused", "created"]


def test_who_saves_an_older_version_is_asked(connections: Connections) -> None:
    made = make(connections)
    connections.save(made, version=1, by="Tim", at=NOW, event="settings_saved", name="Neuer Name")
    with pytest.raises(VersionConflict):
        connections.save(made, version=1, by="Sabine", at=NOW, event="settings_saved", name="Anderer Name")
    assert connections.get(made).name == "Neuer Name"


def test_the_customers_mapping_is_read_from_a_file(connections: Connections, service: Service) -> None:
    made = make(connections)
    connections.save(made, version=1, by="Tim", at=NOW, event="mapping_saved", mapping="# eigene\n[tables]\n")
    path = connections.load(made).source.mapping
    assert path is not None
    assert path.read_text() == "# eigene\n[tables]\n"


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text('data = "d"\nlanguage = "en"\nroots = ["exports"]\n[[issuers]]\nname = "a"\npublic_key = "x"\n')
    found = load_configuration(file, {"GEWERK_CONNECT_LANGUAGE": "de", "GEWERK_CONNECT_ISSUERS": "b=y c=z="})
    assert (found.language, found.data) == ("de", tmp_path / "d")
    assert found.roots == ((tmp_path / "exports").resolve(),)
    assert [(issuer.name, issuer.public_key) for issuer in found.issuers] == [("b", "y"), ("c", "z=")]


def test_a_wrong_entry_is_named(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text('base_url = "connect.example"\nfarbe = "rot"\n')
    with pytest.raises(SettingsError) as refused:
        load_configuration(file, {})
    assert "base_url" in refused.value.de
    assert "farbe" in refused.value.de


def test_tables_are_made_once_whoever_comes_first(service: Service) -> None:
    with open_service(service.configuration) as again:
        assert set(schema.metadata.tables) <= set(inspect(again.engine).get_table_names())
