"""Laws of upsert, whatever is sent: the second time changes nothing, the order does not matter, answers stand as sent."""

from datetime import date

import pytest
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.ids import new_id
from gewerk.portfolio.models import FieldChange, Property, SubProperty, Tenure
from gewerk.portfolio.operations.archive import archive_many
from gewerk.portfolio.operations.upsert import upsert
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db
LAW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

texts = st.none() | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
ids = st.sampled_from(["1-9-66", "a/b", "a|b", "Ä-ß", "🏠", "1.2", "x y", "0001"])
areas = st.none() | st.decimals(min_value=0, max_value=99999, places=2, allow_nan=False)
addresses = st.none() | st.fixed_dictionaries(
    {}, optional={"street": texts, "city": texts, "house_number": texts, "country": st.sampled_from([None, "DE", "GB"])}
)
custom = st.none() | st.dictionaries(
    st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=5),
    st.text("ab", max_size=3),
    max_size=3,
)
properties = st.fixed_dictionaries(
    {"external_id": ids},
    optional={
        "name": texts,
        "address": addresses,
        "storeys": st.none() | st.integers(0, 99),
        "custom": custom,
        "client_number": texts,
    },
)
units = st.fixed_dictionaries(
    {"external_id": ids, "type": st.just("unit"), "property_external_id": ids},
    optional={
        "name": texts,
        "usage": st.sampled_from([None, "living", "other"]),
        "floor": st.none() | st.integers(-9, 99),
        "living_area_m2": areas,
    },
)
parties = st.fixed_dictionaries(
    {
        "external_id": ids,
        "type": st.sampled_from(["tenant", "landlord"]),
        "unit_external_ids": st.lists(ids, min_size=1, max_size=3),
    },
    optional={
        "last_name": texts,
        "company_name": texts,
        "email": st.none() | st.just("a@b.de"),
        "phones": st.none() | st.just([{"kind": "mobile", "e164": None, "raw": "x"}]),
        "contract_start": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    },
)


def _once_each(records):
    return list({(r.get("type"), r["external_id"]): r for r in records}.values())


batches = st.lists(units | parties, min_size=1, max_size=8).map(_once_each)
stocks = st.lists(properties, min_size=1, max_size=5).map(_once_each)


@pytest.fixture
def new_actor(factories):
    """A fresh organisation for each example, so that examples do not see each other."""

    def make():
        return Actor(ActorKind.KEY, new_id(), factories.organisation().pk, scopes=frozenset({"master_data"}))

    return make


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def stock(actor):
    """Everything that an organisation holds, without ids and times."""
    org = {"organisation_id": actor.organisation_id}
    skipped = ("id", "organisation_id", "property_id", "created_at", "updated_at", "version", "erp_fields")
    rows = [
        sorted(
            [str({k: v for k, v in row.items() if k not in skipped}) for row in model.objects.filter(**org).values()]
        )
        for model in (Property, SubProperty)
    ]
    held = sorted(Tenure.objects.filter(**org).values_list("party__type", "party__external_id", "unit__external_id"))
    places = sorted(SubProperty.objects.filter(**org).values_list("type", "external_id", "property__external_id"))
    return (*rows, held, [str(p) for p in places])


@LAW
@given(houses=stocks, batch=batches)
def test_the_second_time_nothing_changes(new_actor, factories, houses, batch):
    actor = new_actor()
    send = [("properties", houses), ("sub-properties", batch)]
    first = [upsert(actor=actor, resource=r, records=records, now=factories.NOW) for r, records in send]
    before, history = stock(actor), FieldChange.objects.filter(organisation_id=actor.organisation_id).count()
    second = [upsert(actor=actor, resource=r, records=records, now=factories.NOW) for r, records in send]
    for once, again in zip(first, second, strict=True):
        expected = ["rejected" if status == "rejected" else "unchanged" for status in statuses(once)]
        assert statuses(again) == expected
        assert [o.id for o in again] == [o.id for o in once]
    assert stock(actor) == before
    assert FieldChange.objects.filter(organisation_id=actor.organisation_id).count() == history


@LAW
@given(houses=stocks, batch=batches, data=st.data())
def test_the_order_does_not_matter_and_answers_stand_as_sent(new_actor, factories, houses, batch, data):
    shuffled = data.draw(st.permutations(batch))
    straight, mixed = new_actor(), new_actor()
    upsert(actor=straight, resource="properties", records=houses, now=factories.NOW)
    upsert(actor=mixed, resource="properties", records=houses[::-1], now=factories.NOW)
    one = upsert(actor=straight, resource="sub-properties", records=batch, now=factories.NOW)
    two = upsert(actor=mixed, resource="sub-properties", records=shuffled, now=factories.NOW)
    assert [(o.type, o.external_id) for o in two] == [(r["type"], r["external_id"]) for r in shuffled]
    assert {(o.type, o.external_id): o.status for o in one} == {(o.type, o.external_id): o.status for o in two}
    assert stock(straight) == stock(mixed)


@LAW
@given(houses=stocks, batch=batches)
def test_one_by_one_is_the_same_as_all_at_once(new_actor, factories, houses, batch):
    together, single = new_actor(), new_actor()
    for actor in (together, single):
        upsert(actor=actor, resource="properties", records=houses, now=factories.NOW)
    upsert(actor=together, resource="sub-properties", records=batch, now=factories.NOW)
    # Alone, a tenant cannot name a unit that comes later: units first, as the batch does by itself.
    for record in sorted(batch, key=lambda r: r["type"] != "unit"):
        upsert(actor=single, resource="sub-properties", records=[record], now=factories.NOW)
    assert stock(together) == stock(single)


@LAW
@given(houses=stocks)
def test_archived_and_sent_again_is_as_it_was(new_actor, factories, houses):
    actor = new_actor()
    made = upsert(actor=actor, resource="properties", records=houses, now=factories.NOW)
    before = stock(actor)
    wanted = [{"external_id": house["external_id"], "reason": "vanished"} for house in houses]
    assert set(statuses(archive_many(actor=actor, resource="properties", records=wanted, now=factories.NOW))) == {
        "archived"
    }
    assert set(statuses(archive_many(actor=actor, resource="properties", records=wanted, now=factories.NOW))) == {
        "unchanged"
    }
    revived = upsert(actor=actor, resource="properties", records=houses, now=factories.NOW)
    assert set(statuses(revived)) == {"updated"}
    assert [o.id for o in revived] == [o.id for o in made]
    assert stock(actor) == before


@LAW
@given(house=properties, change=properties)
def test_history_and_what_is_stored_agree(new_actor, factories, house, change):
    """Played backwards, the history of an update gives the row as it was."""
    actor = new_actor()
    change = {**change, "external_id": house["external_id"]}
    upsert(actor=actor, resource="properties", records=[house], now=factories.NOW)
    (before,) = Property.objects.filter(organisation_id=actor.organisation_id).values()
    (outcome,) = upsert(actor=actor, resource="properties", records=[change], now=factories.NOW)
    (after,) = Property.objects.filter(organisation_id=actor.organisation_id).values()
    changes = list(FieldChange.objects.filter(object_id=outcome.id))
    assert (outcome.status == "updated") == bool(changes)
    assert after["version"] == before["version"] + bool(changes)
    assert all(one.old != one.new for one in changes)
    for one in changes:
        assert after[one.field] == (
            one.new if one.new is not None else ("" if isinstance(before[one.field], str) else None)
        )
        after[one.field] = before[one.field]
    same = {k: v for k, v in after.items() if k not in ("version", "search", "erp_fields")}
    assert same == {k: v for k, v in before.items() if k in same}
