"""Rows in order, and how a page is cut out of them: found by bisection, shown one by one, nothing copied."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gewerk_connect.sim.request import Refused

LARGEST_PAGE = 1000
USUAL_PAGE = 200

Values = tuple[Any, ...]
"""What a row is sorted by, as JSON can hold it."""
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    rows: Sequence[Any]
    """Sorted by ``comparable(values(row))``."""
    values: Callable[[Any], Values]
    show: Callable[[Any, int], Shown]
    """Makes the row of the answer; the number counts the rows with the same values, from 0."""
    comparable: Callable[[Values], Any] = tuple

    def place(self, row: Any) -> Any:
        return self.comparable(self.values(row))


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Shown]
    total: int
    start: int
    size: int
    cursor: str | None
    """Names the last row; ``None`` on the last page."""


def page_at(listing: Listing, start: int, size: int, end: int | None = None) -> Page:
    """``size`` rows from ``start``; ``end`` is where the listing ends for this client."""
    end = len(listing.rows) if end is None else min(end, len(listing.rows))
    chosen = listing.rows[start : min(start + size, end)]
    shown: list[Shown] = []
    before: Any = None
    twin = 0
    for row in chosen:
        place = listing.place(row)
        if not shown:
            twin = start - bisect_left(listing.rows, place, key=listing.place)
        else:
            twin = twin + 1 if place == before else 0
        shown.append(listing.show(row, twin))
        before = place
    more = bool(shown) and start + len(shown) < end
    cursor = _cursor([*listing.values(chosen[-1]), twin]) if more else None
    return Page(shown, len(listing.rows), start, size, cursor)


def start_after(listing: Listing, cursor: str) -> int:
    """Where the row after the one that the cursor names stands, whether that row is still there or not."""
    try:
        *values, twin = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if isinstance(twin, bool) or not isinstance(twin, int) or twin < 0:
            raise TypeError
        if listing.rows and len(values) != len(listing.values(listing.rows[0])):
            raise ValueError
        place = listing.comparable(tuple(values))
        first = bisect_left(listing.rows, place, key=listing.place)
        return min(first + twin + 1, bisect_right(listing.rows, place, key=listing.place))
    except (binascii.Error, ValueError, TypeError, IndexError):
        raise Refused(400, "this is no cursor of this listing") from None


def _cursor(named: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(named)).decode()
