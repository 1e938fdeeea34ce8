"""All ids of the ledger with another separator (spec 01, rule 7).

That a change began is on disk before the target renames its first record; the ledger itself follows in one transaction
when the target has renamed all. Killed in between, the same change is simply carried out again.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from gewerk_connect.ledger import schema
from gewerk_connect.ledger.outbox import GROUP
from gewerk_connect.ledger.store import Store

Rewrite = Callable[[str, bytes], tuple[bytes, bytes]]
"""(entity, payload) -> the payload with the new ids, and its hash."""
_CHUNK = 500


class Named(NamedTuple):
    """A record and the parts of its key."""

    entity: str
    external_id: str
    key: str


class Accepted(NamedTuple):
    """A record that the target holds in its own way, and the hash of that way."""

    entity: str
    external_id: str
    accepted: bytes
    intent: int


class Renaming:
    def __init__(self, store: Store) -> None:
        self._store = store

    def under_way(self) -> str | None:
        """The separator of a change that began and did not end."""
        table = schema.separator_changes
        with self._store.engine.connect() as connection:
            return connection.execute(select(table.c.separator).where(table.c.connection_no == self._store.no)).scalar()

    def begin(self, separator: str, at: datetime) -> None:
        if self.under_way() is None:
            with self._store.write() as connection:
                connection.execute(
                    insert(schema.separator_changes).values(
                        connection_no=self._store.no, separator=separator, started_at=at
                    )
                )

    def records(self) -> Iterator[Named]:
        """Every record, also archived, refused and unsure ones."""
        rows = self._store.stream(
            "SELECT entity, external_id, key FROM records WHERE connection_no = ? ORDER BY entity, external_id",
            (self._store.no,),
        )
        return map(Named._make, rows)

    def accepted(self) -> dict[tuple[str, str], Accepted]:
        rows = self._store.stream(
            "SELECT entity, external_id, accepted, intent FROM records"
            " WHERE connection_no = ? AND accepted IS NOT NULL AND intent IS NOT NULL",
            (self._store.no,),
        )
        return {(row[0], row[1]): Accepted(row[0], row[1], bytes(row[2]), row[3]) for row in rows}

    def finish(
        self,
        separator: str,
        ids: Mapping[str, Mapping[str, str]],
        rewrite: Rewrite,
        accepted: Mapping[tuple[str, str], bytes],
    ) -> None:
        """The ledger in the new ids, all of it or nothing. ``ids``: entity -> old id -> new id; ``accepted`` by new id."""
        store, no = self._store, self._store.no
        with store.write() as connection:
            self._rewrite_intents(connection, separator, rewrite)
            store.many(
                connection,
                "UPDATE records SET external_id = ? WHERE connection_no = ? AND entity = ? AND external_id = ?",
                [
                    (new, no, entity, old)
                    for entity, of_entity in ids.items()
                    for old, new in of_entity.items()
                    if new != old
                ],
            )
            connection.exec_driver_sql(
                store.sql(
                    "UPDATE records SET accepted = NULL, hash = (SELECT i.hash FROM intents i WHERE i.seq = records.intent)"
                    " WHERE connection_no = ? AND hash IS NOT NULL AND intent IS NOT NULL"
                ),
                (no,),
            )
            store.many(
                connection,
                "UPDATE records SET accepted = ? WHERE connection_no = ? AND entity = ? AND external_id = ?",
                [(held, no, entity, external_id) for (entity, external_id), held in accepted.items()],
            )
            connection.execute(
                update(schema.connections)
                .where(schema.connections.c.no == no)
                # every record of the target moved: the next run compares with all of it
                .values(separator=separator, target_seen_at=None, target_compared_at=None)
            )
            connection.execute(delete(schema.separator_changes).where(schema.separator_changes.c.connection_no == no))

    def _rewrite_intents(self, connection: Connection, separator: str, rewrite: Rewrite) -> None:
        store, last = self._store, -1
        while True:
            rows = connection.exec_driver_sql(
                store.sql(
                    "SELECT seq, entity, key, hash, payload FROM intents WHERE connection_no = ? AND seq > ?"
                    " ORDER BY seq LIMIT ?"
                ),
                (store.no, last, _CHUNK),
            ).all()
            if not rows:
                return
            last = rows[-1][0]
            changed = []
            for seq, entity, key, old_hash, payload in rows:
                new_payload, new_hash = rewrite(entity, bytes(payload))
                kept = None if old_hash is None else new_hash
                changed.append((separator.join(orjson.loads(key)), kept, new_payload, seq))
            store.many(connection, "UPDATE intents SET external_id = ?, hash = ?, payload = ? WHERE seq = ?", changed)


REFERENCES = {"property_external_id": "property", "unit_external_ids": "unit", "group_external_ids": GROUP}
"""Fields of a payload that name other records, and of which entity these are."""
