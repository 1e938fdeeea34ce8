"""Upsert: one answer per record, in the order sent, never half a record."""

import pytest
from gewerk.journal.models import Entry
from gewerk.portfolio.models import FieldChange, Property, SubProperty, Tenure

pytestmark = pytest.mark.django_db


def statuses(results):
    return [r["status"] for r in results]


def test_the_first_time_creates_the_second_time_changes_nothing(api, samples):
    assert statuses(api.upsert("properties", samples["property"])) == ["created"]
    assert statuses(api.upsert("sub-properties", samples["unit"], samples["tenant"])) == ["created", "created"]
    before = list(SubProperty.objects.values("version", "updated_at"))
    assert statuses(api.upsert("properties", samples["property"])) == ["unchanged"]
    assert statuses(api.upsert("sub-properties", samples["unit"], samples["tenant"])) == ["unchanged", "unchanged"]
    assert list(SubProperty.objects.values("version", "updated_at")) == before
    assert FieldChange.objects.count() == 0


def test_all_fields_arrive_and_come_back(api, stock, samples):
    prop, unit, tenant = (
        api.get(f"/{r}/{one['id']}").json()
        for r, one in zip(("properties", "sub-properties", "sub-properties"), stock, strict=True)
    )
    assert {k: prop[k] for k in samples["property"] if k != "address"} == {
        k: v for k, v in samples["property"].items() if k != "address"
    }
    assert prop["address"] == {**samples["property"]["address"], "addition": None, "district": None, "raw": None}
    assert {k: unit[k] for k in samples["unit"]} == samples["unit"]
    assert {k: tenant[k] for k in samples["tenant"]} == samples["tenant"]
    assert tenant["name"] == "Jonas Wiebe"
    assert (prop["source"], prop["type"], prop["archived_at"]) == ("erp", "property", None)


def test_an_e_mail_changed_is_one_update_with_history_and_journal_without_the_address(api, stock, samples):
    results = api.upsert("sub-properties", {**samples["tenant"], "email": "neu@example.org"})
    assert statuses(results) == ["updated"]
    change = FieldChange.objects.get()
    assert (change.object_type, change.field, change.old, change.new) == (
        "tenant",
        "email",
        "wiebe@example.org",
        "neu@example.org",
    )
    entry = Entry.objects.get(event="sub_property.updated")
    assert (entry.object_type, str(entry.object_id), entry.data) == ("tenant", results[0]["id"], {"fields": ["email"]})
    assert SubProperty.objects.get(type="tenant").version == 2
    assert not any("example.org" in str(e.data) for e in Entry.objects.all())


def test_a_field_left_out_stays_and_null_empties(api, stock, samples):
    api.upsert("sub-properties", {"type": "unit", "external_id": "1-9-66-2", "name": None})
    unit = SubProperty.objects.get(type="unit")
    assert (unit.name, unit.usage, str(unit.living_area_m2)) == ("", "living", "64.35")
    api.upsert("properties", {"external_id": "1-9-66", "address": {"city": None, "district": "Mitte"}, "storeys": None})
    prop = Property.objects.get()
    assert (prop.city, prop.district, prop.street, prop.storeys) == ("", "Mitte", "Lindemannstraße", None)
    api.upsert("properties", {"external_id": "1-9-66", "address": None})
    assert Property.objects.get().street == ""


def test_one_bad_record_does_not_hurt_the_others_and_pointers_say_where(api, samples):
    api.upsert("properties", samples["property"])
    unit = samples["unit"]
    results = api.upsert(
        "sub-properties",
        {**unit, "usage": "palace", "floor": "2", "colour": "red"},
        {**unit, "external_id": "good"},
        {**unit, "external_id": "x", "property_external_id": "nowhere"},
        {**samples["tenant"], "unit_external_ids": ["good", "ghost"]},
        {"external_id": "no-type"},
        "no object",
        {**unit, "external_id": ""},
        {**unit, "external_id": "nul\x00"},
        {**unit, "external_id": "long", "name": "n" * 301},
    )
    assert statuses(results) == ["rejected", "created", *["rejected"] * 7]
    assert {(e["pointer"], e["code"]) for e in results[0]["problem"]["errors"]} == {
        ("/records/0/usage", "not_allowed"),
        ("/records/0/floor", "wrong_type"),
        ("/records/0/colour", "unknown_field"),
    }
    assert results[2]["problem"]["code"] == "unknown_property"
    assert (results[3]["problem"]["code"], results[3]["problem"]["errors"][0]["pointer"]) == (
        "unknown_unit",
        "/records/3/unit_external_ids/1",
    )
    assert results[4]["problem"]["errors"][0] == {
        "pointer": "/records/4/type",
        "code": "required",
        "message": "This field is missing.",
    }
    assert results[5]["external_id"] is None
    assert results[7]["problem"]["errors"][0]["pointer"] == "/records/7/external_id"
    assert results[8]["problem"]["errors"][0]["code"] == "too_long"
    assert [u.external_id for u in SubProperty.objects.all()] == ["good"]
    assert Tenure.objects.count() == 0


