"""The gate: open if and only if every paper asked for is confirmed and holds on that day."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.catalogue.queries import catalogue_of, service
from gewerk.catalogue.shapes import Requirement
from gewerk.firms.gates import TRADE, GateAnswer, Held, Why, answer, may_be_awarded, may_take, may_take_of_many
from gewerk.firms.models import Evidence, GateOverride, ListedFirm
from gewerk.firms.operations.override_gate import (
    DAYS,
    GateIsOpen,
    GateStaysShut,
    OverrideIsInvalid,
    override_gate,
)
from gewerk.identity.models import Role
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 22)
KINDS = ("card", "insurance", "tax", "registration")
days = st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def papers(draw: st.DrawFn) -> Held:
    start = draw(days)
    end = draw(st.one_of(st.none(), st.integers(0, 60).map(lambda n: start + timedelta(days=n))))
    return Held(
        kind=draw(st.sampled_from(KINDS)),
        state=draw(st.sampled_from(["submitted", "confirmed", "confirmed", "refused"])),
        valid_from=start,
        valid_until=end,
        trades=draw(st.frozensets(st.sampled_from(["painting", "electrics"]))),
        insured_minor=draw(st.one_of(st.none(), st.sampled_from([100, 300, 500]))),
        currency=draw(st.sampled_from(["EUR", "GBP"])),
    )


@given(
    needs=st.lists(st.sampled_from(KINDS), unique=True, min_size=1),
    held=st.lists(papers(), max_size=8),
    service_trades=st.frozensets(st.sampled_from(["painting", "electrics", "roofing"]), min_size=1),
    firm_trades=st.frozensets(st.sampled_from(["painting", "electrics", "roofing"])),
    on=days,
)
def test_the_gate_is_open_exactly_when_everything_holds(
    needs: list[str], held: list[Held], service_trades: frozenset[str], firm_trades: frozenset[str], on: date
) -> None:
    requirements = [Requirement(kind, 300 if kind == "insurance" else None) for kind in needs]
    found = answer(
        requirements=requirements,
        service_trades=service_trades,
        firm_trades=firm_trades,
        per_trade=["card"],
        currency="EUR",
        held=held,
        on=on,
    )

    def holds(kind: str) -> bool:
        for one in held:
            right_day = one.valid_from <= on and (one.valid_until is None or on <= one.valid_until)
            right_trade = kind != "card" or any(t in one.trades and t in firm_trades for t in service_trades)
            enough = kind != "insurance" or (one.currency == "EUR" and (one.insured_minor or 0) >= 300)
            if one.kind == kind and one.state == "confirmed" and right_day and right_trade and enough:
                return True
        return False

    does_it = any(t in firm_trades for t in service_trades)
    assert found.open == (does_it and all(holds(kind) for kind in needs))
    assert found.open == (not found.missing)
    if does_it:
        assert {one.kind for one in found.missing} == {kind for kind in needs if not holds(kind)}
    else:
        assert [(one.kind, one.why) for one in found.missing] == [(TRADE, Why.TRADE_NOT_DONE)]


@given(held=st.lists(papers(), max_size=6), more=papers(), on=days)
def test_another_paper_never_shuts_a_gate(held: list[Held], more: Held, on: date) -> None:
    def asked(papers: list[Held]) -> GateAnswer:
        return answer(
            requirements=[Requirement(kind) for kind in KINDS],
            service_trades=["painting"],
            firm_trades=["painting"],
            per_trade=["card"],
            currency="EUR",
            held=papers,
            on=on,
        )

    if asked(held).open:
        assert asked([*held, more]).open


def firm_with(factories: ModuleType, code: str, *managers: Any, trades: tuple[str, ...], **changes: Any) -> Any:
    """A firm whose papers open the gate of a German service on ``TODAY``."""
    firm = factories.firm(*managers, trades=trades)
    for need in service("DE", code).requirements:
        factories.evidence(firm, kind=need.kind, trades=trades, **changes)
    return firm


@pytest.mark.django_db
def test_the_painter_may_paint_but_do_no_electrics(factories: ModuleType) -> None:
    painter = firm_with(factories, "paint_room", trades=("painting",))
    assert may_take(painter.pk, "paint_room", "DE", TODAY) == GateAnswer(open=True)
    shut = may_take(painter.pk, "socket_replace", "DE", TODAY)
    assert [(one.kind, one.why) for one in shut.missing] == [(TRADE, Why.TRADE_NOT_DONE)]
    # Saying that one does electrics is not enough: the card names painting, and there is no concession.
    factories.firm_trades(painter, "electrics")
    why = {one.kind: one.why for one in may_take(painter.pk, "socket_replace", "DE", TODAY).missing}
    assert why == {"craft_card": Why.OTHER_TRADE, "electric_concession": Why.NOT_SHOWN}


@pytest.mark.django_db
def test_expired_insurance_shuts_the_gate_the_day_after(factories: ModuleType) -> None:
    firm = firm_with(factories, "paint_room", trades=("painting",))
    Evidence.objects.filter(kind="liability_insurance").update(valid_until=TODAY)
    assert may_take(firm.pk, "paint_room", "DE", TODAY).open
    missing = may_take(firm.pk, "paint_room", "DE", TODAY + timedelta(days=1)).missing
    assert [(one.kind, one.why, one.expired_on) for one in missing] == [("liability_insurance", Why.EXPIRED, TODAY)]


@pytest.mark.django_db
def test_each_hindrance_has_its_name(factories: ModuleType) -> None:
    firm = firm_with(factories, "paint_room", trades=("painting",))
    insurance = Evidence.objects.filter(kind="liability_insurance")

    def why() -> list[Why]:
        return [one.why for one in may_take(firm.pk, "paint_room", "DE", TODAY).missing]

    insurance.update(insured_minor=299_999_999)
    assert why() == [Why.SUM_TOO_LOW]
    insurance.update(insured_minor=300_000_000, valid_from=TODAY + timedelta(days=1))
    assert why() == [Why.NOT_YET_VALID]
    insurance.update(valid_from=TODAY, state="submitted", decided_by=None)
    assert why() == [Why.WAITING]
    insurance.delete()
    assert why() == [Why.NOT_SHOWN]


@pytest.mark.django_db
def test_whole_refurbishments_ask_for_a_higher_sum(factories: ModuleType) -> None:
    firm = firm_with(factories, "empty_flat_refurbish", trades=("masonry",), insured_minor=300_000_000)
    missing = may_take(firm.pk, "empty_flat_refurbish", "DE", TODAY).missing
    assert [(one.kind, one.why, one.minimum_minor) for one in missing] == [
        ("liability_insurance", Why.SUM_TOO_LOW, 500_000_000)
    ]


@pytest.mark.django_db
def test_a_british_firm_passes_british_gates_only(factories: ModuleType) -> None:
    firm = factories.firm(country="GB", trades=("heating",))
    for kind in ("company_registration", "public_liability", "gas_safe"):
        factories.evidence(firm, kind=kind)
    assert may_take(firm.pk, "boiler_service_gas", "GB", TODAY).open
    assert not may_take(firm.pk, "boiler_service_gas", "DE", TODAY).open
    Evidence.objects.filter(kind="gas_safe").update(valid_until=TODAY - timedelta(days=1))
    assert not may_take(firm.pk, "boiler_service_gas", "GB", TODAY).open
    assert "electric_concession" not in catalogue_of("GB").evidence


@pytest.mark.django_db
def test_many_firms_cost_as_many_queries_as_one(factories: ModuleType, django_assert_num_queries: Any) -> None:
    firms = [firm_with(factories, "paint_room", trades=("painting",)) for _ in range(4)]
    closed = factories.firm(trades=("painting",))
    with django_assert_num_queries(3):
        found = may_take_of_many([*(one.pk for one in firms), closed.pk], "paint_room", "DE", TODAY)
    assert [found[one.pk].open for one in firms] == [True] * 4
    assert not found[closed.pk].open


@pytest.fixture
def expired(factories: ModuleType) -> Any:
    """Administrator, their organisation, and a firm on its list whose insurance ran out yesterday."""
    org = factories.organisation()
    firm = firm_with(factories, "paint_room", org, trades=("painting",))
    Evidence.objects.filter(kind="liability_insurance").update(valid_until=TODAY - timedelta(days=1))
    return factories.acting(factories.person(org)), org, firm


def override(factories: ModuleType, actor: Any, firm: Any, **changes: Any) -> GateOverride:
    given = {"service_code": "paint_room", "country": "DE", "reason": "Verlängerung liegt telefonisch vor", "on": TODAY}
    return override_gate(actor=actor, firm_id=firm.pk, now=factories.NOW, **{**given, **changes})


@pytest.mark.django_db
def test_an_override_opens_for_that_manager_for_some_days_and_is_logged(factories: ModuleType, expired: Any) -> None:
    actor, org, firm = expired
    assert not may_be_awarded(org.pk, firm.pk, "paint_room", "DE", TODAY).open
    made = override(factories, actor, firm)
    found = may_be_awarded(org.pk, firm.pk, "paint_room", "DE", TODAY)
    assert (found.open, found.override_id) == (True, made.pk)
    assert [one.why for one in found.missing] == [Why.EXPIRED]
    assert not may_take(firm.pk, "paint_room", "DE", TODAY).open
    other = factories.organisation()
    assert not may_be_awarded(other.pk, firm.pk, "paint_room", "DE", TODAY).open
    assert not may_be_awarded(org.pk, firm.pk, "paint_flat", "DE", TODAY).open
    assert may_be_awarded(org.pk, firm.pk, "paint_room", "DE", TODAY + timedelta(days=DAYS - 1)).open
    assert not may_be_awarded(org.pk, firm.pk, "paint_room", "DE", TODAY + timedelta(days=DAYS)).open
    entry = Entry.objects.get(event="firm.gate_overridden")
    assert entry.data == {
        "override_id": str(made.pk),
        "service": "paint_room",
        "country": "DE",
        "kinds": ["liability_insurance"],
    }
    # What else runs out meanwhile is not covered.
    Evidence.objects.filter(kind="bg_certificate").update(valid_until=TODAY - timedelta(days=1))
    assert not may_be_awarded(org.pk, firm.pk, "paint_room", "DE", TODAY).open


@pytest.mark.django_db
def test_an_override_needs_a_reason_and_something_that_has_expired(factories: ModuleType, expired: Any) -> None:
    actor, org, firm = expired
    with pytest.raises(OverrideIsInvalid):
        override(factories, actor, firm, reason="  ")
    with pytest.raises(GateStaysShut):
        override(factories, actor, firm, service_code="socket_replace")
    Evidence.objects.filter(kind="bg_certificate").delete()
    with pytest.raises(GateStaysShut):
        override(factories, actor, firm)
    with pytest.raises(GateIsOpen):
        override(factories, actor, firm_with(factories, "paint_room", org, trades=("painting",)))
    assert not GateOverride.objects.exists()


@pytest.mark.django_db
def test_a_blocked_firm_is_not_let_through(factories: ModuleType, expired: Any) -> None:
    actor, _org, firm = expired
    ListedFirm.objects.update(standing="blocked", blocked_reason="Unzuverlässig")
    with pytest.raises(GateStaysShut):
        override(factories, actor, firm)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.HOUSING_MANAGER, Role.HOUSING_OFFICER, Role.FINANCE_OFFICER, Role.OPERATOR])
def test_only_the_administrator_overrides(factories: ModuleType, expired: Any, role: str) -> None:
    _actor, org, firm = expired
    with pytest.raises(Refusal) as refused:
        override(factories, factories.acting(factories.person(org, role=role)), firm)
    assert refused.value.kind == RefusalKind.FORBIDDEN
