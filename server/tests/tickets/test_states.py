"""The table of states, and that nothing but the table moves a ticket: one step after the other, and many at the same time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, close_old_connections, connection, transaction
from gewerk.journal.actor import by_link, system
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal
from gewerk.tickets.models import HistoryEntry, Ticket
from gewerk.tickets.models.ticket import HistoryIsAppendOnly
from gewerk.tickets.operations.close_resolved import OBJECTION, close_resolved
from gewerk.tickets.operations.merge import put_under, separate
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.states import BY_KEY, FINAL, STEPS, By, State, allowed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db


def test_every_state_is_reached_and_left() -> None:
    reached = {State.NEW}
    while more := {s.target for s in STEPS if s.sources & reached} - reached:
        reached |= more
    assert reached == set(State)
    for state in State:
        assert any(state in step.sources for step in STEPS), state
    for state in set(State) - FINAL:
        assert any(allowed(state, By.STAFF)), f"the manager's way on from {state}"


def test_keys_are_single_and_texts_are_there() -> None:
    assert len(BY_KEY) == len(STEPS)
    assert all(str(step.title) and str(step.done) and step.by and step.sources for step in STEPS)
    assert all(step.target not in step.sources for step in STEPS)


def go(ticket: Ticket, step: str, factories: Any, by: By = By.STAFF, actor: Any = None, **more: Any) -> Ticket:
    return take_step(
        actor=actor or system(ticket.organisation_id),
        by=by,
        ticket_id=ticket.pk,
        step=step,
        now=factories.NOW + timedelta(hours=1),
        **{"reason": "Darum.", **more},
    )


def test_a_step_is_told_to_history_and_journal(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property)
    assert ticket.react_by_at is not None
    after = go(ticket, "wait", factories, actor=building.staff, reason="Das Teil kommt Freitag.", waiting_for="parts")
    assert (after.state, after.waiting_for, after.reason, after.react_by_at) == (
        "waiting",
        "parts",
        "Das Teil kommt Freitag.",
        None,
    )
    entry = HistoryEntry.objects.latest("id")
    assert (entry.event, entry.from_state, entry.to_state, entry.actor_id) == (
        "wait",
        "new",
        "waiting",
        building.person.pk,
    )
    told = Entry.objects.get(event="ticket.state_changed")
    assert told.data == {"step": "wait", "from": "new", "to": "waiting", "history": entry.pk}
    after = go(after, "start", factories)
    assert (after.state, after.waiting_for, after.version) == ("in_progress", "", 3)


@pytest.mark.parametrize("step", [s.key for s in STEPS if s.needs_reason])
def test_what_the_reporter_must_understand_needs_a_reason(building: Any, factories: Any, step: str) -> None:
    ticket = factories.ticket(building.property, state=min(BY_KEY[step].sources), reason="vorher")
    with pytest.raises(Refusal) as refused:
        go(ticket, step, factories, reason="  ")
    assert refused.value.code == "reason_missing"


def test_history_is_never_changed(building: Any, factories: Any) -> None:
    factories.ticket(building.property)
    entry = HistoryEntry.objects.latest("id")
    entry.reason = "anders"
    with pytest.raises(HistoryIsAppendOnly):
        entry.save()
    with pytest.raises(HistoryIsAppendOnly):
        entry.delete()


def test_who_was_faster_wins(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property)
    go(ticket, "review", factories, version=1)
    with pytest.raises(Refusal) as refused:
        go(ticket, "start", factories, version=1)
    assert refused.value.code == "stale"


def test_two_weeks_without_objection_close_it(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property, state="resolved", state_at=factories.NOW)
    assert close_resolved(now=factories.NOW + OBJECTION) == 0
    assert close_resolved(now=factories.NOW + OBJECTION + timedelta(seconds=1)) == 1
    ticket.refresh_from_db()
    assert (ticket.state, HistoryEntry.objects.latest("id").actor_kind) == ("closed", "system")


def attempt(act: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refusal:
        return False
    return True


_MOVES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*BY_KEY, "merge", "separate"]), st.sampled_from(list(By))),
    max_size=14,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=_MOVES)
def test_any_sequence_of_steps_follows_the_table(building: Any, factories: Any, moves: Any) -> None:
    tickets = [factories.ticket(building.property) for _ in range(3)]
    for which, move, by in moves:
        ticket = tickets[which]
        actor = by_link(ticket.organisation_id, ticket.pk, "status") if by is By.REPORTER else building.staff
        now, staff = {"now": factories.NOW}, {"actor": building.staff}
        if move == "merge":
            attempt(partial(put_under, **staff, lead_id=tickets[(which + 1) % 3].pk, ticket_ids=[ticket.pk], **now))
        elif move == "separate":
            attempt(partial(separate, **staff, ticket_id=ticket.pk, **now))
        else:
            attempt(partial(go, ticket, move, factories, by=by, actor=actor))
    for ticket in tickets:
        follows_the_table(ticket)


def follows_the_table(ticket: Ticket) -> None:
    """From ``new`` on, each entry begins where the one before ended, and is a line of the table; the last is the present state."""
    ticket.refresh_from_db()
    state = ""
    for entry in HistoryEntry.objects.filter(ticket=ticket).exclude(to_state="").order_by("id"):
        assert entry.from_state == state
        if entry.event == "reported":
            assert entry.to_state == State.NEW
        else:
            step = BY_KEY[entry.event]
            assert (state in step.sources, step.target) == (True, entry.to_state)
            assert entry.reason or not step.needs_reason
        state = entry.to_state
    assert ticket.state == state
    lead = ticket.incident
    assert lead is None or (lead.incident_id is None and lead.property_id == ticket.property_id)
    assert (ticket.closed_at is None) == (ticket.state not in FINAL)


@pytest.mark.django_db(transaction=True)
def test_steps_at_the_same_moment_follow_the_table(building: Any, factories: Any) -> None:
    """Eight threads, each with its own connection, take steps and merge on three tickets."""
    tickets = [factories.ticket(building.property) for _ in range(3)]
    ready, faults = threading.Barrier(8), []
    staff = {"actor": building.staff}

    def work(number: int) -> None:
        try:
            ready.wait()
            for turn in range(12):
                ticket = tickets[(number + turn) % 3]
                if number == 0 and turn % 2:
                    lead = tickets[(number + turn + 1) % 3].pk
                    attempt(partial(put_under, **staff, lead_id=lead, ticket_ids=[ticket.pk], now=factories.NOW))
                elif number == 1 and turn % 3 == 0:
                    attempt(partial(separate, **staff, ticket_id=ticket.pk, now=factories.NOW))
                else:
                    step = list(BY_KEY)[(number * 5 + turn * 3) % len(BY_KEY)]
                    by = By.REPORTER if step == "confirm" else By.STAFF
                    attempt(partial(go, ticket, step, factories, by=by))
        except OperationalError as fault:  # a deadlock would be one
            faults.append(fault)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert HistoryEntry.objects.exclude(from_state="").count() > 5
    for ticket in tickets:
        follows_the_table(ticket)
