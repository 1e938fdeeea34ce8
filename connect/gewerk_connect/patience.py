"""How long to wait and how often to try, towards an ERP or a target. One pause holds for all threads that share a patience:
a 429 is said to the key, not to a request.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from gewerk_connect import meter

T = TypeVar("T")


class Again(NamedTuple):
    """A failure that may pass: how it is waited out."""

    asked: float | None = None
    """Seconds that the other side asked for (``Retry-After``)."""
    tries: int | None = None
    """How often in all it is tried; None: for as long as patience lasts."""


@dataclass
class Patience:
    """Waits are in seconds. ``give_up_after`` counts from the first failure in a row, waits asked for included."""

    first_wait: float = 0.5
    longest_wait: float = 60.0
    give_up_after: float = 900.0
    side: meter.Side = "target"
    """Whom it is towards."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    _not_before: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def repeat(self, request: Callable[[], T], weigh: Callable[[Exception], Again | None]) -> T:
        """The request's answer. An error that ``weigh`` has no hope for, or that outlasts patience, is raised as it came."""
        wait, failures = self.first_wait, 0
        failing_since: float | None = None
        while True:
            self._await_pause()
            try:
                return request()
            except Exception as error:
                again = weigh(error)
                if again is None:
                    raise
                failures += again.tries is not None
                if again.tries is not None and failures >= again.tries:
                    raise
                now = self.clock()
                if again.tries is None:
                    failing_since = now if failing_since is None else failing_since
                    if now - failing_since + (again.asked or wait) > self.give_up_after:
                        raise
            self._pause(
                again.asked if again.asked is not None else wait * (0.5 + self.chance()), again.asked is not None
            )
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
            meter.waited(self.side, left)
