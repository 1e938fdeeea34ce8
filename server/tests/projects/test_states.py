"""Laws of the table of steps, and of whatever sequence of steps is tried on an order."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.models import Role
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import parties_of, steps_for
from gewerk.projects.models import HistoryEntry, HistoryIsAppendOnly, WorkOrder
from gewerk.projects.operations.award import award_to_crew, award_to_firm
from gewerk.projects.operations.complain import Found, complain
from gewerk.projects.operations.moving import ReasonMissing, StepNotPossible, UnknownStep
from gewerk.projects.operations.note_invoice import note_invoice
from gewerk.projects.operations.take_step import OF_THEIR_OWN, take_step
from gewerk.projects.states import (
    BY_KEY,
    CONTACT_SHOWN,
    FINAL,
    OPEN,
    STEPS,
    WITH_CONTRACTOR,
    By,
    Need,
    State,
    allowed,
    is_final,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EVERYBODY = frozenset(By)


@pytest.mark.parametrize("in_house", [False, True])
def test_every_state_has_an_exit_unless_it_is_final(in_house: bool) -> None:
    for state in State:
        leads_on = any(step.target != state for step in allowed(state, EVERYBODY, in_house=in_house))
        if in_house and state in {State.INVOICED, State.PAID, State.TENDERING, State.QUOTED}:
            continue  # never reached, see below
        assert leads_on != is_final(state, in_house=in_house), state


@pytest.mark.parametrize(
    ("in_house", "never"),
    [(False, set()), (True, {State.INVOICED, State.PAID, State.TENDERING, State.QUOTED})],
)
def test_every_state_is_reached(in_house: bool, never: set[State]) -> None:
    reached = {State.DRAFT}
    while True:
        more = {step.target for state in reached for step in allowed(state, EVERYBODY, in_house=in_house)} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State) - never


@pytest.mark.parametrize("in_house", [False, True])
def test_from_every_state_the_end_can_be_reached(in_house: bool) -> None:
    ends = {state for state in State if is_final(state, in_house=in_house)}
    while True:
        more = {
            state
            for state in set(State) - ends
            if any(step.target in ends for step in allowed(state, EVERYBODY, in_house=in_house))
        }
        if not more:
            break
        ends |= more
    unreached = {State.INVOICED, State.PAID, State.TENDERING, State.QUOTED} if in_house else set()
    assert ends | unreached == set(State)


def test_the_table_is_whole() -> None:
    assert len(BY_KEY) == len(STEPS)
    assert set(BY_KEY) >= OF_THEIR_OWN
    for step in STEPS:
        assert step.by, step.key
        assert not step.sources & FINAL, step.key
        assert step.target not in step.sources or step.key == "confirm"
        assert (step.target == State.CANCELLED) <= (Need.REASON in step.needs)
        # A system alone moves nothing for which a person has to answer.
        assert step.by != {By.SYSTEM} or step.key == "receive_quotes"
    assert CONTACT_SHOWN < WITH_CONTRACTOR
    assert not OPEN & FINAL


class Story:
    """An order with everybody who may touch it."""

    def __init__(self, factories: ModuleType, *, in_house: bool) -> None:
        self.now = factories.NOW
        manager = factories.organisation()
        self.firm = factories.firm(manager)
        caretaker = factories.person(manager, role=Role.CARETAKER)
        self.crew = factories.crew(manager, caretaker)
        self.in_house = in_house
        self.order = factories.work_order(factories.property_(manager))
        self.actors = {
            "officer": factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER)),
            "finance": factories.acting(factories.person(manager, role=Role.FINANCE_OFFICER)),
            "owner": factories.acting(factories.person(self.firm, role=Role.FIRM)),
            "fitter": factories.acting(factories.person(self.firm, role=Role.FITTER)),
            "caretaker": factories.acting(caretaker),
            "stranger": factories.acting(factories.person(factories.organisation())),
            "rival": factories.acting(factories.person(factories.firm(manager), role=Role.FIRM)),
        }

    def take(self, who: str, step: str, reason: str) -> WorkOrder:
        common: dict[str, Any] = {"actor": self.actors[who], "order_id": self.order.pk, "now": self.now}
        if step == "award":
            if self.in_house:
                return award_to_crew(crew_id=self.crew.pk, **common)
            return award_to_firm(firm_id=self.firm.pk, **common)
        if step == "complain":
            return complain(defects=[Found("Tropft noch", self.now.date())], **common)
        if step == "invoice":
            return note_invoice(gross_minor=11_900, **common)
        return take_step(step=step, reason=reason, **common)


WHO = st.sampled_from(["officer", "finance", "owner", "fitter", "caretaker", "stranger", "rival"])
SEQUENCES = st.lists(st.tuples(WHO, st.sampled_from(sorted(BY_KEY)), st.sampled_from(["", "Weil."])), max_size=25)
LIKELY = st.lists(
    st.tuples(
        st.sampled_from(["officer", "officer", "owner", "caretaker"]),
        st.sampled_from(["award", "confirm", "start", "finish", "accept", "invoice", "pay", "complain", "cancel"]),
        st.just("Weil."),
    ),
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.one_of(SEQUENCES, LIKELY), in_house=st.booleans())
def test_whatever_is_tried_ends_in_a_state_that_the_table_allows(
    factories: ModuleType, sequence: list[tuple[str, str, str]], in_house: bool
) -> None:
    """And who may not is told so, what happened stands in the history, and nothing else changed anything."""
    story = Story(factories, in_house=in_house)
    for who, key, reason in sequence:
        before = WorkOrder.objects.get(pk=story.order.pk)
        lines = HistoryEntry.objects.filter(order=before).count()
        step, actor = BY_KEY[key], story.actors[who]
        may = parties_of(actor, before) & step.by
        after = refused = None
        try:
            after = story.take(who, key, reason)
        except Refusal as refusal:
            refused = refusal
        if refused is not None or after is None:
            stored = WorkOrder.objects.get(pk=before.pk)
            assert (stored.state, stored.version) == (before.state, before.version)
            assert HistoryEntry.objects.filter(order=before).count() == lines
            if who in {"stranger", "rival"} or (before.firm_id is None and who in {"owner", "fitter"}):
                assert refused.kind in {RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN}
            if isinstance(refused, StepNotPossible):
                assert may
                assert before.state not in step.sources or (step.firm_only and before.in_house) or key == "confirm"
            if isinstance(refused, ReasonMissing):
                assert not reason
                assert Need.REASON in step.needs
            continue
        assert may
        assert before.state in step.sources
        assert after.state == step.target
        assert after.version == before.version + 1
        last = HistoryEntry.objects.filter(order=before).order_by("-id")[0]
        assert (last.event, last.from_state, last.to_state) == (key, before.state, after.state)
        assert (last.actor_id, last.reason) == (actor.id, reason if key not in OF_THEIR_OWN else "")
        assert Entry.objects.filter(event=f"work_order.{key}", object_id=before.pk, actor_id=actor.id).exists()
        assert (after.state in WITH_CONTRACTOR) <= bool(after.firm_id or after.crew_id)
        assert not (in_house and after.state in {State.INVOICED, State.PAID})
        assert after.approved_minor >= after.committed_minor


@pytest.mark.django_db
def test_buttons_are_what_the_guard_allows(factories: ModuleType) -> None:
    story = Story(factories, in_house=False)
    story.take("officer", "award", "")
    order = WorkOrder.objects.get(pk=story.order.pk)
    shown = {who: {step.key for step in steps_for(actor, order)} for who, actor in story.actors.items()}
    assert shown["fitter"] == {"book", "start", "finish"}
    assert shown["owner"] == {"confirm", "decline", "book", "start", "finish"}
    assert shown["officer"] == {"confirm", "decline", "withdraw_award", "book", "start", "finish", "cancel"}
    assert shown["finance"] == shown["caretaker"] == shown["stranger"] == shown["rival"] == set()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["award", "complain", "invoice", "fly"])
def test_steps_with_an_operation_of_their_own_are_not_taken_otherwise(factories: ModuleType, key: str) -> None:
    story = Story(factories, in_house=False)
    with pytest.raises(UnknownStep):
        take_step(actor=story.actors["officer"], order_id=story.order.pk, step=key, now=factories.NOW)


@pytest.mark.django_db
def test_history_is_append_only(factories: ModuleType) -> None:
    order = factories.work_order(factories.property_(factories.organisation()))
    entry = order.history.first()
    assert entry is not None
    entry.reason = "anders"
    with pytest.raises(HistoryIsAppendOnly):
        entry.save()
    with pytest.raises(HistoryIsAppendOnly):
        entry.delete()
    with pytest.raises(HistoryIsAppendOnly):
        HistoryEntry.objects.filter(order=order).update(reason="anders")
    with pytest.raises(HistoryIsAppendOnly):
        order.history.all().delete()


@pytest.mark.django_db
def test_the_refusal_tells_who_was_faster(factories: ModuleType) -> None:
    from django.utils import translation

    story = Story(factories, in_house=False)
    story.take("officer", "cancel", "Doppelt gemeldet")
    with translation.override("de"), pytest.raises(StepNotPossible) as refused:
        story.take("officer", "award", "")
    said = str(refused.value.message)
    assert said.startswith("„Vergeben“ ist nicht möglich: Der Auftrag ist jetzt „storniert“. Sabine Krüger")
    assert said.endswith("hat den Auftrag storniert (22.11.2026, 09:00 Uhr).")
