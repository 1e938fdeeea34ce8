"""Totals add up to the cent, for any items, discounts and rates; and the order that follows costs what was quoted."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from gewerk.kit.money import line_net, totals
from gewerk.marketplace.models import Quote
from gewerk.marketplace.operations.record_award import order_lines
from gewerk.marketplace.scope import PriceGiven, ScopeItem
from gewerk.marketplace.sums import sums_of
from gewerk.projects.items import totals_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import AFTER, NOW, Matter

RATES = st.sampled_from([0, 550, 700, 1_000, 1_900, 2_000, 10_000])


@dataclass(frozen=True)
class Entered:
    quantity_thousandths: int
    unit_price_minor: int
    vat_basis_points: int
    counted: bool

    @property
    def net_minor(self) -> int:
        return line_net(quantity_thousandths=self.quantity_thousandths, unit_price_minor=self.unit_price_minor)


lines = st.lists(
    st.builds(Entered, st.integers(1, 10**7), st.integers(0, 10**7), RATES, st.booleans()), min_size=1, max_size=30
)
discounts = st.integers(0, 9_999)


@given(lines, discounts)
def test_totals_add_up(entered: list[Entered], discount: int) -> None:
    sums = sums_of(entered, discount_basis_points=discount)
    counted = [line for line in entered if line.counted]
    assert sums.before_discount == sum(line.net_minor for line in counted)
    assert sums.totals.net == sums.before_discount - sums.discount
    assert sums.totals.gross == sums.totals.net + sums.totals.vat
    assert sums.totals.net == sum(group.net for group in sums.totals.groups)
    assert sums.totals.vat == sum(group.vat for group in sums.totals.groups)
    assert sums.discount == sum(amount for _rate, amount in sums.discounts)
    assert 0 <= sums.discount <= sums.before_discount


@given(lines, discounts)
def test_each_rate_is_rounded_once(entered: list[Entered], discount: int) -> None:
    """Against exact fractions: no part is more than half a cent from the truth, whatever the number of lines."""
    sums = sums_of(entered, discount_basis_points=discount)
    taken = dict(sums.discounts)
    for group in sums.totals.groups:
        before = sum(
            line.net_minor for line in entered if line.counted and line.vat_basis_points == group.vat_basis_points
        )
        assert abs(taken[group.vat_basis_points] - Fraction(before * discount, 10_000)) <= Fraction(1, 2)
        assert abs(group.vat - Fraction(group.net * group.vat_basis_points, 10_000)) <= Fraction(1, 2)


@given(lines, discounts, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(entered: list[Entered], discount: int, random: Any) -> None:
    shuffled = list(entered)
    random.shuffle(shuffled)
    assert sums_of(shuffled, discount_basis_points=discount) == sums_of(entered, discount_basis_points=discount)


@given(lines)
def test_without_a_discount_it_is_the_bill(entered: list[Entered]) -> None:
    bill = totals((line.net_minor, line.vat_basis_points) for line in entered if line.counted)
    assert sums_of(entered).totals == bill


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.tuples(st.integers(0, 10**6), RATES), min_size=4, max_size=4),
    discount=discounts,
    quantity=st.integers(1, 10**6),
)
def test_the_order_costs_what_was_quoted(
    new_matter: Any, prices: list[tuple[int, int]], discount: int, quantity: int
) -> None:
    scope = [ScopeItem(f"Arbeit {n}", quantity + n, "h", optional=n == 3) for n in range(4)]
    made: Matter = new_matter(items=scope, firms=1)
    if not sum(line_net(quantity_thousandths=quantity + n, unit_price_minor=prices[n][0]) for n in range(3)):
        return
    ids = [item.pk for item in made.request.items.all()]
    given_prices = tuple(PriceGiven(minor, rate, item_id=pk) for pk, (minor, rate) in zip(ids, prices, strict=True))
    quote: Quote = made.quote(0, prices=given_prices, discount_basis_points=discount)
    stored = [line for line in quote.lines.all() if line.counted]
    assert quote.net_minor == sum(line.net_minor for line in stored) - quote.discount_minor
    assert quote.gross_minor == quote.net_minor + quote.vat_minor
    made.open()
    order = totals_of(order_lines(quote))
    assert (order.net, order.vat, order.gross) == (quote.net_minor, quote.vat_minor, quote.gross_minor)
    assert AFTER > NOW