def test_every_record_whose_id_stands_twice_is_rejected(api, samples):
    api.upsert("properties", samples["property"])
    unit, tenant = samples["unit"], samples["tenant"]
    results = api.upsert(
        "sub-properties",
        unit,
        {**unit, "name": "other"},
        {**unit, "external_id": "b"},
        {**tenant, "external_id": "b", "unit_external_ids": ["b"]},
    )
    assert statuses(results) == ["rejected", "rejected", "created", "created"]
    assert {r["problem"]["code"] for r in results[:2]} == {"duplicate_in_batch"}
    assert results[1]["problem"]["errors"][0]["pointer"] == "/records/1/external_id"


def test_units_may_stand_after_the_tenants_who_name_them(api, samples):
    api.upsert("properties", samples["property"])
    results = api.upsert("sub-properties", samples["tenant"], samples["unit"])
    assert [(r["type"], r["status"]) for r in results] == [("tenant", "created"), ("unit", "created")]


def test_an_archived_record_is_revived(api, stock, samples):
    archived = api.post(
        "/sub-properties/archive", {"records": [{"type": "unit", "external_id": "1-9-66-2", "reason": "vanished"}]}
    ).json()
    assert statuses(archived["results"]) == ["archived"]
    assert SubProperty.objects.get(type="unit").archive_reason == "vanished"
    again = api.post(
        "/sub-properties/archive", {"records": [{"type": "unit", "external_id": "1-9-66-2", "reason": "filtered"}]}
    ).json()
    assert statuses(again["results"]) == ["unchanged"]
    assert statuses(api.upsert("sub-properties", samples["unit"])) == ["updated"]
    unit = SubProperty.objects.get(type="unit")
    assert (unit.archived_at, unit.archive_reason) == (None, "")
    assert list(FieldChange.objects.order_by("id").values_list("field", "old", "new")) == [
        ("archive_reason", None, "vanished"),
        ("archive_reason", "vanished", None),
    ]


def test_archiving_what_is_not_there_is_rejected_alone(api, stock):
    results = api.post(
        "/sub-properties/archive",
        {
            "records": [
                {"type": "tenant", "external_id": "ghost", "reason": "vanished"},
                {"type": "tenant", "external_id": "1-601404-15023", "reason": "bored"},
                {"type": "unit", "external_id": "1-9-66-2", "reason": "filtered"},
            ]
        },
    ).json()["results"]
    assert statuses(results) == ["rejected", "rejected", "archived"]
    assert results[0]["problem"]["code"] == "not_found"
    assert results[1]["problem"]["errors"][0]["pointer"] == "/records/1/reason"


def test_a_tenant_moves_between_units(api, stock, samples):
    api.upsert("sub-properties", {**samples["unit"], "external_id": "1-9-66-3"})
    results = api.upsert("sub-properties", {**samples["tenant"], "unit_external_ids": ["1-9-66-3"]})
    assert statuses(results) == ["updated"]
    assert [t.unit.external_id for t in Tenure.objects.all()] == ["1-9-66-3"]
    change = FieldChange.objects.get()
    assert (change.field, change.old, change.new) == ("unit_external_ids", ["1-9-66-2"], ["1-9-66-3"])
    assert statuses(
        api.upsert("sub-properties", {**samples["tenant"], "unit_external_ids": ["1-9-66-3", "1-9-66-2"]})
    ) == ["updated"]
    assert statuses(
        api.upsert("sub-properties", {**samples["tenant"], "unit_external_ids": ["1-9-66-2", "1-9-66-3"]})
    ) == ["unchanged"]


