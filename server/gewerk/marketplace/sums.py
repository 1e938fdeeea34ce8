"""What a quote adds up to: minor units, one rounding per line, one per rate for the discount and one per rate for the tax.

The discount is taken off the net sum of each rate, because the tax is reckoned on what is paid (§17 UStG). All totals are sums of
these parts, so that they add up whatever the items are; as lines of an order (``award_lines``) they give the same totals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gewerk.kit.money import BASIS_POINTS, Totals, half_up, totals


class Priced(Protocol):
    @property
    def net_minor(self) -> int: ...
    @property
    def vat_basis_points(self) -> int: ...
    @property
    def counted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class QuoteSums:
    """Minor units."""

    before_discount: int
    discounts: tuple[tuple[int, int], ...]
    """Rate in basis points -> what is taken off its net sum, by falling rate."""
    totals: Totals
    """After the discount."""

    @property
    def discount(self) -> int:
        return sum(amount for _rate, amount in self.discounts)


def sums_of(lines: Iterable[Priced], *, discount_basis_points: int = 0) -> QuoteSums:
    """Of the lines that count."""
    return sums_of_amounts(
        [(line.net_minor, line.vat_basis_points) for line in lines if line.counted],
        discount_basis_points=discount_basis_points,
    )


def sums_of_amounts(amounts: Sequence[tuple[int, int]], *, discount_basis_points: int = 0) -> QuoteSums:
    """Of (net, rate) pairs."""
    before = totals(amounts)
    discounts = tuple(
        (group.vat_basis_points, half_up(group.net * discount_basis_points, BASIS_POINTS)) for group in before.groups
    )
    after = totals([*amounts, *((-amount, rate) for rate, amount in discounts)])
    return QuoteSums(before.net, discounts, after)
