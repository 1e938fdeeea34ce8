"""What goes wrong, and when: by order (``POST /_sim/faults``) or by chance that can be repeated (``POST /_sim/rate``)."""

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from random import Random

from gewerk_connect.sim.exports.export import Place
from gewerk_connect.sim.listing import Listing, Page

ROWS = frozenset({"short_page", "changed_order", "duplicate_row", "wrong_type", "empty"})
"""Faults of a listing's rows."""
ONLY_LISTINGS = ROWS | {"expired_token"}
HIDING = frozenset({"vanished", "rights"})
"""No faults of an answer but states of the stock: they hold until they are deleted."""
RETRYABLE = ("slow", "429", "500", "503", "half_page", "cut", "expired_token")
KINDS = frozenset({*RETRYABLE, *ROWS, *HIDING, "html"})
ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    dialect: str = ANY
    resource: str = ANY
    times: int | None = 1
    """So many answers; ``None``: until it is deleted."""
    skip: int = 0
    """So many fitting answers stay good before."""
    seconds: float = 1.0
    """How long ``slow`` waits."""
    retry_after: int = 1
    """Seconds that ``429`` names."""
    place: Place | None = None
    """The building that ``vanished`` and ``rights`` hide."""

    def fits(self, dialect: str, resource: str, listing: bool) -> bool:
        return (
            self.dialect in (ANY, dialect)
            and self.resource in (ANY, resource)
            and (listing or self.kind not in ONLY_LISTINGS)
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """This share of the answers is faulty. Which ones depends on the seed, the address, and how often it was asked."""

    share: float
    seed: int
    kinds: tuple[str, ...] = RETRYABLE
    retry_after: int = 0
    seconds: float = 0.05

    def draw(self, address: str, time: int, usable: Collection[str]) -> Fault | None:
        chance = Random(f"{self.seed} {address} {time}")  # noqa: S311 - repeatable on purpose
        if chance.random() >= self.share:
            return None
        kind = chance.choice(self.kinds)
        if kind not in usable:
            others = [one for one in self.kinds if one in usable]
            if not others:
                return None
            kind = chance.choice(others)
        return Fault(kind, seconds=self.seconds, retry_after=self.retry_after)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []
        self._rate: Rate | None = None
        self._asked: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._ordered.append(fault)

    def set_rate(self, rate: Rate) -> None:
        with self._lock:
            self._rate = rate
            self._asked.clear()

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()
            self._rate = None

    def hidden(self, dialect: str, kind: str) -> frozenset[Place]:
        with self._lock:
            return frozenset(
                fault.place
                for fault in self._ordered
                if fault.kind == kind and fault.place is not None and fault.dialect in (ANY, dialect)
            )

    def next(self, dialect: str, resource: str, address: str, *, listing: bool, proven: bool) -> Fault | None:
        """The fault of this answer. ``listing``: rows are asked for and will be given; ``proven``: with a token that
        was good before, so that its end is a surprise."""
        with self._lock:
            for place, fault in enumerate(self._ordered):
                if fault.kind in HIDING or fault.times == 0 or not fault.fits(dialect, resource, listing):
                    continue
                if fault.skip > 0:
                    self._ordered[place] = replace(fault, skip=fault.skip - 1)
                    continue
                if fault.times is not None:
                    self._ordered[place] = replace(fault, times=fault.times - 1)
                return fault
            if self._rate is None:
                return None
            self._asked[address] += 1
            usable = {kind for kind in self._rate.kinds if listing or kind not in ONLY_LISTINGS} - (
                set() if proven else {"expired_token"}
            )
            return self._rate.draw(address, self._asked[address], usable)


def spoiled(page: Page, listing: Listing, kind: str, time: int) -> Page:
    """The page with a fault of its rows; ``time`` makes one spoiled page differ from the next."""
    rows = page.rows
    match kind:
        case "empty":
            return replace(page, rows=[], total=0, cursor=None)
        case "short_page":
            missing = max(1, len(rows) // 3)
            return replace(page, rows=rows[: len(rows) // 2] + rows[len(rows) // 2 + missing :])
        case "duplicate_row":
            return replace(page, rows=rows + rows[:1])
        case "changed_order":
            mixed = list(listing.rows)
            Random(time).shuffle(mixed)  # noqa: S311 - repeatable on purpose
            chosen = mixed[page.start : page.start + len(rows)]
            return replace(page, rows=[listing.show(row, 0) for row in chosen])
    return page


def middle_of_a_row(body: bytes) -> int:
    """Where to cut so that a field has begun and not ended."""
    place = body.find(b'":', len(body) // 2)
    return place + 2 if place >= 0 else len(body) // 2
