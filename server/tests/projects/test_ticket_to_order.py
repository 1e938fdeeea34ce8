"""No conversion loses an attachment or a line of history: one ticket to several orders, several tickets to one, again and again."""

import hashlib
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import translation
from gewerk.files.models import FileLink, StoredFile
from gewerk.files.operations.link import link
from gewerk.identity.models import Role
from gewerk.journeys.award_order import (
    PricesOfSeveralFirms,
    Taken,
    award_at_framework_price,
    award_or_ask,
    award_ticket,
)
from gewerk.journeys.complain_of_work import complain_of_work
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.journeys.ticket_to_order import TicketsLieApart, add_tickets_to_order, ticket_to_order
from gewerk.journeys.tickets_follow_order import tickets_follow_order
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.models import HistoryEntry as OrderHistory
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.projects.operations.complain import Found
from gewerk.projects.operations.limits import set_limit
from gewerk.projects.operations.take_step import take_step
from gewerk.tickets.models import HistoryEntry as TicketHistory
from gewerk.tickets.models import Ticket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db


def stored(organisation: Any, content: str, now: Any) -> StoredFile:
    digest = hashlib.sha256(content.encode()).hexdigest()
    found, _new = StoredFile.objects.get_or_create(
        organisation_id=organisation.pk,
        sha256=digest,
        defaults={"kind": "image", "media_type": "image/jpeg", "size": 1, "stored_bytes": 1, "created_at": now},
    )
    return found


def attachments(object_type: str, object_id: Any) -> set[tuple[Any, str]]:
    rows = FileLink.objects.filter(object_type=object_type, object_id=object_id)
    return set(rows.values_list("file_id", "purpose"))


TICKETS = st.integers(0, 3)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("attach"), TICKETS, st.sampled_from(["a", "b", "c", "d"])),
        st.tuples(st.just("convert"), st.lists(TICKETS, min_size=1, max_size=4), st.none()),
        st.tuples(st.just("join"), st.lists(TICKETS, min_size=1, max_size=3), st.integers(0, 3)),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_conversion_loses_an_attachment_or_a_line_of_history(factories: ModuleType, acts: list[Any]) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    place = factories.property_(manager)
    tickets: list[Ticket] = [factories.ticket(place) for _one in range(4)]
    on_ticket: dict[int, set[tuple[Any, str]]] = {n: set() for n in range(4)}
    orders: list[WorkOrder] = []
    on_order: dict[Any, set[tuple[Any, str]]] = {}
    answered: dict[Any, set[int]] = {}
    now = factories.NOW
    for what, which, more in acts:
        now += timedelta(minutes=1)
        lines_before = list(TicketHistory.objects.order_by("id").values_list())
        order_lines_before = list(OrderHistory.objects.order_by("id").values_list())
        if what == "attach":
            file = stored(manager, more, now)
            link(
                actor=actor,
                file=file,
                object_type="ticket",
                object_id=tickets[which].pk,
                name=f"{more}.jpg",
                purpose="report",
                now=now,
            )
            on_ticket[which].add((file.pk, "report"))
        elif what == "convert" or orders:
            ids = [tickets[n].pk for n in which]
            if what == "convert":
                order = ticket_to_order(actor=actor, ticket_ids=ids, now=now)
                orders.append(order)
                on_order[order.pk], answered[order.pk] = set(), set()
            else:
                order = orders[more % len(orders)]
                add_tickets_to_order(actor=actor, order_id=order.pk, ticket_ids=ids, now=now)
            for n in which:
                on_order[order.pk] |= on_ticket[n]
                answered[order.pk].add(n)
        # What was written stays as it was written, in its order; new lines only follow.
        assert list(TicketHistory.objects.order_by("id").values_list())[: len(lines_before)] == lines_before
        assert list(OrderHistory.objects.order_by("id").values_list())[: len(order_lines_before)] == order_lines_before
        for n, ticket in enumerate(tickets):
            assert attachments("ticket", ticket.pk) == on_ticket[n]
        for order in orders:
            assert attachments("work_order", order.pk) == on_order[order.pk]
            linked = set(OrderTicket.objects.filter(order=order).values_list("ticket_id", flat=True))
            assert linked == {tickets[n].pk for n in answered[order.pk]}


