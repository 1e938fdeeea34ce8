"""The upper river bound to one connection's source, and a whole river from a connection: for commands and the service."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from gewerk_connect import stock
from gewerk_connect.canonical import Key
from gewerk_connect.push import Target
from gewerk_connect.river import River
from gewerk_connect.settings import Connection
from gewerk_connect.sources import Source, open_source
from gewerk_connect.stock import Stock
from gewerk_connect.targets import shape_of


class Upper:
    """Opens the source when it is first asked: who only sends needs none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def source(self) -> Source:
        return open_source(self._connection.source, self._connection.snapshot_folder())

    def fetch(self, now: datetime, progress: Callable[[str, int, int | None], None]) -> None:
        self.source = self.source.fetched(now, progress)

    @property
    def hides(self) -> bool:
        return self.source.absence_is_doubtful

    def in_doubt(self, objects: Sequence[Key]) -> list[bool]:
        return self.source.in_doubt(objects)

    def fingerprint(self) -> str:
        return stock.fingerprint(self.source)

    def row_fingerprint(self) -> str | None:
        return stock.row_fingerprint(self.source)

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> Stock:
        return stock.judge(self.source, self._connection.settings, as_of, progress=progress)


def open_river(connection: Connection, target: Target | None, **options: Any) -> River:
    """``options``: the fields of ``River`` that differ from call to call. Raises ``SettingsError``."""
    return River(
        connection=connection,
        upper=Upper(connection),
        target=target,
        shape=shape_of(connection.target),
        **options,
    )
