"""A firm's score, as it is published (``docs/explanation/bewertung.md``): six parts, each from 0 to 100 percent, weighed and summed.

Every part is a mean of shares from 0 to 1 that begins with ``ASSUMED`` shares of 75 percent, so that one stroke of luck or one bad
day says little and many results say much. Whoever has the parts and the weights from a page can reckon the score again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from gewerk.kit.money import half_up
from gewerk.marketplace.models import ASPECTS, FEWEST_STARS, MOST_STARS

COUNTED_FOR = timedelta(days=730)
"""Ratings and orders older than that do not count."""
ASSUMED = 3
_QUARTERS = MOST_STARS - FEWEST_STARS
"""A star more is a quarter more; shares are counted in quarters, so that all sums are whole numbers."""
_ASSUMED_QUARTERS = 3 * ASSUMED
PERMILLE = 1_000


class Part(StrEnum):
    QUALITY = "quality"
    PUNCTUALITY = "punctuality"
    TIDINESS = "tidiness"
    PRICE_TRUTH = "price_truth"
    NO_RECALL = "no_recall"
    ANSWERS = "answers"


WEIGHTS: Mapping[Part, int] = {
    Part.QUALITY: 30,
    Part.PUNCTUALITY: 20,
    Part.TIDINESS: 10,
    Part.PRICE_TRUTH: 15,
    Part.NO_RECALL: 15,
    Part.ANSWERS: 10,
}
"""Percent; they sum up to 100."""


@dataclass(frozen=True, slots=True)
class Shares:
    """So many results, and how good they are together in quarters: a result is 0 to 4 quarters good."""

    count: int = 0
    quarters: int = 0

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(self.count + other.count, self.quarters + other.quarters)


def of_stars(stars: Iterable[int]) -> Shares:
    found = list(stars)
    return Shares(len(found), sum(one - FEWEST_STARS for one in found))


def of_counts(*, good: int, of: int) -> Shares:
    """``good`` of ``of`` were as they should be."""
    return Shares(of, good * _QUARTERS)


def permille(shares: Shares) -> int:
    """The part's value, 0 to 1000, rounded once."""
    return half_up(PERMILLE * (shares.quarters + _ASSUMED_QUARTERS), _QUARTERS * (shares.count + ASSUMED))


def total(values: Mapping[Part, int]) -> int:
    """0 to 100 of the parts' values as they are shown (permille), rounded once."""
    return half_up(sum(WEIGHTS[part] * values[part] for part in Part), PERMILLE)


@dataclass(frozen=True, slots=True)
class Score:
    """``points``: 0 to 100, None while nobody has rated the firm."""

    points: int | None
    ratings: int
    values: Mapping[Part, int]
    """Permille."""
    counts: Mapping[Part, int] = field(default_factory=dict)
    """Of how many results each part is made."""
    recalled: int = 0
    unanswered: int = 0


def score_of(shares: Mapping[Part, Shares], *, ratings: int) -> Score:
    values = {part: permille(shares.get(part, Shares())) for part in Part}
    counts = {part: shares.get(part, Shares()).count for part in Part}

    def bad(part: Part) -> int:
        return counts[part] - shares.get(part, Shares()).quarters // _QUARTERS

    return Score(
        points=total(values) if ratings else None,
        ratings=ratings,
        values=values,
        counts=counts,
        recalled=bad(Part.NO_RECALL),
        unanswered=bad(Part.ANSWERS),
    )


STARRED = tuple(Part(name) for name in ASPECTS)
"""The parts that are made of stars."""
