"""``gewerk-connect worker``: a process that carries runs out. As many of them, on as many machines, as PostgreSQL serves."""

import gc
import os
import signal
import threading
from datetime import UTC, datetime
from types import FrameType

from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.watch import Watch, write_logs


def work(configuration: Configuration) -> None:
    """Works until SIGTERM or SIGINT, then ends after the requests that are under way. Raises ``Refusal``."""
    told = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    # a stock lives until it is compared: looking through it for rubbish again and again finds none
    gc.set_threshold(50_000, 20, 20)
    write_logs(configuration.watch.log)
    with open_service(configuration) as service:
        connections = Connections(service)
        engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=configuration.engine)
        watch = Watch(service, connections, now=lambda: datetime.now(UTC))
        engine.start()
        watch.start()
        print("ready", flush=True)  # noqa: T201 - whoever starts it waits for this line
        told.wait()
        watch.stop()
        engine.stop()
    # threads that wait for what another worker has taken over would keep the process for as long
    os._exit(0)
