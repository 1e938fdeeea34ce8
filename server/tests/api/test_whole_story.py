"""From the report to the acceptance by API calls alone: nothing else is touched, neither the database nor a page."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from gewerk.entrypoints.api.versions import LATEST
from PIL import Image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def made(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def photo(colour: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (colour, 90, 120)).save(written, "PNG")
    return written.getvalue()


def upload(api: Any, name: str, content: bytes) -> str:
    answer = api.client.post(
        f"/api/{LATEST}/files",
        {"file": SimpleUploadedFile(name, content, "image/png")},
        headers={"Authorization": f"Bearer {api.token}"},
    )
    found: str = made(answer, 201)["id"]
    return found


def slot(hours: float) -> dict[str, str]:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=45)).isoformat()}


def agree(api: Any, order: str, *hours: float) -> str:
    """Proposed, and the first time taken."""
    visit = made(api.post(f"{order}/visits", {"slots": [slot(one) for one in hours]}), 201)
    step = {"step": "pick", "slot_id": visit["slots"][0]["id"]}
    assert made(api.post(f"/visits/{visit['id']}/steps", step))["state"] == "agreed"
    found: str = visit["id"]
    return found


def state(api: Any, path: str) -> str:
    found: str = made(api.get(path))["state"]
    return found


def test_from_the_report_to_the_acceptance(api: Any, stock: Any) -> None:
    firm = made(api.post("/firms", {"name": "Brandt", "email": "b@example.org", "trades": ["plumbing"]}), 201)
    agreed = {"firm_id": firm["id"], "code": "SAN-1", "text": "Hahn abdichten", "unit": "Stk", "trade": "plumbing"}
    money = {"net_minor": 8_900, "vat_rate": "19", "valid_from": "2020-01-01"}
    price = made(api.post("/framework-prices", {**agreed, **money}), 201)

    # reported, with a photo
    shot = upload(api, "tropft.png", photo(10))
    report = {
        "category": "water.tap",
        "unit_external_id": "1-9-66-2",
        "text": "Tropft seit Montag.",
        "access_notes": "Ab 16 Uhr",
        "reporter": {"sub_property_external_id": "1-601404-15023", "phone": "0231 123456"},
        "file_ids": [shot],
    }
    ticket = made(api.post("/tickets", report), 201)
    status_page = made(api.get(f"/tickets/{ticket['id']}/status-link"))["url"]
    assert "/status/" in status_page

    # ordered, awarded at the framework price: nothing is lost on the way
    order = made(api.post("/work-orders", {"ticket_ids": [ticket["id"]]}), 201)
    path = f"/work-orders/{order['id']}"
    assert (order["title"], order["trade"], order["text"]) == (ticket["title"], "plumbing", "Tropft seit Montag.")
    assert (order["tenant_id"], order["contact"]["phone"]) == (stock[2]["id"], "0231 123456")
    assert order["contact"]["access_notes"] == "Ab 16 Uhr"
    assert [one["id"] for one in made(api.get(f"{path}/files"))["items"]] == [shot]
    assert [one["id"] for one in made(api.get(f"/tickets/{ticket['id']}"))["files"]] == [shot]
    plan = upload(api, "plan.png", photo(20))
    linked = made(api.post(f"{path}/files", {"file_ids": [plan]}))["items"]
    assert [(one["id"], one["purpose"]) for one in linked] == [(shot, "report"), (plan, "added")]
    awarded = made(api.post(f"{path}/award", {"prices": [{"price_id": price["id"]}]}))
    assert (awarded["state"], awarded["award_kind"], awarded["firm_name"]) == ("awarded", "framework", "Brandt")
    assert awarded["sums"]["committed_minor"] == 10_591
    made(api.post(f"{path}/steps", {"step": "confirm"}))

    # nobody opens, a second visit
    first = agree(api, path, 1, 26)
    assert state(api, path) == "booked"
    gone = {"step": "no_access", "reason": "Dreimal geklingelt"}
    assert made(api.post(f"/visits/{first}/steps", gone))["state"] == "no_access"
    assert state(api, path) == "awarded"
    second = agree(api, path, 2)
    assert made(api.post(f"/visits/{second}/steps", {"step": "arrive"}))["state"] == "under_way"
    assert state(api, path) == "in_progress"

    # what was done, captured an hour ago by a clock that is a day slow
    after = photo(30)
    slow = datetime.now(UTC) - timedelta(days=1)
    capture = {
        "id": str(uuid4()),
        "captured_at": (slow - timedelta(hours=1)).isoformat(),
        "sent_at": slow.isoformat(),
        "text": "Dichtung getauscht",
        "minutes": 75,
        "checklist": [{"text": "Dichtheit geprüft", "done": True}],
        "items": [{"text": "Dichtung", "quantity": "1", "unit": "Stk"}],
        "files": [{"sha256": hashlib.sha256(after).hexdigest(), "purpose": "after", "name": "nachher.png"}],
    }
    for _twice in range(2):
        assert len(made(api.post(f"{path}/completions", capture))["missing"]) == 1
    added = {"file_id": upload(api, "nachher.png", after), "purpose": "after"}
    made(api.post(f"/completions/{capture['id']}/files", added))
    assert made(api.post(f"/completions/{capture['id']}/finish"))["state"] == "whole"
    assert state(api, path) == "done"
    assert state(api, f"/visits/{second}") == "attended"
    assert state(api, f"/tickets/{ticket['id']}") == "resolved", "the reporter is asked"

    # more than was thought: asked, approved; then accepted
    item = {"text": "Eckventil", "quantity": "1", "unit": "Stk", "unit_price_minor": 2_450, "vat_rate": "19"}
    asked = made(api.post(f"{path}/variations", {"reason": "Ventil undicht", "items": [item]}), 201)
    assert api.post(f"{path}/steps", {"step": "accept"}).json()["type"].endswith("variation_waits")
    made(api.post(f"{path}/variations/{asked['id']}/decision", {"decision": "approve"}))
    accepted = made(api.post(f"{path}/steps", {"step": "accept", "warranty_until": "2099-12-01"}))
    assert (accepted["state"], accepted["sums"]["committed_minor"]) == ("accepted", 13_507)
    assert made(api.post(f"/tickets/{ticket['id']}/steps", {"step": "close"}))["state"] == "closed"

    # every step stands in a history
    assert [line["event"] for line in made(api.get(f"{path}/history"))["items"]] == [
        *("created", "tickets_linked", "files_added", "items_changed", "award", "confirm", "book", "unbook", "book"),
        *("start", "finish", "variation_asked", "variation_approved", "accept"),
    ]
    visits = made(api.get(f"/visits?work_order_id={order['id']}"))["items"]
    assert sorted((one["number"], one["state"]) for one in visits) == [(1, "no_access"), (2, "attended")]
    steps = [line["step"] for line in made(api.get(f"/visits/{second}/history"))["items"]]
    assert steps == ["propose", "pick", "arrive", "attend"]
    events = [line["event"] for line in made(api.get(f"/tickets/{ticket['id']}/history"))["items"]]
    assert [one for one in events if one != "file_added"] in (
        ["reported", "start", "resolve", "close"],
        ["close", "resolve", "start", "reported"],
    )
