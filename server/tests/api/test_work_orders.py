"""Orders for programs: from the property to the payment, and how the API says no."""

from datetime import date
from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.models import ListedFirm
from gewerk.projects.models import HistoryEntry, WorkOrder

pytestmark = pytest.mark.django_db

ITEM = {"text": "Dichtung", "quantity": "1.5", "unit": "h", "unit_price_minor": 4_500, "vat_rate": "19"}


def made(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: Any) -> tuple[int, str, list[str]]:
    problem = answer.json()
    return answer.status_code, problem["type"].rsplit(":", 1)[-1], [error["pointer"] for error in problem["errors"]]


def test_an_order_from_its_beginning_to_its_payment(api: Any, stock: Any) -> None:
    firm = made(api.post("/firms", {"name": "Brandt", "email": "b@example.org", "trades": ["plumbing"]}), 201)
    begun = api.post("/work-orders", {"property_id": stock[0]["id"], "title": "Tropft", "items": [ITEM]})
    order = made(begun, 201)
    assert (order["number"], order["state"]) == (f"A-{date.today().year}-0001", "draft")
    assert begun["Location"].endswith(f"/work-orders/{order['id']}")
    assert order["items"][0]["quantity"] == "1.5"
    assert order["sums"]["gross_minor"] == 8_033 == order["sums"]["labour_gross_minor"]
    path = f"/work-orders/{order['id']}"
    awarded = made(api.post(f"{path}/award", {"firm_id": firm["id"]}, If_Match=begun["ETag"]))
    assert (awarded["state"], awarded["firm_name"], awarded["sums"]["committed_minor"]) == ("awarded", "Brandt", 8_033)
    assert {"confirm", "start", "finish", "cancel"} <= set(awarded["steps"])
    varied = made(api.post(f"{path}/variations", {"reason": "Rohr morsch", "items": [ITEM]}), 201)
    decided = made(api.post(f"{path}/variations/{varied['id']}/decision", {"decision": "approve"}))
    assert (decided["state"], decided["number"]) == ("approved", 1)
    for step in ("start", "finish"):
        made(api.post(f"{path}/steps", {"step": step}))
    defects = {"defects": [{"text": "Fuge offen", "due_date": "2099-12-01"}]}
    assert made(api.post(f"{path}/defects", defects))["state"] == "in_progress"
    made(api.post(f"{path}/steps", {"step": "finish"}))
    accepted = made(api.post(f"{path}/steps", {"step": "accept", "warranty_until": "2099-12-01"}))
    assert accepted["warranty_until_date"] == "2099-12-01"
    made(api.post(f"{path}/invoice", {"gross_minor": 16_066}))
    paid = made(api.post(f"{path}/steps", {"step": "pay"}))
    assert (paid["state"], paid["steps"]) == ("paid", [])
    assert paid["sums"]["invoiced_minor"] == paid["sums"]["committed_minor"] == 16_066
    events = [line["event"] for line in made(api.get(f"{path}/history"))["items"]]
    assert events == [
        *("created", "items_changed", "award", "variation_asked", "variation_approved", "start", "finish"),
        *("complain", "finish", "accept", "invoice", "pay"),
    ]
    assert [d["mended_at"] is not None for d in made(api.get(f"{path}/defects"))["items"]] == [True]
    assert [v["state"] for v in made(api.get(f"{path}/variations"))["items"]] == ["approved"]


def test_an_order_from_a_ticket_at_a_framework_price(api: Any, factories: ModuleType) -> None:
    organisation = api.organisation
    ticket = factories.ticket(factories.property_(organisation), title="Wasserhahn tropft", category="water.tap")
    firm = factories.firm(organisation)
    price = made(
        api.post(
            "/framework-prices",
            {
                "firm_id": str(firm.pk),
                "code": "SAN-1",
                "text": "Hahn abdichten",
                "unit": "Stk",
                "net_minor": 4_900,
                "vat_rate": "19",
                "valid_from": "2020-01-01",
                "trade": "plumbing",
            },
        ),
        201,
    )
    order = made(api.post("/work-orders", {"ticket_ids": [str(ticket.pk)]}), 201)
    assert (order["title"], order["trade"], order["ticket_ids"]) == ("Wasserhahn tropft", "plumbing", [str(ticket.pk)])
    awarded = made(
        api.post(f"/work-orders/{order['id']}/award", {"prices": [{"price_id": price["id"], "quantity": "2"}]})
    )
    assert (awarded["award_kind"], awarded["sums"]["net_minor"]) == ("framework", 9_800)
    listed = made(api.get(f"/work-orders?ticket_id={ticket.pk}"))["items"]
    assert [one["id"] for one in listed] == [order["id"]]
    more = factories.ticket(ticket.property)
    both = made(api.post(f"/work-orders/{order['id']}/tickets", {"ticket_ids": [str(more.pk)]}))
    assert len(both["ticket_ids"]) == 2


