"""A simulated ERP over the Sigma export, which says most of the three, and a client of it."""

from collections.abc import Iterator

import pytest
from erp_client import ErpClient, loaded
from gewerk_connect.sim import SimulatedErp


@pytest.fixture
def erp() -> Iterator[SimulatedErp]:
    with SimulatedErp(loaded("sigma")) as server:
        yield server


@pytest.fixture
def client(erp: SimulatedErp) -> Iterator[ErpClient]:
    with ErpClient(erp) as client:
        yield client
