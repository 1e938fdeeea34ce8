"""Money of orders: sums add up, nobody commits more than somebody's limit covers, variations and approvals by amount."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.models import ListedFirm
from gewerk.identity.models import Role
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.items import Line, split_of, totals_of
from gewerk.projects.models import Approval, OrderItem, Variation, WorkOrder
from gewerk.projects.operations.approvals import (
    ApprovalIsDecided,
    ApprovalWaits,
    approve,
    ask_for_award,
    refuse,
)
from gewerk.projects.operations.approvals import ask_for_variation as ask_approval_of_variation
from gewerk.projects.operations.award import FirmIsBlocked, WithoutPrice, award_to_crew, award_to_firm
from gewerk.projects.operations.limits import LimitIsInvalid, OverLimit, limit_of, set_limit
from gewerk.projects.operations.moving import ReasonMissing
from gewerk.projects.operations.note_invoice import AmountIsInvalid, note_invoice
from gewerk.projects.operations.set_items import ItemsAreFixed, ItemsAreInvalid, set_items
from gewerk.projects.operations.take_step import VariationWaits, take_step
from gewerk.projects.operations.variations import (
    NoVariationNow,
    VariationIsDecided,
    approve_variation,
    ask_for_variation,
    refuse_variation,
    withdraw_variation,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

LINES = st.lists(
    st.builds(
        Line,
        text=st.just("Position"),
        quantity_thousandths=st.integers(1, 10**6),
        unit=st.just("h"),
        unit_price_minor=st.integers(0, 10**6),
        vat_basis_points=st.sampled_from([0, 700, 1_900]),
        kind=st.sampled_from(["labour", "travel", "material", "other"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def office(factories: ModuleType) -> Any:
    class Office:
        manager = factories.organisation()
        firm = factories.firm(manager)
        place = factories.property_(manager)
        admin = factories.acting(factories.person(manager, role=Role.ADMIN))
        lead = factories.acting(factories.person(manager, role=Role.HOUSING_MANAGER))
        officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER))
        finance = factories.acting(factories.person(manager, role=Role.FINANCE_OFFICER))
        owner = factories.acting(factories.person(firm, role=Role.FIRM))
        fitter = factories.acting(factories.person(firm, role=Role.FITTER))

        def order(self, price_minor: int = 10_000, *, awarded: bool = False) -> WorkOrder:
            made: WorkOrder = factories.work_order(self.place, price_minor=price_minor)
            if awarded:
                award_to_firm(actor=self.admin, order_id=made.pk, firm_id=self.firm.pk, now=factories.NOW)
                made.refresh_from_db()
            return made

    return Office()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_what_stands_on_the_order_is_the_sum_of_its_items(
    factories: ModuleType, office: Any, lines: list[Line]
) -> None:
    order = office.order()
    set_items(actor=office.officer, order_id=order.pk, lines=lines, now=factories.NOW)
    stored = WorkOrder.objects.get(pk=order.pk)
    items = list(OrderItem.objects.filter(order=order).order_by("position"))
    assert [item.position for item in items] == list(range(1, len(lines) + 1))
    sums = totals_of(items)
    assert (stored.items_net_minor, stored.items_gross_minor) == (sums.net, sums.gross)
    assert sums == totals_of(lines)
    split = split_of(items)
    assert split.labour_gross + split.other_gross == sums.gross


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["ask", "approve", "refuse", "withdraw", "finish", "complain"]),
        st.sampled_from(["admin", "lead", "officer", "finance", "owner"]),
        st.integers(0, 400_000),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, first=st.integers(1, 90_000))
def test_committed_is_the_order_and_its_approved_variations(
    factories: ModuleType, office: Any, moves: list[tuple[str, str, int]], first: int
) -> None:
    """Whoever asks, approves or refuses in whatever order; and what is committed was always covered by somebody's limit."""
    order = office.order(first, awarded=True)
    for move, who, amount in moves:
        actor = getattr(office, who)
        waiting = Variation.objects.filter(order=order, state="asked").order_by("number").first()
        before = WorkOrder.objects.get(pk=order.pk)
        try:
            if move == "ask":
                ask_for_variation(
                    actor=actor,
                    order_id=order.pk,
                    reason="Mehr nötig",
                    lines=[Line("Mehr", 1000, "h", amount, 1_900)],
                    now=factories.NOW,
                )
            elif move == "finish":
                take_step(actor=actor, order_id=order.pk, step="finish", now=factories.NOW)
            elif waiting is None or move == "complain":
                continue
            elif move == "approve":
                approve_variation(actor=actor, variation_id=waiting.pk, now=factories.NOW)
                limit = limit_of(actor)
                assert limit is None or before.committed_minor + waiting.gross_minor <= limit
            elif move == "refuse":
                refuse_variation(actor=actor, variation_id=waiting.pk, reason="Zu teuer", now=factories.NOW)
            else:
                withdraw_variation(actor=actor, variation_id=waiting.pk, now=factories.NOW)
        except Refusal:
            assert WorkOrder.objects.get(pk=order.pk).version == before.version
        stored = WorkOrder.objects.get(pk=order.pk)
        own = totals_of(stored.items.filter(variation__isnull=True)).gross
        approved = sum(Variation.objects.filter(order=order, state="approved").values_list("gross_minor", flat=True))
        assert stored.committed_minor == own + approved
        assert stored.approved_minor >= stored.committed_minor
        for variation in Variation.objects.filter(order=order):
            assert variation.gross_minor == totals_of(variation.items.all()).gross


