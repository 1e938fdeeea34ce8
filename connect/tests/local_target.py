"""Gewerk's stand-in without its network: hundreds of runs in the time of one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from gewerk_connect.push import Abilities
from lower import now
from standin import StandIn


class Killed(BaseException):
    """Ends a run as ``kill -9`` does: nothing catches it, nothing is written after it."""


class LocalTarget:
    """The stand-in's verbs without HTTP. ``die_at``: the call at which the run ends, before or after it is done."""

    abilities = Abilities(name="Gewerk", example_url="https://gewerk.example", batch_size=500, in_flight=4)

    def __init__(self, api: StandIn, *, die_at: int | None = None, after: bool = False) -> None:
        self._api = api
        self._die_at = die_at
        self._after = after
        self.calls = 0
        self.server_time: datetime | None = None

    def _work(self, do: Any) -> Any:
        self.calls += 1
        mine = self.calls == self._die_at
        if mine and not self._after:
            raise Killed
        result = do()
        if mine:
            raise Killed
        return result

    def authorize(self) -> None:
        self.server_time = now()

    def upsert(self, resource: str, records: bytes | Sequence[Any], *, idempotency_key: str | None = None) -> Any:
        return self._work(lambda: self._api.upsert(resource, orjson.loads(records)["records"]))

    def archive(self, resource: str, records: bytes | Sequence[Any], *, idempotency_key: str | None = None) -> Any:
        return self._work(lambda: self._api.archive(resource, orjson.loads(records)["records"]))

    def export(self, resource: str, *, type: str | None = None) -> Iterator[bytes]:
        return iter([orjson.dumps(r) for r in self._api.records[type or "property"].values()])

    def changed_since(self, resource: str, since: datetime, *, type: str | None = None) -> Iterator[dict[str, Any]]:
        rows = self._api.records[type or "property"].values()
        return iter([dict(r) for r in rows if datetime.fromisoformat(r["updated_at"]) >= since])

    def put_integration(self, integration: Any) -> str:
        return "i"

    def post_run(self, integration_id: str, body: Any) -> None:
        orjson.dumps(body)
