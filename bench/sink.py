"""The trivial HTTP sink of all contestants: takes batches as Gewerk's API does, keeps the bytes, counts, answers at once.

It judges nothing and compares nothing, so that what is measured is the sender. A process of its own (``python -m bench.sink``)
on a free loopback port (or one of the address that is named), which it prints. Paths below ``/bench/`` are for the measuring
process: ``counts``, ``reset``, ``dump``, ``checksum``.
"""

import asyncio
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

API = "/api/2026-11-01"
_ENTITIES = ("property", "unit", "landlord", "tenant")
Answer = tuple[int, bytes, str]


class Store:
    """Every batch as it came; where a record came twice, the later batch holds it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.batches: list[tuple[float, str, bytes]] = []
        self.known: dict[str, dict[str, tuple[int, int]]] = {entity: {} for entity in _ENTITIES}
        """external id -> (number of its Gewerk id, index of the batch that holds it)"""
        self.archived: dict[str, dict[str, float]] = {entity: {} for entity in _ENTITIES}
        self.counts: Counter[str] = Counter()
        self._listed: tuple[tuple[str, float, int, int], list[dict[str, Any]]] | None = None

    def take(self, resource: str, verb: str, body: bytes) -> bytes:
        records = orjson.loads(body)["records"]
        entity = "property" if resource == "properties" else records[0]["type"]
        self.counts["requests"] += 1
        self.counts[f"{verb} {entity}"] += len(records)
        known, at, now = self.known[entity], len(self.batches), time.time()
        results = []
        if verb == "upsert":
            self.batches.append((now, entity, body))
        for record in records:
            key = record["external_id"]
            held = known.get(key)
            if verb == "upsert":
                number = held[0] if held else len(known)
                known[key] = (number, at)
                status = "updated" if held else "created"
                self.archived[entity].pop(key, None)
            else:
                number = held[0] if held else 0
                status = "archived" if held else "rejected"
                self.archived[entity][key] = now
            results.append(
                {
                    "external_id": key,
                    "type": entity,
                    "status": status,
                    "id": _id(entity, number),
                    "problem": None if status != "rejected" else {"code": "not_found", "detail": "", "errors": []},
                }
            )
        return orjson.dumps({"results": results})

    def records(self, entity: str, since: float = 0.0) -> Iterator[dict[str, Any]]:
        """The records as they stand, those of batches (or archived) at or after ``since``."""
        known, archived = self.known[entity], self.archived[entity]
        for at, (when, kind, body) in enumerate(self.batches):
            if kind != entity:
                continue
            if when < since and not any(moment >= since for moment in archived.values()):
                continue
            for record in orjson.loads(body)["records"]:
                key = record["external_id"]
                number, holder = known[key]
                ended = archived.get(key)
                changed = max(when, ended or 0.0)
                if holder == at and changed >= since:
                    yield {
                        **record,
                        "id": _id(entity, number),
                        "type": entity,
                        "source": "erp",
                        "created_at": _iso(when),
                        "updated_at": _iso(changed),
                        "archived_at": _iso(ended) if ended else None,
                        "archive_reason": "vanished" if ended else None,
                    }

    def listed(self, entity: str, since: float) -> list[dict[str, Any]]:
        """``records`` as a list, kept while nothing new comes: the pages of one listing cost as much as the listing."""
        asked = (entity, since, len(self.batches), sum(map(len, self.archived.values())))
        if self._listed is None or self._listed[0] != asked:
            self._listed = asked, list(self.records(entity, since))
        return self._listed[1]

    def dump(self, folder: Path) -> None:
        """Writes what was posted as ``<entity>.jsonl``, the records alone."""
        for entity in _ENTITIES:
            with (folder / f"{entity}.jsonl").open("wb") as file:
                for _, kind, body in self.batches:
                    if kind == entity:
                        file.writelines(orjson.dumps(r) + b"\n" for r in orjson.loads(body)["records"])

    def checksum(self) -> str:
        """Of every record as it stands now, by its id; times and Gewerk's own ids are left out."""
        digest = hashlib.blake2b(digest_size=16)
        for entity in _ENTITIES:
            newest = {key: at for key, (_, at) in self.known[entity].items()}
            held: dict[str, bytes] = {}
            for at, (_, kind, body) in enumerate(self.batches):
                if kind == entity:
                    for record in orjson.loads(body)["records"]:
                        if newest[record["external_id"]] == at:
                            held[record["external_id"]] = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
            for key in sorted(held):
                digest.update(b"%s %d " % (entity.encode(), key in self.archived[entity]) + held[key])
        return digest.hexdigest()

    def tally(self) -> dict[str, Any]:
        distinct = {f"distinct {entity}": len(known) for entity, known in self.known.items() if known}
        return {**self.counts, **distinct}


