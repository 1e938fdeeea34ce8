"""The story of a visit by API calls alone: proposed, taken, nobody opened, a second one, what was done with its photo."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from gewerk.entrypoints.api.versions import LATEST
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.models import Visit
from PIL import Image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def order(api, factories):
    made = factories.work_order(factories.property_(api.organisation))
    firm = factories.firm(api.organisation)
    WorkOrder.objects.filter(pk=made.pk).update(state="awarded", firm=firm, awarded_at=factories.NOW)
    return made


def slot(days):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}


def begun(visit_id):
    """The agreed time has come."""
    now = datetime.now(UTC)
    Visit.objects.filter(pk=visit_id).update(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1))


def photo():
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 90, 120)).save(written, "PNG")
    return written.getvalue()


def test_the_whole_story(api, order):
    visit = api.post(f"/work-orders/{order.pk}/visits", {"slots": [slot(4), slot(5)]}).json()
    assert visit["state"] == "proposed"
    step = f"/visits/{visit['id']}/steps"
    taken = api.post(step, {"step": "pick", "slot_id": visit["slots"][1]["id"]})
    assert (taken.status_code, taken.json()["state"]) == (200, "agreed")
    assert api.call("GET", f"/work-orders/{order.pk}").json()["state"] == "booked"
    early = api.post(step, {"step": "arrive"})
    assert (early.status_code, early.json()["type"].rsplit(":", 1)[-1]) == (409, "too_early")
    begun(visit["id"])
    assert api.post(step, {"step": "no_access"}).status_code == 422
    assert api.post(step, {"step": "no_access", "reason": "Niemand öffnet"}).json()["state"] == "no_access"
    assert api.call("GET", f"/work-orders/{order.pk}").json()["state"] == "awarded"
    second = api.post(f"/work-orders/{order.pk}/visits", {"slots": [slot(20)], "announce": True}).json()
    assert (second["number"], second["state"]) == (2, "agreed")
    begun(second["id"])
    sent = {
        "id": "0192d3c0-0000-7000-8000-0000000000aa",
        "captured_at": datetime.now(UTC).isoformat(),
        "sent_at": datetime.now(UTC).isoformat(),
        "text": "Dichtung getauscht",
        "minutes": 30,
        "items": [{"text": "Dichtung", "quantity": "1.5", "unit": "St"}],
        "files": [{"sha256": hashlib.sha256(photo()).hexdigest(), "purpose": "after", "name": "nachher.png"}],
    }
    for _ in range(2):
        told = api.post(f"/work-orders/{order.pk}/completions", sent).json()
        assert (told["state"], len(told["missing"]), told["items"][0]["quantity"]) == ("receiving", 1, "1.5")
    finish = f"/completions/{sent['id']}/finish"
    assert api.call("POST", finish).status_code == 409
    uploaded = api.client.post(
        f"/api/{LATEST}/files",
        {"file": SimpleUploadedFile("nachher.png", photo(), "image/png")},
        headers={"Authorization": f"Bearer {api.token}"},
    ).json()
    for _ in range(2):
        api.post(f"/completions/{sent['id']}/files", {"file_id": uploaded["id"], "purpose": "after"})
    assert api.call("POST", finish).json()["state"] == "whole"
    assert api.call("GET", f"/work-orders/{order.pk}").json()["state"] == "done"
    (kept,) = api.call("GET", f"/work-orders/{order.pk}/completions").json()["items"]
    assert [file["name"] for file in kept["files"]] == ["nachher.png"]
    steps = [e["step"] for e in api.call("GET", f"/visits/{second['id']}/history").json()["items"]]
    assert steps == ["announce", "attend"]


def test_pages_miss_nothing(api, order, factories):
    now = factories.NOW
    for number in range(1, 6):
        Visit.objects.create(
            organisation=order.organisation,
            order=order,
            number=number,
            state="cancelled",
            state_at=now,
            created_at=now,
            updated_at=now + timedelta(minutes=number),
        )
    seen, cursor = [], ""
    while True:
        page = api.call("GET", f"/visits?limit=2{cursor}").json()
        seen += [one["number"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [1, 2, 3, 4, 5]


def test_too_soon_names_the_first_day_in_the_callers_language(api, order, factories):
    flat = factories.unit(order.property)
    WorkOrder.objects.filter(pk=order.pk).update(unit=flat)
    answer = api.post(f"/work-orders/{order.pk}/visits", {"slots": [slot(1)], "announce": True})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("notice_too_short")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"step": "pick"}, "/slot_id"),
        ({"step": "propose_again"}, "/slots"),
        ({"step": "fly"}, "/step"),
        ({"step": "cancel", "reason": "x" * 501}, "/reason"),
    ],
)
def test_bad_steps_are_named(api, order, body, pointer):
    visit = api.post(f"/work-orders/{order.pk}/visits", {"slots": [slot(4)]}).json()
    answer = api.post(f"/visits/{visit['id']}/steps", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_old_version_is_refused(api, order):
    visit = api.post(f"/work-orders/{order.pk}/visits", {"slots": [slot(4)]}).json()
    answer = api.call("POST", f"/visits/{visit['id']}/steps", {"step": "cancel", "reason": "x"}, If_Match='"9"')
    assert answer.status_code == 412
