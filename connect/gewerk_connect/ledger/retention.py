"""What is kept, and for how long: runs, findings, what was sent of records that are archived.

``tidy`` holds the connection's lock while it works, so it meets no run and no run meets it; killed half-way it goes on the
next time. What is in force stays: without it the next run could not tell what changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection as Transaction
from sqlalchemy import delete, func, select

from gewerk_connect.ledger import schema
from gewerk_connect.ledger.lock import Busy, run_lock
from gewerk_connect.ledger.runs import KEPT_FINDINGS_RUNS
from gewerk_connect.ledger.store import Store
from gewerk_connect.settings import RetentionSettings

_R = schema.runs
_AT_A_TIME = 1_000
"""Rows per statement."""


@dataclass(slots=True)
class Tidied:
    runs: int = 0
    findings: int = 0
    payloads: int = 0


def tidy(store: Store, retention: RetentionSettings, now: datetime) -> Tidied:
    """Raises ``Busy`` while a run of this connection is under way, here or in a service."""
    with run_lock(store):
        with store.engine.connect() as transaction:
            open_runs = select(_R.c.no).where(_R.c.connection_no == store.no, _R.c.finished_at.is_(None))
            if transaction.execute(open_runs).first():
                raise Busy(store.connection_id)
        return Tidied(
            payloads=_drop_archived(store, now - timedelta(days=retention.archived)),
            findings=_drop_findings(store, now - timedelta(days=retention.findings)),
            runs=_drop_runs(store, now - timedelta(days=retention.runs)),
        )


def _drop_archived(store: Store, before: datetime) -> int:
    """Of records archived before then the intents; the record stays known by its id."""
    with store.engine.connect() as transaction:
        newest = transaction.execute(
            select(func.max(_R.c.no)).where(_R.c.connection_no == store.no, _R.c.finished_at < before)
        ).scalar()
    bound = (newest + 1) << 40 if newest is not None else 0
    recent = set(
        store.stream(
            "SELECT entity, external_id FROM intents WHERE connection_no = ? AND action = 'archive' AND seq >= ?",
            (store.no, bound),
        )
    )
    archived = store.stream(
        "SELECT entity, external_id, intent FROM records"
        " WHERE connection_no = ? AND state = 'archived' AND intent IS NOT NULL",
        (store.no,),
    )
    old = [(entity, name, seq) for entity, name, seq in archived if (entity, name) not in recent and seq < bound]
    for start in range(0, len(old), _AT_A_TIME):
        some = old[start : start + _AT_A_TIME]
        with store.erase() as transaction:
            store.many(transaction, "DELETE FROM intents WHERE seq = ?", [(seq,) for _, _, seq in some])
            store.many(
                transaction,
                "UPDATE records SET intent = NULL WHERE connection_no = ? AND entity = ? AND external_id = ?"
                " AND state = 'archived'",
                [(store.no, entity, external_id) for entity, external_id, _ in some],
            )
    return len(old)


def _drop_findings(store: Store, before: datetime) -> int:
    """The last run's stay: a run that finds nothing moved takes them over."""
    last = select(func.max(_R.c.no)).where(_R.c.connection_no == store.no).scalar_subquery()
    old = select(_R.c.no).where(_R.c.connection_no == store.no, _R.c.finished_at < before, _R.c.no < last)
    table = schema.findings
    with store.erase() as transaction:
        return transaction.execute(delete(table).where(table.c.run_no.in_(old))).rowcount


def _drop_runs(store: Store, before: datetime) -> int:
    mine = select(_R.c.no).where(_R.c.connection_no == store.no).order_by(_R.c.no.desc())
    with store.engine.connect() as transaction:
        kept = list(transaction.execute(mine.limit(KEPT_FINDINGS_RUNS)).scalars())
        succeeded = transaction.execute(mine.where(_R.c.status == "succeeded").limit(1)).scalar()
        old = list(transaction.execute(mine.where(_R.c.finished_at < before)).scalars())
    gone = [no for no in old if no not in kept and no != succeeded]
    for no in gone:
        with store.erase() as transaction:
            _drop_run(store, transaction, no)
    return len(gone)


def _drop_run(store: Store, transaction: Transaction, no: int) -> None:
    """A receipt stays while what it answers does: an intent in force may be years old."""
    for table in (schema.findings, schema.parts, schema.sealed_runs, schema.leases):
        transaction.execute(delete(table).where(table.c.run_no == no))
    transaction.exec_driver_sql(
        store.sql(
            "DELETE FROM receipts WHERE first_seq BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM intents WHERE seq BETWEEN receipts.first_seq AND receipts.last_seq)"
        ),
        (no << 40, ((no + 1) << 40) - 1),
    )
    transaction.execute(delete(_R).where(_R.c.no == no))
    transaction.exec_driver_sql(
        store.sql(
            "INSERT INTO retired_runs (connection_no, count) VALUES (?, 1)"
            " ON CONFLICT (connection_no) DO UPDATE SET count = retired_runs.count + 1"
        ),
        (store.no,),
    )
