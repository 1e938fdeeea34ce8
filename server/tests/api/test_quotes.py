"""A request for quotes by API calls alone, from the report to the record; only the firms answer by their pages."""

import base64
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.models import Role
from gewerk.marketplace.models import Invitation, QuoteRequest
from gewerk.marketplace.operations.questions import ask
from gewerk.marketplace.operations.write_quote import decline, items_of, submit
from gewerk.marketplace.scope import PriceGiven, QuoteGiven

pytestmark = pytest.mark.django_db

SCOPE = [
    {"text": "Fliesen abschlagen", "quantity": "12.5", "unit": "m²", "number": "01.0010", "section": "Bad"},
    {"text": "Gerüst", "quantity": "1", "unit": "psch", "number": "01.0020", "section": "Bad", "optional": True},
]
IN_A_WEEK = (datetime.now(UTC) + timedelta(days=7)).replace(microsecond=0)


def made(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def quote(firm: Any, factories: ModuleType, request_id: str, minor: int) -> None:
    owner = factories.acting(factories.person(firm, Role.FIRM))
    invitation = Invitation.objects.get(request_id=request_id, firm=firm)
    prices = tuple(PriceGiven(minor, 1_900, item_id=pk) for pk in items_of(invitation))
    given = QuoteGiven(prices=prices, valid_until_date=(IN_A_WEEK + timedelta(days=60)).date())
    submit(actor=owner, invitation_id=invitation.pk, given=given, now=datetime.now(UTC))


def test_from_the_report_to_the_record(api: Any, stock: Any, factories: ModuleType) -> None:
    firms = [factories.firm(api.organisation) for _ in range(3)]
    ticket = made(
        api.post("/tickets", {"category": "water.tap", "unit_external_id": "1-9-66-2", "text": "Tropft."}), 201
    )
    body = {"ticket_ids": [ticket["id"]], "items": SCOPE, "firm_ids": [str(firms[0].pk)], "budget_minor": 200_000}
    asked = made(api.post("/quote-requests", body), 201)
    path = f"/quote-requests/{asked['id']}"
    assert (asked["state"], asked["sealed"], [one["quantity"] for one in asked["items"]]) == (
        "draft",
        True,
        ["12.500", "1.000"],
    )
    assert made(api.post("/quote-requests", {"items": SCOPE}), 422)["errors"][0]["pointer"] == "/work_order_id"

    # the scope goes out as a file and comes back with one item more
    text = api.get(f"{path}/bill?format=csv").content.decode("utf-8-sig")
    more = text + text.splitlines()[1].replace("Fliesen abschlagen", "Wand verputzen").replace("01.0010", "01.0030")
    sent = {"name": "lv.csv", "content": base64.b64encode(more.encode()).decode()}
    assert [one["text"] for one in made(api.post(f"{path}/bill", sent))["items"]][-1] == "Wand verputzen"
    assert made(api.post(f"{path}/bill", {**sent, "content": "?"}), 422)["errors"][0]["pointer"] == "/content"
    broken = base64.b64encode(b"<GAEB>").decode()
    assert made(api.post(f"{path}/bill", {"name": "lv.x83", "content": broken}), 422)["type"].endswith("file_broken")

    # a version from before is refused; without a deadline nothing is sent
    version = made(api.get(path))["version"]
    assert api.patch(path, {"title": "Bad"}, **{"If-Match": f'"{version - 1}"'}).status_code == 412
    assert api.post(f"{path}/steps", {"step": "send"}).status_code == 422
    made(
        api.patch(path, {"title": "Bad erneuern", "deadline_at": IN_A_WEEK.isoformat()}, **{"If-Match": f'"{version}"'})
    )
    assert made(api.post(f"{path}/steps", {"step": "send"}))["state"] == "open"
    made(api.post(f"{path}/firms", {"firm_ids": [str(firm.pk) for firm in firms[1:]]}))
    later = IN_A_WEEK + timedelta(days=1)
    moved = made(api.post(f"{path}/deadline", {"deadline_at": later.isoformat()}))
    assert datetime.fromisoformat(moved["deadline_at"]) == later
    assert api.post(f"{path}/deadline", {"deadline_at": IN_A_WEEK.isoformat()}).status_code == 409, "never earlier"

    # the firms answer; nothing of it is to be seen, and nothing can be opened
    before = made(api.get(path))
    quote(firms[0], factories, asked["id"], 9_000)
    quote(firms[1], factories, asked["id"], 8_000)
    assert made(api.get(path)) == before
    assert made(api.get(f"{path}/quotes")) == {"sealed": True, "items": []}
    assert api.post(f"{path}/steps", {"step": "open"}).status_code == 409
    owner = factories.acting(factories.person(firms[2], Role.FIRM))
    invitation = Invitation.objects.get(request_id=asked["id"], firm=firms[2])
    ask(actor=owner, invitation_id=invitation.pk, text="Gibt es einen Aufzug?", now=datetime.now(UTC))
    decline(actor=owner, invitation_id=invitation.pk, reason="Keine Zeit", now=datetime.now(UTC))
    (question,) = made(api.get(f"{path}/questions"))["items"]
    assert made(api.post(f"/quote-questions/{question['id']}/answer", {"text": "Ja"}))["answer"] == "Ja"
    declined = [one["decline_reason"] for one in made(api.get(path))["invitations"]]
    assert declined == [None, None, "Keine Zeit"]

    # opened after the deadline, side by side, awarded with a reason
    QuoteRequest.objects.filter(pk=asked["id"]).update(deadline_at=datetime.now(UTC) - timedelta(minutes=1))
    assert made(api.post(f"{path}/steps", {"step": "open"}))["state"] == "opened"
    opened = {one["firm_id"]: one for one in made(api.get(f"{path}/quotes"))["items"]}
    best = opened[str(firms[1].pk)]
    assert best["net_minor"] == 2 * 100_000, "two items of 12.5 m² at 80.00; the optional one is not counted"
    assert made(api.get(f"/quotes/{best['id']}")) == best
    assert b"<DP>84</DP>" in api.get(f"/quotes/{best['id']}/bill").content
    other = opened[str(firms[0].pk)]["id"]
    award = {"quote_id": best["id"], "reason": "Günstiger", "others": [{"quote_id": other, "reason": "Leider teurer"}]}
    assert api.post(f"{path}/award", {**award, "reason": ""}).status_code == 422
    key = {"Idempotency-Key": "award-1"}
    record = made(api.post(f"{path}/award", award, **key))["record"]
    assert made(api.post(f"{path}/award", award, **key))["record"] == record, "the same call again awards nothing twice"
    assert (record["firm_id"], record["gross_minor"], record["reason"]) == (str(firms[1].pk), 238_000, "Günstiger")
    assert made(api.get(f"{path}/award-record")) == record
    assert api.post(f"{path}/award", award).status_code == 409
    assert made(api.get(f"/quotes/{other}"))["not_awarded_reason"] == "Leider teurer"
    order = made(api.get(f"/work-orders/{asked['work_order_id']}"))
    assert (order["state"], order["firm_id"]) == ("awarded", str(firms[1].pk))


def test_an_ended_request_frees_its_order(api: Any, factories: ModuleType) -> None:
    order = factories.work_order(factories.property_(api.organisation))
    firm = factories.firm(api.organisation)
    body = {
        "work_order_id": str(order.pk),
        "items": SCOPE,
        "firm_ids": [str(firm.pk)],
        "deadline_at": IN_A_WEEK.isoformat(),
    }
    path = f"/quote-requests/{made(api.post('/quote-requests', body), 201)['id']}"
    assert api.post("/quote-requests", body).status_code == 409, "one live request per order"
    made(api.post(f"{path}/steps", {"step": "send"}))
    assert api.post(f"{path}/steps", {"step": "end"}).status_code == 422, "the firms are told why"
    ended = made(api.post(f"{path}/steps", {"step": "end", "reason": "Der Schaden ist behoben."}))
    assert (ended["state"], ended["ended_reason"]) == ("ended", "Der Schaden ist behoben.")
    order.refresh_from_db()
    assert order.state == "draft"
    listed = made(api.get(f"/quote-requests?work_order_id={order.pk}&state=ended"))["items"]
    assert [one["id"] for one in listed] == [ended["id"]]
    assert api.get(f"{path}/award-record").status_code == 404
