"""How a request becomes an answer: whose is it, may it come in, what goes wrong, which rows, in which words."""

import threading
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from gewerk_connect.sim.dialects import KINDS, Dialect, all_dialects
from gewerk_connect.sim.dialects.dialect import TOKEN, Route
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.faults import ROWS, Fault, Faults, middle_of_a_row, spoiled
from gewerk_connect.sim.gates import Tokens
from gewerk_connect.sim.request import Answer, Refused, Request
from gewerk_connect.sim.table import Table, WrongChange
from gewerk_connect.sim.view import View

_MOMENT = timedelta(milliseconds=1)
_LOGIN_PAGE = (
    "<!DOCTYPE html><html lang=de><title>Anmeldung</title><body><h1>Anmeldung</h1>"
    "<form method=post><input name=benutzer><input name=kennwort type=password><button>Anmelden</button></form>"
)


class Simulator:
    """Safe to be asked by many threads. ``clock`` gives the time in UTC."""

    def __init__(self, export: Export, *, clock: Callable[[], datetime], dialects: Collection[str] = KINDS) -> None:
        self.faults = Faults()
        self._clock = clock
        self._last_change_at = started_at = _to_milliseconds(clock())
        self.dialects: dict[str, Dialect] = {
            kind: dialect for kind, dialect in all_dialects(clock, started_at).items() if kind in dialects
        }
        self._lock = threading.RLock()
        self._export = export
        self._changed = False
        self._views: dict[frozenset[tuple[str, str]], View] = {}
        self._requests: Counter[str] = Counter()
        self._faulty: Counter[tuple[str, str]] = Counter()
        self._stopping = threading.Event()

    @property
    def export(self) -> Export:
        return self._export

    def stop(self) -> None:
        """Ends the waiting of slow answers."""
        self._stopping.set()

    def change(self, table: str, make: Callable[[Table, datetime], Table]) -> Table:
        """Replaces a table. Each change has its own moment, later than any before. Raises ``WrongChange``."""
        with self._lock:
            if table not in self._export.tables:
                raise WrongChange(404, f"no table {table}; there are {', '.join(self._export.tables)}")
            if not self._changed:
                for dialect in self.dialects.values():
                    dialect.prepare(self._export)
                self._changed = True
            at = max(_to_milliseconds(self._clock()), self._last_change_at + _MOMENT)
            made = make(self._export.tables[table], at)
            self._last_change_at = at
            self._export = self._export.with_table(made)
            self._views.clear()
            return made

    def counts(self) -> dict[str, Any]:
        with self._lock:
            by_resource = {
                name: {"requests": count, "faults": {k: n for (of, k), n in self._faulty.items() if of == name}}
                for name, count in sorted(self._requests.items())
            }
            return {
                "total": self._requests.total(),
                "faulty": self._faulty.total(),
                "by_resource": by_resource,
            }

    def answer(self, request: Request) -> Answer:
        for dialect in self.dialects.values():
            route = dialect.route(request.parts)
            if route is not None:
                return self._answer(dialect, route, request)
        return Answer.json(404, {"status": 404, "message": "there is no such resource"})

    def _answer(self, dialect: Dialect, route: Route, request: Request) -> Answer:
        gate = dialect.gate
        login = route.resource == TOKEN
        if request.method != ("POST" if login else "GET"):
            return _problem(dialect, 405, "this method is not allowed here")
        admitted = login or gate.admits(request)
        fault = self.faults.next(
            dialect.kind,
            route.resource,
            _address(request),
            listing=admitted and not login and not route.single,
            proven=isinstance(gate, Tokens) and gate.proven(request),
        )
        self._count(f"{dialect.kind}/{route.resource}", fault)
        if fault is not None:
            if fault.kind == "slow":
                self._stopping.wait(fault.seconds)
            if instead := self._instead(dialect, fault):
                return instead
        if not admitted:
            return _refused(dialect)
        try:
            answer = self._good_answer(dialect, route, request, fault)
        except Refused as error:
            return _problem(dialect, error.status, str(error))
        if isinstance(gate, Tokens) and not login:
            gate.answered(request)
        if fault is not None and fault.kind == "half_page":
            return Answer(
                answer.status, answer.body[: middle_of_a_row(answer.body)], answer.headers, answer.content_type
            )
        if fault is not None and fault.kind == "cut":
            return Answer(answer.status, answer.body, answer.headers, answer.content_type, cut=True)
        return answer

    def _good_answer(self, dialect: Dialect, route: Route, request: Request, fault: Fault | None) -> Answer:
        if route.resource == TOKEN:
            return dialect.token(request)
        barred = self.faults.hidden(dialect.kind, "rights")
        vanished = self.faults.hidden(dialect.kind, "vanished")
        view = self._view(barred | vanished)
        if route.single:
            return dialect.single(view, route, barred - vanished)
        reply = dialect.reply(view, route, request)
        if fault is None or fault.kind not in ROWS:
            return Answer.json(200, *reply.wrap(reply.page))
        page = spoiled(reply.page, reply.listing, fault.kind, self._faulty.total())
        body, headers = reply.wrap(page)
        if fault.kind == "wrong_type":
            body = [list(row.values()) for row in body] if isinstance(body, list) else page.rows
        return Answer.json(200, body, headers)

    def _instead(self, dialect: Dialect, fault: Fault) -> Answer | None:
        """What comes in place of the answer."""
        match fault.kind:
            case "429":
                return _problem(dialect, 429, "too many requests", {"Retry-After": str(fault.retry_after)})
            case "500" | "503":
                return _problem(dialect, int(fault.kind), "something went wrong")
            case "html":
                return Answer(200, _LOGIN_PAGE.encode(), content_type="text/html; charset=utf-8")
            case "expired_token":
                if isinstance(dialect.gate, Tokens):
                    dialect.gate.expire()
                return _refused(dialect)
        return None

    def _view(self, hidden: frozenset[tuple[str, str]]) -> View:
        with self._lock:
            if hidden not in self._views:
                self._views[hidden] = View(self._export, self._export.without(hidden))
            return self._views[hidden]

    def _count(self, name: str, fault: Fault | None) -> None:
        with self._lock:
            self._requests[name] += 1
            if fault is not None:
                self._faulty[name, fault.kind] += 1


def _problem(dialect: Dialect, status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer.json(status, dialect.problem(status, message), headers)


def _refused(dialect: Dialect) -> Answer:
    return _problem(
        dialect, 401, "the credentials are not valid (any more)", {"WWW-Authenticate": dialect.gate.challenge}
    )


def _address(request: Request) -> str:
    """What makes a request the same one as in another run: a ``$filter`` may hold the time of that run."""
    query = sorted((name, value) for name, value in request.query.items() if name != "$filter")
    return f"{request.method} {request.path} {query}"


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