def test_own_crews_need_no_price(api: Any, stock: Any, factories: ModuleType) -> None:
    uwe = factories.person(api.organisation, role="caretaker")
    crew = made(api.post("/crews", {"kind": "caretaker", "name": "Süd", "member_ids": [str(uwe.pk)]}), 201)
    order = made(api.post("/work-orders", {"property_id": stock[0]["id"], "title": "Lampe"}), 201)
    path = f"/work-orders/{order['id']}"
    assert made(api.post(f"{path}/award", {"crew_id": crew["id"]}))["award_kind"] == "in_house"
    made(api.post(f"{path}/steps", {"step": "finish"}))
    assert made(api.post(f"{path}/steps", {"step": "accept"}))["steps"] == []
    changed = made(api.patch(f"/crews/{crew['id']}", {"kind": "crew", "name": "Nord"}))
    assert (changed["name"], changed["member_ids"]) == ("Nord", [])
    assert made(api.post(f"/crews/{crew['id']}/archive"))["archived_at"] is not None
    assert [one["id"] for one in made(api.get("/crews"))["items"]] == [crew["id"]]


def test_whoever_was_slower_is_told_who_was_faster(api: Any, stock: Any) -> None:
    order = api.post("/work-orders", {"property_id": stock[0]["id"], "title": "Tropft"})
    path, seen = f"/work-orders/{order.json()['id']}", order["ETag"]
    made(api.patch(path, {"account_code": "4210", "due_date": "2026-12-24"}, If_Match=seen))
    late = api.post(f"{path}/steps", {"step": "cancel", "reason": "x"}, If_Match=seen)
    assert refused(late) == (412, "stale", [])
    assert "Test changed it" in late.json()["detail"]
    made(api.post(f"{path}/steps", {"step": "cancel", "reason": "Doppelt"}))
    assert refused(api.post(f"{path}/steps", {"step": "cancel", "reason": "x"}))[:2] == (409, "step_not_possible")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"title": "x"}, "/property_id"),
        ({"title": "x", "property_id": "{p}", "ticket_ids": ["{p}"]}, "/property_id"),
        ({"property_id": "{p}"}, "/title"),
        ({"property_id": "{p}", "title": "x", "trade": "sorcery"}, "/trade"),
        ({"property_id": "{p}", "title": "x", "items": [{**ITEM, "quantity": "0"}]}, "/items/0/quantity"),
        ({"property_id": "{p}", "title": "x", "items": [{**ITEM, "text": " "}]}, "/items/0/text"),
        ({"property_id": "{p}", "title": "x", "items": [{**ITEM, "vat_rate": "19.999"}]}, "/items/0/vat_rate"),
        ({"property_id": "{p}", "title": "x", "state": "paid"}, "/state"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_left(api: Any, stock: Any, sent: dict[str, Any], wrong: str) -> None:
    def put_in(value: Any) -> Any:
        if isinstance(value, list):
            return [put_in(one) for one in value]
        return stock[0]["id"] if value == "{p}" else value

    answer = api.post("/work-orders", {name: put_in(value) for name, value in sent.items()})
    assert refused(answer)[::2] == (422, [wrong])
    assert not WorkOrder.objects.exists()
    assert not HistoryEntry.objects.exists()


def test_lists_are_paged_and_narrowed(api: Any, stock: Any, factories: ModuleType) -> None:
    place = factories.property_(api.organisation)
    ids = [str(factories.work_order(place).pk) for _one in range(5)]
    found, cursor = [], ""
    while True:
        page = made(api.get(f"/work-orders?limit=2{cursor}"))
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == sorted(ids)
    assert len(made(api.get(f"/work-orders?property_id={place.pk}&state=draft"))["items"]) == 5
    assert made(api.get("/work-orders?state=paid"))["items"] == []
    assert refused(api.get("/work-orders?state=lost"))[::2] == (422, ["/query/state"])
    assert refused(api.get("/work-orders?colour=red"))[::2] == (422, ["/query/colour"])


def test_blocked_firms_get_nothing(api: Any, stock: Any, factories: ModuleType) -> None:
    firm = factories.firm(api.organisation)
    path = f"/firms/{firm.pk}"
    assert refused(api.patch(path, {"standing": "blocked"}))[::2] == (422, ["/blocked_reason"])
    blocked = made(api.patch(path, {"standing": "blocked", "blocked_reason": "Pfusch"}))
    assert (blocked["standing"], blocked["blocked_reason"]) == ("blocked", "Pfusch")
    order = made(api.post("/work-orders", {"property_id": stock[0]["id"], "title": "x", "items": [ITEM]}), 201)
    answer = api.post(f"/work-orders/{order['id']}/award", {"firm_id": str(firm.pk)})
    assert refused(answer)[:2] == (409, "firm_blocked")
    assert [one["id"] for one in made(api.get("/firms?standing=blocked"))["items"]] == [str(firm.pk)]
    assert made(api.get("/firms?standing=preferred"))["items"] == []


def test_prices_are_changed_and_do_not_overlap(api: Any, factories: ModuleType) -> None:
    firm = factories.firm(api.organisation)
    price = factories.framework_price(api.organisation, firm, code="A")
    body = {"firm_id": str(firm.pk), "code": "A", "text": "x", "unit": "h", "net_minor": 1, "vat_rate": "7"}
    clash = api.post("/framework-prices", {**body, "valid_from": "2026-06-01"})
    assert refused(clash) == (409, "prices_overlap", ["/valid_from"])
    ended = made(api.patch(f"/framework-prices/{price.pk}", {"valid_until": "2026-05-31", "vat_rate": "7.5"}))
    assert (ended["valid_until"], ended["vat_rate"], ended["net_minor"]) == ("2026-05-31", "7.5", 4_900)
    made(api.post("/framework-prices", {**body, "valid_from": "2026-06-01"}), 201)
    assert len(made(api.get(f"/framework-prices?firm_id={firm.pk}&limit=1"))["items"]) == 1


def test_limits_and_approvals(api: Any, stock: Any, factories: ModuleType) -> None:
    from gewerk.projects.operations.approvals import ask_for_award

    limits = {one["role"]: one["amount_minor"] for one in made(api.get("/spending-limits"))["items"]}
    assert limits == {
        "admin": None,
        "finance_officer": 1_000_000,
        "housing_manager": 500_000,
        "housing_officer": 100_000,
    }
    made(api.post("/spending-limits", {"role": "housing_officer", "amount_minor": 0}))
    officer = factories.acting(factories.person(api.organisation, role="housing_officer"))
    firm = factories.firm(api.organisation)
    order = factories.work_order(factories.property_(api.organisation))
    for decision, state in (("refuse", "draft"), ("approve", "awarded")):
        asked = ask_for_award(actor=officer, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
        (waiting,) = made(api.get("/approvals?state=asked"))["items"]
        assert (waiting["id"], waiting["order_number"]) == (str(asked.pk), order.number)
        path = f"/approvals/{asked.pk}/decision"
        if decision == "refuse":
            assert refused(api.post(path, {"decision": "refuse"})) == (422, "reason_missing", ["/reason"])
        made(api.post(path, {"decision": decision, "reason": "Darum"}))
        assert refused(api.post(path, {"decision": decision, "reason": "Darum"}))[:2] == (409, "approval_decided")
        order.refresh_from_db()
        assert order.state == state


@pytest.mark.parametrize(
    ("scope", "reads", "writes"), [("all", 200, 201), ("read", 200, 403), ("master_data", 403, 403)]
)
def test_a_key_does_what_its_scope_says(
    api: Any, api_for: Any, stock: Any, scope: str, reads: int, writes: int
) -> None:
    key = api_for(api.organisation, scope=scope)
    assert key.get("/work-orders").status_code == reads
    assert key.get("/firms").status_code == reads
    assert key.get("/approvals").status_code == reads
    begun = key.post("/work-orders", {"property_id": stock[0]["id"], "title": "x"})
    assert begun.status_code == writes, begun.content
    assert key.post("/firms", {"name": "B", "email": "b@example.org"}).status_code == writes


def test_a_key_of_one_client_sees_its_clients_orders(api: Any, api_for: Any, factories: ModuleType) -> None:
    for client in ("1", "2"):
        factories.work_order(factories.property_(api.organisation, client_number=client))
    limited = api_for(api.organisation, client_number="2")
    (only,) = made(limited.get("/work-orders"))["items"]
    order = WorkOrder.objects.get(pk=only["id"])
    assert order.property.client_number == "2"
    other = WorkOrder.objects.exclude(pk=order.pk).get()
    assert limited.get(f"/work-orders/{other.pk}").status_code == 404


def test_the_same_invitation_sent_twice_is_one_firm(api: Any) -> None:
    sent = {"name": "Brandt", "email": "b@example.org"}
    first = api.post("/firms", sent, Idempotency_Key="eins")
    again = api.post("/firms", sent, Idempotency_Key="eins")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert ListedFirm.objects.count() == 1
    assert made(api.get(f"/firms/{first.json()['id']}"))["country"] == "DE"


def test_trades_have_their_names_in_both_languages(api: Any) -> None:
    trades = {one["code"]: (one["de"], one["en"]) for one in made(api.get("/trades"))["items"]}
    assert trades["electrics"] == ("Elektroarbeiten", "Electrical work")
    assert all(de and en for de, en in trades.values())