def test_groups_are_kept_and_unknown_ones_refused(api, samples):
    assert statuses(api.upsert("property-groups", {"external_id": "1-9", "name": "WE 9"})) == ["created"]
    results = api.upsert(
        "properties",
        {**samples["property"], "group_external_ids": ["1-9"]},
        {"external_id": "b", "group_external_ids": ["x"]},
    )
    assert statuses(results) == ["created", "rejected"]
    assert results[1]["problem"]["code"] == "unknown_group"
    assert api.get("/properties?external_id=1-9-66").json()["items"][0]["group_external_ids"] == ["1-9"]
    assert statuses(api.upsert("properties", {"external_id": "1-9-66", "group_external_ids": []})) == ["updated"]
    assert FieldChange.objects.get().old == ["1-9"]


@pytest.mark.parametrize(
    "external_id", ["a/b", "a|b", "../../etc", "Größe-ÄÖÜß", "🏠-1", "%2F", "a b", "?x=1&y", "'; DROP", "\\", " 1 "]
)
def test_odd_ids_survive_every_address(api, samples, external_id):
    assert statuses(api.upsert("properties", {**samples["property"], "external_id": external_id})) == ["created"]
    from urllib.parse import urlencode

    found = api.get("/properties?" + urlencode({"external_id": external_id})).json()["items"]
    assert [f["external_id"] for f in found] == [external_id]
    assert api.get(f"/properties/{found[0]['id']}").json()["external_id"] == external_id
    assert statuses(api.upsert("properties", {**samples["property"], "external_id": external_id})) == ["unchanged"]


def test_what_the_erp_sends_it_leads(api, stock):
    from gewerk.portfolio.leadership import led_by_erp

    assert led_by_erp(SubProperty.objects.get(type="tenant")) >= {"email", "first_name", "name", "units", "external_id"}
    assert "further_emails" not in led_by_erp(SubProperty.objects.get(type="tenant"))
    prop = Property.objects.get()
    assert led_by_erp(prop) == {
        "external_id",
        "name",
        "street",
        "house_number",
        "postcode",
        "city",
        "country",
        "client_number",
        "construction_year",
        "storeys",
    }
    api.upsert("properties", {"external_id": "1-9-66", "property_type": None})
    prop.refresh_from_db()
    assert "property_type" in led_by_erp(prop)
    assert prop.version == 1


def test_a_manual_record_becomes_the_erps(api, samples):
    from gewerk.portfolio.leadership import led_by_erp

    made = api.post("/properties", samples["property"])
    assert made.status_code == 201
    assert led_by_erp(Property.objects.get()) == frozenset()
    assert statuses(api.upsert("properties", samples["property"])) == ["updated"]
    assert Property.objects.get().source == "erp"
    assert statuses(api.upsert("properties", samples["property"])) == ["unchanged"]


def test_what_is_searched_follows_the_fields(api, stock):
    assert Property.objects.get().search == "lindemannstrasse 66 lindemannstrasse 66 44137 dortmund 1 9 66"
    api.upsert("properties", {"external_id": "1-9-66", "address": {"city": "Köln"}})
    assert "koeln" in Property.objects.get().search
    assert "koln" in Property.objects.get().search
    api.upsert("properties", {"external_id": "1-9-66", "storeys": 9})
    assert "koeln" in Property.objects.get().search


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"records": {}}',
        b'{"records": []}',
        b'{"records": [], "more": 1}',
        b"\xff\xfe",
        b'{"records": [' + b"{}," * 500 + b"{}]}",
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(api, body):
    answer = api.post("/properties/upsert", body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_the_number_of_queries_does_not_depend_on_the_records(api, samples):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(count):
        units = [{**samples["unit"], "external_id": f"{count}-{i}"} for i in range(count)]
        tenants = [
            {**samples["tenant"], "external_id": f"t{count}-{i}", "unit_external_ids": [f"{count}-{i}"]}
            for i in range(count)
        ]
        numbers = []
        for change in ({}, {"custom": {"a": "b"}}, {}):
            with CaptureQueriesContext(connection) as captured:
                api.upsert("sub-properties", *[{**r, **change} for r in (*units, *tenants)])
            numbers.append(len(captured))
        return numbers

    api.upsert("properties", samples["property"])
    assert queries(2) == queries(20)
