"""The client is tested against a real HTTP server, the connector's stand-in for Gewerk."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "connect" / "tests"))

from gewerk_client import Client
from standin import StandIn


@pytest.fixture
def api() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture
def client(api: StandIn) -> Iterator[Client]:
    with Client(api.url, api.client_id, api.secret, timeout=5) as made:
        yield made
