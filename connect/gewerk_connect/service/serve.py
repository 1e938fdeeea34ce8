"""``gewerk-connect serve``: pages and engine in one process, behind granian."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service.adopt import adopt
from gewerk_connect.service.configuration import Configuration, load_configuration
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.links import public_key
from gewerk_connect.service.watch import Watch, write_logs
from gewerk_connect.service.watch.metrics import Metrics
from gewerk_connect.service.web.app import make_app
from gewerk_connect.service.web.door import House

_FILE = "GEWERK_CONNECT_FILE"
"""Tells granian's worker process which configuration was named."""
_FAREWELL = 5
"""Seconds beyond the engine's own that a worker has to end in."""


def now() -> datetime:
    return datetime.now(UTC)


def serve(path: Path | None) -> None:
    """Serves until a signal ends it. Raises ``Refusal`` before anything is served."""
    configuration = load_configuration(path)
    for issuer in configuration.issuers:
        public_key(issuer)
    with open_service(configuration) as service:
        connections = Connections(service)
        for one in configuration.adopt:
            adopt(connections, one, now())
    if path is not None:
        os.environ[_FILE] = str(path.resolve())
    host, port = _address(configuration)
    Granian(
        "gewerk_connect.service.serve:make",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=configuration.certificate,
        ssl_key=configuration.certificate_key,
        workers_kill_timeout=int(configuration.engine.drain_seconds) + _FAREWELL,
    ).serve()


def _address(configuration: Configuration) -> tuple[str, int]:
    """Raises ``SettingsError`` when nobody can listen there: the server's own error would name neither."""
    host, _, port = configuration.listen.rpartition(":")
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError) as error:
            raise SettingsError(
                "listen_taken",
                f"Auf {configuration.listen} kann der Dienst nicht warten (vergeben oder nicht von dieser Maschine). "
                "Nennen Sie in listen oder GEWERK_CONNECT_LISTEN eine andere Adresse.",
                f"The service cannot listen on {configuration.listen} (taken, or not an address of this machine). "
                "Name another in listen or GEWERK_CONNECT_LISTEN.",
            ) from error
    return host, int(port)


def make() -> Starlette:
    """The application as granian's worker loads it."""
    named = os.environ.get(_FILE)
    return application(load_configuration(Path(named) if named else None))


def application(configuration: Configuration) -> Starlette:
    """Pages, and an engine that works from the application's start to its end."""
    write_logs(configuration.watch.log)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with open_service(configuration) as service:
            connections = Connections(service)
            engine = Engine(service, connections, now=now, limits=configuration.engine)
            house = House(service, engine, now)
            watch = Watch(service, connections, now=now)
            app.state.house, app.state.watch = house, watch
            app.state.metrics = Metrics(service, connections, engine, watch.notices, now)
            await run_in_threadpool(engine.start)
            watch.start()
            try:
                yield
            finally:
                house.looks.close()
                await run_in_threadpool(watch.stop)
                await run_in_threadpool(engine.stop)

    return make_app(configuration, lifespan)
