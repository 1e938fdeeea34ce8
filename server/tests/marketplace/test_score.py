"""The published formula: bounds, monotony, and that a page's figures can be reckoned again."""

from fractions import Fraction

from gewerk.marketplace.score import (
    STARRED,
    WEIGHTS,
    Part,
    Shares,
    of_counts,
    of_stars,
    permille,
    score_of,
    total,
)
from hypothesis import given
from hypothesis import strategies as st

STARS = st.lists(st.integers(1, 5), max_size=60)
VALUES = st.fixed_dictionaries({part: st.integers(0, 1000) for part in Part})


@st.composite
def shares(draw: st.DrawFn) -> dict[Part, Shares]:
    found = {part: of_stars(draw(STARS)) for part in STARRED}
    for part in (Part.NO_RECALL, Part.ANSWERS):
        of = draw(st.integers(0, 500))
        found[part] = of_counts(good=draw(st.integers(0, of)), of=of)
    return found


def test_the_weights_are_whole() -> None:
    assert set(WEIGHTS) == set(Part)
    assert sum(WEIGHTS.values()) == 100


@given(shares())
def test_the_score_and_each_part_stay_within_their_bounds(found: dict[Part, Shares]) -> None:
    score = score_of(found, ratings=1)
    assert score.points is not None
    assert 0 <= score.points <= 100
    assert all(0 <= value <= 1000 for value in score.values.values())


@given(VALUES, st.sampled_from(Part), st.integers(0, 1000))
def test_the_score_is_monotone_in_each_part(values: dict[Part, int], part: Part, other: int) -> None:
    low, high = sorted((values[part], other))
    assert total({**values, part: low}) <= total({**values, part: high})


@given(STARS, st.integers(1, 5), st.integers(1, 5))
def test_a_star_more_never_lowers_a_part(stars: list[int], one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert permille(of_stars([*stars, low])) <= permille(of_stars([*stars, high]))


@given(STARS)
def test_the_best_rating_never_lowers_and_the_worst_never_raises(stars: list[int]) -> None:
    before = permille(of_stars(stars))
    assert permille(of_stars([*stars, 1])) <= before <= permille(of_stars([*stars, 5]))


@given(st.integers(1, 500), st.data())
def test_a_recall_or_a_request_left_unanswered_never_raises(of: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(1, of))
    assert permille(of_counts(good=good - 1, of=of)) <= permille(of_counts(good=good, of=of))


@given(STARS)
def test_a_part_is_the_mean_with_three_assumed_shares(stars: list[int]) -> None:
    """By another way: fractions instead of quarters."""
    mean = (sum((Fraction(one - 1, 4) for one in stars), Fraction(0)) + 3 * Fraction(3, 4)) / (len(stars) + 3)
    assert abs(permille(of_stars(stars)) - 1000 * mean) <= Fraction(1, 2)


def test_nobody_has_a_score_before_the_first_rating() -> None:
    score = score_of({}, ratings=0)
    assert score.points is None
    assert set(score.values.values()) == {750}
    assert score_of({}, ratings=1).points == 75


def test_an_example_as_the_explanation_reckons_it() -> None:
    """docs/explanation/bewertung.md: the same figures."""
    found = {
        Part.QUALITY: of_stars([5, 5, 4, 5, 4, 5, 3]),
        Part.PUNCTUALITY: of_stars([5, 4, 4, 5, 3, 4, 4]),
        Part.TIDINESS: of_stars([5, 5, 5, 5, 4, 5, 5]),
        Part.PRICE_TRUTH: of_stars([5, 5, 4, 5]),
        Part.NO_RECALL: of_counts(good=11, of=12),
        Part.ANSWERS: of_counts(good=18, of=20),
    }
    score = score_of(found, ratings=7)
    assert score.values == {
        Part.QUALITY: 825,
        Part.PUNCTUALITY: 775,
        Part.TIDINESS: 900,
        Part.PRICE_TRUTH: 857,
        Part.NO_RECALL: 883,
        Part.ANSWERS: 880,
    }
    assert (score.points, score.recalled, score.unanswered) == (84, 1, 2)
