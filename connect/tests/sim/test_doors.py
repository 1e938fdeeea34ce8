"""Who is let in, what is not found, and what a badly asked page gets."""

import http.client
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from erp_client import RELION, RESOURCES, SAP, SCOPE, TABLES, ErpClient, loaded
from gewerk_connect.sim import SimulatedErp

WRONG = {
    "wodis-sigma": {"X-API-Key": "sim-key2"},
    "wodis-yuneo": {"Authorization": "Bearer made-up"},
    "gap-immotion": {"Authorization": "Basic c2ltOndyb25n"},
    "relion-one": {"Authorization": "Bearer made-up"},
    "sap-blue-eagle": {"Authorization": "Basic !!"},
    "uts-karthago": {"X-Partner-Token": ""},
}
ONE = {kind: resources[0] for kind, resources in RESOURCES.items()}


@pytest.mark.parametrize(("kind", "resource"), TABLES)
def test_nothing_is_told_without_valid_credentials(client: ErpClient, kind: str, resource: str) -> None:
    address = client.address(kind, resource)
    for headers in ({}, WRONG[kind], {"Authorization": "Basic"}):
        answer = client.http.get(address, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"]
        assert len(answer.content) < 300


def test_the_credentials_of_one_dialect_open_no_other(client: ErpClient) -> None:
    token = {"Authorization": f"Bearer {client.login('wodis-yuneo')}"}
    assert client.http.get(f"{RELION}/companies", headers=token).status_code == 401
    assert client.http.get("/wodis-yuneo/api/v2/mandanten", headers=token).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope"),
    ],
)
def test_relion_refuses_a_wrong_login_as_entra_does(
    client: ErpClient, sent: dict[str, str], status: int, error: str
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sim", "client_secret": "sim-secret", "scope": SCOPE}
    answer = client.http.post("/relion/oauth2/t/v2.0/token", data={**form, **sent})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"clientId": "sim", "clientSecret": "wrong"}', b'{"clientId": "sim"}'])
def test_yuneo_refuses_a_wrong_login(client: ErpClient, body: bytes) -> None:
    assert client.http.post("/wodis-yuneo/auth/token", content=body).status_code == 401


@pytest.mark.parametrize("kind", ["wodis-yuneo", "relion-one"])
def test_a_token_is_good_for_the_time_that_its_login_names(kind: str) -> None:
    now = [datetime(2026, 11, 22, 2, tzinfo=UTC)]
    with SimulatedErp(loaded("sigma"), clock=lambda: now[0]) as erp, ErpClient(erp) as client:
        resource = ONE[kind]
        assert client.page(kind, resource).status_code == 200
        now[0] += timedelta(seconds=3599)
        assert client.page(kind, resource).status_code == 200
        now[0] += timedelta(seconds=1)
        assert client.page(kind, resource).status_code == 401
        client.forget()
        assert client.page(kind, resource).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/wodis-sigma", "/wodis-sigma/v1/bank", "/wodis-sigma/v1/objekte/1", "/wodis-yuneo/api/v2/objekte"),
        *("/gap/rest/gebaeude", f"{SAP}/Konten", f"{SAP}/$metadata", f"{RELION}/units", f"{RELION}/companies(1)"),
        *("/karthago/api/mieter", "/karthago/api/objekte/1", "/other"),
    ],
)
def test_what_does_not_exist_is_not_found(client: ErpClient, address: str) -> None:
    for kind in RESOURCES:
        assert client.http.get(address, headers=client.headers(kind)).status_code == 404


def test_a_company_that_does_not_exist_is_not_found(client: ErpClient) -> None:
    answer = client.get("relion-one", f"{RELION}/companies(00000000-0000-0000-0000-000000000000)/units")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_listings_are_only_read(client: ErpClient, method: str) -> None:
    for kind, resource in ONE.items():
        answer = client.http.request(method, client.address(kind, resource), headers=client.headers(kind))
        assert answer.status_code == 405


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        *(("wodis-sigma", {"page": value}) for value in ("0", "-1", "x", "1.5", "", "9" * 20)),
        *(("wodis-sigma", {"pageSize": value}) for value in ("0", "x")),
        *(("uts-karthago", {"seite": "0"}), ("uts-karthago", {"groesse": "0"})),
        *(("gap-immotion", {"offset": "-1"}), ("gap-immotion", {"limit": "0"})),
        *(("wodis-yuneo", {"limit": "0"}), ("wodis-yuneo", {"cursor": "x"}), ("wodis-yuneo", {"cursor": ""})),
        *(("wodis-yuneo", {"cursor": "WzFd"}), ("wodis-yuneo", {"cursor": "e30="})),
    ],
)
def test_a_page_that_cannot_be_is_refused(client: ErpClient, kind: str, query: dict[str, str]) -> None:
    assert client.page(kind, ONE[kind], **query).status_code == 400


def test_a_page_has_at_most_a_thousand_rows_and_says_so() -> None:
    with SimulatedErp(loaded("sigma")) as erp, ErpClient(erp) as client:
        body = client.page("wodis-sigma", "vertragspartner", pageSize=5000).json()
        assert (body["pageSize"], len(body["items"])) == (1000, body["total"])
        assert len(client.page("wodis-sigma", "vertragspartner").json()["items"]) == 200


@pytest.mark.parametrize(
    ("kind", "query", "rows"),
    [
        ("wodis-sigma", {"page": 99}, lambda body: (body["items"], body["total"])),
        ("uts-karthago", {"seite": 99}, lambda body: (body["daten"], body["anzahl"])),
        ("gap-immotion", {"offset": 99999}, lambda body: (body, 3)),
        ("sap-blue-eagle", {"$skip": 99999, "$count": "true"}, lambda body: (body["value"], body["@odata.count"])),
    ],
)
def test_a_page_after_the_last_is_empty(client: ErpClient, kind: str, query: dict[str, str], rows: object) -> None:
    assert rows(client.page(kind, ONE[kind], **query).json()) == ([], 3)


def test_cursors_go_on_after_the_row_that_they_name_when_rows_come_and_go(client: ErpClient) -> None:
    everything = client.rows("wodis-yuneo", "mandanten")
    first = client.page("wodis-yuneo", "mandanten", limit=2).json()
    assert first["data"] == everything[:2]
    for number in ("0", "1"):  # before the place where the cursor stands
        client.http.post("/_sim/rows/mandanten", json={"row": {"Mandant": f"0{number}", "Name": "Neu"}})
    client.http.request("DELETE", "/_sim/rows/mandanten", json={"key": {"Mandant": everything[1]["mandantNr"]}})
    rest = client.page("wodis-yuneo", "mandanten", limit=2, cursor=first["next"]).json()
    assert rest["data"] == everything[2:]
    assert rest["next"] is None


def test_only_the_dialects_asked_for_are_spoken() -> None:
    with SimulatedErp(loaded("sigma"), dialects=["wodis-sigma"]) as erp, ErpClient(erp) as client:
        assert client.page("wodis-sigma", "objekte").status_code == 200
        assert client.page("gap-immotion", "objekte").status_code == 404


@pytest.mark.parametrize("header", [("Content-Length", "x"), ("Content-Length", "9999999"), ("Transfer-Encoding", "x")])
def test_a_body_without_a_sensible_length_is_refused(erp: SimulatedErp, header: tuple[str, str]) -> None:
    place = urlsplit(erp.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port)
    connection.putrequest("POST", "/_sim/faults")
    connection.putheader(*header)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