def test_above_the_limit_somebody_else_has_to_agree(factories: ModuleType, office: Any) -> None:
    """An officer decides up to 1,000 euros; 4,760 gross go to the housing manager, who may 5,000."""
    order = office.order(400_000)
    common: dict[str, Any] = {"order_id": order.pk, "firm_id": office.firm.pk, "now": factories.NOW}
    with pytest.raises(OverLimit):
        award_to_firm(actor=office.officer, **common)
    asked = ask_for_award(actor=office.officer, comment="Eilt", **common)
    with pytest.raises(ApprovalWaits):
        ask_for_award(actor=office.officer, **common)
    with pytest.raises(OverLimit):
        approve(actor=office.officer, approval_id=asked.pk, now=factories.NOW)
    approve(actor=office.lead, approval_id=asked.pk, now=factories.NOW)
    with pytest.raises(ApprovalIsDecided):
        refuse(actor=office.lead, approval_id=asked.pk, reason="Doch nicht", now=factories.NOW)
    awarded = award_to_firm(actor=office.officer, **common)
    assert (awarded.state, awarded.approved_minor) == ("awarded", 476_000)
    events = list(awarded.history.order_by("id").values_list("event", flat=True))
    assert events == ["created", "items_changed", "approval_asked", "approved", "award"]


def test_an_approval_holds_for_its_firm_and_sum_alone(factories: ModuleType, office: Any) -> None:
    order, other = office.order(400_000), factories.firm(office.manager)
    asked = ask_for_award(actor=office.officer, order_id=order.pk, firm_id=office.firm.pk, now=factories.NOW)
    approve(actor=office.lead, approval_id=asked.pk, now=factories.NOW)
    with pytest.raises(OverLimit):
        award_to_firm(actor=office.officer, order_id=order.pk, firm_id=other.pk, now=factories.NOW)
    set_items(
        actor=office.officer, order_id=order.pk, lines=[Line("Mehr", 1000, "h", 410_000, 1_900)], now=factories.NOW
    )
    with pytest.raises(OverLimit):
        award_to_firm(actor=office.officer, order_id=order.pk, firm_id=office.firm.pk, now=factories.NOW)


def test_other_items_withdraw_what_was_asked_for(factories: ModuleType, office: Any) -> None:
    order = office.order(400_000)
    asked = ask_for_award(actor=office.officer, order_id=order.pk, firm_id=office.firm.pk, now=factories.NOW)
    set_items(actor=office.officer, order_id=order.pk, lines=[Line("X", 1000, "h", 900_000, 1_900)], now=factories.NOW)
    with pytest.raises(ApprovalIsDecided):
        approve(actor=office.admin, approval_id=asked.pk, now=factories.NOW)
    assert Approval.objects.get().state == "withdrawn"


def test_a_refusal_needs_a_reason_and_is_told(factories: ModuleType, office: Any) -> None:
    order = office.order(400_000)
    asked = ask_for_award(actor=office.officer, order_id=order.pk, firm_id=office.firm.pk, now=factories.NOW)
    with pytest.raises(ReasonMissing):
        refuse(actor=office.lead, approval_id=asked.pk, reason=" ", now=factories.NOW)
    refuse(actor=office.lead, approval_id=asked.pk, reason="Erst ein zweites Angebot", now=factories.NOW)
    line = order.history.get(event="approval_refused")
    assert line.reason == "Erst ein zweites Angebot"
    entry = Entry.objects.get(event="work_order.approval_refused")
    assert "Angebot" not in str(entry.data)


@pytest.mark.parametrize("who", ["owner", "fitter"])
def test_a_firm_neither_sees_nor_decides_approvals(factories: ModuleType, office: Any, who: str) -> None:
    order = office.order(400_000)
    asked = ask_for_award(actor=office.officer, order_id=order.pk, firm_id=office.firm.pk, now=factories.NOW)
    with pytest.raises(Refusal) as refused:
        approve(actor=getattr(office, who), approval_id=asked.pk, now=factories.NOW)
    assert refused.value.kind in {RefusalKind.FORBIDDEN, RefusalKind.NOT_FOUND}


