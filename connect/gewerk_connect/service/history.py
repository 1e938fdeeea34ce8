"""Past runs of a connection, for the pages: from the ledger, over every target it has been sent to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection as Transaction
from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from gewerk_connect.ledger import Runs, Store, StoredFinding, open_store, schema
from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.installation import Service

_R, _C = schema.runs, schema.connections


@dataclass(slots=True, frozen=True)
class PastRun:
    """One run as it was; ``number`` counts the connection's runs from 1."""

    number: int
    no: int
    external_id: str
    status: str
    as_of: date
    started_at: datetime
    finished_at: datetime | None
    outcome: dict[str, Any]
    message: str | None
    base_url: str
    posted_at: datetime | None = None
    """When the platform took the run's report; None: not yet, or the target takes none."""

    @property
    def under_way(self) -> bool:
        return self.finished_at is None

    @property
    def findings(self) -> dict[str, int]:
        found: dict[str, int] = self.outcome.get("findings", {}).get("by_code", {})
        return {code: count for code, count in found.items() if count}

    @property
    def filled(self) -> set[str]:
        """What there is anything of."""
        return {name for of in self.outcome.get("counts", {}).values() for name, count in of.items() if count}

    def count(self, name: str) -> int:
        """Over all entities: ``created``, ``updated``, ``archived``, ``unchanged``, ``held``, ``refused``."""
        return sum(of.get(name, 0) for of in self.outcome.get("counts", {}).values())


class History:
    def __init__(self, service: Service) -> None:
        self._service = service

    def runs(self, row: ConnectionRow, *, first: int = 0, limit: int = 10) -> tuple[int, list[PastRun]]:
        """How many there are, and some of them, the newest first."""
        with self._open(row) as transaction:
            total = transaction.execute(select(func.count()).select_from(_R.join(_C, _mine(row)))).scalar_one()
            found = transaction.execute(_query(row).order_by(_R.c.no.desc()).offset(first).limit(limit)).mappings()
            newest = int(total) + _retired(transaction, row)
            return int(total), [_run(one, newest - first - at) for at, one in enumerate(found)]

    def last(self, row: ConnectionRow) -> PastRun | None:
        """The newest run that has ended."""
        _, found = self.runs(row, limit=2)
        return next((run for run in found if not run.under_way), None)

    def first_success(self, row: ConnectionRow) -> datetime | None:
        """When the first run that is still kept and went through ended."""
        went_through = _query(row).where(_R.c.status == "succeeded").order_by(_R.c.no).limit(1)
        with self._open(row) as transaction:
            one = transaction.execute(went_through).mappings().first()
        return one["finished_at"] if one else None

    def run(self, row: ConnectionRow, external_id: str) -> PastRun | None:
        with self._open(row) as transaction:
            one = transaction.execute(_query(row).where(_R.c.external_id == external_id)).mappings().first()
            if one is None:
                return None
            earlier = select(func.count()).select_from(_R.join(_C, _mine(row))).where(_R.c.no <= one["no"])
            return _run(one, int(transaction.execute(earlier).scalar_one()) + _retired(transaction, row))

    def findings(self, row: ConnectionRow, run: PastRun) -> list[StoredFinding]:
        """Those that are still kept: of the last five runs, at most 2,000 of a kind."""
        with self.store(row, run.base_url) as store:
            return list(Runs(store).findings(run.no))

    @contextmanager
    def store(self, row: ConnectionRow, base_url: str | None = None) -> Iterator[Store]:
        """The ledger of the connection at the target it is sent to now, or at another of its targets."""
        address = base_url if base_url is not None else row.document.get("target", {}).get("base_url", "").rstrip("/")
        with open_store(self._url(row), row.id, address) as store:
            yield store

    def _url(self, row: ConnectionRow) -> str:
        url: str | None = row.document.get("state", {}).get("url")
        return url or self._service.configuration.url

    @contextmanager
    def _open(self, row: ConnectionRow) -> Iterator[Transaction]:
        with self.store(row) as store, store.engine.connect() as transaction:
            yield transaction


def _retired(transaction: Transaction, row: ConnectionRow) -> int:
    """Runs that are no longer kept: the others keep their numbers."""
    table = schema.retired_runs
    mine = table.join(_C, (table.c.connection_no == _C.c.no) & (_C.c.external_id == row.id))
    return int(transaction.execute(select(func.sum(table.c.count)).select_from(mine)).scalar() or 0)


def _mine(row: ConnectionRow) -> Any:
    return (_R.c.connection_no == _C.c.no) & (_C.c.external_id == row.id)


def _query(row: ConnectionRow) -> Any:
    names = ("no", "external_id", "status", "as_of", "started_at", "finished_at", "outcome", "message", "posted_at")
    return select(*(_R.c[name] for name in names), _C.c.base_url).select_from(_R.join(_C, _mine(row)))


def _run(row: RowMapping, number: int) -> PastRun:
    values = dict(row)
    outcome = values.pop("outcome")
    return PastRun(number=number, outcome=orjson.loads(bytes(outcome)) if outcome else {}, **values)
