"""The API's verbs, as spec 02 names them; the token and the connection are ``session.Session``'s."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote, urlsplit

import httpx2
import orjson

from gewerk_client.problems import NotGewerk
from gewerk_client.records import IntegrationInput, Resource, Result, RunInput, SubPropertyType
from gewerk_client.session import Session, json_object

VERSION = "2026-11-01"
"""The published version of the API this client was written against."""


class Client(Session):
    """Talks to one Gewerk installation with one API key.

    ``base_url`` may be the installation's address (``https://gewerk.example``) or end with the versioned API path.
    ``timeout`` is in seconds and counts for each read, not for a whole stream. Raises ``ApiError`` and its children.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        *,
        language: str = "de",
        timeout: float = 60.0,
        connections: int = 8,
        user_agent: str = "gewerk-client",
        transport: httpx2.BaseTransport | None = None,
        on_answer: Callable[[int | None], None] = lambda _status: None,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NotGewerk(f"base_url is no http or https address: {base_url!r}")
        root = base_url.rstrip("/")
        super().__init__(
            root if "/api/" in f"{parts.path}/" else f"{root}/api/{VERSION}",
            client_id,
            client_secret,
            language=language,
            timeout=timeout,
            connections=connections,
            user_agent=user_agent,
            transport=transport,
            on_answer=on_answer,
        )

    # master data

    def upsert(
        self, resource: Resource, records: bytes | Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[Result]:
        """Sends up to 500 records keyed by ``external_id``; answers stand in the order sent.

        ``records`` may be the finished body ``{"records": [...]}``. A bad record is ``rejected`` in its result, the
        others are taken. Raises ``Refused`` when the whole batch was refused.
        """
        return self._batch(f"/{resource}/upsert", records, idempotency_key)

    def archive(
        self, resource: Resource, records: bytes | Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[Result]:
        """Archives up to 500 records (``external_id``, ``type`` of a sub-property, ``reason``), as ``upsert`` does."""
        return self._batch(f"/{resource}/archive", records, idempotency_key)

    def rename(
        self, resource: Resource, records: bytes | Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[Result]:
        """Gives up to 500 records other ids (``external_id``, ``type`` of a sub-property, ``new_external_id``).

        The records stay; one that was renamed before is ``unchanged``, so a call whose answer was lost is repeated.
        """
        return self._batch(f"/{resource}/rename", records, idempotency_key)

    def _batch(
        self, path: str, records: bytes | Sequence[Mapping[str, Any]], idempotency_key: str | None
    ) -> list[Result]:
        body = records if isinstance(records, bytes) else orjson.dumps({"records": list(records)})
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        results = json_object(self.call("POST", path, content=body, headers=headers), path).get("results")
        if not isinstance(results, list):
            raise NotGewerk(f"{path}: the answer holds no results")
        return cast("list[Result]", results)

    def export(self, resource: Resource, *, type: SubPropertyType | None = None) -> Iterator[bytes]:
        """All records, archived ones too, one JSON line each, in the server's order; never all in memory."""
        params: dict[str, str] | None = {"type": type} if type else None
        path = f"/{resource}/export"
        yield from self.stream(path, params, "ndjson")

    def changed_since(
        self,
        resource: Resource,
        since: datetime,
        *,
        type: SubPropertyType | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Records that changed at or after ``since`` by the server's clock, archived ones too, page by page."""
        params: dict[str, str] = {"updated_since": since.isoformat(), "limit": "500", "archived": "all"}
        if type:
            params["type"] = type
        yield from self._pages(f"/{resource}", params)

    def find(
        self,
        resource: Resource,
        external_id: str,
        *,
        type: SubPropertyType | None = None,
    ) -> dict[str, Any] | None:
        """The record with this id of the ERP; None when there is none."""
        params = {"external_id": external_id}
        if type:
            params["type"] = type
        return next(self._pages(f"/{resource}", params), None)

    def read(self, resource: Resource, record_id: str) -> dict[str, Any]:
        """One record by Gewerk's own id. Raises ``NotFound``."""
        path = f"/{resource}/{quote(record_id, safe='')}"
        return json_object(self.call("GET", path), path)

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        while True:
            page = json_object(self.call("GET", path, params=params), path)
            items = page.get("items")
            if not isinstance(items, list):
                raise NotGewerk(f"GET {path}: the answer holds no items")
            yield from items
            cursor = page.get("next_cursor")
            if not cursor:
                return
            params = {**params, "cursor": str(cursor)}

    # integrations

    def put_integration(self, integration: IntegrationInput) -> str:
        """Makes the connection known (upsert by ``external_id``); returns Gewerk's id of it."""
        answer = json_object(self.call("POST", "/integrations", content=orjson.dumps(integration)), "/integrations")
        return str(answer["id"])

    def post_run(self, integration_id: str, run: RunInput) -> None:
        """Hands over what a run did (upsert by ``external_id``)."""
        path = f"/integrations/{quote(integration_id, safe='')}/runs"
        self.call("POST", path, content=orjson.dumps(run))
