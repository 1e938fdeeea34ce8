"""The four ways in which ERPs ask who is there. The credentials are fixed: there is nothing to protect."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from gewerk_connect.sim.request import Request

USER, SECRET = "sim", "sim-secret"
TOKEN_SECONDS = 3600


class Gate(Protocol):
    challenge: str
    """What ``WWW-Authenticate`` says with a 401."""

    def admits(self, request: Request) -> bool: ...


class KeyHeader:
    challenge = "ApiKey"

    def __init__(self, header: str, key: str) -> None:
        self._header, self._key = header.lower(), key

    def admits(self, request: Request) -> bool:
        return request.headers.get(self._header) == self._key


class Basic:
    challenge = 'Basic realm="ERP"'

    def admits(self, request: Request) -> bool:
        return request.basic() == (USER, SECRET)


class Tokens:
    """Bearer tokens: good for an hour, all dead at once when somebody says so."""

    challenge = "Bearer"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._good_until: dict[str, datetime] = {}
        self._answers: Counter[str] = Counter()

    def make(self) -> str:
        with self._lock:
            token = secrets.token_urlsafe(24)
            self._good_until[token] = self._clock() + timedelta(seconds=TOKEN_SECONDS)
            return token

    def admits(self, request: Request) -> bool:
        with self._lock:
            good_until = self._good_until.get(request.bearer())
            return good_until is not None and self._clock() < good_until

    def answered(self, request: Request) -> None:
        """The request's token was good for an answer."""
        with self._lock:
            self._answers[request.bearer()] += 1

    def proven(self, request: Request) -> bool:
        with self._lock:
            return self._answers[request.bearer()] > 0

    def expire(self) -> None:
        with self._lock:
            self._good_until.clear()
            self._answers.clear()
