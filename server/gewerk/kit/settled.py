"""A long list put in order only where somebody looks: keys that are dear to know are asked for those alone whose place they decide."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


def settle(
    rows: list[Row],
    start: int,
    stop: int,
    first: Callable[[Row], Any],
    then: Sequence[Callable[[Collection[Row]], Callable[[Row], Any]]],
) -> None:
    """After it ``rows[start:stop]`` holds what it would hold were all of ``rows`` sorted by every key.

    ``rows`` are sorted by ``first`` already. Each of ``then`` is given all rows that are still alike near the stretch, and answers with
    the next key.
    """
    alike = _ties(rows, 0, len(rows), first, start, stop)
    for weigh in then:
        key = weigh([row for begin, end in alike for row in rows[begin:end]])
        closer = []
        for begin, end in alike:
            rows[begin:end] = sorted(rows[begin:end], key=key)
            closer += _ties(rows, begin, end, key, start, stop)
        alike = closer


def _ties(
    rows: Sequence[Any], begin: int, end: int, key: Callable[[Any], Any], start: int, stop: int
) -> list[tuple[int, int]]:
    """Stretches of two or more with one key that reach into ``start`` to ``stop``."""
    found, at = [], begin
    while at < min(end, stop):
        its, after = key(rows[at]), at + 1
        while after < end and key(rows[after]) == its:
            after += 1
        if after - at > 1 and after > start:
            found.append((at, after))
        at = after
    return found
