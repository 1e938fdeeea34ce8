"""The upper river bound to one connection's source."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from gewerk_connect import stock
from gewerk_connect.canonical import Key
from gewerk_connect.settings import Connection
from gewerk_connect.sources import open_source


class Upper:
    """What ``river.Upper`` asks for. Raises ``Refusal`` where the source cannot be opened."""

    def __init__(self, connection: Connection) -> None:
        self.source = open_source(connection.source, connection.snapshot_folder())
        self._settings = connection.settings

    def fetch(self, now: datetime, progress: Callable[[str, int, int | None], None]) -> None:
        self.source = self.source.fetched(now, progress)

    def in_doubt(self, objects: Sequence[Key]) -> list[bool]:
        return self.source.in_doubt(objects)

    def fingerprint(self) -> str:
        return stock.fingerprint(self.source)

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> stock.Stock:
        return stock.judge(self.source, self._settings, as_of, progress=progress)
