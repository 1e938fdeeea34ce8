"""What pages, commands and tests call. Asking writes rows, so it works in any process; ``start`` lets this one work."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

from gewerk_connect.service.engine.jobs import Progress, Status
from gewerk_connect.service.engine.limits import Limits
from gewerk_connect.service.installation import Service
from gewerk_connect.settings import Connection


class Row(Protocol):
    """What the engine reads of a connection's row (``service.connections.ConnectionRow`` is one)."""

    @property
    def id(self) -> str: ...
    @property
    def schedule(self) -> dict[str, object]: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def next_run_at(self) -> datetime | None: ...


class Runnable(Protocol):
    """The store of connections as the engine needs it; ``service.connections.Connections`` is one."""

    def load(self, connection_id: str) -> Connection: ...
    def get(self, connection_id: str) -> Row: ...
    def active(self) -> list[Row]: ...
    def pause(self, connection_id: str, reason: str, by: str, at: datetime) -> None: ...
    def set_next_run(self, connection_id: str, at: datetime | None) -> None: ...


class Engine:
    """Jobs of one installation."""

    def __init__(
        self,
        service: Service,
        connections: Runnable,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
    ) -> None: ...

    def start(self) -> None:
        """This process becomes a worker: it keeps the schedules and carries out jobs, also those of others.

        Raises ``Refusal`` when the state is SQLite and another process already works on it.
        """

    def stop(self) -> None:
        """Finishes what is in hand within ``drain_seconds`` and leaves the rest to others or to the next start."""

    def start_run(
        self,
        connection_id: str,
        *,
        by: str,
        confirm_fuse: bool = False,
        kind: Literal["apply", "plan"] = "apply",
    ) -> str:
        """Asks for a run; returns the job's id. While one of its kind is open, that one's id."""
        raise NotImplementedError

    def cancel(self, connection_id: str, *, by: str = "") -> bool:
        """Asks the open run to end after the requests that are under way. False: there is none."""
        raise NotImplementedError

    def progress(self, connection_id: str) -> Progress | None:
        """The open job of a connection; None when there is none."""
        raise NotImplementedError

    def status(self) -> Status:
        """How the installation is."""
        raise NotImplementedError
