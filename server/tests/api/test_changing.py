"""Create, change and archive by Gewerk's id; ETag; Idempotency-Key; what a key may do; what is too much."""

import orjson
import pytest
from django.conf import settings
from gewerk.config.installation import installation
from gewerk.identity.models import IdempotentAnswer
from gewerk.journal.models import Entry
from gewerk.portfolio.models import FieldChange, Property, SubProperty

pytestmark = pytest.mark.django_db
NOWHERE = "0192d3c0-0000-7000-8000-000000000000"


def pointers(answer):
    return [e["pointer"] for e in answer.json()["errors"]]


def test_a_record_is_made_by_hand(api, stock, samples):
    made = api.post("/properties", {"name": "Gartenhaus", "external_id": None})
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    assert made["Location"].endswith(f"/properties/{made.json()['id']}")
    assert (made.json()["source"], made.json()["external_id"]) == ("manual", None)
    unit = api.post("/sub-properties", {**samples["unit"], "external_id": "hand"})
    assert unit.status_code == 201, unit.content
    tenant = api.post("/sub-properties", {**samples["tenant"], "external_id": None, "unit_external_ids": ["hand"]})
    assert tenant.json()["unit_external_ids"] == ["hand"]
    assert api.post("/property-groups", {"name": "Nord"}).status_code == 201
    assert Entry.objects.filter(event="property.created", object_id=made.json()["id"]).count() == 1


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/properties", {"external_id": "1-9-66"}, ["/external_id"]),
        ("/sub-properties", {"external_id": "x"}, ["/type"]),
        ("/sub-properties", {"type": "unit"}, ["/property_external_id"]),
        ("/sub-properties", {"type": "unit", "property_external_id": "ghost"}, ["/property_external_id"]),
        ("/sub-properties", {"type": "tenant", "unit_external_ids": []}, ["/unit_external_ids"]),
        ("/sub-properties", {"type": "tenant", "unit_external_ids": ["1-9-66-2", "g"]}, ["/unit_external_ids/1"]),
        ("/properties", {"custom": {"a/b~c": 5}}, ["/custom/a~1b~0c"]),
        ("/properties", {"name": "nul\x00"}, ["/name"]),
        ("/properties", {"custom": {"nul\x00": "x"}}, ["/custom/nul\x00"]),
        ("/properties", {"address": {"country": "Germany", "planet": "x"}}, ["/address/country", "/address/planet"]),
        ("/properties", {"construction_year": 19650}, ["/construction_year"]),
        ("/properties", {"storeys": True}, ["/storeys"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(api, stock, path, body, expected):
    before = Entry.objects.count()
    answer = api.post(path, body)
    assert answer.status_code in (409, 422), answer.content
    assert sorted(pointers(answer)) == expected
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("living_area_m2", "64,35"),
        ("living_area_m2", "64.355"),
        ("living_area_m2", -1),
        ("living_area_m2", "NaN"),
        ("living_area_m2", 10**12),
        ("rooms", "Infinity"),
        ("floor", 1.5),
        ("usage", "Wohnung"),
        ("name", "n" * 301),
        ("occupancy", ""),
    ],
)
def test_values_that_cannot_be_are_refused(api, stock, field, value):
    answer = api.patch(f"/sub-properties/{stock[1]['id']}", {field: value})
    assert (answer.status_code, pointers(answer)) == (422, [f"/{field}"])


@pytest.mark.parametrize(
    ("sent", "shown"), [("64.35", "64.35"), (64.35, "64.35"), (7, "7"), ("3.50", "3.5"), (None, None)]
)
def test_decimals_travel_as_text_or_number(api, stock, sent, shown):
    path = f"/sub-properties/{stock[1]['id']}"
    assert api.patch(path, {"living_area_m2": sent}).json()["living_area_m2"] == shown
    assert api.get(path).json()["living_area_m2"] == shown


def test_a_change_raises_the_etag_and_a_stale_one_is_refused(api, stock):
    path = f"/properties/{stock[0]['id']}"
    first = api.get(path)
    changed = api.patch(path, {"name": "Neu"}, If_Match=first["ETag"])
    assert (changed.status_code, changed["ETag"], changed.json()["name"]) == (200, '"2"', "Neu")
    stale = api.patch(path, {"name": "Alt"}, If_Match=first["ETag"])
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:gewerk:problem:stale")
    assert api.patch(path, {"name": "Neu"}, If_Match="*")["ETag"] == '"2"', "nothing new: no new version"
    assert api.patch(path, {"name": "x"}, If_Match='"1", "2"').status_code == 400
    assert Property.objects.get().name == "Neu"
    assert FieldChange.objects.get().field == "name"


