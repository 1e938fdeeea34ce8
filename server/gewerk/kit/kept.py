"""Counts of many thousand rows, kept for a moment: whoever leafs through a long list need not have them counted at each page."""

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from random import random
from typing import Generic, TypeVar

Counts = TypeVar("Counts")

MANY = 10_000
"""Rows from which on a count may be a moment old. Below it nobody could wait long, and everybody would notice."""
SHARE = 50
"""A count is kept this many times as long as it took: counting takes two hundredths of the time at most."""
LONGEST_SECONDS = 5.0
_ROOM = 1_000
_WHILE_ASKED_SECONDS = 2.0
"""While one asks anew what was good a moment ago, others still get it: not all at once count the same rows."""


class Kept(Generic[Counts]):
    """Of this process. Safe to use from several threads; two that ask at once for what nobody knew may both count.

    ``size`` tells the largest number in an answer, ``many`` from which on it is kept, ``share`` and ``longest`` (seconds) how long;
    up to ``spread`` of that (0 to 1) less, by chance: what began at one moment shall not fall due at one.
    """

    def __init__(
        self,
        size: Callable[[Counts], int],
        clock: Callable[[], float] = time.monotonic,
        *,
        many: int = MANY,
        share: int = SHARE,
        longest: float = LONGEST_SECONDS,
        spread: float = 0.0,
    ) -> None:
        self._size, self._clock, self._spread = size, clock, spread
        self._many, self._share, self._longest = many, share, longest
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Counts]] = {}

    def get(self, key: Hashable, count: Callable[[], Counts]) -> Counts:
        """What ``count`` told under this key, asked again once it is too old. Kept only where one of the numbers is large."""
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] <= now < kept[0] + _WHILE_ASKED_SECONDS:
                self._kept[key] = now + _WHILE_ASKED_SECONDS, kept[1]
        if kept is not None and now < kept[0]:
            return kept[1]
        try:
            counts = count()
        except BaseException:
            with self._lock:
                self._kept.pop(key, None)
            raise
        done = self._clock()
        with self._lock:
            self._kept.pop(key, None)
            if self._size(counts) >= self._many:
                if len(self._kept) >= _ROOM:
                    self._kept = {k: v for k, v in self._kept.items() if v[0] > done}
                if len(self._kept) < _ROOM:
                    lasting = min((done - now) * self._share, self._longest)
                    self._kept[key] = done + lasting * (1 - self._spread * random()), counts  # noqa: S311 - no secret
        return counts


class KeptCounts(Kept[Mapping[str, int]]):
    """Of numbers by name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(lambda counts: max(counts.values(), default=0), clock)
