"""Tickets, files and report links as programs use them."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from gewerk.files.models import StoredFile
from gewerk.journal.models import Entry
from gewerk.tickets.models import Ticket
from PIL import Image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def picture(width=640):
    written = io.BytesIO()
    Image.new("RGB", (width, 480), (90, 120, 90)).save(written, "JPEG")
    return written.getvalue()


def upload(api, content=None, name="IMG_1.png"):
    sent = SimpleUploadedFile(name, picture() if content is None else content)
    headers = {"Authorization": f"Bearer {api.token}", "Accept-Language": api.language}
    return api.client.post("/api/2026-11-01/files", {"file": sent}, headers=headers)


def report(api, **fields):
    return api.post("/tickets", {"category": "water.tap", "unit_external_id": "1-9-66-2", **fields})


def test_a_report_with_a_photo(api, stock):
    photo = upload(api)
    assert photo.status_code == 201, photo.content
    assert (photo.json()["name"], photo.json()["media_type"]) == ("IMG_1.jpg", "image/jpeg")
    answer = report(
        api,
        answers=[{"question": "room", "answer": "bath"}],
        text="Tropft",
        reporter={"sub_property_external_id": "1-601404-15023", "phone": "0231 1"},
        file_ids=[photo.json()["id"]],
        external_id="ERP-1",
        origin="erp",
    )
    assert answer.status_code == 201, answer.content
    ticket = answer.json()
    assert answer["Location"].endswith(f"/tickets/{ticket['id']}")
    assert ticket["title"] == "Wasserhahn tropft oder klemmt (Bad)"
    assert (ticket["channel"], ticket["origin"], ticket["urgency"]) == ("erp", "erp", "normal")
    assert ticket["unit_external_id"] == "1-9-66-2"
    assert ticket["reporter"]["name"] == "Jonas Wiebe"
    assert ticket["reporter"]["kind"] == "tenant"
    assert [one["id"] for one in ticket["files"]] == [photo.json()["id"]]
    assert api.get("/tickets?external_id=ERP-1").json()["items"] == [ticket]
    content = api.get(f"/files/{photo.json()['id']}/content?variant=small")
    assert (content.status_code, content["Content-Type"]) == (200, "image/jpeg")
    assert content["Content-Disposition"].startswith("attachment")


def test_the_whole_life_of_a_ticket(api, stock):
    ticket = report(api).json()
    path = f"/tickets/{ticket['id']}"
    etag = api.get(path)["ETag"]
    changed = api.patch(path, {"pets": "Hund", "urgency": "urgent", "reason": "Rückruf"}, If_Match=etag)
    assert changed.json()["pets"] == "Hund"
    assert api.patch(path, {"pets": "Katze"}, If_Match=etag).status_code == 412
    assert api.post(f"{path}/steps", {"step": "wait"}).status_code == 422
    waiting = api.post(f"{path}/steps", {"step": "wait", "reason": "Teil fehlt", "waiting_for": "parts"})
    assert (waiting.json()["state"], waiting.json()["waiting_for"]) == ("waiting", "parts")
    assert api.post(f"{path}/steps", {"step": "close"}).status_code == 409
    for step in ("start", "resolve", "close"):
        answer = api.post(f"{path}/steps", {"step": step})
        assert answer.status_code == 200, answer.content
    assert answer.json()["closed_at"]
    assert api.post(f"{path}/notes", {"text": "Fertig"}).status_code == 201
    history = api.get(f"{path}/history").json()["items"]
    assert [one["event"] for one in history] == ["reported", "changed", "wait", "start", "resolve", "close", "noted"]
    assert "/status/" in api.get(f"{path}/status-link").json()["url"]


def test_a_repeated_key_reports_once(api, stock):
    first, second = (report(api, text="x") for _ in range(2))
    assert first.json()["id"] != second.json()["id"]
    body = {"category": "water.tap", "unit_external_id": "1-9-66-2"}
    answers = [api.post("/tickets", body, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Ticket.objects.count() == 3


def test_putting_together(api, stock):
    one, two = report(api, category="heating.no_heating").json(), report(api, category="heating.no_heating").json()
    (found,) = api.get(f"/tickets/{two['id']}/similar").json()["items"]
    assert (found["ticket_id"], found["kind"]) == (one["id"], "duplicate")
    answer = api.post(f"/tickets/{two['id']}/put-under", {"lead_id": one["id"], "building_wide": True})
    assert answer.json()["incident_id"] == one["id"]
    api.post(f"/tickets/{one['id']}/steps", {"step": "start"})
    assert api.get(f"/tickets/{two['id']}").json()["state"] == "in_progress"
    assert api.post(f"/tickets/{two['id']}/separate", {}).json()["incident_id"] is None


def test_files_come_and_go(api, stock):
    ticket = report(api).json()["id"]
    photo = upload(api).json()["id"]
    assert len(api.post(f"/tickets/{ticket}/files", {"file_ids": [photo]}).json()["files"]) == 1
    assert api.post(f"/tickets/{ticket}/files/{photo}/remove", {}).json()["files"] == []
    assert api.post(f"/tickets/{ticket}/files/{photo}/remove", {}).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<html>", 422, "file_kind_not_taken"),
        (b"", 422, "file_empty"),
        (picture()[:-300], 422, "photo_broken"),
        (b"\xff\xd8\xff\xe0" + bytes(25 * 1024 * 1024), 413, "file_too_large"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(201 * 1024 * 1024), 413, "file_too_large"),
    ],
    ids=["page", "nothing", "half", "26 MB photo", "201 MB video"],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(api, stock, settings, content, status, code):
    answer = upload(api, content)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:gewerk:problem:{code}")
    assert not StoredFile.objects.exists()
    assert [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()] == []


def test_an_upload_has_one_file(api, stock):
    headers = {"Authorization": f"Bearer {api.token}"}
    assert api.client.post("/api/2026-11-01/files", {"other": "x"}, headers=headers).status_code == 422
    assert api.post("/files", {}).status_code == 415


def test_report_links(api, stock):
    prop = stock[0]["id"]
    made = api.post("/report-links", {"property_id": prop, "note": "Eingang"}).json()
    assert "/report/" in made["url"]
    new = api.post(f"/report-links/{made['id']}/replace", {}).json()
    assert new["url"] != made["url"]
    listed = api.get(f"/report-links?property_id={prop}").json()["items"]
    assert [bool(one["revoked_at"]) for one in listed] == [True, False]
    assert api.post(f"/report-links/{new['id']}/revoke", {}).json()["revoked_at"]
    assert api.post(f"/report-links/{new['id']}/revoke", {}).status_code == 409


def test_pages_follow_the_changes(api, stock):
    ids = [report(api).json()["id"] for _ in range(5)]
    api.post(f"/tickets/{ids[0]}/steps", {"step": "start"})
    seen, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"/tickets?limit=2{f'&cursor={cursor}' if cursor else ''}").json()
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
    assert seen == [*ids[1:], ids[0]]
    assert [one["id"] for one in api.get("/tickets?state=in_progress").json()["items"]] == [ids[0]]


def test_keys_do_what_their_scope_says(api, api_for, stock):
    ticket = report(api).json()["id"]
    reads, masters = (api_for(api.organisation, scope=scope) for scope in ("read", "master_data"))
    assert reads.get(f"/tickets/{ticket}").status_code == 200
    assert masters.get(f"/tickets/{ticket}").status_code == 403
    for other in (reads, masters):
        assert report(other).status_code == 403
        assert other.post(f"/tickets/{ticket}/steps", {"step": "start"}).status_code == 403
        assert upload(other).status_code == 403
    elsewhere = api_for(api.organisation, client_number="2")
    assert elsewhere.get(f"/tickets/{ticket}").status_code == 404
    assert elsewhere.get("/tickets").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"category": "water.tap"}, "/property_id"),
        ({"category": "water.flood", "unit_external_id": "1-9-66-2"}, "/category"),
        ({"category": "water.tap", "unit_external_id": "nirgends"}, "/unit_external_id"),
        ({"category": "water.tap", "property_id": str(uuid.uuid4())}, "/property_id"),
        ({"category": "water.tap", "unit_external_id": "1-9-66-2", "file_ids": [str(uuid.uuid4())]}, "/file_ids/0"),
        ({"category": "water.tap", "unit_external_id": "1-9-66-2", "common_part": "cellar"}, "/common_part"),
        ({"category": "water.tap", "unit_external_id": "1-9-66-2", "reporter": {"email": "x"}}, "/reporter_email"),
        ({"category": "water.tap", "unit_external_id": "1-9-66-2", "surprise": 1}, "/surprise"),
    ],
)
def test_what_is_wrong_is_named(api, stock, body, pointer):
    answer = api.post("/tickets", body)
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert not Ticket.objects.exists()


def test_the_categories_say_what_may_be_reported(api):
    items = {one["code"]: one for one in api.get("/ticket-categories").json()["items"]}
    assert items["water.pipe_burst"]["title"]["de"] == "Wasser läuft aus"
    assert [q["key"] for q in items["water.tap"]["questions"]] == ["room", "since"]


def test_the_journal_holds_no_personal_data(api, stock):
    ticket = report(api, reporter={"name": "Jonas Wiebe", "email": "wiebe@example.org"}, text="Geheim").json()["id"]
    api.patch(f"/tickets/{ticket}", {"reporter_phone": "0231 999"})
    api.post(f"/tickets/{ticket}/steps", {"step": "reject", "reason": "Selbst verursacht"})
    told = str(list(Entry.objects.values_list("event", "data")))
    for secret in ("Wiebe", "wiebe@", "Geheim", "0231 999", "Selbst"):
        assert secret not in told
