"""A service that is watched: a small export, the stand-in as target, a real mail server, and a clock to be turned."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from engine_house import QUICK, House
from exports_here import small, write_tables
from gewerk_connect.service.configuration import Configuration, Mail, Watching
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.watch import Watch
from standin import StandIn
from watch_house import Clock, Post


@pytest.fixture
def post() -> Iterator[Post]:
    found = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    found.url = f"smtp+plain://127.0.0.1:{port}"
    yield found
    server.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def configuration(tmp_path: Path, post: Post) -> Configuration:
    return Configuration(
        data=tmp_path / "service",
        roots=(tmp_path,),
        engine=QUICK,
        smtp=Mail(url=post.url, sender="Gewerk Connect <connect@example.org>", to=("betrieb@example.org",)),
        watch=Watching(log="json", metrics_token="metrics-token"),
    )


@pytest.fixture
def house(tmp_path: Path, api: StandIn, configuration: Configuration) -> Iterator[House]:
    export = write_tables(tmp_path / "export", small())
    with open_service(configuration) as service:
        connections = Connections(service)
        engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=QUICK)
        try:
            yield House(service, connections, engine, api, export)
        finally:
            engine.stop()


@pytest.fixture
def watch(house: House, clock: Clock) -> Watch:
    return Watch(house.service, house.connections, now=clock)
