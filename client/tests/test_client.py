from datetime import UTC, datetime

import orjson
import pytest
from gewerk_client import (
    Client,
    Forbidden,
    NotFound,
    NotGewerk,
    RateLimited,
    Refused,
    ServerFault,
    Unauthorized,
    Unavailable,
)
from gewerk_client.problems import retry_after_seconds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standin import Fault, StandIn


def building(external_id: str, **fields: object) -> dict[str, object]:
    return {"external_id": external_id, "name": "Haus", **fields}


def test_upsert_answers_per_record_in_the_order_sent(api: StandIn, client: Client) -> None:
    api.reject["b"] = "invalid"
    results = client.upsert("properties", [building("c"), building("b"), building("a")])
    assert [(r["external_id"], r["status"]) for r in results] == [
        ("c", "created"),
        ("b", "rejected"),
        ("a", "created"),
    ]
    assert results[1]["problem"] is not None
    assert results[1]["problem"]["code"] == "invalid"


def test_rename_keeps_the_record_and_may_be_repeated(api: StandIn, client: Client) -> None:
    client.upsert("properties", [building("1-9")])
    move = {"external_id": "1-9", "new_external_id": "1_9"}
    first, second = client.rename("properties", [move]), client.rename("properties", [move])
    assert (first[0]["status"], second[0]["status"]) == ("renamed", "unchanged")
    assert first[0]["id"] == second[0]["id"]
    assert list(api.records["property"]) == ["1_9"]


def test_one_token_serves_many_requests_and_an_ended_one_is_renewed(api: StandIn, client: Client) -> None:
    client.upsert("properties", [building("a")])
    client.upsert("properties", [building("b")])
    assert api.requests["/token"] == 1
    api.tokens.clear()
    client.upsert("properties", [building("c")])
    assert api.requests["/token"] == 2
    assert set(api.records["property"]) == {"a", "b", "c"}


def test_a_token_near_its_end_is_renewed_before_it_is_used(api: StandIn, client: Client) -> None:
    api.token_seconds = 0
    client.upsert("properties", [building("a")])
    client.upsert("properties", [building("b")])
    assert api.requests["/token"] >= 2


def test_a_rotated_secret_is_unauthorized(api: StandIn, client: Client) -> None:
    client.authorize()
    api.rotate()
    with pytest.raises(Unauthorized):
        client.upsert("properties", [building("a")])
    assert api.records["property"] == {}


def test_a_rotated_secret_leaves_a_living_token_alone(api: StandIn, client: Client) -> None:
    client.authorize()
    api.rotate(revoke_tokens=False)
    assert client.upsert("properties", [building("a")])[0]["status"] == "created"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, Forbidden),
        (404, NotFound),
        (413, Refused),
        (422, Refused),
        (429, RateLimited),
        (500, ServerFault),
        (502, Unavailable),
        (503, Unavailable),
    ],
)
def test_each_status_has_its_exception(api: StandIn, client: Client, status: int, error: type[Exception]) -> None:
    body = orjson.dumps(
        {
            "type": "https://x/problems/too-much",
            "title": "T",
            "status": status,
            "detail": "D",
            "errors": [{"pointer": "/records/3/usage", "code": "enum", "message": "M"}],
            "request_id": "r-7",
        }
    )
    api.faults.append(Fault("/upsert", status=status, body=body, headers={"Retry-After": "7"}))
    with pytest.raises(error) as caught:
        client.upsert("properties", [building("a")])
    problem = caught.value.problem  # type: ignore[attr-defined]
    assert (problem.code, problem.detail, problem.request_id) == ("too-much", "D", "r-7")
    assert problem.errors[0].pointer == "/records/3/usage"
    if isinstance(caught.value, Unavailable):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"<html>", b'{"errors": 3}', b'{"detail": 1}'])
def test_an_unreadable_problem_is_still_the_status(api: StandIn, client: Client, body: bytes) -> None:
    api.faults.append(Fault("/upsert", status=422, body=body))
    with pytest.raises(Refused) as caught:
        client.upsert("properties", [building("a")])
    assert caught.value.problem is not None
    assert caught.value.problem.code == "http_422"


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_dropped_connection_is_unavailable(api: StandIn, client: Client, drop: str) -> None:
    client.authorize()
    api.faults.append(Fault("/upsert", drop=drop))
    with pytest.raises(Unavailable):
        client.upsert("properties", [building("a")])
    assert set(api.records["property"]) == ({"a"} if drop == "after" else set())


