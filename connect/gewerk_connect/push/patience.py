"""How long to wait and how often to try. One pause holds for all threads: a 429 is said to the key, not to a request."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gewerk_client import ServerFault, Unavailable

T = TypeVar("T")


@dataclass
class Patience:
    """Waits are in seconds. ``give_up_after`` counts from the first failure in a row, waits asked for included."""

    first_wait: float = 0.5
    longest_wait: float = 60.0
    give_up_after: float = 900.0
    fault_tries: int = 3
    """How often a request is tried that the server fails on (500), before it is looked at record by record."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    _not_before: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def call(self, request: Callable[[], T]) -> T:
        """The request's answer. Raises ``Unavailable`` when patience has ended, every other error as it comes."""
        wait, faults = self.first_wait, 0
        failing_since: float | None = None
        while True:
            self._await_pause()
            try:
                return request()
            except ServerFault:
                faults += 1
                if faults >= self.fault_tries:
                    raise
                asked = None
            except Unavailable as error:
                asked = error.retry_after
                now = self.clock()
                failing_since = now if failing_since is None else failing_since
                if now - failing_since + (asked or wait) > self.give_up_after:
                    raise
            self._pause(asked if asked is not None else wait * (0.5 + self.chance()), asked is not None)
            wait = min(wait * 2, self.longest_wait)

    def _pause(self, seconds: float, asked: bool) -> None:
        # a little more than asked for, so that waiting threads do not all knock at once
        until = self.clock() + seconds + (self.chance() * 0.25 if asked else 0.0)
        with self._lock:
            self._not_before = max(self._not_before, until)

    def _await_pause(self) -> None:
        while True:
            with self._lock:
                left = self._not_before - self.clock()
            if left <= 0:
                return
            self.sleep(left)
