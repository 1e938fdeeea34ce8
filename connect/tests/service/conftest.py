"""A service with its pages, and an administrator who has them open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_doors import Doors, Visitor, opened


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def admin(doors: Doors) -> Visitor:
    return doors.visitor()
