"""The table of steps, and any interleaving of steps by the three parties."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.journeys import agree_visit
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.models import Visit, VisitEntry
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.operations.moving import Span
from gewerk.scheduling.queries.visits import offered_slots
from gewerk.scheduling.states import BY_KEY, FINAL, OPEN, STEPS, State
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from .conftest import NOW, Matter, matter


def test_every_state_has_an_exit_unless_it_is_final() -> None:
    for state in State:
        exits = [step for step in STEPS if state in step.sources]
        assert bool(exits) != (state in FINAL), state
    reached = {step.target for step in STEPS}
    assert reached == set(State)
    assert set(State) == OPEN | FINAL


def span(day: int, hours: int = 1) -> Span:
    start = NOW + timedelta(days=day)
    return Span(start, start + timedelta(hours=hours))


STEPS_OF_THE_STORY: dict[str, Callable[[Matter, Visit | None, Any, Any], object]] = {
    "propose": lambda m, v, actor, now: arrange.propose(
        actor=actor, order_id=m.order.pk, spans=[span(5), span(6)], now=now
    ),
    "wish": lambda m, v, actor, now: arrange.wish(actor=actor, order_id=m.order.pk, spans=[span(7)], now=now),
    "announce": lambda m, v, actor, now: agree_visit.announce_visit(
        actor=actor, order_id=m.order.pk, span=span(8), now=now
    ),
    "take": lambda m, v, actor, now: agree_visit.take_slot(
        actor=actor, visit_id=v.pk, slot_id=offered_slots(v, now=now)[0].pk, now=now
    ),
    "others": lambda m, v, actor, now: agree_visit.offer_other_times(
        actor=actor, visit_id=v.pk, spans=[span(9)], reason="Fenster kam nicht", now=now
    ),
    "arrive": lambda m, v, actor, now: agree_visit.arrive(actor=actor, visit_id=v.pk, now=v.starts_at or now),
    "end": lambda m, v, actor, now: agree_visit.end_visit(actor=actor, visit_id=v.pk, now=v.starts_at or now),
    "no_access": lambda m, v, actor, now: agree_visit.no_access(
        actor=actor, visit_id=v.pk, reason="Dreimal geklingelt", now=v.starts_at or now
    ),
    "not_attended": lambda m, v, actor, now: agree_visit.not_attended(
        actor=actor, visit_id=v.pk, now=v.starts_at or now
    ),
    "cancel": lambda m, v, actor, now: agree_visit.cancel_visit(
        actor=actor, visit_id=v.pk, reason="Hat sich erledigt", now=now
    ),
}
parties = st.sampled_from(["staff", "fitter", "tenant"])
stories = st.lists(st.tuples(st.sampled_from(sorted(STEPS_OF_THE_STORY)), parties), max_size=12)


class AnyInterleaving(TestCase):
    """Whatever anybody tries in whatever order: each step is in the table or refused, and order and visit fit together."""

    @settings(max_examples=60, deadline=None)
    @given(stories)
    def test_ends_in_a_state_that_the_table_allows(self, story: list[tuple[str, str]]) -> None:
        found = matter(_factories())
        refused: set[str] = set()
        for key, party in story:
            visit = Visit.objects.filter(order=found.order).order_by("-number").first()
            if visit is None and key not in ("propose", "wish", "announce"):
                continue
            if key == "take" and visit is not None and not offered_slots(visit, now=NOW):
                continue
            before = visit.state if visit else None
            try:
                STEPS_OF_THE_STORY[key](found, visit, getattr(found, party), NOW)
            except Refusal as refusal:
                refused.add(refusal.kind)
                if visit is not None:
                    visit.refresh_from_db()
                    assert visit.state == before
        assert refused <= {RefusalKind.CONFLICT, RefusalKind.FORBIDDEN}
        for visit in Visit.objects.filter(order=found.order):
            entries = list(VisitEntry.objects.filter(visit=visit).order_by("id"))
            state = ""
            for entry in entries:
                step = BY_KEY[entry.step]
                assert entry.from_state == state
                assert state in step.sources or (not state and not step.sources)
                assert entry.to_state == step.target
                assert entry.party in step.by
                state = entry.to_state
            assert visit.state == state
        open_visits = Visit.objects.filter(order=found.order, state__in=OPEN)
        assert open_visits.count() <= 1
        order = WorkOrder.objects.get(pk=found.order.pk)
        current = open_visits.first()
        if order.state == "booked":
            assert current is not None
            assert current.state == State.AGREED
        if current is not None and current.state == State.AGREED:
            assert order.state in ("booked", "in_progress")
        if current is not None and current.state == State.UNDER_WAY:
            assert order.state == "in_progress"


def _factories() -> ModuleType:
    import sys

    return sys.modules["gewerk_test_factories"]


@pytest.fixture(autouse=True)
def _loaded(factories: ModuleType) -> None:
    """The class above finds the factories loaded."""
