"""Money as whole minor units (cents, pence) with their currency; never floating point. Rounded once, half up, as clerks do.

Every currency that an organisation may have (``identity.countries``) has two places (ISO 4217). Quantities are thousandths,
rates of tax basis points (1900 = 19 %), both whole numbers, so that sums are exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

MINOR_UNITS = 100
"""Of one major unit: 100 cents are a euro."""
THOUSANDTHS = 1000
BASIS_POINTS = 10_000


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, a half away from zero (kaufmännisch, DIN 1333)."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount. Different currencies are never added: ``CurrenciesDiffer``."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def major(self) -> Decimal:
        """``1234.56`` of 123456 minor units."""
        return Decimal(self.minor).scaleb(-2)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency}")
        return other.minor


class CurrenciesDiffer(ValueError):
    """Somebody added apples and pears."""


def minor_of(amount: Decimal) -> int:
    """Minor units of an amount in major ones. Raises ValueError for a fraction of a minor unit."""
    minor = amount.scaleb(2)
    if minor != minor.to_integral_value():
        raise ValueError("an amount has at most two decimal places")
    return int(minor)


def thousandths_of(quantity: Decimal) -> int:
    """Raises ValueError for more than three decimal places."""
    found = quantity.scaleb(3)
    if found != found.to_integral_value():
        raise ValueError("a quantity has at most three decimal places")
    return int(found)


def line_net(*, quantity_thousandths: int, unit_price_minor: int) -> int:
    """Net amount of one line in minor units: quantity times price, rounded once."""
    return half_up(quantity_thousandths * unit_price_minor, THOUSANDTHS)


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """What is taxed at one rate. Minor units."""

    vat_basis_points: int
    net: int
    vat: int

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines in minor units. The tax is reckoned once per rate on the sum of its lines (EN 16931, BR-CO-17)."""

    groups: tuple[TaxGroup, ...]
    """By falling rate."""

    @property
    def net(self) -> int:
        return sum(group.net for group in self.groups)

    @property
    def vat(self) -> int:
        return sum(group.vat for group in self.groups)

    @property
    def gross(self) -> int:
        return self.net + self.vat


def totals(lines: Iterable[tuple[int, int]]) -> Totals:
    """Of lines (net minor units, rate in basis points)."""
    nets: dict[int, int] = {}
    for net, rate in lines:
        nets[rate] = nets.get(rate, 0) + net
    return Totals(
        tuple(
            TaxGroup(rate, net, half_up(net * rate, BASIS_POINTS)) for rate, net in sorted(nets.items(), reverse=True)
        )
    )


def split_gross(parts: Sequence[Iterable[tuple[int, int]]]) -> tuple[int, ...]:
    """Gross amount of each part of one bill, adding up to the bill's gross to the cent.

    The last part bears what rounding leaves: §35a EStG asks for the labour share, which comes first, the material follows.
    """
    listed = [list(part) for part in parts]
    whole = totals(line for part in listed for line in part).gross
    shares = [totals(part).gross for part in listed[:-1]]
    return (*shares, whole - sum(shares))
