"""Ratings: only of accepted work, once per side, answered once; and what the score makes of them."""

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from gewerk.identity.models import Organisation, Role
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import RequestNotFound, ratings
from gewerk.marketplace.models import ASPECTS, Rating
from gewerk.marketplace.operations.rate_work import (
    RATEABLE,
    TENANT_ASPECTS,
    AlreadyAnswered,
    AlreadyRated,
    NobodyToRate,
    NotFinished,
    RatingIsInvalid,
    answer_rating,
    rate_as_manager,
    rate_as_tenant,
)
from gewerk.marketplace.queries.scores import score, scores
from gewerk.marketplace.score import Part
from gewerk.projects.access import OrderNotFound
from gewerk.projects.models import HistoryEntry, OrderTicket, WorkOrder
from gewerk.projects.states import State
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db
BEST = dict.fromkeys(ASPECTS, 5)
TENANTS = dict.fromkeys(TENANT_ASPECTS, 4)


class Done:
    """An accepted order of a firm, its manager, and the tenant's report that began it."""

    def __init__(self, factories: ModuleType, firm: Organisation | None = None, **fields: Any) -> None:
        self.factories, self.now = factories, factories.NOW
        self.organisation = factories.organisation()
        self.staff = factories.acting(factories.person(self.organisation, Role.HOUSING_OFFICER))
        self.firm = firm or factories.firm(self.organisation)
        self.owner = factories.acting(factories.person(self.firm, Role.FIRM))
        place = factories.property_(self.organisation)
        self.unit = factories.unit(place)
        self.tenant = factories.tenant(self.unit)
        self.ticket = factories.ticket(place, unit=self.unit, reporter=self.tenant)
        given = {"firm": self.firm, "state": State.ACCEPTED, "accepted_at": self.now, "tenant": self.tenant, **fields}
        self.order: WorkOrder = factories.work_order(place, **given)
        OrderTicket.objects.create(order=self.order, ticket=self.ticket, linked_at=self.now)
        self.guest = by_link(self.organisation.pk, self.ticket.pk, "status")

    def rate(self, stars: dict[str, int] | None = None, **more: Any) -> Rating:
        return rate_as_manager(
            actor=self.staff, order_id=self.order.pk, stars=BEST if stars is None else stars, now=self.now, **more
        )

    def rate_as_tenant(self, stars: dict[str, int] | None = None, **more: Any) -> Rating:
        given = TENANTS if stars is None else stars
        return rate_as_tenant(
            **{"actor": self.guest, "ticket": self.ticket, "order_id": self.order.pk, "stars": given, "now": self.now}
            | more
        )


@pytest.fixture
def done(factories: ModuleType) -> Done:
    return Done(factories)


