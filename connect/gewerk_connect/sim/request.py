"""What comes in and what goes out, without the network."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


class Refused(Exception):
    """The request cannot be served: ``status`` as HTTP has it, a message for the developer of the client."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    base: str
    """``http://host:port`` as the client called it."""
    path: str
    """Still percent-encoded, without the query."""
    parts: tuple[str, ...]
    """The path's segments, decoded: a ``/`` in a key stays in its segment."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    def basic(self) -> tuple[str, str] | None:
        """User and password of HTTP Basic."""
        scheme, _, rest = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return user, password

    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    def count(self, name: str, default: int, *, least: int) -> int:
        """A whole number of the query. Raises ``Refused`` (400) for anything else."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
            raise Refused(400, f"{name} must be a whole number from {least}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    cut: bool = False
    """The connection is closed half-way through the body."""

    @classmethod
    def json(cls, status: int, data: Any, headers: Mapping[str, str] | None = None) -> "Answer":
        return cls(status, orjson.dumps(data), headers or {})
