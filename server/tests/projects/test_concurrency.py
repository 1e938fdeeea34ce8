"""Two at once, over real connections, on SQLite and on PostgreSQL: one wins, the other is told why; numbers stay unique."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.models import Role
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.projects.items import Line
from gewerk.projects.models import HistoryEntry, Variation, WorkOrder
from gewerk.projects.operations.award import award_to_firm
from gewerk.projects.operations.draft_order import draft_order
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.operations.take_step import take_step
from gewerk.projects.operations.variations import approve_variation, ask_for_variation, refuse_variation

from ..at_once import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_awards_exactly_one_wins(factories: ModuleType) -> None:
    manager = factories.organisation()
    order = factories.work_order(factories.property_(manager))
    actor = factories.acting(factories.person(manager))
    firms = [factories.firm(manager) for _one in range(5)]

    def award(firm_id: Any) -> Callable[[], Any]:
        return lambda: award_to_firm(
            actor=actor, order_id=order.pk, firm_id=firm_id, version=order.version, now=factories.NOW
        )

    outcomes = at_once(*(award(firm.pk) for firm in firms))
    assert codes(outcomes) == {"done": 1, "stale": 4}
    (winner,) = [one for one in outcomes if isinstance(one, WorkOrder)]
    stored = WorkOrder.objects.get()
    assert stored.firm_id == winner.firm_id
    assert HistoryEntry.objects.filter(event="award").count() == 1
    for one in outcomes:
        if isinstance(one, Refusal):
            assert "Sabine Krüger" in str(one.message)


def test_award_and_cancel_at_once_without_a_version(factories: ModuleType) -> None:
    """Programs need not send one: then the table decides."""
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    place = factories.property_(manager)
    for _round in range(4):
        order = factories.work_order(place)
        outcomes = at_once(
            lambda order=order: take_step(
                actor=actor, order_id=order.pk, step="cancel", reason="Doppelt", now=factories.NOW
            ),
            lambda order=order: award_to_firm(actor=actor, order_id=order.pk, firm_id=firm.pk, now=factories.NOW),
        )
        stored = WorkOrder.objects.get(pk=order.pk)
        assert stored.state == "cancelled"
        # Award first, then cancel: both are right; cancel first: the award is told no.
        assert codes(outcomes) in ({"done": 2}, {"done": 1, "step_not_possible": 1})
        assert stored.version == order.version + codes(outcomes)["done"]


def test_contractor_and_manager_at_once(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    owner = factories.acting(factories.person(firm, role=Role.FIRM))
    order = factories.work_order(factories.property_(manager))
    with writing_transaction():
        order = award_to_firm(actor=actor, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
    outcomes = at_once(
        lambda: take_step(actor=owner, order_id=order.pk, step="finish", version=order.version, now=factories.NOW),
        lambda: take_step(
            actor=actor,
            order_id=order.pk,
            step="withdraw_award",
            reason="Zu spät",
            version=order.version,
            now=factories.NOW,
        ),
    )
    stored = WorkOrder.objects.get()
    assert stored.state in {"done", "draft"}
    # Whoever loses the order meanwhile does not find it any more.
    assert codes(outcomes) in ({"done": 1, "stale": 1}, {"done": 1, "not_found": 1})
    assert (stored.state == "draft") == (stored.firm_id is None)


def test_numbers_are_unique_whoever_makes_orders(factories: ModuleType) -> None:
    manager, other = factories.organisation(), factories.organisation()
    places = [(factories.acting(factories.person(one)), factories.property_(one)) for one in (manager, manager, other)]

    def draft(place: int) -> Callable[[], Any]:
        actor, building = places[place % 3]
        return lambda: draft_order(actor=actor, property_id=building.pk, fields={"title": "X"}, now=factories.NOW)

    outcomes = at_once(*(draft(place) for place in range(12)))
    assert codes(outcomes) == {"done": 12}
    for organisation, count in ((manager, 8), (other, 4)):
        numbers = WorkOrder.objects.filter(organisation=organisation).values_list("number", flat=True)
        assert sorted(numbers) == [f"A-2026-{n:04d}" for n in range(1, count + 1)]


def test_a_variation_is_decided_once(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    order = factories.work_order(factories.property_(manager))
    with writing_transaction():
        award_to_firm(actor=actor, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
        asked = ask_for_variation(
            actor=actor,
            order_id=order.pk,
            reason="Rohr morsch",
            lines=[Line("Rohr", 1000, "m", 5_000, 1_900)],
            now=factories.NOW,
        )
    outcomes = at_once(
        lambda: approve_variation(actor=actor, variation_id=asked.pk, now=factories.NOW),
        lambda: approve_variation(actor=actor, variation_id=asked.pk, now=factories.NOW),
        lambda: refuse_variation(actor=actor, variation_id=asked.pk, reason="Nein", now=factories.NOW),
    )
    assert codes(outcomes) == {"done": 1, "variation_decided": 2}
    stored, decided = WorkOrder.objects.get(), Variation.objects.get()
    assert stored.variations_gross_minor == (5_950 if decided.state == "approved" else 0)


def test_items_and_award_at_once_never_disagree(factories: ModuleType) -> None:
    """What was awarded is what stands on the order, whoever came first."""
    manager = factories.organisation()
    actor, firm = factories.acting(factories.person(manager)), factories.firm(manager)
    place = factories.property_(manager)
    for _round in range(4):
        order = factories.work_order(place)
        at_once(
            lambda order=order: award_to_firm(actor=actor, order_id=order.pk, firm_id=firm.pk, now=factories.NOW),
            lambda order=order: set_items(
                actor=actor, order_id=order.pk, lines=[Line("Neu", 1000, "h", 50_000, 1_900)], now=factories.NOW
            ),
        )
        stored = WorkOrder.objects.get(pk=order.pk)
        said = HistoryEntry.objects.get(order=order, event="award").data["amount_minor"]
        assert stored.items_gross_minor == said == stored.committed_minor