def _id(entity: str, number: int) -> str:
    return f"{_ENTITIES.index(entity):08x}-0000-4000-8000-{number:012x}"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


class Connection(asyncio.Protocol):
    """Just as much HTTP/1.1 as the contestants speak: a head, a Content-Length, keep-alive."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._buffer = bytearray()
        self._head: tuple[str, str, int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._one():
            pass

    def _one(self) -> bool:
        if self._head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            request, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            del self._buffer[: end + 4]
            method, target, _ = request.split(" ", 2)
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
            self._head = method, target, int(headers.get("content-length", 0))
            if headers.get("expect", "").lower() == "100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        method, target, length = self._head
        if len(self._buffer) < length:
            return False
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._head = None
        status, answer, kind = route(self._store, method, target, body)
        date = format_datetime(datetime.now(UTC), usegmt=True)
        head = f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\nDate: {date}\r\n\r\n"
        self._transport.write(head.encode() + answer)
        return True


def route(store: Store, method: str, target: str, body: bytes) -> Answer:
    """One request to its answer."""
    parts = urlsplit(target)
    path = unquote(parts.path).removeprefix(API)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    first, _, rest = path.strip("/").partition("/")
    if first == "bench":
        return _for_the_bench(store, rest, body)
    if first == "token":
        return _json({"access_token": "bench", "token_type": "Bearer", "expires_in": 86400})
    if first == "integrations":
        return _json({"id": "00000000-0000-4000-8000-000000000000"})
    if rest in ("upsert", "archive"):
        return 200, store.take(first, rest, body), "application/json"
    if method != "GET" or first not in ("properties", "sub-properties"):
        return 404, b"{}", "application/problem+json"
    entity = query.get("type") or "property"
    since = datetime.fromisoformat(query["updated_since"]).timestamp() if "updated_since" in query else 0.0
    store.counts[f"read {'export' if rest == 'export' else 'list'} requests"] += 1
    if rest == "export":
        lines = b"".join(orjson.dumps(record) + b"\n" for record in store.records(entity))
        store.counts["read records"] += lines.count(b"\n")
        return 200, lines, "application/x-ndjson"
    items = store.listed(entity, since)
    if "external_id" in query:
        items = [record for record in items if record["external_id"] == query["external_id"]]
    start, limit = int(query.get("cursor") or 0), int(query.get("limit") or 100)
    more = str(start + limit) if start + limit < len(items) else None
    page = items[start : start + limit]
    store.counts["read records"] += len(page)
    return _json({"items": page, "next_cursor": more})


def _for_the_bench(store: Store, what: str, body: bytes) -> Answer:
    if what == "reset":
        store.reset()
    elif what == "forget-counts":
        store.counts.clear()
    elif what == "checksum":
        return _json({"checksum": store.checksum()})
    elif what == "dump":
        store.dump(Path(orjson.loads(body)["folder"]))
    return _json(store.tally())


def _json(data: Any) -> Answer:
    return 200, orjson.dumps(data), "application/json"


async def serve() -> None:
    """Serves until standard input ends, that is until the measuring process is gone."""
    store = Store()
    loop = asyncio.get_running_loop()
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
    server = await loop.create_server(lambda: Connection(store), address, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
