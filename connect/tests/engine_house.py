"""One installation of the service over a small export and the stand-in; the engine in this process, or workers as processes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine, Job
from gewerk_connect.service.installation import Service
from gewerk_connect.service.limits import Limits
from standin import StandIn

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Limits(poll_seconds=0.05, silence_seconds=2.0, drain_seconds=10.0, give_up_seconds=20.0)


@dataclass
class House:
    """A service, its engine, an export to read and a target to fill."""

    service: Service
    connections: Connections
    engine: Engine
    api: StandIn
    export: Path

    def connect(self, **settings: Any) -> str:
        """A connection that has been started; returns its id."""
        return self.connections.create(
            Tenant("gewerk", "org-1"),
            target_kind="gewerk",
            use_case="master-data",
            name="Haus",
            by="test",
            at=AT,
            document={
                "source": {"kind": "table-folder", "path": str(self.export)},
                "target": {"base_url": self.api.url, "client_id": self.api.client_id},
                "settings": {"separator": "-", **settings},
            },
            secrets={"target": {"client_secret": self.api.secret}},
            stage="production",
        )

    def run(self, connection_id: str, **options: Any) -> Job:
        return self.await_end(self.engine.start_run(connection_id, by="test", **options))

    def await_end(self, job_id: str, seconds: float = 60) -> Job:
        wait_until(lambda: self.engine.jobs.get(job_id).finished_at is not None, seconds)
        return self.engine.jobs.get(job_id)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Only as long as needed; a test fails by what it looks at afterwards, not by the clock."""
    patience = time.monotonic() + seconds
    while not true():
        if time.monotonic() > patience:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.02)
