"""A small real HTTP server that answers as the target mapping says Plentific does, with faults on demand.

It keeps records in memory, does not mind the same external id twice, and counts how often each was made: so a test sees
what was doubled. Its shape is assumed, like the mapping's: nothing here proves anything about Plentific itself.
"""

import socket
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from standin import Fault

VERSION = "/2023-02-01"
COLLECTIONS = ("locations", "owners", "tenants", "location-groups")


class PlentificStandIn:
    """Faults are matched with ``METHOD /path``: ``Fault("POST /locations", ...)``."""

    def __init__(self) -> None:
        self.client_id = "key-1"
        self.secret = "secret-1"
        self.tokens: set[str] = set()
        self.token_seconds = 86_400
        self.stored: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        """Collection -> uuid -> record."""
        self.made: Counter[tuple[str, str | None, str]] = Counter()
        """(collection, type, external id) -> how often it was made."""
        self.requests: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.reject: dict[str, str] = {}
        """External id -> word with which a record is refused (422)."""
        self.unique = False
        """True: the same external id twice is refused (409)."""
        self.search = True
        """False: external_id in the query is ignored."""
        self.most_per_page = 1_000
        self.on_list: Callable[[str], None] | None = None
        """Called before each page of a list: lets a test move records while it is read."""
        self.misfortune: Callable[[], Fault | None] = lambda: None
        """What goes wrong with the next request, whichever it is."""
        self.slow: dict[str, float] = {}
        """``METHOD /path`` -> seconds before the work is done."""
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.RLock()
        standin = self

        class Handler(_Handler):
            api = standin

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "PlentificStandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> None:
        self.secret = f"secret-{uuid.uuid4()}"
        self.tokens.clear()

    def by_external_id(self, collection: str, kind: str | None = None) -> dict[str, dict[str, Any]]:
        return {
            record["external_id"]: record
            for record in self.stored[collection].values()
            if kind is None or record.get("type") == kind
        }

    # the verbs

    def create(self, collection: str, sent: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            if problem := self._problem(collection, sent):
                return problem
            record = {"uuid": str(uuid.uuid4()), "status": "active", **sent}
            self.stored[collection][record["uuid"]] = record
            self.made[collection, sent.get("type"), str(sent.get("external_id"))] += 1
            return 201, record

    def change(self, collection: str, key: str, sent: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            record = self.stored[collection].get(key)
            if record is None:
                return 404, {"message": "no such record"}
            if problem := self._problem(collection, {**record, **sent}, changing=key):
                return problem
            _merge(record, sent)
            return 200, record

    def _problem(self, collection: str, record: dict[str, Any], changing: str | None = None) -> tuple[int, Any] | None:
        external_id = str(record.get("external_id"))
        if word := self.reject.get(external_id):
            return 422, {"type": f"urn:problem:{word}", "title": word}
        for name in ("parent_uuid", "location_uuid", "location_uuids"):
            named = record.get(name)
            for one in named if isinstance(named, list) else [named]:
                if one is not None and one not in self.stored["locations"]:
                    return 422, {"title": f"{name} is unknown"}
        if self.unique and changing is None:
            same = [r for r in self.stored[collection].values() if r.get("type") == record.get("type")]
            if any(r["external_id"] == external_id for r in same):
                return 409, {"title": "external_id exists"}
        return None

    def listed(self, collection: str, query: dict[str, str]) -> Any:
        if self.on_list and "external_id" not in query:
            self.on_list(collection)
        with self.lock:
            rows = list(self.stored[collection].values())
        if "type" in query:
            rows = [r for r in rows if r.get("type") == query["type"]]
        if "external_id" in query and self.search:
            rows = [r for r in rows if r["external_id"] == query["external_id"]]
        start, size = int(query.get("offset", 0)), min(int(query.get("limit", 100)), self.most_per_page)
        return {"count": len(rows), "results": rows[start : start + size]}

    def fault_for(self, key: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if key.endswith(fault.path) and fault.times > 0:
                    if fault.skip > 0:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
            return self.misfortune()


def _merge(record: dict[str, Any], sent: dict[str, Any]) -> None:
    for name, value in sent.items():
        if isinstance(value, dict) and isinstance(record.get(name), dict):
            _merge(record[name], value)
        else:
            record[name] = value


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client killed on purpose is no news."""


class _Handler(BaseHTTPRequestHandler):
    api: PlentificStandIn
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(VERSION)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        key = f"{method} /{path.strip('/').split('/')[0]}"
        api = self.api
        with api.lock:
            api.requests[key] += 1
            api.in_flight += 1
            api.most_in_flight = max(api.most_in_flight, api.in_flight)
        try:
            self._serve_one(method, key, parts.path, query, raw)
        finally:
            with api.lock:
                api.in_flight -= 1

    def _serve_one(self, method: str, key: str, whole: str, query: dict[str, str], raw: bytes) -> None:
        fault = self.api.fault_for(key)
        if fault and fault.drop != "after":
            if fault.act:
                fault.act()
            if fault.drop == "before":
                self.close_connection = True
                return
            if fault.status:
                self._answer(fault.status, {"title": "fault"}, fault.headers)
                return
        time.sleep(self.api.slow.get(key, 0.0))
        status, data = self._route(method, whole, whole.removeprefix(VERSION), query, raw)
        if fault and fault.drop == "after":
            if fault.act:
                fault.act()
            self.close_connection = True
            return
        self._answer(status, data, {})

    def _route(self, method: str, whole: str, path: str, query: dict[str, str], raw: bytes) -> tuple[int, Any]:
        api = self.api
        if not whole.startswith(VERSION):
            return 404, {"message": "no such version"}
        if path == "/token":
            sent = orjson.loads(raw)
            if (sent.get("client_id"), sent.get("client_secret")) != (api.client_id, api.secret):
                return 401, {"message": "invalid credentials"}
            token = str(uuid.uuid4())
            api.tokens.add(token)
            return 200, {"access_token": token, "expires_in": api.token_seconds}
        if (self.headers.get("authorization") or "").removeprefix("Bearer ") not in api.tokens:
            return 401, {"message": "invalid token"}
        collection, _, key = path.strip("/").partition("/")
        if collection not in COLLECTIONS:
            return 404, {"message": "no such path"}
        if method == "POST" and not key:
            return api.create(collection, orjson.loads(raw))
        if method == "PATCH" and key:
            return api.change(collection, key, orjson.loads(raw))
        if method == "GET" and key:
            found = api.stored[collection].get(key)
            return (200, found) if found else (404, {"message": "no such record"})
        return 200, api.listed(collection, query)

    def _answer(self, status: int, data: Any, headers: dict[str, str]) -> None:
        body = orjson.dumps(data)
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Date", format_datetime(datetime.now(UTC), usegmt=True))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):  # a client that waited no longer
            self.close_connection = True