def test_blocked_firms_and_orders_without_price_are_not_awarded(factories: ModuleType, office: Any) -> None:
    empty = office.order(0)
    common: dict[str, Any] = {"actor": office.admin, "firm_id": office.firm.pk, "now": factories.NOW}
    with pytest.raises(WithoutPrice):
        award_to_firm(order_id=empty.pk, **common)
    order = office.order()
    ListedFirm.objects.update(standing="blocked", blocked_reason="Pfusch")
    with pytest.raises(FirmIsBlocked):
        award_to_firm(order_id=order.pk, **common)
    with pytest.raises(FirmIsBlocked):
        ask_for_award(order_id=order.pk, **common)
    unlisted = factories.firm()
    with pytest.raises(Refusal) as refused:
        award_to_firm(actor=office.admin, order_id=order.pk, firm_id=unlisted.pk, now=factories.NOW)
    assert refused.value.kind is RefusalKind.NOT_FOUND


def test_in_house_needs_neither_price_nor_invoice(factories: ModuleType, office: Any) -> None:
    uwe = factories.person(office.manager, role=Role.CARETAKER)
    crew = factories.crew(office.manager, uwe)
    order = office.order(0)
    award_to_crew(actor=office.officer, order_id=order.pk, crew_id=crew.pk, now=factories.NOW)
    for actor, step in (
        (factories.acting(uwe), "confirm"),
        (factories.acting(uwe), "finish"),
        (office.officer, "accept"),
    ):
        order = take_step(actor=actor, order_id=order.pk, step=step, now=factories.NOW)
    assert order.state == "accepted"
    with pytest.raises(Refusal) as refused:
        note_invoice(actor=office.finance, order_id=order.pk, gross_minor=100, now=factories.NOW)
    assert refused.value.code == "step_not_possible"
    with pytest.raises(NoVariationNow):
        ask_for_variation(
            actor=office.admin, order_id=order.pk, reason="x", lines=[Line("x", 1, "h", 1, 0)], now=factories.NOW
        )


def test_a_variation_above_the_limit_goes_to_somebody_higher(factories: ModuleType, office: Any) -> None:
    order = office.order(80_000, awarded=True)  # 952 gross
    asked = ask_for_variation(
        actor=office.fitter,
        order_id=order.pk,
        reason="Leitung morsch",
        lines=[Line("Rohr", 2_000, "m", 5_000, 1_900, "material")],
        now=factories.NOW,
    )
    assert (asked.number, asked.gross_minor) == (1, 11_900)
    with pytest.raises(OverLimit):
        approve_variation(actor=office.officer, variation_id=asked.pk, now=factories.NOW)
    with pytest.raises(Refusal):
        approve_variation(actor=office.owner, variation_id=asked.pk, now=factories.NOW)
    approval = ask_approval_of_variation(actor=office.officer, variation_id=asked.pk, now=factories.NOW)
    assert approval.amount_minor == 95_200 + 11_900
    approve(actor=office.finance, approval_id=approval.pk, now=factories.NOW)
    approve_variation(actor=office.officer, variation_id=asked.pk, now=factories.NOW)
    order.refresh_from_db()
    assert (order.committed_minor, order.approved_minor) == (107_100, 107_100)
    with pytest.raises(VariationIsDecided):
        withdraw_variation(actor=office.fitter, variation_id=asked.pk, now=factories.NOW)


def test_nothing_is_accepted_while_a_variation_waits(factories: ModuleType, office: Any) -> None:
    order = office.order(awarded=True)
    asked = ask_for_variation(
        actor=office.owner, order_id=order.pk, reason="Mehr", lines=[Line("x", 1000, "h", 100, 0)], now=factories.NOW
    )
    take_step(actor=office.owner, order_id=order.pk, step="finish", now=factories.NOW)
    with pytest.raises(VariationWaits):
        take_step(actor=office.officer, order_id=order.pk, step="accept", now=factories.NOW)
    with pytest.raises(ReasonMissing):
        refuse_variation(actor=office.officer, variation_id=asked.pk, reason="", now=factories.NOW)
    refuse_variation(actor=office.officer, variation_id=asked.pk, reason="War im Preis enthalten", now=factories.NOW)
    take_step(actor=office.officer, order_id=order.pk, step="accept", now=factories.NOW)


