"""Programs read the catalogue, and what a firm of the own list may take."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.catalogue.queries import service
from gewerk.firms.models import Evidence

pytestmark = pytest.mark.django_db


def read(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_services_are_paged_and_whole(api: Any) -> None:
    codes: list[str] = []
    cursor = ""
    while True:
        page = read(api.get(f"/services?limit=100{cursor}"))
        codes += [one["code"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(codes) >= 300
    assert codes == sorted(set(codes))


def test_a_service_says_everything_in_both_languages(api: Any) -> None:
    (found,) = [one for one in read(api.get("/services?q=wasserhahn tropft"))["items"] if one["code"] == "tap_drips"]
    assert (found["de"], found["en"], found["trades"]) == ("Wasserhahn tropft", "Dripping tap", ["plumbing"])
    assert {"kind": "liability_insurance", "minimum_minor": 300_000_000} in found["requirements"]
    assert (found["minutes"], found["usual"], found["emergency"], found["version"]) == (60, "fixed", False, 0)
    assert all(question["de"] and question["en"] for question in found["questions"])


def test_a_british_organisation_reads_its_own_catalogue(api_for: Any, factories: ModuleType) -> None:
    british = api_for(factories.organisation(country="GB"))
    items = read(british.get("/services?limit=500"))["items"]
    assert {one["country"] for one in items} == {"GB"}
    kinds = {one["code"]: one for one in read(british.get("/evidence-kinds"))["items"]}
    assert {"gas_safe", "electrical_scheme", "public_liability"} <= set(kinds)
    assert kinds["public_liability"]["currency"] == "GBP"
    assert "trade_licence" in {one["code"] for one in read(british.get("/evidence-kinds?country=AT"))["items"]}
    assert british.get("/services?country=FR").status_code == 404
    assert british.get("/services?country=../de").status_code == 422


def test_evidence_and_gates_of_a_firm(api: Any, factories: ModuleType) -> None:
    firm = factories.firm(api.organisation, trades=("painting",))
    for need in service("DE", "paint_room").requirements:
        factories.evidence(firm, kind=need.kind, trades=["painting"])
    shown = read(api.get(f"/firms/{firm.pk}/evidence?limit=2"))
    assert len(shown["items"]) == 2
    more = read(api.get(f"/firms/{firm.pk}/evidence?cursor={shown['next_cursor']}"))
    kinds = [one["kind"] for one in (*shown["items"], *more["items"])]
    assert sorted(kinds) == sorted(need.kind for need in service("DE", "paint_room").requirements)
    assert not {"number", "issuer", "file_id", "submitted_by"} & set(shown["items"][0])

    (gate,) = read(api.get(f"/firms/{firm.pk}/gates?service=paint_room&on=2026-11-22"))["items"]
    assert gate == {"service": "paint_room", "open": True, "missing": []}
    Evidence.objects.filter(kind="liability_insurance").update(valid_until="2026-11-21")
    (gate,) = read(api.get(f"/firms/{firm.pk}/gates?service=paint_room&on=2026-11-22"))["items"]
    assert not gate["open"]
    assert gate["missing"] == [
        {
            "kind": "liability_insurance",
            "why": "expired",
            "minimum_minor": 300_000_000,
            "expired_on": "2026-11-21",
        }
    ]
    assert read(api.get(f"/firms/{firm.pk}/gates?open=true&on=2026-11-22"))["items"] == []
    page = read(api.get(f"/firms/{firm.pk}/gates?limit=3"))
    assert [one["service"] for one in page["items"]] == sorted(one["service"] for one in page["items"])
    assert page["next_cursor"] == page["items"][-1]["service"]


def test_a_firm_that_is_not_on_the_list_is_not_found(api: Any, factories: ModuleType) -> None:
    firm = factories.firm(factories.organisation(), trades=("painting",))
    factories.evidence(firm)
    for part in ("evidence", "gates"):
        assert api.get(f"/firms/{firm.pk}/{part}").status_code == 404
