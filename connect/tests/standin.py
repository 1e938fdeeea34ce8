"""A small real HTTP server that answers as Gewerk's API does (spec 02), with faults on demand.

It keeps records in memory and counts how often each was created, so that a test can see what was doubled or lost.
"""

import random
import socket
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

BASE = "/api/2026-11-01"


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests whose path ends with ``path``, after ``skip`` good ones."""

    path: str
    status: int | None = None
    """Answer with this status instead of doing anything."""
    headers: dict[str, str] = field(default_factory=dict)
    drop: str | None = None
    """``before`` or ``after`` the work is done: close the connection without an answer; ``half``: within the answer."""
    act: Callable[[], None] | None = None
    """Called at the place that ``drop`` names (``before`` without it)."""
    body: bytes = b""
    content_type: str = "application/problem+json"
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    """How long nothing happens before."""


@dataclass(frozen=True)
class Chance:
    """This share of the answers is faulty. Which ones depends on the seed, the path, and how often it was asked."""

    share: float
    seed: int

    def draw(self, path: str, time: int) -> tuple[str, Fault] | None:
        dice = random.Random(f"{self.seed} {path} {time}")
        if dice.random() >= self.share:
            return None
        kind = dice.choice(sorted(_BY_CHANCE))
        return kind, replace(_BY_CHANCE[kind], path=path)


_BY_CHANCE = {
    "429": Fault("", status=429, headers={"Retry-After": "1"}),
    "500": Fault("", status=500),
    "503": Fault("", status=503),
    "cut before": Fault("", drop="before"),
    "cut after": Fault("", drop="after"),
    "half an answer": Fault("", drop="half"),
    "late": Fault("", seconds=2.0),
    "late and no answer": Fault("", seconds=2.0, drop="after"),
}


class StandIn:
    def __init__(self) -> None:
        self.client_id = "key-1"
        self.secret = "secret-1"
        self.tokens: set[str] = set()
        self.token_seconds = 3600
        self.records: dict[str, dict[str, dict[str, Any]]] = defaultdict(
            dict, {"property": {}, "unit": {}, "landlord": {}, "tenant": {}}
        )
        self.created: Counter[tuple[str, str]] = Counter()
        self.written: list[tuple[str, str, str]] = []
        """(type, external_id, status) of every record that was sent, in order."""
        self.requests: Counter[str] = Counter()
        self.reject: dict[str, str] = {}
        """external_id -> code with which it is refused."""
        self.on_store: Callable[[str, dict[str, Any]], None] | None = None
        """Lets a test change a record as it is stored, as a target that normalises does."""
        self.check_parents = True
        self.choke_status = 500
        """What a request gets in which ``on_store`` raised; nothing of it is kept."""
        self.integrations: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []
        self.chance: Chance | None = None
        self.drawn: Counter[str] = Counter()
        """Kind -> how often it came by chance."""
        self._asked: Counter[str] = Counter()
        self.sent_bodies: list[tuple[str, bytes]] = []
        self.keep_bodies = False
        self.in_flight = 0
        self.most_in_flight = 0
        self.slow_seconds = 0.0
        self.lock = threading.RLock()
        standin = self

        class Handler(_Handler):
            api = standin

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # what a test looks at or does by hand

    def rotate(self, *, revoke_tokens: bool = True) -> None:
        self.secret = f"secret-{uuid.uuid4()}"
        if revoke_tokens:
            self.tokens.clear()

    def active(self, entity: str) -> dict[str, dict[str, Any]]:
        return {k: r for k, r in self.records[entity].items() if r["archived_at"] is None}

    def stock(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Everything but times and Gewerk's own ids, to compare two servers."""
        volatile = ("id", "created_at", "updated_at", "archived_at")
        return {
            entity: {
                key: {**{k: v for k, v in r.items() if k not in volatile}, "archived": r["archived_at"] is not None}
                for key, r in records.items()
            }
            for entity, records in self.records.items()
        }

    def touch(self, entity: str, external_id: str, **fields: Any) -> None:
        """Somebody changes a record by hand."""
        with self.lock:
            record = self.records[entity][external_id]
            record.update(fields)
            record["updated_at"] = _now()

    # the API's verbs

    def upsert(self, resource: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with self.lock:
            seen = Counter((r.get("type"), r.get("external_id")) for r in records)
            if self.on_store:  # before anything is written: a request is taken whole or not at all
                for record in records:
                    self.on_store("property" if resource == "properties" else str(record.get("type")), dict(record))
            return [self._upsert_one(resource, r, seen) for r in records]

    def _upsert_one(self, resource: str, sent: dict[str, Any], seen: Counter[Any]) -> dict[str, Any]:
        entity = _entity(resource, sent)
        external_id = str(sent.get("external_id"))
        code = self.reject.get(external_id)
        if seen[sent.get("type"), sent.get("external_id")] > 1:
            code = "duplicate_in_batch"
        elif not self.check_parents:
            pass
        elif entity == "unit" and sent.get("property_external_id") not in self.records["property"]:
            code = "unknown_property"
        elif entity in ("tenant", "landlord") and (
            not sent.get("unit_external_ids") or any(u not in self.records["unit"] for u in sent["unit_external_ids"])
        ):
            code = "unknown_unit"
        if code:
            return self._result(sent, entity, "rejected", None, code)
        store = self.records[entity]
        fields = {k: v for k, v in sent.items() if k != "type"}
        if self.on_store:
            self.on_store(entity, fields)
        old = store.get(external_id)
        if old is None:
            now = _now()
            store[external_id] = {
                "id": str(uuid.uuid4()),
                "type": entity,
                "created_at": now,
                "updated_at": now,
                "archived_at": None,
                "archive_reason": None,
                "source": "erp",
                **fields,
            }
            self.created[entity, external_id] += 1
            status = "created"
        else:
            changed = {k: v for k, v in fields.items() if old.get(k) != v}
            if old["archived_at"] is not None:
                changed |= {"archived_at": None, "archive_reason": None}
            status = "updated" if changed else "unchanged"
            if changed:
                old.update(changed, updated_at=_now())
        return self._result(sent, entity, status, store[external_id]["id"], None)

    def archive(self, resource: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with self.lock:
            return [self._archive_one(resource, r) for r in records]

    def _archive_one(self, resource: str, sent: dict[str, Any]) -> dict[str, Any]:
        entity = _entity(resource, sent)
        old = self.records[entity].get(str(sent["external_id"]))
        code = self.reject.get(str(sent["external_id"]))
        if old is None:
            return self._result(sent, entity, "rejected", None, "not_found")
        if code:
            return self._result(sent, entity, "rejected", None, code)
        if old["archived_at"] is not None:
            return self._result(sent, entity, "unchanged", old["id"], None)
        old.update(archived_at=_now(), archive_reason=sent.get("reason"), updated_at=_now())
        return self._result(sent, entity, "archived", old["id"], None)

    def rename(self, resource: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One by one and without swapping: the connector's new ids are never old ones. What refers follows."""
        with self.lock:
            return [self._rename_one(resource, r) for r in records]

    def _rename_one(self, resource: str, sent: dict[str, Any]) -> dict[str, Any]:
        entity = _entity(resource, sent)
        old, new = str(sent["external_id"]), str(sent["new_external_id"])
        of_entity = self.records[entity]
        if code := self.reject.get(old):
            return self._result(sent, entity, "rejected", None, code)
        if old not in of_entity:
            found = of_entity.get(new)
            return self._result(
                sent,
                entity,
                "unchanged" if found else "rejected",
                found and found["id"],
                None if found else "not_found",
            )
        if new in of_entity:
            return self._result(sent, entity, "rejected", None, "taken")
        record = of_entity.pop(old)
        of_entity[new] = {**record, "external_id": new, "updated_at": _now()}
        for other in (one for kind in self.records.values() for one in kind.values()):
            for name, referred in _REFERENCES.items():
                if referred == entity and other.get(name) == old:
                    other[name] = new
                elif referred == entity and old in (other.get(name) or ()):
                    other[name] = sorted(new if one == old else one for one in other[name])
        return self._result(sent, entity, "renamed", record["id"], None)

    def _result(
        self, sent: dict[str, Any], entity: str, status: str, record_id: str | None, code: str | None
    ) -> dict[str, Any]:
        self.written.append((entity, str(sent.get("external_id")), status))
        problem = {"code": code, "detail": f"detail of {code}", "errors": []} if code else None
        return {
            "external_id": sent.get("external_id"),
            "type": entity,
            "status": status,
            "id": record_id,
            "problem": problem,
        }

    def fault_for(self, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if path.endswith(fault.path) and fault.times > 0:
                    if fault.skip > 0:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
            if self.chance is None:
                return None
            self._asked[path] += 1
            drawn = self.chance.draw(path, self._asked[path])
            if drawn is None:
                return None
            self.drawn[drawn[0]] += 1
            return drawn[1]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client killed on purpose is no news."""


class _Handler(BaseHTTPRequestHandler):
    api: StandIn
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

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path).removeprefix(BASE)
        query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        api = self.api
        with api.lock:
            api.requests[path] += 1
            api.in_flight += 1
            api.most_in_flight = max(api.most_in_flight, api.in_flight)
            if api.keep_bodies:
                api.sent_bodies.append((path, raw))
        try:
            if api.slow_seconds:
                time.sleep(api.slow_seconds)
            fault = api.fault_for(path)
            if fault and fault.seconds:
                time.sleep(fault.seconds)
            if fault and fault.drop not in ("after", "half"):
                if fault.act:
                    fault.act()
                if fault.drop == "before":
                    self.close_connection = True
                    return
                if fault.status:
                    self._answer(fault.status, fault.body, fault.content_type, fault.headers)
                    return
            status, body, content_type = self._route(method, path, query, raw)
            if fault and fault.drop == "after":
                if fault.act:
                    fault.act()
                self.close_connection = True
                return
            self._answer(status, body, content_type, {}, half=fault is not None and fault.drop == "half")
        finally:
            with api.lock:
                api.in_flight -= 1

    def _route(self, method: str, path: str, query: dict[str, str], raw: bytes) -> tuple[int, bytes, str]:
        api = self.api
        if path == "/token":
            sent = orjson.loads(raw)
            if (sent.get("client_id"), sent.get("client_secret")) != (api.client_id, api.secret):
                return self._problem(401, "invalid_credentials")
            token = str(uuid.uuid4())
            api.tokens.add(token)
            return self._json(200, {"access_token": token, "token_type": "Bearer", "expires_in": api.token_seconds})
        if (self.headers.get("authorization") or "").removeprefix("Bearer ") not in api.tokens:
            return self._problem(401, "invalid_token")
        resource, _, verb = path.strip("/").partition("/")
        if resource == "integrations":
            return self._integrations(method, verb, raw)
        if verb in ("upsert", "archive", "rename"):
            records = orjson.loads(raw)["records"]
            if not 1 <= len(records) <= 500:
                return self._problem(422, "batch_size")
            try:
                results = getattr(api, verb)(resource, records)
            except RuntimeError:
                return self._problem(api.choke_status, "choked")
            return self._json(200, {"results": results})
        entity = query.get("type") or ("group" if resource == "property-groups" else "property")
        with api.lock:
            rows = [dict(r) for r in api.records.get(entity, {}).values()]
        if verb == "export":
            return 200, b"".join(orjson.dumps(r) + b"\n" for r in rows), "application/x-ndjson"
        if since := query.get("updated_since"):
            rows = [r for r in rows if r["updated_at"] >= datetime.fromisoformat(since).isoformat()]
        if "external_id" in query:
            rows = [r for r in rows if r["external_id"] == query["external_id"]]
        start = int(query.get("cursor") or 0)
        limit = int(query.get("limit") or 100)
        more = str(start + limit) if start + limit < len(rows) else None
        return self._json(200, {"items": rows[start : start + limit], "next_cursor": more})

    def _integrations(self, method: str, verb: str, raw: bytes) -> tuple[int, bytes, str]:
        api = self.api
        sent = orjson.loads(raw)
        if verb.endswith("/runs"):
            api.runs[sent["external_id"]] = sent
            return self._json(201, {"id": str(uuid.uuid4())})
        known = api.integrations.setdefault(sent["external_id"], {"id": str(uuid.uuid4())})
        known.update(sent)
        return self._json(200, known)

    @staticmethod
    def _json(status: int, data: Any) -> tuple[int, bytes, str]:
        return status, orjson.dumps(data), "application/json"

    @staticmethod
    def _problem(status: int, code: str) -> tuple[int, bytes, str]:
        body = {
            "type": f"https://gewerk.example/problems/{code}",
            "title": code,
            "status": status,
            "detail": f"detail of {code}",
            "errors": [],
            "request_id": "r-1",
        }
        return status, orjson.dumps(body), "application/problem+json"

    def _answer(
        self, status: int, body: bytes, content_type: str, headers: dict[str, str], *, half: bool = False
    ) -> None:
        lines = {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Date": format_datetime(datetime.now(UTC), usegmt=True),
            **headers,
        }
        head = f"HTTP/1.1 {status} x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
        if half:
            body = body[: len(body) // 2]
            self.close_connection = True
        try:
            self.wfile.write(head.encode("latin-1") + body)
        except OSError:
            self.close_connection = True


_REFERENCES = {"property_external_id": "property", "unit_external_ids": "unit", "group_external_ids": "group"}


def _entity(resource: str, sent: dict[str, Any]) -> str:
    if resource == "property-groups":
        return "group"
    return "property" if resource == "properties" else str(sent.get("type"))


def _now() -> str:
    return datetime.now(UTC).isoformat()
