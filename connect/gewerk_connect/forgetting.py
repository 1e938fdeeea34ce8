"""One person out of everything that is kept of a connection: the ledger and the last snapshot of the source (Art. 17 GDPR).

Never touches the ERP or the target: there a person is deleted by their own rules, and before.
"""

from dataclasses import dataclass
from datetime import date

from gewerk_connect import stock
from gewerk_connect.canonical import Entity, Verdict
from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.ledger import open_store
from gewerk_connect.ledger.erasure import Erased, compact, erase
from gewerk_connect.river import alone
from gewerk_connect.settings import Connection
from gewerk_connect.sources import Source, open_source


@dataclass(slots=True, frozen=True)
class Forgotten:
    erased: Erased
    source_still_has: bool
    """The ERP as it was read last still gives the record: the next run sends it again."""
    snapshot_deleted: bool


def forget(connection: Connection, entity: Entity, external_id: str, as_of: date) -> Forgotten:
    """Raises ``SettingsError`` while the target has the record in force, or while a run is under way."""
    base_url = connection.target.base_url.rstrip("/") if connection.target else ""
    source = open_source(connection.source, connection.snapshot_folder())
    with open_store(connection.state_url(), connection.id, base_url, make=False) as store, alone(store):
        still = _is_sent(source, connection, entity, external_id, as_of)
        erased = erase(store, entity, external_id)
        compact(store)
        source.forget()
    return Forgotten(erased, still, source.network is not None)


def _is_sent(source: Source, connection: Connection, entity: Entity, external_id: str, as_of: date) -> bool:
    """False where nothing can be read."""
    try:
        found = stock.trace(source.pinned(), connection.settings, as_of, entity, external_id)
    except SourceError:
        return False
    return found is not None and found.judged.verdict is Verdict.SEND
