"""Law: the stretch that somebody reads is the one that sorting everything by every key would show."""

from collections.abc import Callable, Collection
from typing import Any

from gewerk.kit.settled import settle
from hypothesis import given
from hypothesis import strategies as st

rows_like = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers()), max_size=30)


@given(rows=rows_like, start=st.integers(0, 30), length=st.integers(0, 12))
def test_a_stretch_is_as_of_the_whole_order(rows: list[tuple[int, ...]], start: int, length: int) -> None:
    given_out: list[int] = []

    def by(column: int) -> Callable[[Collection[tuple[int, ...]]], Callable[[tuple[int, ...]], Any]]:
        def weigh(alike: Collection[tuple[int, ...]]) -> Callable[[tuple[int, ...]], Any]:
            known = {row: row[column] for row in alike}
            given_out.append(len(alike))
            return lambda row: known[row]

        return weigh

    settled = sorted(rows, key=lambda row: row[0])
    settle(settled, start, start + length, lambda row: row[0], [by(1), by(2), by(3)])
    assert settled[start : start + length] == sorted(rows)[start : start + length]
    assert sorted(settled) == sorted(rows)
    # Each key is asked of no more rows than the one before.
    assert given_out == sorted(given_out, reverse=True)


def test_nobody_is_asked_whose_place_is_clear() -> None:
    asked: list[int] = []

    def weigh(alike: Collection[int]) -> Callable[[int], int]:
        asked.extend(alike)
        return lambda row: row

    rows = [0, 10, 11, 20, 21, 22]
    settle(rows, 0, 2, lambda row: row // 10, [weigh])
    assert sorted(asked) == [10, 11]
