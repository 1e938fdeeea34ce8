"""Metrics as Prometheus reads them: what runs did, what passes over the network, and nothing that names anybody."""

from collections.abc import Callable
from pathlib import Path

import pytest
from engine_house import House
from gewerk_connect import meter
from gewerk_connect.patience import Again, Patience
from gewerk_connect.service.watch import Watch
from gewerk_connect.service.watch.metrics import Metrics
from prometheus_client.parser import text_string_to_metric_families
from standin import Fault, StandIn
from watch_house import Clock

Value = Callable[..., float | None]


@pytest.fixture
def metrics(house: House, watch: Watch, clock: Clock) -> Metrics:
    return Metrics(house.service, house.connections, house.engine, watch.notices, clock)


@pytest.fixture
def value(metrics: Metrics) -> Value:
    """A sample by name and labels; None where there is none."""

    def find(name: str, **labels: str) -> float | None:
        for family in text_string_to_metric_families(metrics.text().decode()):
            for sample in family.samples:
                if sample.name == f"gewerk_connect_{name}" and sample.labels == labels:
                    return sample.value
        return None

    return find


def test_what_runs_did(house: House, value: Value, clock: Clock) -> None:
    connection_id = house.connect()
    assert value("runs_total", connection=connection_id, result="succeeded") is None
    house.engine.start()
    house.run(connection_id)
    house.run(connection_id)
    assert value("runs_total", connection=connection_id, result="succeeded") == 2
    assert value("last_run_records", connection=connection_id, entity="unit", outcome="unchanged") == 4
    assert value("last_run_findings", connection=connection_id, code="tenant_without_email") == 1
    assert value("last_run_duration_seconds", connection=connection_id) > 0  # type: ignore[operator]
    assert value("last_success_age_seconds", connection=connection_id) < 60  # type: ignore[operator]
    clock.turn(hours=5)
    assert value("last_success_age_seconds", connection=connection_id) > 5 * 3600  # type: ignore[operator]
    (house.export / "units.csv").unlink()
    house.run(connection_id)
    assert value("runs_total", connection=connection_id, result="failed") == 1
    assert value("paused", connection=connection_id) == 0
    house.connections.pause(connection_id, "by_hand", "Anna", clock())
    assert value("paused", connection=connection_id) == 1


def test_what_waits_and_who_works(house: House, value: Value, clock: Clock) -> None:
    connection_id = house.connect()
    assert value("workers", state="alive") == 0
    house.engine.start_run(connection_id, by="test")
    clock.turn(minutes=7)
    assert value("jobs", state="waiting") == 1
    assert value("oldest_waiting_seconds") >= 7 * 60  # type: ignore[operator]
    clock.turn(minutes=-7)
    house.engine.start()
    assert value("workers", state="alive") == 1


def test_open_notices_are_counted(house: House, watch: Watch, value: Value) -> None:
    connection_id = house.connect()
    house.engine.start()
    (house.export / "units.csv").unlink()
    house.run(connection_id)
    watch.round()
    assert value("open_notices", kind="failed") == 1


def test_requests_and_waits(house: House, value: Value, api: StandIn) -> None:
    api.faults.append(Fault("/properties/upsert", status=429, headers={"Retry-After": "0"}, times=1))
    api.faults.append(Fault("/sub-properties/upsert", drop="before", times=1))
    connection_id = house.connect()
    house.engine.start()
    assert house.run(connection_id).status == "succeeded"
    assert value("requests_total", side="target", status="200") > 3  # type: ignore[operator]
    assert value("requests_total", side="target", status="429") == 1
    assert value("requests_total", side="target", status="none") == 1
    assert value("wait_seconds_total", side="target") > 0  # type: ignore[operator]


def test_what_an_erp_makes_us_wait_counts_as_the_erps(value: Value) -> None:
    def busy() -> None:
        raise OSError

    patience = Patience(side="erp", first_wait=0.01, sleep=lambda _seconds: None)
    with pytest.raises(OSError):
        patience.repeat(busy, lambda _error: Again(tries=2))
    meter.asked("erp", 503)
    assert value("requests_total", side="erp", status="503") == 1
    assert value("wait_seconds_total", side="erp") > 0  # type: ignore[operator]
    assert value("wait_seconds_total", side="target") is None


def test_nobody_is_named(house: House, metrics: Metrics, tmp_path: Path) -> None:
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    text = metrics.text().decode()
    assert connection_id in text
    for named in ("org-1", "Haus", "Anna", "anna@web.de", "1-700-100", str(tmp_path), house.api.url):
        assert named not in text
    labels = {
        name for family in text_string_to_metric_families(text) for sample in family.samples for name in sample.labels
    }
    assert labels <= {"connection", "result", "entity", "outcome", "code", "state", "kind", "side", "status"}


def test_a_stranger_is_not_counted(house: House, value: Value) -> None:
    """A run from a file that shares the database belongs to no connection of the service."""
    from gewerk_connect.ledger import Runs, open_store

    with open_store(house.service.configuration.url, "from-a-file", house.api.url) as store:
        runs = Runs(store)
        begun = runs.begin(as_of=Clock()().date(), at=Clock()(), settings_fingerprint="x")
        runs.close(begun.no, status="succeeded", finished_at=Clock()())
    assert value("runs_total", connection="from-a-file", result="succeeded") is None
