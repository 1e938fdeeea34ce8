"""What the target holds now, sorted by external id, without all of it in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson


class Seen(NamedTuple):
    """One record as the target shows it. ``record`` is its JSON."""

    external_id: str
    archived: bool
    record: bytes


class TargetView:
    """The target's records of all entities. ``whole`` tells whether a record that is not here is not there.

    Kept in a nameless SQLite file that the operating system drops with the process.
    """

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.count = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute(
            "CREATE TABLE seen (entity TEXT, external_id TEXT, archived INTEGER, record BLOB,"
            " PRIMARY KEY (entity, external_id))"
        )

    def add(self, entity: str, lines: Iterable[bytes]) -> None:
        """Takes records as JSON; those made by hand, without an external id, are nobody's business here."""
        before = self.count
        self._database.execute("BEGIN")
        try:
            self._database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", self._rows(entity, lines))
        except BaseException:  # a stream that broke off is read again from its beginning
            self._database.execute("ROLLBACK")
            self.count = before
            raise
        self._database.execute("COMMIT")

    def _rows(self, entity: str, lines: Iterable[bytes]) -> Iterator[tuple[str, str, bool, bytes]]:
        for line in lines:
            record = orjson.loads(line)
            external_id = record.get("external_id")
            if external_id:
                self.count += 1
                yield entity, external_id, record.get("archived_at") is not None, line

    def stream(self, entity: str) -> Iterator[Seen]:
        rows = self._database.execute(
            "SELECT external_id, archived, record FROM seen WHERE entity = ? ORDER BY external_id", (entity,)
        )
        return (Seen(external_id, bool(archived), record) for external_id, archived, record in rows)

    def close(self) -> None:
        self._database.close()
