"""How long an integration may rest before somebody is told."""

from datetime import date, timedelta
from itertools import pairwise

from gewerk.portfolio.queries.integration_trouble import allowed_silence
from hypothesis import given
from hypothesis import strategies as st


@given(days=st.sets(st.integers(0, 200), min_size=1, max_size=12))
def test_a_rhythm_never_makes_less_than_four_days_nor_more_than_its_longest_pause_and_a_day(days: set[int]) -> None:
    moments = [date(2026, 1, 1) + timedelta(days=day) for day in days]
    allowed = allowed_silence(moments)
    pauses = [b - a for a, b in pairwise(sorted(moments))]
    assert allowed >= timedelta(days=4)
    assert allowed <= max([timedelta(days=4), *(pause + timedelta(days=1) for pause in pauses)])
