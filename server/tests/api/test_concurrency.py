"""The same records sent at the same time, over real HTTP: each is made once, on SQLite and on PostgreSQL."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import httpx2
import pytest
from gewerk.entrypoints.api.versions import LATEST
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.operations.create_key import create_key
from gewerk.identity.operations.issue_token import issue_token
from gewerk.journal.models import Entry
from gewerk.portfolio.models import Property, SubProperty, Tenure
from gewerk.portfolio.operations import upsert as operation

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


@pytest.fixture
def calls(live_server, factories, transactional_db):
    """Sends ``bodies`` all at once and returns the answers."""
    org = factories.organisation()
    person = factories.person(org)
    now = datetime.now(UTC)
    admin = actor_for(person, org.pk, memberships=live_memberships(person, now=now))
    made = create_key(actor=admin, name="t", now=now)
    token = issue_token(key=made.key, now=now).access_token
    base = f"{live_server.url}/api/{LATEST}"

    def send(path, bodies, **headers):
        answers = [None] * len(bodies)
        barrier = threading.Barrier(len(bodies))

        def one(place):
            with httpx2.Client(timeout=60) as http:
                barrier.wait()
                answers[place] = http.post(
                    base + path,
                    json=bodies[place],
                    headers={"Authorization": f"Bearer {token}", "Connection": "close", **headers},
                )

        threads = [threading.Thread(target=one, args=(place,)) for place in range(len(bodies))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return answers

    return send


def test_the_same_batch_from_many_sides_makes_each_record_once(calls):
    records = [{"external_id": f"p{i}", "name": f"Haus {i}"} for i in range(60)]
    # Each sends them in another order, so that no row is locked first by all.
    answers = calls("/properties/upsert", [{"records": records[k * 10 :] + records[: k * 10]} for k in range(THREADS)])
    assert [a.status_code for a in answers] == [200] * THREADS
    statuses = Counter(result["status"] for a in answers for result in a.json()["results"])
    assert statuses == {"created": 60, "unchanged": 60 * (THREADS - 1)}
    assert Property.objects.count() == 60
    assert Entry.objects.filter(event="property.created").count() == 60
    assert len({result["id"] for a in answers for result in a.json()["results"]}) == 60


def test_moments_follow_the_order_of_the_calls(calls, monkeypatch):
    """Else somebody who pages by updated_at passes a record that a slower call writes with an earlier moment."""
    take_turn, waits = operation.one_at_a_time, iter([0.5])

    def dawdle(*which):
        time.sleep(next(waits, 0))
        take_turn(*which)

    monkeypatch.setattr(operation, "one_at_a_time", dawdle)
    calls("/properties/upsert", [{"records": [{"external_id": f"p{k}"}]} for k in range(THREADS)])
    moments = list(Entry.objects.filter(event="property.created").order_by("id").values_list("at", flat=True))
    assert len(moments) == THREADS
    assert moments == sorted(moments)


def test_tenants_and_their_units_never_double(calls):
    calls("/properties/upsert", [{"records": [{"external_id": "p"}]}])
    unit = {"type": "unit", "property_external_id": "p"}
    units = [{**unit, "external_id": f"u{i}"} for i in range(10)]
    bodies = [
        {"records": [*units, {"type": "tenant", "external_id": "t", "unit_external_ids": [f"u{k}", "u9"]}]}
        for k in range(THREADS)
    ]
    answers = calls("/sub-properties/upsert", bodies)
    assert [a.status_code for a in answers] == [200] * THREADS
    assert SubProperty.objects.filter(type="unit").count() == 10
    held = set(Tenure.objects.values_list("unit__external_id", flat=True))
    assert held in [{f"u{k}", "u9"} for k in range(THREADS)], "the tenant holds what one of the calls said, whole"
    assert Tenure.objects.count() == 2


def test_changes_at_the_same_time_are_all_counted(calls):
    calls("/properties/upsert", [{"records": [{"external_id": "p"}]}])
    answers = calls(
        "/properties/upsert", [{"records": [{"external_id": "p", "name": f"n{k}"}]} for k in range(THREADS)]
    )
    assert {a.json()["results"][0]["status"] for a in answers} == {"updated"}
    prop = Property.objects.get()
    assert prop.version == 1 + THREADS
    assert Entry.objects.filter(event="property.updated").count() == THREADS


def test_one_idempotency_key_at_the_same_time_makes_one_record(calls):
    answers = calls("/properties", [{"name": "once"}] * THREADS, **{"Idempotency-Key": "same"})
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert Property.objects.count() == 1


def test_one_external_id_made_by_hand_at_the_same_time_is_made_once(calls):
    answers = calls("/properties", [{"external_id": "x"}] * THREADS)
    assert sorted(a.status_code for a in answers) == [201] + [409] * (THREADS - 1)
    assert Property.objects.count() == 1
