"""JSON over HTTP against one API with one key: the token, one renewal when it ended, and typed errors."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx2
import orjson

from gewerk_client.problems import NotGewerk, Unauthorized, Unavailable, error_from

_TOKEN_MARGIN_SECONDS = 60.0
"""A token is renewed this long before it ends, so that none ends on the way."""


class Session:
    """One API address, one connection pool, one token; safe to use from several threads.

    ``api_url`` is what every path is appended to. ``timeout`` is in seconds and counts for each read, not for a whole
    stream. ``on_answer`` hears the status of every answer, None where none came. The token comes from ``POST /token``
    with client id and secret in JSON. Raises ``ApiError`` and its children.
    """

    def __init__(
        self,
        api_url: str,
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
        self.api_url = api_url
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token: str | None = None
        self._token_ends = 0.0
        self._token_lock = threading.Lock()
        self._on_answer = on_answer
        self.server_time: datetime | None = None
        """The server's clock (``Date``) at the last answer; to ask later what changed since."""
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(timeout, connect=10.0),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept-Language": language, "User-Agent": user_agent, "Accept": "application/json"},
            # a context with all authorities takes 50 ms and 10 MB, for nothing on a plain address
            verify=api_url.startswith("https:"),
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
            data = json_object(answer, "/token")
            token = data.get("access_token")
            if not isinstance(token, str) or not token:
                raise NotGewerk("/token: the answer holds no access_token")
            lifetime = data.get("expires_in")
            seconds = float(lifetime) if isinstance(lifetime, int | float) else 300.0
            self._token = token
            self._token_ends = time.monotonic() + max(seconds - _TOKEN_MARGIN_SECONDS, seconds / 2)
            return token

    # one request

    def call(
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
            self._on_answer(None)
            raise Unavailable(f"{method} {path}: {type(error).__name__}") from error
        except (httpx2.InvalidURL, httpx2.DecodingError) as error:
            raise NotGewerk(f"{method} {path}: {type(error).__name__}") from error
        self._note(answer)
        if not answer.is_success:
            raise error_from(answer.status_code, answer.headers, answer.content, now=_now(), what=f"{method} {path}")
        return answer

    def _note(self, answer: httpx2.Response) -> None:
        self._on_answer(answer.status_code)
        date = answer.headers.get("date")
        if date:
            try:
                self.server_time = parsedate_to_datetime(date)
            except ValueError:
                return

    def stream(self, path: str, params: dict[str, str] | None, content_type: str) -> Iterator[bytes]:
        """A long answer, line by line; never all in memory. Raises ``NotGewerk`` for another content type."""
        for attempt in ("first", "again"):
            token = self._bearer(stale=None)
            with self._opened(path, token, params) as answer:
                if answer.status_code == 401 and attempt == "first":
                    self._bearer(stale=token)
                    continue
                if not answer.is_success:
                    raise error_from(
                        answer.status_code, answer.headers, self._read(answer, path), now=_now(), what=f"GET {path}"
                    )
                if content_type not in answer.headers.get("content-type", ""):
                    raise NotGewerk(f"GET {path}: the answer is no {content_type}")
                yield from self._lines(answer, path)
                return

    def _opened(self, path: str, token: str, params: dict[str, str] | None) -> "_Streamed":
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


class _Streamed:
    """A streamed GET as a context, with transport errors in the client's own words."""

    def __init__(self, client: Session, request: httpx2.Request, path: str) -> None:
        self._client = client
        self._request = request
        self._path = path
        self._answer: httpx2.Response | None = None

    def __enter__(self) -> httpx2.Response:
        try:
            self._answer = self._client._http.send(self._request, stream=True)
        except httpx2.TransportError as error:
            self._client._on_answer(None)
            raise Unavailable(f"GET {self._path}: {type(error).__name__}") from error
        self._client._note(self._answer)
        return self._answer

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._answer is not None:
            self._answer.close()


def json_object(answer: httpx2.Response, path: str) -> dict[str, Any]:
    """The answer's body as a JSON object. Raises ``NotGewerk``."""
    try:
        data = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise NotGewerk(f"{path}: the answer is no JSON") from error
    if not isinstance(data, dict):
        raise NotGewerk(f"{path}: the answer is no JSON object")
    return data


def _now() -> datetime:
    return datetime.now(UTC)