@given(
    st.lists(st.tuples(st.sampled_from(list(State)), st.sampled_from(["manager", "tenant"])), min_size=1, max_size=12)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_rating_of_an_order_that_is_not_finished_and_none_twice(
    factories: ModuleType, course: list[tuple[State, str]]
) -> None:
    """Whatever states the order goes through, and whoever tries how often."""
    with transaction.atomic():
        found = Done(factories)
        rated: set[str] = set()
        for state, side in course:
            WorkOrder.objects.filter(pk=found.order.pk).update(state=state)
            expected = NotFinished if state not in RATEABLE else AlreadyRated if side in rated else None
            rate = found.rate if side == "manager" else found.rate_as_tenant
            if expected is None:
                rate()
                rated.add(side)
            else:
                with pytest.raises(expected), transaction.atomic():
                    rate()
            assert set(Rating.objects.filter(order=found.order).values_list("rated_by", flat=True)) == rated
        transaction.set_rollback(True)


def test_manager_and_tenant_rate_the_firm_answers_each_once(done: Done) -> None:
    by_manager = done.rate(text="Sauber gearbeitet.")
    by_tenant = done.rate_as_tenant(text="Kam eine Stunde zu spät.")
    assert (by_manager.price_truth, by_tenant.price_truth) == (5, None)
    assert (by_manager.person_id, by_tenant.ticket_id) == (done.staff.id, done.ticket.pk)
    answered = answer_rating(actor=done.owner, rating_id=by_tenant.pk, text="Wir standen im Stau.", now=done.now)
    assert answered.answer == "Wir standen im Stau."
    with pytest.raises(AlreadyAnswered):
        answer_rating(actor=done.owner, rating_id=by_tenant.pk, text="Und noch etwas.", now=done.now)
    events = list(Entry.objects.filter(object_type="rating").order_by("id").values_list("event", "organisation_id"))
    assert events == [
        ("rating.given", done.organisation.pk),
        ("rating.received", done.firm.pk),
        ("rating.given", done.organisation.pk),
        ("rating.received", done.firm.pk),
        ("rating.answered", done.organisation.pk),
    ]
    assert "Stau" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_two_ratings_at_once_are_stopped_by_the_database(done: Done) -> None:
    made = done.rate()
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.bulk_create([made])


@pytest.mark.parametrize("stars", [{}, {**BEST, "quality": 0}, {**BEST, "tidiness": 6}, {**BEST, "beauty": 5}])
def test_one_to_five_stars_for_everything(done: Done, stars: dict[str, int]) -> None:
    with pytest.raises(RatingIsInvalid) as refused:
        done.rate(stars)
    assert refused.value.problems
    assert not Rating.objects.exists()


def test_a_tenant_knows_no_price(done: Done) -> None:
    with pytest.raises(RatingIsInvalid) as refused:
        done.rate_as_tenant(BEST)
    assert [one.pointer for one in refused.value.problems] == ["/price_truth"]
    made = done.rate_as_tenant()
    for wrong in ({"price_truth": 3}, {"quality": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.filter(pk=made.pk).update(**wrong)


def test_own_people_are_not_rated(done: Done) -> None:
    crew = done.factories.crew(done.organisation)
    WorkOrder.objects.filter(pk=done.order.pk).update(firm=None, crew=crew)
    for rate in (done.rate, done.rate_as_tenant):
        with pytest.raises(NobodyToRate):
            rate()


def test_only_the_reporter_whose_home_it_is_rates(done: Done) -> None:
    neighbour = done.factories.ticket(done.order.property, reporter=done.factories.tenant(done.unit))
    with pytest.raises(OrderNotFound):
        done.rate_as_tenant(ticket=neighbour)
    OrderTicket.objects.create(order=done.order, ticket=neighbour, linked_at=done.now)
    with pytest.raises(OrderNotFound):
        done.rate_as_tenant(ticket=neighbour)
    done.rate_as_tenant()


def test_nobody_else_reads_rates_or_answers(done: Done, factories: ModuleType) -> None:
    made = done.rate()
    other = Done(factories)
    assert not ratings(other.staff).filter(pk=made.pk).exists()
    assert not ratings(other.owner).filter(pk=made.pk).exists()
    with pytest.raises(OrderNotFound):
        rate_as_manager(actor=other.staff, order_id=done.order.pk, stars=BEST, now=done.now)
    with pytest.raises(RequestNotFound):
        answer_rating(actor=other.owner, rating_id=made.pk, text="Wir auch", now=done.now)
    fitter = factories.acting(factories.person(done.firm, Role.FITTER))
    finance = factories.acting(factories.person(done.organisation, Role.FINANCE_OFFICER))
    reads = Actor(ActorKind.KEY, done.staff.id, done.organisation.pk, scopes=frozenset({"read"}))
    for refused in (
        lambda: answer_rating(actor=fitter, rating_id=made.pk, text="Wir auch", now=done.now),
        lambda: answer_rating(actor=done.staff, rating_id=made.pk, text="Wir auch", now=done.now),
        lambda: rate_as_manager(actor=finance, order_id=done.order.pk, stars=BEST, now=done.now),
        lambda: rate_as_manager(actor=reads, order_id=done.order.pk, stars=BEST, now=done.now),
    ):
        with pytest.raises(Refusal) as said:
            refused()
        assert said.value.kind == "forbidden"


def test_the_score_counts_ratings_recalls_and_defects_over_all_managers(factories: ModuleType) -> None:
    firm = factories.firm()
    first, second, third = Done(factories, firm), Done(factories, firm), Done(factories, firm)
    now = factories.NOW + timedelta(days=1)
    assert score(firm.pk, now=now).points is None
    first.rate()
    second.rate(dict.fromkeys(ASPECTS, 3))
    second.rate_as_tenant()
    found = score(firm.pk, now=now)
    assert (found.ratings, found.counts[Part.QUALITY], found.counts[Part.PRICE_TRUTH]) == (3, 3, 2)
    assert (found.counts[Part.NO_RECALL], found.recalled) == (3, 0)
    # A second order for the same fault, and an order that went back to work, each once.
    recall = factories.work_order(first.order.property, recall_of=first.order)
    assert score(firm.pk, now=now).recalled == 0
    WorkOrder.objects.filter(pk=recall.pk).update(state=State.AWARDED, firm=firm)
    for _ in range(2):
        HistoryEntry.objects.create(
            order=third.order,
            at=now,
            actor_kind="person",
            actor_organisation_id=third.organisation.pk,
            event="complain",
        )
    worse = score(firm.pk, now=now)
    assert worse.recalled == 2
    assert worse.values[Part.NO_RECALL] < found.values[Part.NO_RECALL]
    assert worse.points is not None
    assert found.points is not None
    assert worse.points < found.points


def test_after_two_years_nothing_of_it_counts(done: Done) -> None:
    done.rate()
    later = done.now + timedelta(days=730)
    assert score(done.firm.pk, now=later - timedelta(seconds=1)).ratings == 1
    forgotten = score(done.firm.pk, now=later)
    assert (forgotten.ratings, forgotten.points, set(forgotten.values.values())) == (0, None, {750})


def test_scores_of_many_firms_take_three_queries(factories: ModuleType, django_assert_num_queries: Any) -> None:
    firms = [Done(factories).firm for _ in range(5)]
    with django_assert_num_queries(3):
        found = scores([one.pk for one in firms], now=factories.NOW)
    assert set(found) == {one.pk for one in firms}