def test_an_external_id_can_move_to_another_separator_but_not_onto_another_record(api, stock, samples):
    unit = f"/sub-properties/{stock[1]['id']}"
    assert api.patch(unit, {"external_id": "1.9.66.2"}).json()["external_id"] == "1.9.66.2"
    assert api.upsert("sub-properties", {**samples["unit"], "external_id": "1.9.66.2"})[0]["status"] == "unchanged"
    api.upsert("sub-properties", {**samples["unit"], "external_id": "other"})
    taken = api.patch(unit, {"external_id": "other"})
    assert (taken.status_code, pointers(taken)) == (409, ["/external_id"])
    assert api.patch(unit, {"type": "tenant"}).status_code == 422


def test_archiving_by_id(api, stock):
    path = f"/sub-properties/{stock[2]['id']}"
    stale = api.post(f"{path}/archive", {"reason": "lease_ended"}, If_Match='"7"')
    assert (stale.status_code, api.get(path).json()["archived_at"]) == (412, None)
    done = api.post(f"{path}/archive", {"reason": "lease_ended"}, If_Match='"1"')
    assert (done.status_code, done.json()["archive_reason"], done["ETag"]) == (200, "lease_ended", '"2"')
    assert api.post(f"{path}/archive", {"reason": "vanished"}).json()["archive_reason"] == "lease_ended"
    assert api.post(f"{path}/archive", {"reason": "why"}).status_code == 422
    assert api.post(f"/properties/{NOWHERE}/archive", {"reason": "manual"}).status_code == 404


def test_the_same_idempotency_key_gives_the_same_answer_once(api, samples):
    body = {"records": [samples["property"]]}
    first = api.post("/properties/upsert", body, Idempotency_Key="k1")
    again = api.post("/properties/upsert", body, Idempotency_Key="k1")
    assert first.content == again.content
    assert (first.json()["results"][0]["status"], again["Idempotent-Replayed"]) == ("created", "true")
    assert Entry.objects.filter(event="property.created").count() == 1
    made = api.post("/properties", {"name": "a"}, Idempotency_Key="k2")
    replayed = api.post("/properties", {"name": "a"}, Idempotency_Key="k2")
    assert (replayed.status_code, replayed["ETag"], replayed["Location"]) == (201, made["ETag"], made["Location"])
    assert Property.objects.count() == 2


def test_an_idempotency_key_for_another_request_is_refused(api, samples):
    api.post("/properties", {"name": "a"}, Idempotency_Key="k")
    other = api.post("/properties", {"name": "b"}, Idempotency_Key="k")
    assert (other.status_code, other.json()["type"]) == (422, "urn:gewerk:problem:idempotency_key_reused")
    assert api.post("/property-groups", {"name": "a"}, Idempotency_Key="k").status_code == 422
    assert api.post("/properties", {"name": "a"}, Idempotency_Key="x" * 256).status_code == 400
    assert Property.objects.count() == 1


def test_a_refused_request_may_be_repeated_with_its_key_after_it_was_mended(api):
    refused = api.post("/sub-properties", {"type": "unit", "property_external_id": "p"}, Idempotency_Key="k")
    assert refused.status_code == 422
    api.upsert("properties", {"external_id": "p"})
    assert (
        api.post("/sub-properties", {"type": "unit", "property_external_id": "p"}, Idempotency_Key="k").status_code
        == 201
    )


def test_keys_do_not_share_idempotency_keys_and_answers_are_forgotten_after_a_day(api, api_for):
    from datetime import timedelta

    from django.utils import timezone

    other = api_for(api.organisation)
    assert api.post("/properties", {"name": "a"}, Idempotency_Key="k").status_code == 201
    assert other.post("/properties", {"name": "b"}, Idempotency_Key="k").status_code == 201
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24))
    assert api.post("/properties", {"name": "c"}, Idempotency_Key="k").status_code == 201


WRITES = [
    ("/properties/upsert", {"records": [{"external_id": "x"}]}),
    ("/properties/archive", {"records": [{"external_id": "x", "reason": "manual"}]}),
    ("/properties", {"name": "x"}),
    ("/integrations", {"external_id": "c", "kind": "k", "name": "n"}),
]


def test_a_read_only_key_reads_and_writes_nothing(api, api_for, stock):
    reader = api_for(api.organisation, scope="read")
    assert len(reader.get("/properties").json()["items"]) == 1
    for path, body in WRITES:
        answer = reader.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:gewerk:problem:forbidden"), path
    assert reader.patch(f"/properties/{stock[0]['id']}", {"name": "x"}).status_code == 403
    assert reader.post(f"/properties/{stock[0]['id']}/archive", {"reason": "manual"}).status_code == 403


