"""A prepared query answers as the query itself does, again and again, with whatever it is given."""

from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import CharField, Count, DateTimeField, Q, UUIDField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from gewerk.firms.models import FirmProfile
from gewerk.identity.models import Membership, Organisation, Person
from gewerk.kit import prepared as prepared_module
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, NotLoaded, prepared
from gewerk.projects.models import WorkOrder

pytestmark = pytest.mark.django_db


def test_it_answers_as_the_query_itself(factories: Any) -> None:
    first, second = factories.organisation(name="Eins"), factories.organisation(name="Zwei")
    for organisation in (first, first, second):
        factories.person(organisation)
    now = timezone.now()

    def members(organisation: Any, now: Any) -> Any:
        return (
            Membership.objects.filter(
                Q(ended_at__isnull=True) | Q(ended_at__gt=now),
                organisation_id=organisation,
            )
            .select_related("organisation", "person")
            .order_by("created_at", "id")
        )

    asked = prepared(lambda: members(Given("organisation", UUIDField()), Given("now", DateTimeField())))
    for organisation, count in ((first, 2), (second, 1), (first, 2)):
        with CaptureQueriesContext(connection) as seen:
            found = asked(organisation=organisation.pk, now=now)
            assert {one.organisation.name for one in found} == {organisation.name}
            answered = [one.person for one in found]
        assert len(seen) == 1
        assert answered == [one.person for one in members(organisation.pk, now)]
        assert len(answered) == count
    gone, stays = (one.person for one in members(first.pk, now))
    Membership.objects.filter(person=gone).update(ended_at=now + timedelta(hours=1))
    assert len(asked(organisation=first.pk, now=now)) == 2
    assert [one.person for one in asked(organisation=first.pk, now=now + timedelta(hours=2))] == [stays]
    assert asked(organisation=uuid4(), now=now) == []


def test_many_values_and_sums(factories: Any) -> None:
    one, two, three = (factories.organisation() for _ in range(3))
    for organisation in (one, one, two):
        factories.person(organisation)
    counts = prepared(
        lambda: (
            Membership.objects.filter(organisation__id__among=GivenMany("organisations", UUIDField()))
            .order_by()
            .values_list("organisation_id")
            .annotate(n=Count("pk"))
        )
    )
    assert dict(counts(organisations=[one.pk, two.pk, three.pk])) == {one.pk: 2, two.pk: 1}
    assert dict(counts(organisations=[three.pk])) == {}
    assert dict(counts(organisations=[])) == {}


def test_a_value_cannot_become_part_of_the_query(factories: Any) -> None:
    factories.organisation(name="Eins")
    named = prepared(lambda: Organisation.objects.filter(name=Given("name", CharField())))
    assert named(name="' OR '1'='1") == []
    assert named(name="%s") == []
    assert [one.name for one in named(name="Eins")] == ["Eins"]
    with pytest.raises(KeyError):
        named()


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(factories: Any) -> None:
    wanted = [factories.organisation(name=f"Nummer {n}") for n in range(4)]
    named = prepared(lambda: Organisation.objects.filter(name=Given("name", CharField())))
    answers: dict[int, list[Any]] = {}

    def ask(n: int) -> None:
        try:
            answers[n] = [named(name=f"Nummer {n}") for _ in range(20)]
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: [[wanted[n]]] * 20 for n in range(4)}


def test_a_query_that_can_find_nothing_asks_nothing() -> None:
    nothing = prepared(lambda: Membership.objects.none())
    with CaptureQueriesContext(connection) as seen:
        assert nothing() == nothing.seen() == []
    assert not seen.captured_queries


def test_what_was_seen_is_not_made_again_until_it_changes(factories: Any) -> None:
    organisation = factories.organisation(name="Eins")
    for _ in range(3):
        factories.person(organisation)
    asked = prepared(
        lambda: (
            Membership.objects.filter(organisation_id=Given("organisation", UUIDField()))
            .select_related("organisation", "person")
            .order_by("id")
        )
    )
    before = asked.seen(organisation=organisation.pk)
    again = asked.seen(organisation=organisation.pk)
    assert [id(one) for one in before] == [id(one) for one in again]
    assert before == asked(organisation=organisation.pk)
    assert len({one.held for one in before}) == 3
    before[1].person.first_name = "not saved"
    Person.objects.filter(pk=before[0].person_id).update(first_name="Anders")
    changed = asked.seen(organisation=organisation.pk)
    assert [one.pk for one in changed] == [one.pk for one in before]
    assert changed[0].person.first_name == "Anders"
    assert changed[0].held not in {one.held for one in before}
    assert [id(one) for one in changed[1:]] == [id(one) for one in before[1:]]
    Organisation.objects.filter(pk=organisation.pk).update(name="Zwei")
    assert {one.organisation.name for one in asked.seen(organisation=organisation.pk)} == {"Zwei"}


def test_what_was_not_seen_is_not_loaded_later(factories: Any) -> None:
    """An instance that is kept would tell tomorrow what was so today."""
    organisation = factories.organisation(name="Eins")
    factories.person(organisation)
    asked = prepared(
        lambda: (
            Membership.objects.filter(organisation_id=Given("organisation", UUIDField()))
            .select_related("person")
            .only("organisation_id", "person__first_name")
        )
    )
    [one] = asked.seen(organisation=organisation.pk)
    assert one.person.first_name
    for more in (
        lambda: one.organisation,
        lambda: one.role,
        lambda: one.person.last_name,
    ):
        with pytest.raises(NotLoaded):
            more()


def test_that_there_is_none_needs_no_question(factories: Any) -> None:
    order = factories.work_order(factories.property_(factories.organisation()))
    asked = prepared(lambda: WorkOrder.objects.filter(organisation_id=Given("organisation", UUIDField())))
    [one] = asked.seen(organisation=order.organisation_id)
    assert one.unit_id is one.unit is None
    with pytest.raises(NotLoaded):
        _ = one.property


def test_only_so_many_are_kept(factories: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_module, "_MOST_SEEN", 3)
    monkeypatch.setattr(prepared_module, "_instances", prepared_module._Instances())
    organisations = [factories.organisation() for _ in range(3)]
    for organisation in organisations:
        factories.person(organisation)
        factories.person(organisation)
    asked = prepared(
        lambda: Membership.objects.filter(organisation_id=Given("organisation", UUIDField())).order_by("id")
    )
    for _ in range(2):
        for organisation in organisations:
            expected = list(Membership.objects.filter(organisation=organisation).order_by("id"))
            assert asked.seen(organisation=organisation.pk) == expected
            assert len(prepared_module._instances.by_row) <= 4


def test_rows_that_can_be_changed_in_their_place_are_made_each_time(factories: Any) -> None:
    firm = factories.firm(trades=("painting",))
    asked = prepared(lambda: FirmProfile.objects.filter(firm__id__among=GivenMany("firms", UUIDField())))
    before, again = asked.seen(firms=[firm.pk]), asked.seen(firms=[firm.pk])
    assert before == again
    assert before[0] is not again[0]
