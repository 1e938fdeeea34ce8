"""Which of their ids belongs to which of the ERP's, as far as this run has seen it."""

import sqlite3
import threading
from collections.abc import Iterable


class KnownIds:
    """Kept in a nameless SQLite file that the operating system drops with the process; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("CREATE TABLE ids (entity TEXT, external_id TEXT, id TEXT, PRIMARY KEY (entity, id))")
        self._database.execute("CREATE INDEX by_external_id ON ids (entity, external_id)")

    def add(self, entity: str, pairs: Iterable[tuple[str, str]]) -> None:
        """``pairs``: (external id, their id)."""
        rows = [(entity, external_id, id_) for external_id, id_ in pairs]
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO ids VALUES (?, ?, ?)", rows)
            self._database.execute("COMMIT")

    def ids(self, entity: str, external_id: str) -> list[str]:
        """One id, none when it was not seen, several when the record stands there more than once."""
        return self._column("SELECT id FROM ids WHERE entity = ? AND external_id = ?", entity, external_id)

    def external_id(self, entity: str, id_: str) -> str | None:
        found = self._column("SELECT external_id FROM ids WHERE entity = ? AND id = ?", entity, id_)
        return found[0] if found else None

    def forget(self, entity: str, id_: str) -> None:
        with self._lock:
            self._database.execute("DELETE FROM ids WHERE entity = ? AND id = ?", (entity, id_))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _column(self, query: str, *values: str) -> list[str]:
        with self._lock:
            return [str(row[0]) for row in self._database.execute(query, values)]
