"""Laws of money: sums add up to the cent, rounding is fair and happens once, currencies never mix."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from gewerk.kit.money import (
    CurrenciesDiffer,
    Money,
    half_up,
    line_net,
    minor_of,
    split_gross,
    thousandths_of,
    totals,
)
from hypothesis import given
from hypothesis import strategies as st

AMOUNTS = st.integers(-(10**12), 10**12)
RATES = st.sampled_from([0, 500, 700, 1_000, 1_900, 2_000, 2_550])
LINES = st.lists(st.tuples(AMOUNTS, RATES), max_size=30)


@given(a=AMOUNTS, b=AMOUNTS, c=AMOUNTS)
def test_sums_do_not_depend_on_the_order(a: int, b: int, c: int) -> None:
    one, two, three = (Money(value, "EUR") for value in (a, b, c))
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + two - two == one
    assert -one + one == Money(0, "EUR")
    assert bool(one) == (a != 0)
    assert (one < two) == (a < b)
    assert one.major == Decimal(a) / 100


def test_currencies_never_mix() -> None:
    with pytest.raises(CurrenciesDiffer):
        Money(1, "EUR") + Money(1, "GBP")
    with pytest.raises(CurrenciesDiffer):
        assert Money(1, "EUR") <= Money(1, "GBP")


@given(numerator=st.integers(-(10**20), 10**20), denominator=st.integers(1, 10**6))
def test_rounding_is_half_up_as_decimal_says(numerator: int, denominator: int) -> None:
    # Exact: compared by twice the remainder, not by a decimal fraction that ends somewhere.
    found = half_up(numerator, denominator)
    assert abs(2 * (found * denominator - numerator)) <= denominator
    assert half_up(-numerator, denominator) == -found
    assert half_up(numerator, -denominator) == -found


@given(minor=AMOUNTS, rate=RATES)
def test_tax_is_what_decimal_arithmetic_says(minor: int, rate: int) -> None:
    (group,) = totals([(minor, rate)]).groups
    exact = Decimal(minor) * rate / 10_000
    assert group.vat == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(lines=LINES)
def test_totals_add_up_to_the_cent(lines: list[tuple[int, int]]) -> None:
    found = totals(lines)
    assert found.net == sum(net for net, _rate in lines)
    assert found.gross == found.net + found.vat == sum(group.gross for group in found.groups)
    assert [g.vat_basis_points for g in found.groups] == sorted({rate for _net, rate in lines}, reverse=True)
    # The order in which lines stand changes nothing.
    assert totals(reversed(lines)) == found


@given(parts=st.lists(LINES, min_size=1, max_size=4))
def test_a_bill_split_into_parts_is_still_the_bill(parts: list[list[tuple[int, int]]]) -> None:
    """§35a EStG: labour and material add up to what is paid."""
    whole = totals(line for part in parts for line in part)
    shares = split_gross(parts)
    assert sum(shares) == whole.gross
    assert len(shares) == len(parts)
    for share, part in zip(shares, parts, strict=True):
        # Half a cent per rate and part is all that rounding can move.
        assert abs(share - totals(part).gross) <= len(whole.groups) * len(parts)


@given(quantity=st.integers(1, 10**9), price=st.integers(0, 10**9))
def test_a_line_is_quantity_times_price_rounded_once(quantity: int, price: int) -> None:
    exact = Decimal(quantity) * price / 1000
    assert line_net(quantity_thousandths=quantity, unit_price_minor=price) == int(
        exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    )


@given(minor=AMOUNTS)
def test_an_amount_comes_back_as_it_went(minor: int) -> None:
    assert minor_of(Money(minor, "EUR").major) == minor
    assert thousandths_of(Decimal(minor).scaleb(-3)) == minor


def test_fractions_of_a_cent_are_refused() -> None:
    with pytest.raises(ValueError, match="two decimal places"):
        minor_of(Decimal("1.001"))
    with pytest.raises(ValueError, match="three decimal places"):
        thousandths_of(Decimal("0.0001"))
