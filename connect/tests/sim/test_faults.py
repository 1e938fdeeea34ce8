"""Each fault, over real HTTP, in every dialect that can have it; and that it ends where it should."""

import http.client
import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from erp_client import RESOURCES, TOTALS, ErpClient, loaded
from gewerk_connect.sim import SimulatedErp

UNITS = {
    "wodis-sigma": "verwaltungseinheiten",
    "wodis-yuneo": "verwaltungseinheiten",
    "gap-immotion": "einheiten",
    "relion-one": "units",
    "sap-blue-eagle": "Mietobjekte",
    "uts-karthago": "einheiten",
}
ROWS = {"wodis-sigma": "items", "wodis-yuneo": "data", "uts-karthago": "daten"}
KINDS = list(UNITS)
WITH_TOKENS = ("wodis-yuneo", "relion-one")
every_dialect = pytest.mark.parametrize("kind", KINDS)


def units(client: ErpClient, kind: str, **query: Any) -> httpx2.Response:
    return client.page(
        kind, UNITS[kind], **({"$count": "true"} if kind in ("relion-one", "sap-blue-eagle") else {}), **query
    )


def told(kind: str, answer: httpx2.Response) -> tuple[list[Any], int]:
    """Rows and total of a page."""
    body = answer.raise_for_status().json()
    if kind == "gap-immotion":
        return body, int(answer.headers["X-Total-Count"])
    if kind in ROWS:
        return body[ROWS[kind]], body[TOTALS[kind]]
    return body["value"], body["@odata.count"]


@every_dialect
@pytest.mark.parametrize("status", ["500", "503"])
def test_a_server_error_comes_once_and_is_gone(client: ErpClient, kind: str, status: str) -> None:
    good = units(client, kind).content
    client.fault(status, dialect=kind)
    answer = units(client, kind)
    assert answer.status_code == int(status)
    assert b"0231" not in answer.content
    assert units(client, kind).content == good


@every_dialect
def test_too_many_requests_says_how_long_to_wait(client: ErpClient, kind: str) -> None:
    units(client, kind)
    client.fault("429", dialect=kind, resource=UNITS[kind], retry_after=7)
    answer = units(client, kind)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert units(client, kind).status_code == 200


@every_dialect
def test_a_slow_page_is_whole(client: ErpClient, kind: str) -> None:
    good = units(client, kind).content
    client.fault("slow", dialect=kind, seconds=0.4)
    answer = units(client, kind)
    assert answer.elapsed.total_seconds() >= 0.4
    assert answer.content == good
    client.fault("slow", dialect=kind, seconds=5)
    with pytest.raises(httpx2.ReadTimeout):
        units(client, kind, timeout=0.2)


@every_dialect
def test_half_a_page_ends_in_the_middle_of_a_row_and_claims_to_be_whole(client: ErpClient, kind: str) -> None:
    good = units(client, kind).content
    client.fault("half_page", dialect=kind)
    answer = units(client, kind)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content) < len(good)
    assert good.startswith(answer.content)
    assert answer.content.endswith(b'":')
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert units(client, kind).content == good


@every_dialect
def test_a_connection_is_cut_half_way(client: ErpClient, kind: str, erp: SimulatedErp) -> None:
    good = units(client, kind).content
    client.fault("cut", dialect=kind, times=2)
    with pytest.raises(httpx2.RemoteProtocolError):
        units(client, kind)
    place = urlsplit(erp.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port)
    connection.request("GET", client.address(kind, UNITS[kind]), headers=client.headers(kind))
    with pytest.raises(http.client.IncompleteRead) as cut:
        connection.getresponse().read()
    connection.close()
    assert 0 < len(cut.value.partial) < len(good)
    assert units(client, kind).content == good


@every_dialect
def test_a_short_page_lacks_rows_though_the_total_is_right(client: ErpClient, kind: str) -> None:
    rows, total = told(kind, units(client, kind))
    client.fault("short_page", dialect=kind)
    fewer, same = told(kind, units(client, kind))
    assert same == total
    assert 0 < len(fewer) < len(rows)
    assert [row for row in rows if row in fewer] == fewer
    assert told(kind, units(client, kind)) == (rows, total)


@every_dialect
def test_a_row_stands_twice_on_a_page(client: ErpClient, kind: str) -> None:
    rows, total = told(kind, units(client, kind))
    client.fault("duplicate_row", dialect=kind)
    more, same = told(kind, units(client, kind))
    assert same == total
    assert len(more) == len(rows) + 1
    assert [json.dumps(row) for row in rows] == list(dict.fromkeys(json.dumps(row) for row in more))


@every_dialect
def test_the_order_differs_from_page_to_page(client: ErpClient, kind: str) -> None:
    good = client.rows(kind, UNITS[kind])
    client.fault("changed_order", dialect=kind, resource=UNITS[kind], times=None)
    mixed = client.rows(kind, UNITS[kind])
    assert len(mixed) == len(good)
    seen = Counter(map(json.dumps, mixed))
    assert max(seen.values()) > 1
    assert set(seen) < set(map(json.dumps, good))
    client.http.delete("/_sim/faults")
    assert client.rows(kind, UNITS[kind]) == good


