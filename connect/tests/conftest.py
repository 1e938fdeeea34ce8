"""Makes the helpers beside this file importable, and a stand-in for Gewerk."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from standin import StandIn


@pytest.fixture
def api() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server
