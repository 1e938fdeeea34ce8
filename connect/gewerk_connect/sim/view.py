"""What is there to be listed at one moment, for clients from which the same buildings are hidden."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from gewerk_connect.sim.exports import Export

_KEPT = 256
"""Listings of one moment: every set of every dialect, and some filters."""

T = TypeVar("T")


class View:
    def __init__(self, whole: Export, export: Export) -> None:
        self.whole = whole
        self.export = export
        """``whole`` without what is hidden."""
        self._lock = threading.RLock()
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Makes a thing on first use, once also for clients that ask at the same time. What was asked longest ago goes
        when there are too many."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]  # type: ignore[return-value]
