"""How much is asked of one ERP by all connections of this process together: requests per second, and at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Limiter:
    """Seconds are of ``clock``; ``sleep`` may raise to give up waiting."""

    def __init__(self, per_second: float, parallel: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / per_second
        self._parallel = parallel
        self._clock = clock
        self._next = 0.0
        self._under_way = 0
        self._changed = threading.Condition()

    def lower(self, per_second: float, parallel: int) -> None:
        """Another connection to the same ERP asks for less: the smaller figure holds for both."""
        with self._changed:
            self._interval = max(self._interval, 1 / per_second)
            self._parallel = min(self._parallel, parallel)

    @contextmanager
    def turn(self, sleep: Callable[[float], None]) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._parallel)
            self._under_way += 1
            now = self._clock()
            at = max(self._next, now)
            self._next = at + self._interval
        try:
            if at > now:
                sleep(at - now)
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()


_limiters: dict[str, Limiter] = {}
_lock = threading.Lock()


def limiter_for(origin: str, per_second: float, parallel: int) -> Limiter:
    """The limiter of an ERP, by scheme, host and port."""
    with _lock:
        found = _limiters.get(origin)
        if found is None:
            found = _limiters[origin] = Limiter(per_second, parallel)
        else:
            found.lower(per_second, parallel)
        return found