def test_nobody_there_is_unavailable() -> None:
    with Client("http://127.0.0.1:1", "a", "b") as client, pytest.raises(Unavailable):
        client.authorize()


@pytest.mark.parametrize("address", ["", "gewerk.example", "ftp://gewerk.example", "http://"])
def test_a_base_url_that_is_none_is_named(address: str) -> None:
    with pytest.raises(NotGewerk):
        Client(address, "a", "b")


def test_a_web_page_is_not_gewerk(api: StandIn, client: Client) -> None:
    api.faults.append(Fault("/token", status=404, body=b"<html>", content_type="text/html"))
    with pytest.raises(NotGewerk):
        client.authorize()
    api.faults.append(Fault("/token", status=301, headers={"Location": "https://other/x?secret=1"}))
    with pytest.raises(NotGewerk, match="redirected to https://other/x") as caught:
        client.authorize()
    assert "secret" not in str(caught.value)


def test_export_streams_every_record_once_and_renews_the_token(api: StandIn, client: Client) -> None:
    wanted = {f"b-{n}" for n in range(1200)}
    for start in range(0, 1200, 400):
        client.upsert("properties", [building(f"b-{n}") for n in range(start, start + 400)])
    api.tokens.clear()
    lines = [orjson.loads(line)["external_id"] for line in client.export("properties")]
    assert len(lines) == 1200
    assert set(lines) == wanted
    assert list(client.export("sub-properties", type="unit")) == []


def test_changed_since_walks_all_pages(api: StandIn, client: Client) -> None:
    for start in range(0, 1500, 500):
        client.upsert("properties", [building(f"b-{n}") for n in range(start, start + 500)])
    before = datetime.now(UTC)
    assert list(client.changed_since("properties", before)) == []
    for n in range(700):
        api.touch("property", f"b-{n}", name="von Hand")
    assert {r["external_id"] for r in client.changed_since("properties", before)} == {f"b-{n}" for n in range(700)}


@given(st.text(min_size=1, max_size=40).filter(lambda s: s.strip("\ud800") and s.isprintable()))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_id_survives_the_url(api: StandIn, client: Client, external_id: str) -> None:
    client.upsert("properties", [building(external_id)])
    found = client.find("properties", external_id)
    assert found is not None
    assert found["external_id"] == external_id


@pytest.mark.parametrize("external_id", ["104/001", "1|9|66", "1-Größe-ß", "🏠-1", "a b+c&d=e%20#f?", "..", "%2F"])
def test_the_ids_of_the_spec_survive_the_url(api: StandIn, client: Client, external_id: str) -> None:
    client.upsert("properties", [building("other"), building(external_id)])
    found = client.find("properties", external_id)
    assert found is not None
    assert found["external_id"] == external_id


def test_an_id_in_a_path_is_one_segment(api: StandIn, client: Client) -> None:
    client.authorize()
    api.requests.clear()
    client.read("properties", "a/../b")
    assert "/properties/a/../b" in api.requests


def test_a_run_is_handed_over(api: StandIn, client: Client) -> None:
    integration = client.put_integration(
        {"external_id": "c1", "kind": "wodis-sigma", "name": "N", "erp_name": "Wodis Sigma", "connector_url": None}
    )
    client.post_run(
        integration,
        {
            "external_id": "r1",
            "status": "succeeded",
            "as_of": "2026-11-22",
            "started_at": "2026-11-22T02:00:00+00:00",
            "finished_at": "2026-11-22T02:00:01+00:00",
            "let_units": 1,
            "vacant_units": 2,
            "counts": {},
            "skipped": {},
            "findings": {"total": 0, "by_code": {}, "items": []},
            "message": None,
        },
    )
    assert api.runs["r1"]["let_units"] == 1
    assert api.integrations["c1"]["id"] == integration


def test_retry_after_reads_seconds_and_dates() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert retry_after_seconds({"retry-after": "30"}, now) == 30
    assert retry_after_seconds({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, now) == 60
    assert retry_after_seconds({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, now) == 0
    assert retry_after_seconds({"retry-after": "soon"}, now) is None
    assert retry_after_seconds({}, now) is None
