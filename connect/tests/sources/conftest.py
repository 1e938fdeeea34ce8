from collections.abc import Iterator

import pytest
from fetching import Clock, loaded
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.sources.http import erp


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a hundredth of what is usual before a failed request is repeated."""
    monkeypatch.setattr(erp, "FIRST_WAIT", 0.005)


@pytest.fixture
def clock() -> Clock:
    """The simulated ERP's clock."""
    return Clock()


@pytest.fixture
def relion(hasty: None, clock: Clock) -> Iterator[SimulatedErp]:
    with SimulatedErp(loaded("relion-one"), clock=clock) as server:
        yield server
