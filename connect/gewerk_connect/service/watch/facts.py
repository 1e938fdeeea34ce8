"""What the state database knows of every connection's runs: read in a few queries, whatever their number."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection as Transaction
from sqlalchemy import func, select

from gewerk_connect.ledger import schema as ledger
from gewerk_connect.ledger.store import make_tables, open_engine
from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.engine import schema as engine
from gewerk_connect.service.installation import Service

_R, _C, _J = ledger.runs, ledger.connections, engine.jobs


@dataclass(slots=True, frozen=True)
class LastJob:
    """The newest job that has ended."""

    id: str
    status: str
    code: str | None
    message: Mapping[str, str]
    """``de`` and ``en``; empty where there is nothing to say."""
    run_id: str | None
    finished_at: datetime


@dataclass(slots=True)
class Facts:
    """One connection's runs, over all targets it was sent to."""

    counts: dict[str, int] = field(default_factory=dict)
    """Runs by result, those that are no longer kept not counted."""
    last_run_id: str | None = None
    last_status: str | None = None
    last_started_at: datetime | None = None
    last_finished_at: datetime | None = None
    last_outcome: dict[str, Any] = field(default_factory=dict)
    last_success_id: str | None = None
    last_success_at: datetime | None = None
    job: LastJob | None = None


def facts_of(service: Service, rows: list[ConnectionRow]) -> dict[str, Facts]:
    """By connection id; a connection that never ran has its own empty ``Facts``."""
    found: dict[str, Facts] = {row.id: Facts() for row in rows}
    for url in {_url(service, row) for row in rows}:
        with _opened(service, url) as transaction:
            _read_runs(transaction, found)
    with service.engine.connect() as transaction:
        _read_jobs(transaction, found)
    return found


def _url(service: Service, row: ConnectionRow) -> str:
    url: str | None = row.document.get("state", {}).get("url")
    return url or service.configuration.url


@contextmanager
def _opened(service: Service, url: str) -> Iterator[Transaction]:
    if url == service.configuration.url:
        make_tables(service.engine, ledger.metadata)
        with service.engine.connect() as transaction:
            yield transaction
        return
    other, _ = open_engine(url, make=False)
    try:
        make_tables(other, ledger.metadata)
        with other.connect() as transaction:
            yield transaction
    finally:
        other.dispose()


def _read_runs(transaction: Transaction, found: dict[str, Facts]) -> None:
    joined = _R.join(_C, _R.c.connection_no == _C.c.no)
    ended = _R.c.finished_at.is_not(None)
    counted = select(_C.c.external_id, _R.c.status, func.count()).select_from(joined).where(ended)
    for name, status, count in transaction.execute(counted.group_by(_C.c.external_id, _R.c.status)):
        if name in found:
            found[name].counts[status] = found[name].counts.get(status, 0) + count
    names = ("external_id", "status", "started_at", "finished_at", "outcome")
    for good in (False, True):
        wanted = ended & (_R.c.status == "succeeded") if good else ended
        newest = select(func.max(_R.c.no)).select_from(joined).where(wanted).group_by(_C.c.external_id)
        columns = [_R.c[name] for name in names]
        query = select(_C.c.external_id.label("connection"), *columns).select_from(joined).where(_R.c.no.in_(newest))
        for row in transaction.execute(query):
            if row.connection not in found:
                continue
            facts = found[row.connection]
            if good:
                facts.last_success_id, facts.last_success_at = row.external_id, row.finished_at
            else:
                facts.last_run_id, facts.last_status = row.external_id, row.status
                facts.last_started_at, facts.last_finished_at = row.started_at, row.finished_at
                facts.last_outcome = orjson.loads(bytes(row.outcome)) if row.outcome else {}


def _read_jobs(transaction: Transaction, found: dict[str, Facts]) -> None:
    ended = _J.c.finished_at.is_not(None)
    newest = select(_J.c.connection_id, func.max(_J.c.finished_at).label("at")).where(ended)
    latest = newest.group_by(_J.c.connection_id).subquery()
    same = (_J.c.connection_id == latest.c.connection_id) & (_J.c.finished_at == latest.c.at)
    columns = ("id", "connection_id", "status", "code", "message", "run_id", "finished_at")
    for row in transaction.execute(select(*(_J.c[name] for name in columns)).join(latest, same)):
        if row.connection_id in found:
            message = json.loads(row.message) if row.message else {}
            found[row.connection_id].job = LastJob(row.id, row.status, row.code, message, row.run_id, row.finished_at)
