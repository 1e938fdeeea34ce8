"""Whether the service can work, with reasons; over its real application."""

from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from engine_house import House
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.serve import application
from gewerk_connect.service.watch import health as module
from gewerk_connect.service.watch.health import look
from pydantic import SecretStr
from starlette.testclient import TestClient
from watch_house import Clock, logging_restored

Usage = namedtuple("Usage", "total used free")


def codes(house: House, clock: Clock) -> list[str]:
    return [reason.code for reason in look(house.service, house.engine, clock()).reasons]


def test_all_is_well_with_a_worker(house: House, clock: Clock) -> None:
    house.engine.start()
    found = look(house.service, house.engine, clock(), watched_at=clock())
    assert (found.status, found.ready, found.workers, found.reasons) == ("ok", True, 1, ())


def test_without_a_worker_no_run_can_be_carried_out(house: House, clock: Clock) -> None:
    assert codes(house, clock) == ["no_worker"]
    house.engine.start()
    house.engine.stop()
    found = look(house.service, house.engine, clock())
    assert not found.ready
    assert "Starten Sie" in found.reasons[0].de


def test_a_run_that_nobody_begins(house: House, clock: Clock) -> None:
    house.engine.start()
    house.engine.stop()
    house.engine.start_run(house.connect(), by="test")
    clock.turn(minutes=31)
    assert "queue" in codes(house, clock)


def test_a_full_disk(house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: Usage(1, 1, 5 * 2**20))
    found = look(house.service, house.engine, clock())
    assert "disk" in [reason.code for reason in found.reasons]
    assert not found.ready


def test_a_folder_that_nothing_was_written_to_yet_is_asked_for_its_room(tmp_path: Path, clock: Clock) -> None:
    """A machine of many: the key comes from the environment, the state lies elsewhere."""
    state = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    key = SecretStr(Fernet.generate_key().decode())
    configuration = Configuration(data=tmp_path / "a" / "data", state_url=state, key=key)
    with open_service(configuration) as service:
        engine = Engine(service, Connections(service), now=clock)
        assert [reason.code for reason in look(service, engine, clock()).reasons] == ["no_worker"]


def test_a_watch_that_sleeps_is_told_but_stops_nothing(house: House, clock: Clock) -> None:
    house.engine.start()
    found = look(house.service, house.engine, clock(), watched_at=clock() - timedelta(minutes=11))
    assert (found.status, found.ready) == ("degraded", True)


def test_a_database_that_is_away(house: House, clock: Clock, tmp_path: Path) -> None:
    house.service.engine.dispose()
    database = house.service.configuration.data / "service.sqlite3"
    for file in database.parent.glob("service.sqlite3*"):
        file.unlink()
    database.mkdir()
    found = look(house.service, house.engine, clock())
    assert [reason.code for reason in found.reasons] == ["database"]
    assert not found.ready


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The application as ``serve`` starts it, with its own engine and watch."""
    base_url = house.service.configuration.base_url
    with logging_restored(), TestClient(application(house.service.configuration), base_url=base_url) as found:
        yield found


def test_for_machines(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["reasons"]) == (200, "ok", [])
    assert ready.headers["cache-control"] == "no-store"
    assert client.get("/health").json()["workers"] == 1


def test_for_people_in_both_languages(client: TestClient) -> None:
    page = client.get("/health", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "Zustand des Dienstes" in page.text
    assert "In Ordnung" in page.text
    assert "Health of the service" in client.get("/health?lang=en", headers={"accept": "text/html"}).text


def test_not_ready_is_503_with_the_reasons(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: Usage(1, 1, 0))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"][0]["code"]) == (503, "disk")
    page = client.get("/health", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert "Schaffen Sie Platz" in page.text


def test_metrics_are_for_those_who_know_the_token(client: TestClient, house: House) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    answer = client.get("/metrics", headers={"authorization": "Bearer metrics-token"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "gewerk_connect_workers" in answer.text
    without = house.service.configuration.model_copy(
        update={"watch": house.service.configuration.watch.model_copy(update={"metrics_token": None})}
    )
    with open_service(without) as service:
        assert Connections(service).active() == []
        client.app.state.house.service = service  # type: ignore[attr-defined]
        assert client.get("/metrics").status_code == 404