def test_an_order_knows_what_its_tickets_know(factories: ModuleType) -> None:
    manager = factories.organisation()
    officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER))
    place = factories.property_(manager)
    unit = factories.unit(place)
    tenant = factories.tenant(unit)
    common = {"unit": unit, "category": "water.tap"}
    first = factories.ticket(
        place,
        **common,
        title="Wasserhahn tropft",
        text="Seit gestern",
        urgency="normal",
        reporter=tenant,
        reporter_name="Jonas Wiebe",
        reporter_phone="0176 1",
        access_notes="Ab 17 Uhr",
        pets="Hund",
    )
    second = factories.ticket(place, **common, title="Bad feucht", text="", urgency="urgent", pair_visit=True)
    order = ticket_to_order(actor=officer, ticket_ids=[first.pk, second.pk], now=factories.NOW)
    assert order.title == "Wasserhahn tropft"
    assert order.text == f"{first.number}: Seit gestern\n\n{second.number}: Bad feucht"
    assert (order.trade, order.urgency, order.unit, order.tenant) == ("plumbing", "urgent", unit, tenant)
    assert (order.contact_name, order.contact_phone, order.access_notes) == ("Jonas Wiebe", "0176 1", "Ab 17 Uhr")
    assert (order.pets, order.pair_visit) == ("Hund", True)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"in_progress"}


def test_tickets_of_different_properties_do_not_become_one_order(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    here, there = (factories.ticket(factories.property_(manager)) for _one in range(2))
    with pytest.raises(TicketsLieApart):
        ticket_to_order(actor=actor, ticket_ids=[here.pk, there.pk], now=factories.NOW)
    order = ticket_to_order(actor=actor, ticket_ids=[here.pk], now=factories.NOW)
    with pytest.raises(TicketsLieApart):
        add_tickets_to_order(actor=actor, order_id=order.pk, ticket_ids=[there.pk], now=factories.NOW)


def test_another_organisations_ticket_is_not_found(factories: ModuleType) -> None:
    foreign = factories.ticket(factories.property_(factories.organisation()))
    actor = factories.acting(factories.person(factories.organisation()))
    with pytest.raises(Refusal) as refused:
        ticket_to_order(actor=actor, ticket_ids=[foreign.pk], now=factories.NOW)
    assert refused.value.kind is RefusalKind.NOT_FOUND


def test_from_the_report_to_the_award_at_a_framework_price_in_one_go(factories: ModuleType) -> None:
    manager = factories.organisation()
    officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER))
    ticket = factories.ticket(factories.property_(manager), category="water.tap")
    firm = factories.firm(manager)
    price = factories.framework_price(manager, firm, net_minor=4_900, text="Wasserhahn abdichten", trade="plumbing")
    made = award_ticket(
        actor=officer,
        ticket_ids=[ticket.pk],
        taken=[Taken(price.pk, 2_000)],
        as_of=factories.NOW.date(),
        now=factories.NOW,
    )
    order = WorkOrder.objects.get()
    assert made.approval is None
    assert (order.state, order.firm, order.award_kind) == ("awarded", firm, "framework")
    assert (order.items_net_minor, order.committed_minor) == (9_800, 11_662)
    (item,) = order.items.all()
    assert (item.text, item.framework_price) == ("Wasserhahn abdichten", price)