def test_a_master_data_key_writes_master_data_and_integrations(api_for):
    key = api_for(scope="master_data")
    assert [key.post(path, body).status_code for path, body in WRITES] == [200, 200, 201, 201]


def test_a_key_limited_to_a_client_sees_and_writes_only_that_client(api, api_for, stock, samples):
    limited = api_for(api.organisation, client_number="2")
    assert limited.get("/properties").json()["items"] == []
    assert limited.get("/sub-properties/export").getvalue() == b""
    assert limited.get(f"/properties/{stock[0]['id']}").status_code == 404
    assert limited.patch(f"/properties/{stock[0]['id']}", {"name": "x"}).status_code == 404
    assert limited.post(f"/properties/{stock[0]['id']}/archive", {"reason": "manual"}).status_code == 404
    results = limited.upsert(
        "properties",
        {**samples["property"], "name": "taken over"},
        {"external_id": "b", "client_number": "1"},
        {"external_id": "c", "client_number": None},
        {"external_id": "d"},
        {"external_id": "e", "client_number": "2"},
    )
    assert [r["status"] for r in results] == ["rejected", "rejected", "rejected", "created", "created"]
    assert {r["problem"]["code"] for r in results[:3]} == {"outside_client"}
    assert set(Property.objects.filter(external_id__in="de").values_list("client_number", flat=True)) == {"2"}
    (unit,) = limited.upsert("sub-properties", {**samples["unit"], "external_id": "u", "client_number": "2"})
    assert unit["problem"]["code"] == "unknown_property"
    (gone,) = limited.post(
        "/properties/archive", {"records": [{"external_id": "1-9-66", "reason": "vanished"}]}
    ).json()["results"]
    assert gone["problem"]["code"] == "not_found"
    created = limited.post("/properties", {"name": "mine"})
    assert created.json()["client_number"] == "2"
    assert limited.patch(f"/properties/{created.json()['id']}", {"client_number": "1"}).status_code == 422
    assert Property.objects.get(external_id="1-9-66").archived_at is None


def test_too_large_too_much_and_not_json(api, samples, monkeypatch):
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 10_000)
    huge = orjson.dumps({"records": [{"external_id": "x", "name": "n" * 10_000}]})
    large = api.post("/properties/upsert", huge)
    assert (large.status_code, large["Content-Type"]) == (413, "application/problem+json")
    assert api.post("/properties/upsert", b"<x/>", Content_Type="text/xml").status_code == 415
    assert api.post("/properties/upsert", b"{}", Content_Encoding="gzip").status_code == 415
    assert api.post("/properties", b'{"name": "a"}', Content_Type="application/json; charset=utf-8").status_code == 201
    assert SubProperty.objects.count() == 0


def test_a_key_that_calls_too_often_waits(api, api_for, monkeypatch):
    monkeypatch.setattr(installation(), "api_rate_per_minute", 3)
    answers = [api.get("/properties") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"key";q=3;w=60'
    assert answers[2]["RateLimit"].startswith('"key";r=0;t=')
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert api_for(api.organisation).get("/properties").status_code == 200, "another key has its own count"


def test_what_fails_inside_leaves_nothing_and_tells_nothing(api, samples, monkeypatch, caplog):
    from django.db import OperationalError

    def broken(*args, **kwargs):
        raise RuntimeError(samples["tenant"]["last_name"])

    api.client.raise_request_exception = False
    monkeypatch.setattr("gewerk.portfolio.operations.writing.record_many", broken)
    answer = api.post("/properties/upsert", {"records": [samples["property"]]})
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:gewerk:problem:internal")
    assert Property.objects.count() == 0
    assert "Wiebe" not in answer.content.decode() + caplog.text

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("gewerk.portfolio.operations.writing.record_many", locked)
    busy = api.post("/properties/upsert", {"records": [samples["property"]]})
    assert (busy.status_code, busy["Retry-After"]) == (503, "1")
    assert Property.objects.count() == 0


@pytest.mark.parametrize("number", [b"1" + b"0" * 30, b"1e400", b"NaN", b"-0.0"])
def test_numbers_beyond_every_range_are_refused(api, stock, number):
    answer = api.patch(f"/sub-properties/{stock[1]['id']}", b'{"floor": ' + number + b"}")
    assert answer.status_code in (400, 422), answer.content
