"""Counts that may be a moment old are those of many rows only."""

from collections.abc import Mapping

import pytest
from gewerk.kit.kept import LONGEST_SECONDS, MANY, SHARE, Kept, KeptCounts


class _Counting:
    """A clock that ``count`` moves on by what counting takes."""

    def __init__(self, rows: int, seconds: float) -> None:
        self.rows, self.seconds, self.now, self.asked = rows, seconds, 0.0, 0

    def clock(self) -> float:
        return self.now

    def count(self) -> Mapping[str, int]:
        self.asked += 1
        self.now += self.seconds
        return {"open": self.rows, "new": 1}


def test_few_rows_are_counted_each_time_however_long_it_takes() -> None:
    counting = _Counting(MANY - 1, seconds=3)
    kept = KeptCounts(counting.clock)
    for number in range(1, 4):
        kept.get("a", counting.count)
        assert counting.asked == number


def test_many_rows_are_counted_again_when_their_time_is_over() -> None:
    counting = _Counting(MANY, seconds=0.02)
    kept = KeptCounts(counting.clock)
    assert kept.get("a", counting.count) == {"open": MANY, "new": 1}
    counting.rows += 5
    counting.now += 0.02 * SHARE - 0.001
    assert kept.get("a", counting.count)["open"] == MANY
    counting.now += 0.002
    assert kept.get("a", counting.count)["open"] == MANY + 5


def test_nothing_is_kept_longer_than_a_few_seconds() -> None:
    counting = _Counting(MANY, seconds=60)
    kept = KeptCounts(counting.clock)
    kept.get("a", counting.count)
    counting.now += LONGEST_SECONDS + 0.001
    kept.get("a", counting.count)
    assert counting.asked == 2


def test_while_one_counts_anew_the_others_get_what_was_known() -> None:
    counting = _Counting(MANY, seconds=0.02)
    kept = KeptCounts(counting.clock)
    kept.get("a", counting.count)
    counting.rows += 5
    counting.now += 0.02 * SHARE + 0.001
    seen = []

    def slowly() -> Mapping[str, int]:
        seen.append(kept.get("a", counting.count)["open"])
        return counting.count()

    assert kept.get("a", slowly)["open"] == MANY + 5
    assert seen == [MANY]
    assert kept.get("a", counting.count)["open"] == MANY + 5
    counting.now += LONGEST_SECONDS * 10
    assert kept.get("a", slowly)["open"] == seen[1] == MANY + 5
    assert counting.asked == 4, "what is long over nobody gets"


def test_a_count_that_failed_leaves_nothing_old() -> None:
    counting = _Counting(MANY, seconds=0.02)
    kept = KeptCounts(counting.clock)
    kept.get("a", counting.count)
    counting.now += 0.02 * SHARE + 0.001

    def broken() -> Mapping[str, int]:
        raise OSError

    with pytest.raises(OSError):
        kept.get("a", broken)
    counting.rows += 5
    assert kept.get("a", counting.count)["open"] == MANY + 5


def test_what_began_together_does_not_end_together() -> None:
    counting = _Counting(MANY, seconds=0.0)
    kept = Kept(lambda counts: counts["open"], counting.clock, share=1, longest=60, spread=0.5)
    for key in range(50):
        counting.seconds = 100.0
        kept.get(key, counting.count)
        counting.now = 0.0
    ends = {until for until, _counts in kept._kept.values()}
    assert len(ends) > 40
    assert all(100 + 30 <= end <= 100 + 60 for end in ends)


def test_each_key_has_its_own_counts() -> None:
    counting = _Counting(MANY, seconds=1)
    kept = KeptCounts(counting.clock)
    kept.get(("one", None), counting.count)
    kept.get(("another", None), counting.count)
    assert counting.asked == 2


def test_room_is_made_by_what_is_over() -> None:
    counting = _Counting(MANY, seconds=0.02)
    kept = KeptCounts(counting.clock)
    for key in range(5_000):
        kept.get(key, counting.count)
    assert len(kept._kept) <= 1_000
    counting.asked = 0
    kept.get(4_999, counting.count)
    assert counting.asked == 0, "the latest are kept"