def test_prices_that_do_not_hold_or_are_of_two_firms_award_nothing(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    order = factories.work_order(factories.property_(manager))
    one = factories.framework_price(manager, factories.firm(manager))
    two = factories.framework_price(manager, factories.firm(manager))
    over = factories.framework_price(manager, one.firm, valid_until=factories.NOW.date() - timedelta(days=1))
    foreign_manager = factories.organisation()
    foreign = factories.framework_price(foreign_manager, factories.firm(foreign_manager))
    given_: dict[str, Any] = {
        "actor": actor,
        "order_id": order.pk,
        "as_of": factories.NOW.date(),
        "now": factories.NOW,
    }
    with pytest.raises(PricesOfSeveralFirms):
        award_at_framework_price(taken=[Taken(one.pk), Taken(two.pk)], **given_)
    for taken in ([], [Taken(over.pk)], [Taken(foreign.pk)]):
        with pytest.raises(Refusal) as refused:
            award_at_framework_price(taken=taken, **given_)
        assert refused.value.code == "price_does_not_hold"
    order.refresh_from_db()
    assert order.state == "draft"


@pytest.mark.parametrize(("approver", "awarded_by"), [("housing_manager", "approver"), ("finance_officer", "asker")])
def test_above_the_limit_the_approval_awards(factories: ModuleType, approver: str, awarded_by: str) -> None:
    manager = factories.organisation()
    asking = factories.person(manager, role=Role.HOUSING_OFFICER)
    deciding = factories.person(manager, role=approver)
    firm = factories.firm(manager)
    order = factories.work_order(factories.property_(manager), price_minor=200_000)
    outcome = award_or_ask(actor=factories.acting(asking), order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
    assert outcome.approval is not None
    assert WorkOrder.objects.get().state == "draft"
    approve_and_go_on(actor=factories.acting(deciding), approval_id=outcome.approval.pk, now=factories.NOW)
    order.refresh_from_db()
    assert (order.state, order.firm, order.approved_minor) == ("awarded", firm, 238_000)
    award = order.history.get(event="award")
    assert award.actor_id == {"approver": deciding.pk, "asker": asking.pk}[awarded_by]


def test_a_firm_blocked_meanwhile_is_neither_approved_nor_awarded(factories: ModuleType) -> None:
    manager = factories.organisation()
    officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER))
    admin = factories.acting(factories.person(manager))
    firm = factories.firm(manager)
    set_limit(actor=admin, role="housing_officer", amount_minor=0, now=factories.NOW)
    order = factories.work_order(factories.property_(manager))
    outcome = award_or_ask(actor=officer, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
    assert outcome.approval is not None
    firm.listings.update(standing="blocked", blocked_reason="Pfusch")
    with pytest.raises(Refusal) as refused:
        approve_and_go_on(actor=admin, approval_id=outcome.approval.pk, now=factories.NOW)
    assert refused.value.code == "firm_blocked"
    outcome.approval.refresh_from_db()
    assert outcome.approval.state == "asked"


def test_a_ticket_is_mended_when_its_last_order_is_done_and_open_again_with_defects(factories: ModuleType) -> None:
    manager = factories.organisation()
    officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER))
    ticket = factories.ticket(factories.property_(manager), language="en")
    crew = factories.crew(manager)
    orders = [
        award_ticket(
            actor=officer,
            ticket_ids=[ticket.pk],
            crew_id=crew.pk,
            as_of=factories.NOW.date(),
            now=factories.NOW,
        ).order
        for _one in range(2)
    ]
    states = []
    for order in orders:
        done = take_step(actor=officer, order_id=order.pk, step="finish", now=factories.NOW)
        tickets_follow_order(order=done, now=factories.NOW)
        ticket.refresh_from_db()
        states.append(ticket.state)
    assert states == ["in_progress", "resolved"]
    with translation.override("de"):
        complain_of_work(
            actor=officer,
            order_id=orders[1].pk,
            defects=[Found("Tropft noch", factories.NOW.date())],
            now=factories.NOW,
        )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.reason) == ("reopened", "The work was looked at and is not finished yet.")
