"""One client, one connection pool, one token; safe to use from several threads."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote, urlsplit

import httpx2
import orjson

from gewerk_client.problems import (
    NotGewerk,
    Unauthorized,
    Unavailable,
    error_from,
)
from gewerk_client.records import IntegrationInput, Resource, Result, RunInput, SubPropertyType

VERSION = "2026-11-01"
"""The published version of the API this client was written against."""

_TOKEN_MARGIN_SECONDS = 60.0
"""A token is renewed this long before it ends, so that none ends on the way."""


class Client:
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
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NotGewerk(f"base_url is no http or https address: {base_url!r}")
        root = base_url.rstrip("/")
        self.api_url = root if "/api/" in f"{parts.path}/" else f"{root}/api/{VERSION}"
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token: str | None = None
        self._token_ends = 0.0
        self._token_lock = threading.Lock()
        self.server_time: datetime | None = None
        """The server's clock (``Date``) at the last answer; to ask later what changed since."""
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(timeout, connect=10.0),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept-Language": language, "User-Agent": user_agent, "Accept": "application/json"},
            # a context with all authorities takes 50 ms and 10 MB, for nothing on a plain address
            verify=parts.scheme == "https",
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # the token

    def authorize(self) -> None:
        """Fetches a token if there is none that still lasts. Raises ``Unauthorized`` when the key does not work."""
        self._bearer(stale=None)

    def _bearer(self, stale: str | None) -> str:
        """A token that is not ``stale``; only one thread fetches it, the others wait for it."""
        with self._token_lock:
            if self._token and self._token != stale and time.monotonic() < self._token_ends:
                return self._token
            self._token = None
            answer = self._once("POST", "/token", content=orjson.dumps(self._credentials))
            data = _json(answer, "/token")
            token = data.get("access_token")
            if not isinstance(token, str) or not token:
                raise NotGewerk("/token: the answer holds no access_token")
            lifetime = data.get("expires_in")
            seconds = float(lifetime) if isinstance(lifetime, int | float) else 300.0
            self._token = token
            self._token_ends = time.monotonic() + max(seconds - _TOKEN_MARGIN_SECONDS, seconds / 2)
            return token

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
        results = _json(self._call("POST", path, content=body, headers=headers), path).get("results")
        if not isinstance(results, list):
            raise NotGewerk(f"{path}: the answer holds no results")
        return cast("list[Result]", results)

    def export(self, resource: Resource, *, type: SubPropertyType | None = None) -> Iterator[bytes]:
        """All records, archived ones too, one JSON line each, in the server's order; never all in memory."""
        params: dict[str, str] | None = {"type": type} if type else None
        path = f"/{resource}/export"
        for attempt in ("first", "again"):
            token = self._bearer(stale=None)
            with self._stream(path, token, params) as answer:
                if answer.status_code == 401 and attempt == "first":
                    self._bearer(stale=token)
                    continue
                if not answer.is_success:
                    raise error_from(
                        answer.status_code, answer.headers, self._read(answer, path), now=_now(), what=f"GET {path}"
                    )
                if "ndjson" not in answer.headers.get("content-type", ""):
                    raise NotGewerk(f"GET {path}: the answer is no NDJSON")
                yield from self._lines(answer, path)
                return

    def _stream(self, path: str, token: str, params: dict[str, str] | None) -> "_Streamed":
        request = self._http.build_request(
            "GET", self.api_url + path, params=params, headers={"Authorization": f"Bearer {token}"}
        )
        return _Streamed(self, request, path)

    def _read(self, answer: httpx2.Response, path: str) -> bytes:
        try:
            return answer.read()
        except httpx2.TransportError as error:
            raise Unavailable(f"{path}: {type(error).__name__}") from error

    def _lines(self, answer: httpx2.Response, path: str) -> Iterator[bytes]:
        rest = b""
        try:
            for chunk in answer.iter_bytes(256 * 1024):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line.strip():
                        yield line
        except httpx2.TransportError as error:
            raise Unavailable(f"GET {path}: the stream broke off ({type(error).__name__})") from error
        if rest.strip():
            yield rest

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
        return _json(self._call("GET", path), path)

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        while True:
            page = _json(self._call("GET", path, params=params), path)
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
        answer = _json(self._call("POST", "/integrations", content=orjson.dumps(integration)), "/integrations")
        return str(answer["id"])

    def post_run(self, integration_id: str, run: RunInput) -> None:
        """Hands over what a run did (upsert by ``external_id``)."""
        path = f"/integrations/{quote(integration_id, safe='')}/runs"
        self._call("POST", path, content=orjson.dumps(run))

    # one request

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """A request with token; one that ended (or was made with a secret rotated meanwhile) is renewed once."""
        token = self._bearer(stale=None)
        try:
            return self._once(method, path, params=params, content=content, headers=headers, token=token)
        except Unauthorized:
            renewed = self._bearer(stale=token)
            return self._once(method, path, params=params, content=content, headers=headers, token=renewed)

    def _once(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> httpx2.Response:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if content is not None:
            sent["Content-Type"] = "application/json"
        try:
            answer = self._http.request(method, self.api_url + path, params=params, content=content, headers=sent)
        except httpx2.TransportError as error:
            raise Unavailable(f"{method} {path}: {type(error).__name__}") from error
        except (httpx2.InvalidURL, httpx2.DecodingError) as error:
            raise NotGewerk(f"{method} {path}: {type(error).__name__}") from error
        self._note_time(answer)
        if not answer.is_success:
            raise error_from(answer.status_code, answer.headers, answer.content, now=_now(), what=f"{method} {path}")
        return answer

    def _note_time(self, answer: httpx2.Response) -> None:
        date = answer.headers.get("date")
        if date:
            try:
                self.server_time = parsedate_to_datetime(date)
            except ValueError:
                return


class _Streamed:
    """A streamed GET as a context, with transport errors in the client's own words."""

    def __init__(self, client: Client, request: httpx2.Request, path: str) -> None:
        self._client = client
        self._request = request
        self._path = path
        self._answer: httpx2.Response | None = None

    def __enter__(self) -> httpx2.Response:
        try:
            self._answer = self._client._http.send(self._request, stream=True)
        except httpx2.TransportError as error:
            raise Unavailable(f"GET {self._path}: {type(error).__name__}") from error
        self._client._note_time(self._answer)
        return self._answer

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._answer is not None:
            self._answer.close()


def _json(answer: httpx2.Response, path: str) -> dict[str, Any]:
    try:
        data = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise NotGewerk(f"{path}: the answer is no JSON") from error
    if not isinstance(data, dict):
        raise NotGewerk(f"{path}: the answer is no JSON object")
    return data


def _now() -> datetime:
    return datetime.now(UTC)
