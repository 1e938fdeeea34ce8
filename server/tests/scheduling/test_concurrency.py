"""Any two steps at the same moment, over real connections, on SQLite and on PostgreSQL: visit, order and ticket fit together afterwards.

Nobody waits for the other for ever: whoever touches a visit or a ticket of an order holds the order first.
"""

import itertools
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.journeys import agree_visit
from gewerk.journeys.step_order import step_order
from gewerk.journeys.ticket_to_order import add_tickets_to_order
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects import states as orders
from gewerk.projects.models import HistoryEntry, OrderTicket, WorkOrder
from gewerk.scheduling import states as visits
from gewerk.scheduling.models import Visit, VisitEntry
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.operations.moving import Span
from gewerk.scheduling.queries.visits import offered_slots
from gewerk.tickets.models import Ticket

from ..at_once import at_once
from .conftest import NOW, Matter, matter

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(days=4)
"""When the agreed visit begins."""


def span(days: float) -> Span:
    start = NOW + timedelta(days=days)
    return Span(start, start + timedelta(hours=1))


def step(who: str, key: str) -> Callable[[Matter, Visit], Any]:
    return lambda m, _v: step_order(actor=getattr(m, who), order_id=m.order.pk, step=key, reason="Darum", now=LATER)


ACTS: dict[str, Callable[[Matter, Visit], Any]] = {
    "take": lambda m, v: agree_visit.take_slot(
        actor=m.tenant, visit_id=v.pk, slot_id=offered_slots(v, now=NOW)[-1].pk, now=NOW
    ),
    "wish_others": lambda m, v: agree_visit.offer_other_times(
        actor=m.tenant, visit_id=v.pk, spans=[span(9)], reason="Da bin ich verreist", now=NOW
    ),
    "propose_others": lambda m, v: agree_visit.offer_other_times(
        actor=m.fitter, visit_id=v.pk, spans=[span(10)], reason="Monteur krank", now=NOW
    ),
    "cancel_visit": lambda m, v: agree_visit.cancel_visit(actor=m.staff, visit_id=v.pk, reason="Anders", now=NOW),
    "arrive": lambda m, v: agree_visit.arrive(actor=m.fitter, visit_id=v.pk, now=LATER),
    "no_access": lambda m, v: agree_visit.no_access(actor=m.fitter, visit_id=v.pk, reason="Zu", now=LATER),
    "nobody_came": lambda m, v: agree_visit.not_attended(actor=m.tenant, visit_id=v.pk, now=LATER),
    "cancel_order": step("staff", "cancel"),
    "withdraw": step("staff", "withdraw_award"),
    "finish": step("fitter", "finish"),
    "start": step("fitter", "start"),
}
PAIRS = list(itertools.combinations(sorted(ACTS), 2))


def fits(m: Matter) -> None:
    """Each history is a way through its table, and the order's state goes with its visit's."""
    order = WorkOrder.objects.get(pk=m.order.pk)
    state = "awarded"
    for line in HistoryEntry.objects.filter(order=order, event__in=orders.BY_KEY).order_by("id"):
        assert line.from_state == state
        assert state in orders.BY_KEY[line.event].sources
        assert line.to_state == orders.BY_KEY[line.event].target
        state = line.to_state
    assert order.state == state
    for visit in Visit.objects.filter(order=order):
        state = ""
        for entry in VisitEntry.objects.filter(visit=visit).order_by("id"):
            assert entry.from_state == state
            assert entry.to_state == visits.BY_KEY[entry.step].target
            state = entry.to_state
        assert visit.state == state
    current = Visit.objects.filter(order=order, state__in=visits.OPEN).first()
    if order.state == "booked":
        assert current is not None
        assert current.state == "agreed"
    if order.state in {"draft", "cancelled", "done"}:
        assert current is None or current.state == "under_way", order.state
    if current is not None and current.state == "agreed":
        assert order.state in {"booked", "in_progress"}


@pytest.mark.parametrize("start", ["proposed", "agreed"])
def test_any_two_steps_at_once_leave_order_and_visit_fitting(factories: ModuleType, start: str) -> None:
    for first, second in PAIRS:
        m = matter(factories)
        with writing_transaction():
            visit = arrange.propose(actor=m.fitter, order_id=m.order.pk, spans=[span(4), span(5)], now=NOW)
            if start == "agreed":
                slot = offered_slots(visit, now=NOW)[0]
                agree_visit.take_slot(actor=m.tenant, visit_id=visit.pk, slot_id=slot.pk, now=NOW)
        outcomes = at_once(*(lambda act=ACTS[name], m=m, v=visit: act(m, v) for name in (first, second)))
        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                assert outcome.kind in {RefusalKind.CONFLICT, RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN}, (
                    first,
                    second,
                    outcome.code,
                )
        fits(m)


def test_of_many_who_propose_at_once_one_makes_the_visit(factories: ModuleType) -> None:
    m = matter(factories)
    outcomes = at_once(
        *(
            lambda actor=actor: arrange.propose(actor=actor, order_id=m.order.pk, spans=[span(4)], now=NOW)
            for actor in (m.fitter, m.staff, m.fitter, m.staff)
        )
    )
    assert [type(one) for one in outcomes].count(Visit) == 1
    assert {one.code for one in outcomes if isinstance(one, Refusal)} == {"visit_open"}
    fits(m)


def test_a_ticket_joins_an_order_while_the_order_is_reported_as_done(factories: ModuleType) -> None:
    """Neither waits for the other for ever, and the ticket is on the order in the end."""
    for _round in range(4):
        m = matter(factories)
        first, second = (factories.ticket(m.order.property, unit=m.order.unit) for _one in range(2))
        Ticket.objects.filter(pk__in=[first.pk, second.pk]).update(state="in_progress")
        OrderTicket.objects.create(order=m.order, ticket=first, linked_at=NOW)
        at_once(
            lambda m=m: step_order(actor=m.fitter, order_id=m.order.pk, step="finish", now=NOW),
            lambda m=m, ids=(first.pk, second.pk): add_tickets_to_order(
                actor=m.staff, order_id=m.order.pk, ticket_ids=ids, now=NOW
            ),
        )
        assert m.again().state == "done"
        assert OrderTicket.objects.filter(order=m.order).count() == 2
        assert Ticket.objects.get(pk=first.pk).state == "resolved"
