"""One person out of the ledger: what was sent of them, what was answered and found (Art. 17 GDPR).

The record stays known by its id as archived, so that no run takes it for new; only the ERP sending it again brings it back.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy.exc import OperationalError

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger.records import Records, State
from gewerk_connect.ledger.store import Store

PEOPLE = ("tenant", "landlord")
_OF_ONE = "connection_no = ? AND entity = ? AND external_id = ?"
log = logging.getLogger("gewerk_connect.ledger")


@dataclass(slots=True, frozen=True)
class Erased:
    known: bool
    """False: the ledger knew nothing of such a record."""
    intents: int
    findings: int
    same_person: tuple[tuple[str, str], ...]
    """(entity, external id) of other records with the same party number: leases and ownerships of the same person."""


def erase(store: Store, entity: str, external_id: str) -> Erased:
    """Call it under the lock. Raises ``SettingsError`` while the target has the record in force, or may have."""
    known = Records(store).one(entity, external_id)
    if known is not None and (known.hash is not None or known.state == State.UNSURE):
        raise _in_force(entity, external_id)
    one = (store.no, entity, external_id)
    with store.erase() as transaction:
        transaction.exec_driver_sql(
            store.sql(
                "UPDATE receipts SET problem = NULL WHERE status = 'rejected' AND first_seq IN"  # noqa: S608
                f" (SELECT seq FROM intents WHERE {_OF_ONE})"
            ),
            one,
        )
        intents = transaction.exec_driver_sql(store.sql(f"DELETE FROM intents WHERE {_OF_ONE}"), one).rowcount  # noqa: S608
        findings = transaction.exec_driver_sql(
            store.sql(
                "DELETE FROM findings WHERE run_no IN (SELECT no FROM runs WHERE connection_no = ?)"
                " AND entity = ? AND external_id = ?"
            ),
            one,
        ).rowcount
        transaction.exec_driver_sql(
            store.sql(
                "UPDATE records SET state = 'archived', hash = NULL, intent = NULL, refusal = NULL, accepted = NULL"  # noqa: S608
                f" WHERE {_OF_ONE}"
            ),
            one,
        )
    others = tuple(_same_person(store, entity, external_id, known.key)) if known is not None else ()
    return Erased(known is not None or intents > 0 or findings > 0, intents, findings, others)


def compact(store: Store) -> None:
    """Takes what was deleted out of the files too, where nobody else uses the database right now."""
    statements = (
        ("VACUUM intents", "VACUUM receipts", "VACUUM findings", "VACUUM records")
        if store.dialect == "postgresql"
        else ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    )
    try:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    except OperationalError as error:  # in use: SQLite writes over what was deleted anyway
        log.warning("state not compacted (%s)", type(error.orig).__name__)


def _same_person(store: Store, entity: str, external_id: str, key: str) -> Iterator[tuple[str, str]]:
    """A key is client, contract, party (spec 01, "Composite ids")."""
    if entity not in PEOPLE:
        return
    client, *_, party = orjson.loads(key)
    for other_entity in PEOPLE:
        rows = store.stream(
            "SELECT external_id, key FROM records WHERE connection_no = ? AND entity = ? ORDER BY external_id",
            (store.no, other_entity),
        )
        for other_id, other_key in rows:
            parts = orjson.loads(other_key)
            if (parts[0], parts[-1]) == (client, party) and (other_entity, other_id) != (entity, external_id):
                yield other_entity, other_id


def _in_force(entity: str, external_id: str) -> SettingsError:
    return SettingsError(
        "record_in_force",
        f"{entity} {external_id} ist im Ziel noch in Kraft. Löschen Sie die Person zuerst im ERP (oder nehmen Sie sie aus"
        " der Auswahl) und lassen Sie einen Lauf durchgehen: Er archiviert den Datensatz. Danach vergessen Sie ihn hier.",
        f"{entity} {external_id} is still in force in the target. First delete the person in the ERP (or exclude them) and"
        " let a run pass: it archives the record. Then have it forgotten here.",
    )
