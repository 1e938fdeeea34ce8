"""Programs look for firms, let the rule choose, and set the owner's rule."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.catalogue.queries import service
from gewerk.identity.models import Organisation
from gewerk.marketplace.operations.prepare import draft_request

pytestmark = pytest.mark.django_db
PAINT = "paint_room"


def painter(factories: ModuleType, *managers: Organisation, **fields: Any) -> Organisation:
    firm: Organisation = factories.firm(*managers, trades=("painting",), **{"postcode": "44137", **fields})
    for need in service("DE", PAINT).requirements:
        factories.evidence(firm, kind=need.kind, trades=["painting"])
    return firm


def read(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def test_search_in_the_published_order(api: Any, factories: ModuleType) -> None:
    far, near = painter(factories, postcode="80331"), painter(factories)
    blocked = painter(factories, api.organisation, standing="blocked")
    own = painter(factories, api.organisation, postcode="99084")
    address = f"/firm-search?service={PAINT}&postcode=44137"
    items = read(api.get(address))["items"]
    assert [one["firm_id"] for one in items] == [str(firm.pk) for firm in (own, near, far, blocked)]
    assert [one["place"] for one in items] == [1, 2, 3, 4]
    assert items[1]["why"][:2] == ["vetted firm of the marketplace", "same postcode"]
    assert items[1]["nearness"] == 4
    assert (items[3]["missing"], items[3]["may_take"], items[3]["by_rule"]) == (["blocked"], False, False)
    assert items[3]["missing_words"] == ["The firm is blocked on your list: Unzuverlässig"]
    pages, cursor = [], "0"
    while cursor is not None:
        page = read(api.get(f"{address}&limit=3&cursor={cursor}"))
        pages += page["items"]
        cursor = page["next_cursor"]
    assert pages == items
    for narrower, expected in (("&whose=market&nearness=4", [near]), ("&whose=own", [own]), ("&free=true", [])):
        found = read(api.get(address + narrower))["items"]
        assert [one["firm_id"] for one in found] == [str(firm.pk) for firm in expected]
    assert {one["firm_id"] for one in read(api.get("/firm-search"))["items"]} == {str(own.pk), str(blocked.pk)}
    assert api.get("/firm-search?service=teleportation").status_code == 404
    assert api.get("/firm-search?whose=nobody").status_code == 422


def test_the_rule_chooses(api: Any, factories: ModuleType) -> None:
    order = factories.work_order(factories.property_(api.organisation))
    admin = factories.acting(factories.person(api.organisation))
    request = draft_request(actor=admin, order_id=order.pk, fields={"service": PAINT}, now=factories.NOW)
    address = f"/quote-requests/{request.pk}/firms/by-rule"
    assert read(api.post(address, {"count": 2}), 409)["type"].endswith("rule_finds_nobody")
    firms = {str(painter(factories).pk) for _ in range(3)}
    invited = read(api.post(address, {"count": 2}))["invitations"]
    assert {one["firm_id"] for one in invited} < firms
    assert [one["position"] for one in invited] == [1, 2]
    assert invited[0]["why"].startswith("by rule, place 1 of 2, vetted firm of the marketplace")
    assert api.post(address, {"count": 0}).status_code == 422
    opened = read(api.patch(f"/quote-requests/{request.pk}", {"open_to_market": True}))
    assert opened["open_to_market"] is True


def test_the_owners_rule(api: Any, api_for: Any) -> None:
    assert read(api.get("/owner-rule")) == {"from_minor": None, "currency": "EUR"}
    assert read(api.post("/owner-rule", {"from_minor": 500_000})) == {"from_minor": 500_000, "currency": "EUR"}
    assert read(api.get("/owner-rule"))["from_minor"] == 500_000
    assert api.post("/owner-rule", {"from_minor": -1}).status_code == 422
    assert api_for(api.organisation, scope="read").post("/owner-rule", {"from_minor": None}).status_code == 403
    assert read(api_for().get("/owner-rule"))["from_minor"] is None
    assert read(api.post("/owner-rule", {"from_minor": None}))["from_minor"] is None
