"""Of one firm and service code at most one price holds on any day; what holds is offered, the preferred firm's first."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.access import FirmNotFound, own_prices
from gewerk.firms.models import FrameworkPrice
from gewerk.firms.operations.framework_prices import Price, PriceIsInvalid, PricesOverlap, agree_price, change_price
from gewerk.firms.operations.list_firm import Stale
from gewerk.firms.queries.prices import holding_on, offered
from gewerk.journal.models import Entry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 40)
PERIODS = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), DAYS, st.one_of(st.none(), st.integers(0, 20))), min_size=1, max_size=10
)


def price(code: str = "A", start: date = FIRST, end: date | None = None, **changes: Any) -> Price:
    given_ = {"text": "Dichtung", "unit": "Stk", "net_minor": 4_900, "vat_basis_points": 1_900}
    return Price(code=code, valid_from=start, valid_until=end, **{**given_, **changes})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(periods=PERIODS)
def test_on_no_day_do_two_prices_hold(factories: ModuleType, periods: list[tuple[str, int, int | None]]) -> None:
    FrameworkPrice.objects.all().delete()
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    accepted: set[tuple[str, int]] = set()
    for code, start, length in periods:
        end = None if length is None else FIRST + timedelta(days=start + length)
        wanted = {(code, day) for day in range(start, 90 if length is None else start + length + 1)}
        try:
            agree_price(
                actor=actor,
                firm_id=firm.pk,
                price=price(code, FIRST + timedelta(days=start), end),
                now=factories.NOW,
            )
        except PricesOverlap:
            assert wanted & accepted
        else:
            assert not wanted & accepted
            accepted |= wanted
    for day in range(90):
        found = holding_on(FrameworkPrice.objects.all(), FIRST + timedelta(days=day)).values_list("code", flat=True)
        assert sorted(found) == sorted(code for code, taken in accepted if taken == day)


def test_a_price_is_changed_and_ended(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    first = agree_price(actor=actor, firm_id=firm.pk, price=price(), now=factories.NOW)
    ended = change_price(
        actor=actor,
        price_id=first.pk,
        price=price(end=date(2026, 6, 30), net_minor=5_100),
        version=1,
        now=factories.NOW,
    )
    assert (ended.version, ended.net_minor, ended.valid_until) == (2, 5_100, date(2026, 6, 30))
    agree_price(actor=actor, firm_id=firm.pk, price=price(start=date(2026, 7, 1)), now=factories.NOW)
    with pytest.raises(PricesOverlap):
        change_price(actor=actor, price_id=first.pk, price=price(), now=factories.NOW)
    with pytest.raises(Stale):
        change_price(actor=actor, price_id=first.pk, price=price(), version=1, now=factories.NOW)
    told = Entry.objects.get(event="framework_price.changed").data
    assert (told["from_minor"], told["to_minor"]) == (4_900, 5_100)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"code": " "}, "/code"),
        ({"text": "x" * 501}, "/text"),
        ({"unit": ""}, "/unit"),
        ({"net_minor": -1}, "/net"),
        ({"vat_basis_points": 10_001}, "/vat_rate"),
        ({"end": FIRST - timedelta(days=1)}, "/valid_until"),
        ({"trade": "sorcery"}, "/trade"),
        ({"kind": "magic"}, "/kind"),
    ],
)
def test_a_wrong_price_names_the_field(factories: ModuleType, changes: dict[str, Any], wrong: str) -> None:
    manager = factories.organisation()
    with pytest.raises(PriceIsInvalid) as refused:
        agree_price(
            actor=factories.acting(factories.person(manager)),
            firm_id=factories.firm(manager).pk,
            price=price(**changes),
            now=factories.NOW,
        )
    assert [p.pointer for p in refused.value.problems] == [wrong]


def test_offered_first_is_the_trade_then_the_preferred_then_the_cheapest(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    liked = factories.firm(manager, standing="preferred")
    other, blocked = factories.firm(manager), factories.firm(manager, standing="blocked")
    rows = [
        factories.framework_price(manager, other, code="cheap", trade="plumbing", net_minor=100),
        factories.framework_price(manager, liked, code="liked", trade="plumbing", net_minor=900),
        factories.framework_price(manager, blocked, code="blocked", trade="plumbing", net_minor=1),
        factories.framework_price(manager, liked, code="paint", trade="painting", net_minor=1),
        factories.framework_price(manager, other, code="over", trade="plumbing", valid_until=date(2026, 2, 1)),
        factories.framework_price(manager, other, code="pounds", trade="plumbing", currency="GBP"),
    ]
    found = offered(actor, as_of=date(2026, 11, 22), trade="plumbing", currency="EUR")
    assert [one.code for one in found] == ["liked", "cheap", "paint"]
    assert len(rows) == 6


def test_prices_are_seen_by_manager_and_firm_alone(factories: ModuleType) -> None:
    manager, stranger = factories.organisation(), factories.organisation()
    firm, rival = factories.firm(manager, stranger), factories.firm(manager)
    made = factories.framework_price(manager, firm)
    assert list(own_prices(factories.acting(factories.person(firm, role="dispatcher")))) == [made]
    assert not own_prices(factories.acting(factories.person(rival, role="firm"))).exists()
    with pytest.raises(FirmNotFound):
        change_price(
            actor=factories.acting(factories.person(stranger)), price_id=made.pk, price=price(), now=factories.NOW
        )
