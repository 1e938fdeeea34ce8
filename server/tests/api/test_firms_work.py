"""An order by a firm's own programs: from the award to the work done; and what of it the firm does not see."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from gewerk.entrypoints.api.versions import LATEST
from gewerk.journal.models import Entry
from gewerk.projects.models import WorkOrder

pytestmark = pytest.mark.django_db

Made = Callable[..., Any]
CONTACT = {"contact_name": "Frau Sommer", "contact_phone": "0231 123456", "access_notes": "Ab 16 Uhr"}
ITEM = {"text": "Eckventil", "quantity": "1", "unit": "Stk", "unit_price_minor": 2_450, "vat_rate": "19"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def made(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]


def send_file(program: Any, path: str, name: str, content: bytes, **fields: str) -> Any:
    sent = {"file": SimpleUploadedFile(name, content, "application/octet-stream"), **fields}
    return program.client.post(f"/api/{LATEST}{path}", sent, headers={"Authorization": f"Bearer {program.token}"})


def slot(hours: float) -> dict[str, str]:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=45)).isoformat()}


@pytest.fixture
def job(api: Any, api_for: Made, factories: ModuleType) -> Any:
    """An order that the manager has awarded: (the manager's path, the firm's path, the firm's program)."""
    firm = factories.firm(api.organisation)
    order = factories.work_order(factories.property_(api.organisation), budget_minor=77_700, account_code="4711")
    path = f"/work-orders/{order.pk}"
    made(api.patch(path, CONTACT))
    made(api.post(f"{path}/award", {"firm_id": str(firm.pk)}))
    return path, f"/firm{path}", api_for(firm)


def test_from_the_award_to_the_work_done(api: Any, job: Any) -> None:
    path, own, program = job
    (listed,) = made(program.get("/firm/work-orders"))["items"]
    assert (listed["state"], listed["manager"], listed["steps"]) == (
        "awarded",
        api.organisation.name,
        ["confirm", "decline", "book", "start", "finish"],
    )
    read = program.get(own)
    assert read.headers["ETag"] == f'"{listed["version"]}"'
    assert made(read)["contact"]["phone"] == "0231 123456"

    # accepted once, whoever sends it twice; a version that is old is refused
    key = {"Idempotency-Key": "confirm-1"}
    confirmed = made(program.post(f"{own}/steps", {"step": "confirm"}, **key))
    assert made(program.post(f"{own}/steps", {"step": "confirm"}, **key)) == confirmed
    assert confirmed["confirmed_at"] is not None
    stale = program.post(f"{own}/steps", {"step": "decline", "reason": "x"}, **{"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412

    # two times proposed, the manager takes one for the tenant; nobody opens; a second visit is announced
    visit = made(program.post(f"{own}/visits", {"slots": [slot(1), slot(26)]}), 201)
    pick = {"step": "pick", "slot_id": visit["slots"][0]["id"]}
    assert code_of(program.post(f"/firm/visits/{visit['id']}/steps", pick))[0] in (403, 409), "the tenant's choice"
    made(api.post(f"/visits/{visit['id']}/steps", pick))
    gone = {"step": "no_access", "reason": "Dreimal geklingelt"}
    assert made(program.post(f"/firm/visits/{visit['id']}/steps", gone))["state"] == "no_access"
    second = made(program.post(f"{own}/visits", {"slots": [slot(2)], "announce": False}), 201)
    made(api.post(f"/visits/{second['id']}/steps", {"step": "pick", "slot_id": second["slots"][0]["id"]}))
    assert made(program.post(f"/firm/visits/{second['id']}/steps", {"step": "arrive"}))["state"] == "under_way"
    assert made(program.get(own))["state"] == "in_progress"
    assert [one["state"] for one in made(program.get("/firm/visits"))["items"]] == ["no_access", "under_way"]
    steps = [line["step"] for line in made(program.get(f"/firm/visits/{second['id']}/history"))["items"]]
    assert steps == ["propose", "pick", "arrive"]

    # more than was thought: asked for twice, one taken back, the other approved
    asked = made(program.post(f"{own}/variations", {"reason": "Ventil undicht", "items": [ITEM]}), 201)
    other = made(program.post(f"{own}/variations", {"reason": "Doppelt", "items": [ITEM]}), 201)
    assert made(program.post(f"{own}/variations/{other['id']}/withdraw"))["state"] == "withdrawn"
    made(api.post(f"{path}/variations/{asked['id']}/decision", {"decision": "approve"}))
    assert [one["state"] for one in made(program.get(f"{own}/variations"))["items"]] == ["approved", "withdrawn"]

    # done, with a photo of it
    added = made(send_file(program, f"{own}/files", "lageplan.pdf", PDF))["items"]
    assert [(one["name"], one["purpose"]) for one in added] == [("lageplan.pdf", "work")]
    assert made(api.get(f"{path}/files"))["items"] == added
    now = datetime.now(UTC).isoformat()
    proof = {"sha256": hashlib.sha256(PDF + b"2").hexdigest(), "purpose": "after", "name": "beleg.pdf"}
    capture = {"id": str(uuid4()), "captured_at": now, "sent_at": now, "text": "Getauscht", "files": [proof]}
    assert len(made(program.post(f"{own}/completions", capture))["missing"]) == 1
    done = f"/firm/completions/{capture['id']}"
    assert code_of(program.post(f"{done}/finish")) == (409, "files_missing")
    assert made(send_file(program, f"{done}/files", "beleg.pdf", PDF + b"2", purpose="after"))["missing"] == []
    assert made(program.post(f"{done}/finish"))["state"] == "whole"
    assert made(program.get(own))["state"] == "done"
    assert [one["text"] for one in made(program.get(f"{own}/completions"))["items"]] == ["Getauscht"]

    made(api.post(f"{path}/steps", {"step": "accept"}))
    accepted = made(program.get(own))
    assert (accepted["state"], accepted["contact"]) == ("accepted", None), "the contact is over with the acceptance"
    events = [line["event"] for line in made(program.get(f"{own}/history"))["items"]]
    assert events[-2:] == ["finish", "accept"]
    # Each step stands in the manager's journal, by the firm's key; the look at the contact too, without the contact.
    entries = Entry.objects.filter(organisation_id=api.organisation.pk, actor_id=program.key.pk)
    assert {"work_order.contact_seen", "work_order.confirm"} <= set(entries.values_list("event", flat=True))
    assert "0231" not in str(list(entries.values_list("data", flat=True)))


def test_of_the_manager_nothing_is_told_that_the_page_does_not_show(job: Any) -> None:
    _path, own, program = job
    shown = made(program.get(own))
    assert not {"sums", "account_code", "responsible_id", "tenant_id", "ticket_ids", "insurer"} & shown.keys()
    assert "77700" not in str(shown)
    assert "4711" not in str(shown)
    assert "contact" not in made(program.get("/firm/work-orders"))["items"][0]


def test_given_back_it_is_gone(api: Any, job: Any) -> None:
    path, own, program = job
    assert program.post(f"{own}/steps", {"step": "decline"}).status_code == 422
    key = {"Idempotency-Key": "back"}
    for _twice in range(2):
        back = program.post(f"{own}/steps", {"step": "decline", "reason": "Kein Personal"}, **key)
        assert (back.status_code, back.content) == (204, b"")
    assert program.get(own).status_code == 404
    assert made(program.get("/firm/work-orders"))["items"] == []
    assert made(api.get(path))["firm_id"] is None


def test_what_only_the_manager_does(job: Any) -> None:
    _path, own, program = job
    for step in ("accept", "cancel", "withdraw_award", "pay"):
        assert program.post(f"{own}/steps", {"step": step}).status_code == 422
    for part in ("award", "invoice", "defects", "items"):
        assert program.post(f"{own}/{part}", {}).status_code in (404, 405)


def test_another_firm_reaches_nothing_of_it(api: Any, api_for: Made, job: Any, factories: ModuleType) -> None:
    _path, own, program = job
    visit = made(program.post(f"{own}/visits", {"slots": [slot(26)]}), 201)
    asked = made(program.post(f"{own}/variations", {"reason": "x", "items": [ITEM]}), 201)
    now = datetime.now(UTC).isoformat()
    capture = {"id": str(uuid4()), "captured_at": now, "sent_at": now, "text": "Getauscht"}
    made(program.post(f"{own}/completions", capture))
    before = WorkOrder.objects.get().version
    other = api_for(factories.firm(api.organisation))
    for path in ("/firm/work-orders", "/firm/visits"):
        assert made(other.get(path))["items"] == []
    for part in ("", "/history", "/variations", "/defects", "/files", "/completions"):
        assert other.get(f"{own}{part}").status_code == 404, part
    for path, sent in (
        (f"{own}/steps", {"step": "confirm"}),
        (f"{own}/visits", {"slots": [slot(26)]}),
        (f"{own}/variations", {"reason": "x", "items": [ITEM]}),
        (f"{own}/variations/{asked['id']}/withdraw", {}),
        (f"{own}/completions", {**capture, "id": str(uuid4())}),
        (f"/firm/visits/{visit['id']}/steps", {"step": "cancel", "reason": "x"}),
        (f"/firm/completions/{capture['id']}/finish", {}),
    ):
        assert other.post(path, sent).status_code == 404, path
    for path in (f"{own}/files", f"/firm/completions/{capture['id']}/files"):
        assert send_file(other, path, "a.pdf", PDF).status_code == 404, path
    assert WorkOrder.objects.get().version == before
    assert not Entry.objects.filter(organisation_id=api.organisation.pk, actor_id=other.key.pk).exists()


def test_pages_of_orders(api: Any, api_for: Made, factories: ModuleType) -> None:
    firm = factories.firm(api.organisation)
    program, place = api_for(firm), factories.property_(api.organisation)
    ids = {str(factories.work_order(place, firm=firm, state="awarded").pk) for _ in range(3)}
    factories.work_order(place)
    seen, cursor = [], ""
    while True:
        page = made(program.get(f"/firm/work-orders?limit=2{cursor}"))
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert (len(seen), set(seen)) == (3, ids)
    assert made(program.get("/firm/work-orders?state=done"))["items"] == []
