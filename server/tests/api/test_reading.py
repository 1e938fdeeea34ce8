"""Lists, single records, pages, field selection, export; what is refused and how."""

from datetime import timedelta
from urllib.parse import urlencode

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from gewerk.portfolio.models import Property

pytestmark = pytest.mark.django_db


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [item["external_id"] for item in answer.json()["items"]]


def many(api, count):
    api.upsert("properties", *[{"external_id": f"p{i:03}", "name": f"Haus {i}"} for i in range(count)])


def test_pages_follow_each_other_without_loss_or_doubles(api):
    many(api, 23)
    seen, cursor = [], None
    while True:
        answer = api.get("/properties?limit=5" + (f"&cursor={cursor}" if cursor else ""))
        seen += ids(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"p{i:03}" for i in range(23)]


def test_a_record_changed_while_paging_comes_again_and_none_is_missed(api):
    many(api, 6)
    first = api.get("/properties?limit=3")
    changed = ids(first)[0]
    api.upsert("properties", {"external_id": changed, "name": "neu"})
    rest = ids(api.get(f"/properties?limit=500&cursor={first.json()['next_cursor']}"))
    assert set(ids(first)) | set(rest) == {f"p{i:03}" for i in range(6)}
    assert changed in rest


def test_updated_since_finds_what_changed(api, factories):
    many(api, 3)
    Property.objects.filter(external_id="p000").update(updated_at=timezone.now() - timedelta(days=2))
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert sorted(ids(api.get("/properties?" + urlencode({"updated_since": since})))) == ["p001", "p002"]
    assert sorted(ids(api.get(f"/properties?updated_since={since}"))) == ["p001", "p002"], (
        "an unescaped + is understood"
    )


def test_filters(api, stock, samples):
    api.post("/properties/archive", {"records": [{"external_id": "1-9-66", "reason": "manual"}]})
    api.upsert("properties", {**samples["property"], "external_id": "b", "client_number": "2"})
    assert sorted(ids(api.get("/properties"))) == ["1-9-66", "b"]
    assert ids(api.get("/properties?archived=true")) == ["1-9-66"]
    assert ids(api.get("/properties?archived=false")) == ["b"]
    assert ids(api.get("/properties?client_number=2")) == ["b"]
    assert ids(api.get("/sub-properties?type=tenant")) == ["1-601404-15023"]
    assert ids(api.get("/sub-properties?external_id=1-9-66-2&type=tenant")) == []


def test_field_selection(api, stock):
    (item,) = api.get("/properties?fields=name,address").json()["items"]
    assert set(item) == {"id", "name", "address"}
    refused = api.get("/properties?fields=name,rent")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/query/fields"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=501", "/query/limit"),
        ("limit=x", "/query/limit"),
        ("cursor=abc", "/query/cursor"),
        ("cursor=%00", "/query/cursor"),
        ("cursor=" + "W1tbW1tbW1tbW1tbW1tb", "/query/cursor"),
        ("updated_since=yesterday", "/query/updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "/query/updated_since"),
        ("archived=maybe", "/query/archived"),
        ("external_id=%00", "/query/external_id"),
        ("updated_sinse=2026-01-01", "/query/updated_sinse"),
        ("type=unit", "/query/type"),
    ],
)
def test_a_wrong_query_is_refused_with_its_name(api, query, pointer):
    answer = api.get(f"/properties?{query}")
    assert answer.status_code == 422, answer.content
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


def test_the_export_streams_every_record_as_it_is_read(api, stock, samples):
    api.upsert("sub-properties", *[{**samples["unit"], "external_id": f"u{i}"} for i in range(250)])
    api.post("/sub-properties/archive", {"records": [{"type": "unit", "external_id": "u7", "reason": "vanished"}]})
    answer = api.get("/sub-properties/export")
    assert (answer.status_code, answer["Content-Type"], answer.streaming) == (200, "application/x-ndjson", True)
    lines = [orjson.loads(line) for line in answer.getvalue().splitlines()]
    assert len({line["id"] for line in lines}) == len(lines) == 252
    single = api.get(f"/sub-properties/{stock[2]['id']}").json()
    assert single in lines
    tenants = api.get("/sub-properties/export?type=tenant").getvalue()
    assert [orjson.loads(line)["type"] for line in tenants.splitlines()] == ["tenant"]
    assert len(api.get("/sub-properties/export?archived=false").getvalue().splitlines()) == 251


@pytest.mark.parametrize("count", [999, 1000, 1001])
def test_the_export_ends_right_at_the_edge_of_a_chunk(api, count):
    now = timezone.now()
    Property.objects.bulk_create(
        Property(organisation=api.organisation, external_id=str(i), created_at=now, updated_at=now)
        for i in range(count)
    )
    assert len({orjson.loads(line)["id"] for line in api.get("/properties/export").getvalue().splitlines()}) == count


def test_lists_and_exports_ask_as_many_questions_for_many_as_for_few(api, stock, samples):
    def questions(path):
        with CaptureQueriesContext(connection) as captured:
            answer = api.get(path)
            answer.getvalue() if answer.streaming else answer.content
        return len(captured)

    paths = ["/properties", "/sub-properties", "/properties/export", "/sub-properties/export"]
    few = [questions(path) for path in paths]
    api.upsert("properties", *[{"external_id": f"p{i}"} for i in range(30)])
    api.upsert("sub-properties", *[{**samples["tenant"], "external_id": f"t{i}"} for i in range(30)])
    assert [questions(path) for path in paths] == few


def test_what_is_not_there_is_a_problem(api):
    for path in (
        "/properties/0192d3c0-0000-7000-8000-000000000000",
        "/properties/1-9-66",
        "/nothing",
        "/properties/",
        "/sub-properties/x/archive/y",
    ):
        answer = api.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path
    answer = api.call("DELETE", "/properties")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert {m.strip() for m in answer["Allow"].split(",")} == {"GET", "POST"}
    assert api.call("DELETE", "/token").status_code == 405


def test_latest_redirects_with_method_and_query(api):
    answer = api.client.post("/api/latest/properties/upsert?x=1")
    assert (answer.status_code, answer["Location"]) == (307, "/api/2026-11-01/properties/upsert?x=1")
    assert api.client.get("/api/latest/openapi.json")["Location"] == "/api/2026-11-01/openapi.json"
    assert api.client.get("/api/2020-01-01/properties").status_code == 404
    assert api.client.get("/api/2020-01-01/openapi.json").status_code == 404
    assert api.client.get("/api/").status_code == 404


def test_errors_speak_the_language_asked_for(api):
    german = api.get("/properties?limit=0", Accept_Language="de").json()
    english = api.get("/properties?limit=0", Accept_Language="en-GB,en;q=0.9").json()
    assert german["type"] == english["type"] == "urn:gewerk:problem:invalid"
    assert german["errors"][0]["code"] == english["errors"][0]["code"] == "out_of_range"
    assert (german["errors"][0]["message"], english["errors"][0]["message"]) == (
        "Die Zahl ist zu klein.",
        "The number is too small.",
    )
