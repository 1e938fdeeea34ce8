"""What can come back instead of an answer: RFC 9457 problems as exceptions, one class per thing to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson


@dataclass(slots=True, frozen=True)
class ProblemItem:
    pointer: str
    code: str
    message: str


@dataclass(slots=True, frozen=True)
class Problem:
    """An ``application/problem+json`` answer; of anything else only the status is known."""

    status: int
    type: str | None = None
    title: str | None = None
    detail: str | None = None
    errors: tuple[ProblemItem, ...] = field(default=())
    request_id: str | None = None

    @property
    def code(self) -> str:
        """The last part of ``type`` (``.../problems/not-found`` gives ``not-found``), else ``http_<status>``."""
        if self.type and self.type != "about:blank":
            return self.type.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        return f"http_{self.status}"


class ApiError(Exception):
    """Anything that went wrong between here and the API."""

    def __init__(self, message: str, problem: Problem | None = None) -> None:
        super().__init__(message)
        self.problem = problem


class Unauthorized(ApiError):
    """The credentials no longer work (a rotated secret, a revoked key). Trying again is no use."""


class Forbidden(ApiError):
    """The key is valid, but not for this (scope, client number)."""


class NotFound(ApiError):
    pass


class NotGewerk(ApiError):
    """What answers under this base URL is not Gewerk's API (a web page, a redirect, another program)."""


class Refused(ApiError):
    """The request as a whole was refused (400, 409, 412, 413, 415, 422)."""


class ServerFault(ApiError):
    """500: the server failed on this request. Another try may help; the same body may also fail for ever."""


class Unavailable(ApiError):
    """No answer, or 502, 503, 504: wait and try again.

    ``retry_after`` is in seconds, None when the server named none.
    """

    def __init__(self, message: str, problem: Problem | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, problem)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """429: wait ``retry_after`` seconds."""


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """``Retry-After`` as seconds from ``now`` (RFC 9110, 10.2.3: seconds or a date); None when absent or unreadable."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def read_problem(status: int, content_type: str, body: bytes) -> Problem:
    if "json" not in content_type:
        return Problem(status=status)
    try:
        data: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Problem(status=status)
    if not isinstance(data, dict):
        return Problem(status=status)
    errors = data.get("errors")
    items = tuple(
        ProblemItem(str(e.get("pointer", "")), str(e.get("code", "")), str(e.get("message", "")))
        for e in (errors if isinstance(errors, list) else [])
        if isinstance(e, dict)
    )

    def text(name: str) -> str | None:
        value = data.get(name)
        return value if isinstance(value, str) and value else None

    return Problem(status, text("type"), text("title"), text("detail"), items, text("request_id"))


def error_from(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, what: str) -> ApiError:
    """The exception for an answer that is no success. ``what`` names the request, without query or body."""
    problem = read_problem(status, headers.get("content-type", ""), body)
    message = f"{what}: {status}"
    told = problem.detail or problem.title
    if told:
        message += f" ({told})"
    if 300 <= status < 400:
        target = headers.get("location", "?").split("?", 1)[0]
        return NotGewerk(f"{message}: redirected to {target}", problem)
    if status == 401:
        return Unauthorized(message, problem)
    if status == 403:
        return Forbidden(message, problem)
    if status == 429:
        return RateLimited(message, problem, retry_after_seconds(headers, now))
    if status in (502, 503, 504):
        return Unavailable(message, problem, retry_after_seconds(headers, now))
    if status >= 500:
        return ServerFault(message, problem)
    if "json" not in headers.get("content-type", ""):
        return NotGewerk(message, problem)
    if status == 404:
        return NotFound(message, problem)
    return Refused(message, problem)
