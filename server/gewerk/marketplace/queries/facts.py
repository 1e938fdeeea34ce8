"""What is known of firms that somebody looks through: of each firm it is asked once, and asked again when it may be too old."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar
from uuid import UUID

Fact = TypeVar("Fact")


class Facts:
    """Each as old as ``longest`` seconds at most, and half of that at least: firms fall due one after the other, not all at once.
    Safe to use from several threads."""

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._clock = longest, clock
        self._known: dict[str, dict[UUID, tuple[float, object]]] = {}

    def of(
        self,
        what: str,
        firm_ids: Collection[UUID],
        ask: Callable[[list[UUID]], Mapping[UUID, Fact]],
        otherwise: Fact,
    ) -> dict[UUID, Fact]:
        """Firm -> ``what``. ``ask`` is called once for those not known any more, or not at all; of whom it says nothing, it is
        ``otherwise``."""
        known: dict[UUID, tuple[float, Fact]] = self._known.setdefault(what, {})  # type: ignore[assignment]
        now = self._clock()
        found: dict[UUID, Fact] = {}
        unknown: dict[UUID, None] = {}
        for one in firm_ids:
            fact = known.get(one)
            if fact is not None and now < fact[0]:
                found[one] = fact[1]
            else:
                unknown[one] = None
        if unknown:
            told = ask(list(unknown))
            for one in unknown:
                found[one] = value = told.get(one, otherwise)
                known[one] = now + self._longest * (1 + one.int % 64 / 64) / 2, value
        return found
