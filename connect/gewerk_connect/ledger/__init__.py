"""What the target last confirmed, what is on its way, and what each run did: the connector's only memory.

Owns the state database (SQLite in WAL beside the configuration, PostgreSQL by URL). The outbox is the truth: an
intent is written before anything is sent, a receipt after the answer, so a killed run leaves nothing double or lost.
Never does: read the source, decide what is to change, or talk to the target.
Read first: ``schema.py`` (the tables and why), then ``outbox.py``, ``records.py``, ``runs.py``; ``lock.py`` keeps one
run per connection, ``renaming.py`` changes the separator.
"""

from gewerk_connect.ledger.lock import Busy, run_lock
from gewerk_connect.ledger.outbox import Batch, Intent, Outbox, Part, RunEnded, Step
from gewerk_connect.ledger.records import Confirmed, Records, State
from gewerk_connect.ledger.runs import RunRow, Runs, Sealed, StoredFinding
from gewerk_connect.ledger.store import Store, open_store

__all__ = [
    "Batch",
    "Busy",
    "Confirmed",
    "Intent",
    "Outbox",
    "Part",
    "Records",
    "RunEnded",
    "RunRow",
    "Runs",
    "Sealed",
    "State",
    "Step",
    "Store",
    "StoredFinding",
    "open_store",
    "run_lock",
]