@every_dialect
def test_an_empty_listing_says_that_there_is_nothing(client: ErpClient, kind: str) -> None:
    good = told(kind, units(client, kind))
    client.fault("empty", dialect=kind)
    answer = units(client, kind)
    assert told(kind, answer) == ([], 0)
    assert b"nextLink" not in answer.content
    assert told(kind, units(client, kind)) == good


@every_dialect
def test_a_login_page_comes_with_200(client: ErpClient, kind: str) -> None:
    units(client, kind)
    client.fault("html", dialect=kind)
    answer = units(client, kind)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Anmeldung" in answer.text


@every_dialect
def test_a_list_stands_where_an_object_belongs(client: ErpClient, kind: str) -> None:
    rows, _ = told(kind, units(client, kind))
    client.fault("wrong_type", dialect=kind)
    body = units(client, kind).raise_for_status().json()
    assert body == ([list(row.values()) for row in rows] if kind == "gap-immotion" else rows)


@every_dialect
def test_an_expired_token_is_no_longer_good_but_a_new_login_is(client: ErpClient, kind: str) -> None:
    assert units(client, kind).status_code == 200
    client.fault("expired_token", dialect=kind)
    assert units(client, kind).status_code == 401
    # every token made so far is dead; where there are none, it was this one answer
    assert units(client, kind).status_code == (401 if kind in WITH_TOKENS else 200)
    client.forget()
    assert units(client, kind).status_code == 200


def test_a_login_can_fail_as_well(client: ErpClient) -> None:
    client.fault("503", dialect="relion-one", resource="token")
    with pytest.raises(httpx2.HTTPStatusError, match="503"):
        client.login("relion-one")
    client.fault("short_page", times=None)
    client.fault("expired_token", times=None)
    assert client.login("relion-one")
    assert client.login("wodis-yuneo")


def test_a_fault_lets_skip_answers_through_and_then_hits_times_answers_in_the_order_of_entry(
    client: ErpClient,
) -> None:
    client.fault("500", dialect="wodis-sigma", resource="objekte", skip=2, times=2)
    client.fault("503", dialect="wodis-sigma", skip=1)
    statuses = [client.page("wodis-sigma", "objekte").status_code for _ in range(6)]
    assert statuses == [200, 503, 500, 500, 200, 200]


def test_a_fault_meets_only_whom_it_names(client: ErpClient) -> None:
    client.fault("500", dialect="wodis-sigma", resource="objekte", times=None)
    assert client.page("uts-karthago", "objekte").status_code == 200
    assert client.page("wodis-sigma", "mandanten").status_code == 200
    assert [client.page("wodis-sigma", "objekte").status_code for _ in range(3)] == [500] * 3
    client.http.delete("/_sim/faults")
    assert client.page("wodis-sigma", "objekte").status_code == 200


def test_faults_of_rows_wait_for_a_listing_that_is_answered(client: ErpClient) -> None:
    client.fault("empty", dialect="wodis-sigma")
    assert client.http.get("/wodis-sigma/v1/objekte").status_code == 401
    assert client.page("wodis-sigma", "objekte").json()["total"] == 0


def test_the_requests_are_counted(client: ErpClient) -> None:
    client.fault("500", dialect="wodis-sigma", times=2)
    for _ in range(3):
        client.page("wodis-sigma", "objekte")
    client.page("uts-karthago", "firmen")
    assert client.http.get("/_sim/requests").json() == {
        "total": 4,
        "faulty": 2,
        "by_resource": {
            "uts-karthago/firmen": {"requests": 1, "faults": {}},
            "wodis-sigma/objekte": {"requests": 3, "faults": {"500": 2}},
        },
    }


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{}", b'{"fault": "fire"}', b'{"fault": "500", "dialect": "sage"}'),
        *(b'{"fault": "500", "resource": "unit"}', b'{"fault": "500", "times": 0}', b'{"fault": "500", "times": true}'),
        *(b'{"fault": "500", "skip": -1}', b'{"fault": "slow", "seconds": -1}', b'{"fault": "500", "often": 1}'),
        *(b'{"fault": "vanished"}', b'{"fault": "rights", "object": "1/0"}', b'{"fault": "rights", "object": 1}'),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_nothing_happens(client: ErpClient, body: bytes) -> None:
    answer = client.http.post("/_sim/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert client.page("wodis-sigma", "objekte").status_code == 200


def test_every_dialect_is_here() -> None:
    assert set(UNITS) == set(RESOURCES)


def test_a_server_stops_at_once_though_an_answer_is_slow() -> None:
    with SimulatedErp(loaded("sigma")) as erp, ErpClient(erp) as client:
        client.fault("slow", seconds=600)
        with pytest.raises(httpx2.ReadTimeout):
            client.page("wodis-sigma", "objekte", timeout=0.1)
