"""Other external ids for the same records: what a change of the separator needs (spec 01, rule 7)."""

import pytest
from gewerk.journal.models import Entry
from gewerk.portfolio.models import FieldChange, Property, PropertyGroup, SubProperty
from gewerk.portfolio.search_text import compose

pytestmark = pytest.mark.django_db


def rename(api, resource, *records):
    answer = api.post(f"/{resource}/rename", {"records": list(records)})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def move(old, new, **more):
    return {"external_id": old, "new_external_id": new, **more}


def test_a_record_gets_another_id_and_stays_the_same(api, stock):
    prop, unit, tenant = stock
    before = api.get(f"/properties/{prop['id']}").json()

    (done,) = rename(api, "properties", move("1-9-66", "1_9_66"))

    assert done == {"external_id": "1-9-66", "type": "property", "status": "renamed", "id": prop["id"], "problem": None}
    after = api.get(f"/properties/{prop['id']}").json()
    assert after["external_id"] == "1_9_66"
    assert after["updated_at"] > before["updated_at"]
    assert {k: v for k, v in after.items() if k not in ("external_id", "updated_at")} == {
        k: v for k, v in before.items() if k not in ("external_id", "updated_at")
    }
    row = Property.objects.get()
    assert (row.version, row.search) == (2, compose("property", row.__dict__))
    history = FieldChange.objects.filter(object_id=prop["id"], field="external_id").values_list("old", "new")
    assert list(history) == [("1-9-66", "1_9_66")]
    entry = Entry.objects.get(event="property.renamed")
    assert (str(entry.object_id), entry.data) == (prop["id"], {})
    results = rename(
        api,
        "sub-properties",
        move("1-9-66-2", "1_9_66_2", type="unit"),
        move("1-601404-15023", "1_601404_15023", type="tenant"),
    )
    assert [(r["status"], r["id"]) for r in results] == [("renamed", unit["id"]), ("renamed", tenant["id"])]
    shown = api.get(f"/sub-properties/{tenant['id']}").json()
    assert shown["unit_external_ids"] == ["1_9_66_2"]
    assert api.get(f"/sub-properties/{unit['id']}").json()["property_external_id"] == "1_9_66"


def test_repeating_changes_nothing_and_says_which_record_it_is(api, stock):
    rename(api, "properties", move("1-9-66", "1_9_66"))
    again, same = (
        rename(api, "properties", move("1-9-66", "1_9_66"))[0],
        rename(api, "properties", move("1_9_66", "1_9_66"))[0],
    )
    assert (again["status"], again["id"]) == ("unchanged", stock[0]["id"])
    assert (same["status"], same["id"]) == ("unchanged", stock[0]["id"])
    assert Entry.objects.filter(event="property.renamed").count() == 1


def test_ids_are_swapped_and_passed_on_within_a_call(api):
    a, b, c = api.upsert("properties", *({"external_id": e, "name": f"name {e}"} for e in "abc"))
    results = rename(api, "properties", move("a", "b"), move("b", "a"), move("c", "d"))
    assert {r["status"] for r in results} == {"renamed"}
    assert {p.external_id: str(p.pk) for p in Property.objects.all()} == {"b": a["id"], "a": b["id"], "d": c["id"]}
    results = rename(api, "properties", move("a", "d"), move("d", "e"))
    assert {r["status"] for r in results} == {"renamed"}
    assert {p.external_id: str(p.pk) for p in Property.objects.all()} == {"b": a["id"], "d": b["id"], "e": c["id"]}


def test_what_cannot_be_renamed_is_rejected_alone(api):
    api.upsert("properties", *({"external_id": e} for e in "abcdefg"))
    results = rename(
        api,
        "properties",
        move("a", "b"),  # b stays, for c has what it wants
        move("b", "c"),
        move("nowhere", "nothing"),
        move("d", "x"),
        move("d", "y"),
        move("e", "z"),
        move("f", "z"),
        {"external_id": "g"},
        move("g2", "g3"),
    )
    assert [(r["status"], r["problem"]["code"]) for r in results] == [
        ("rejected", "taken"),
        ("rejected", "taken"),
        ("rejected", "not_found"),
        *[("rejected", "duplicate_in_batch")] * 4,
        ("rejected", "invalid_record"),
        ("rejected", "not_found"),
    ]
    assert sorted(Property.objects.values_list("external_id", flat=True)) == list("abcdefg")
    (moved_on,) = [rename(api, "properties", move("b", "k"), move("old", "b"))]
    assert [r["status"] for r in moved_on] == ["renamed", "rejected"]
    assert moved_on[1]["problem"]["code"] == "not_found"


def test_the_same_id_of_two_types_is_two_records(api, stock):
    api.upsert("sub-properties", {"type": "tenant", "external_id": "1-9-66-2", "unit_external_ids": ["1-9-66-2"]})
    results = rename(api, "sub-properties", move("1-9-66-2", "u", type="unit"), move("1-9-66-2", "u", type="tenant"))
    assert [r["status"] for r in results] == ["renamed", "renamed"]
    assert SubProperty.objects.filter(external_id="u").count() == 2


def test_archived_records_and_groups_are_renamed_too(api, stock):
    api.upsert("property-groups", {"external_id": "1-9"})
    api.post("/properties/archive", {"records": [{"external_id": "1-9-66", "reason": "vanished"}]})
    assert rename(api, "properties", move("1-9-66", "1_9_66"))[0]["status"] == "renamed"
    assert Property.objects.get().archived_at is not None
    assert rename(api, "property-groups", move("1-9", "1_9"))[0]["status"] == "renamed"
    assert PropertyGroup.objects.get().external_id == "1_9"


def test_a_key_renames_only_what_it_may_write(api, api_for, stock):
    reader = api_for(api.organisation, scope="read")
    assert reader.post("/properties/rename", {"records": [move("1-9-66", "x")]}).status_code == 403
    limited = api_for(api.organisation, client_number="2")
    api.upsert("properties", {"external_id": "own", "client_number": "2"})
    results = rename(limited, "properties", move("1-9-66", "x"), move("own", "1-9-66"), move("gone", "1-9-66"))
    assert [r["problem"]["code"] for r in results] == ["not_found", "duplicate_in_batch", "duplicate_in_batch"]
    (taken,) = rename(limited, "properties", move("own", "1-9-66"))
    assert taken["problem"]["code"] == "taken"
    (hidden,) = rename(limited, "properties", move("gone", "1-9-66"))
    assert hidden["problem"]["code"] == "not_found"
    assert Property.objects.filter(external_id="1-9-66").count() == 1