def test_taking_the_award_back_takes_its_variations_back(factories: ModuleType, office: Any) -> None:
    order = office.order(awarded=True)
    asked = ask_for_variation(
        actor=office.owner, order_id=order.pk, reason="Mehr", lines=[Line("x", 1000, "h", 100, 0)], now=factories.NOW
    )
    approve_variation(actor=office.officer, variation_id=asked.pk, now=factories.NOW)
    order = take_step(actor=office.owner, order_id=order.pk, step="decline", reason="Keine Zeit", now=factories.NOW)
    assert (order.committed_minor, order.approved_minor, order.variations_gross_minor) == (0, 0, 0)
    assert Variation.objects.get().state == "withdrawn"


def test_scope_is_fixed_from_the_award_on(factories: ModuleType, office: Any) -> None:
    order = office.order(awarded=True)
    with pytest.raises(ItemsAreFixed):
        set_items(actor=office.admin, order_id=order.pk, lines=[], now=factories.NOW)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (Line(" ", 1000, "h", 1, 0), "/items/0/text"),
        (Line("x", 0, "h", 1, 0), "/items/0/quantity"),
        (Line("x", 1000, "", 1, 0), "/items/0/unit"),
        (Line("x", 1000, "h", 10**13, 0), "/items/0/unit_price"),
        (Line("x", 1000, "h", 1, 10_001), "/items/0/vat_rate"),
        (Line("x", 1000, "h", 1, 0, "magic"), "/items/0/kind"),
    ],
)
def test_a_wrong_item_names_its_field(factories: ModuleType, office: Any, line: Line, wrong: str) -> None:
    with pytest.raises(ItemsAreInvalid) as refused:
        set_items(actor=office.admin, order_id=office.order().pk, lines=[line], now=factories.NOW)
    assert [p.pointer for p in refused.value.problems] == [wrong]


def test_a_foreign_framework_price_is_unknown(factories: ModuleType, office: Any) -> None:
    stranger = factories.organisation()
    price = factories.framework_price(stranger, factories.firm(stranger))
    line = Line("x", 1000, "h", 1, 0, framework_price_id=price.pk)
    with pytest.raises(ItemsAreInvalid) as refused:
        set_items(actor=office.admin, order_id=office.order().pk, lines=[line], now=factories.NOW)
    assert [p.pointer for p in refused.value.problems] == ["/items/0/framework_price_id"]


def test_limits_are_the_administrators_to_set(factories: ModuleType, office: Any) -> None:
    with pytest.raises(Refusal) as refused:
        set_limit(actor=office.lead, role="housing_officer", amount_minor=10**9, now=factories.NOW)
    assert refused.value.kind is RefusalKind.FORBIDDEN
    set_limit(actor=office.admin, role="housing_officer", amount_minor=5_000, now=factories.NOW)
    assert limit_of(office.officer) == 5_000
    with pytest.raises(OverLimit):
        award_to_firm(actor=office.officer, order_id=office.order().pk, firm_id=office.firm.pk, now=factories.NOW)
    set_limit(actor=office.admin, role="housing_officer", amount_minor=None, now=factories.NOW)
    assert limit_of(office.officer) is None
    assert [e.data for e in Entry.objects.filter(event="spending_limit.changed").order_by("id")] == [
        {"role": "housing_officer", "from": 100_000, "to": 5_000},
        {"role": "housing_officer", "from": 5_000, "to": None},
    ]
    for role, amount in (("tenant", 1), ("admin", -1), ("admin", 10**13)):
        with pytest.raises(LimitIsInvalid):
            set_limit(actor=office.admin, role=role, amount_minor=amount, now=factories.NOW)


def test_the_highest_role_counts(factories: ModuleType, office: Any) -> None:
    both = factories.acting(factories.person(office.manager), "housing_officer", "finance_officer")
    assert limit_of(both) == 1_000_000
    assert limit_of(factories.acting(factories.person(office.manager), "caretaker")) == 0


def test_an_invoice_is_noted_and_paid(factories: ModuleType, office: Any) -> None:
    order = office.order(awarded=True)
    for actor, step in ((office.owner, "finish"), (office.officer, "accept")):
        take_step(actor=actor, order_id=order.pk, step=step, now=factories.NOW)
    with pytest.raises(AmountIsInvalid):
        note_invoice(actor=office.finance, order_id=order.pk, gross_minor=0, now=factories.NOW)
    note_invoice(actor=office.finance, order_id=order.pk, gross_minor=11_900, now=factories.NOW)
    rejected = take_step(
        actor=office.finance, order_id=order.pk, step="reject_invoice", reason="Falscher Satz", now=factories.NOW
    )
    assert rejected.invoiced_minor == 0
    note_invoice(actor=office.finance, order_id=order.pk, gross_minor=11_900, now=factories.NOW)
    paid = take_step(actor=office.finance, order_id=order.pk, step="pay", now=factories.NOW)
    assert (paid.state, paid.invoiced_minor) == ("paid", 11_900)
