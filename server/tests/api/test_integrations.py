"""Integrations and runs: reported by the connector, upserted by its own ids."""

import pytest
from gewerk.journal.models import Entry
from gewerk.portfolio.models import IntegrationRun

pytestmark = pytest.mark.django_db

CONNECTION = {
    "external_id": "c-1",
    "kind": "wodis-sigma",
    "name": "Stammdaten",
    "erp_name": "Wodis Sigma",
    "connector_url": None,
}
RUN = {
    "external_id": "run-1",
    "status": "succeeded",
    "as_of": "2026-11-22",
    "started_at": "2026-11-22T02:00:00+01:00",
    "finished_at": "2026-11-22T01:02:03.5Z",
    "let_units": 10,
    "vacant_units": 2,
    "counts": {"property": {"created": 3, "updated": 0, "archived": 0, "unchanged": 0, "held": 0, "refused": 0}},
    "skipped": {"tenant_without_email": 4},
    "findings": {
        "total": 1,
        "by_code": {"unmapped_usage": 1},
        "items": [
            {
                "code": "unmapped_usage",
                "entity": "unit",
                "external_id": "1-9-66-2",
                "file": "ve.csv",
                "row": 7,
                "column": "Nutzung",
                "detail": "Turm",
            }
        ],
    },
    "message": None,
}


@pytest.fixture
def connection(api):
    return api.post("/integrations", CONNECTION).json()["id"]


def test_an_integration_is_made_once(api):
    first = api.post("/integrations", CONNECTION)
    assert first.status_code == 201
    again = api.post("/integrations", {**CONNECTION, "name": "Neu", "connector_url": "https://gewerk.example/c"})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert [i["name"] for i in api.get("/integrations").json()["items"]] == ["Neu"]
    assert api.get(f"/integrations/{first.json()['id']}").json()["connector_url"] == "https://gewerk.example/c"
    assert list(Entry.objects.filter(event__startswith="integration.").values_list("event", "data")) == [
        ("integration.created", {}),
        ("integration.updated", {"fields": ["connector_url", "name"]}),
    ]


def test_a_run_is_kept_whole_and_replaced_when_reported_again(api, connection):
    made = api.post(f"/integrations/{connection}/runs", RUN)
    assert made.status_code == 201, made.content
    run = api.get(f"/integrations/{connection}/runs/{made.json()['id']}").json()
    assert {k: run[k] for k in RUN if not k.endswith("_at")} == {k: v for k, v in RUN.items() if not k.endswith("_at")}
    assert (run["number"], run["started_at"], run["finished_at"]) == (
        1,
        "2026-11-22T01:00:00Z",
        "2026-11-22T01:02:03.500000Z",
    )
    again = api.post(f"/integrations/{connection}/runs", {**RUN, "status": "failed", "message": "Abbruch"})
    assert (again.status_code, again.json()["number"], again.json()["status"]) == (200, 1, "failed")
    assert api.post(f"/integrations/{connection}/runs", {**RUN, "external_id": "run-2"}).json()["number"] == 2
    listed = api.get(f"/integrations/{connection}/runs").json()["items"]
    assert [(r["number"], "items" in r["findings"]) for r in listed] == [(2, False), (1, False)]


def test_a_repeated_report_gets_the_first_answer_again(api, connection):
    first = api.post(f"/integrations/{connection}/runs", RUN, Idempotency_Key="run-1")
    again = api.post(f"/integrations/{connection}/runs", RUN, Idempotency_Key="run-1")
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert again.content == first.content
    assert Entry.objects.filter(event="integration_run.succeeded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_be_journalled_is_not_kept(api, monkeypatch):
    connection = api.post("/integrations", CONNECTION).json()["id"]

    def fail(**_given):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("gewerk.portfolio.operations.report_run.record", fail)
    assert api.post(f"/integrations/{connection}/runs", RUN).status_code == 500
    assert not IntegrationRun.objects.exists()


def test_runs_page_backwards(api, connection):
    for number in range(5):
        api.post(f"/integrations/{connection}/runs", {**RUN, "external_id": f"r{number}"})
    first = api.get(f"/integrations/{connection}/runs?limit=3").json()
    rest = api.get(f"/integrations/{connection}/runs?limit=3&cursor={first['next_cursor']}").json()
    assert [r["number"] for r in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"status": "great"}, "/status"),
        ({"as_of": "22.11.2026"}, "/as_of"),
        ({"started_at": "2026-11-22T02:00:00"}, "/started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "/started_at"),
        ({"let_units": -1}, "/let_units"),
        ({"counts": {"property": {"created": "3"}}}, "/counts/property/created"),
        ({"findings": {"total": 1, "items": [{"code": "x", "email": "a@b.de"}]}}, "/findings/items/0/email"),
        ({"findings": {"total": 2001, "items": [{"code": "x"}] * 2001}}, "/findings/items"),
        ({"message": "m" * 501}, "/message"),
        ({"rents": []}, "/rents"),
    ],
)
def test_a_wrong_report_is_refused_where_it_is_wrong(api, connection, change, pointer):
    answer = api.post(f"/integrations/{connection}/runs", {**RUN, **change})
    assert answer.status_code == 422, answer.content
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
    assert api.get(f"/integrations/{connection}/runs").json()["items"] == []


def test_a_key_limited_to_a_client_sees_and_reports_only_its_own_runs(api, api_for, connection):
    theirs = api.post(f"/integrations/{connection}/runs", RUN).json()["id"]
    limited = api_for(api.organisation, client_number="2")
    assert limited.get("/integrations").json()["items"] == []
    for path in (f"/integrations/{connection}", f"/integrations/{connection}/runs/{theirs}"):
        assert limited.get(path).status_code == 404
    assert limited.post(f"/integrations/{connection}/runs", {**RUN, "status": "failed"}).status_code == 404
    taken = limited.post("/integrations", {**CONNECTION, "connector_url": "https://elsewhere.example"})
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/external_id")
    own = limited.post("/integrations", {**CONNECTION, "external_id": "c-2"}).json()["id"]
    assert limited.post(f"/integrations/{own}/runs", RUN).status_code == 201
    assert [i["id"] for i in limited.get("/integrations").json()["items"]] == [own]
    assert {i["id"] for i in api.get("/integrations").json()["items"]} == {connection, own}
    assert api.get(f"/integrations/{connection}").json()["connector_url"] is None


def test_a_run_of_an_unknown_integration_is_not_found(api):
    assert api.post("/integrations/0192d3c0-0000-7000-8000-000000000000/runs", RUN).status_code == 404
