"""Pages of whoever does the work: firm, caretaker, crew."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from gewerk.firms.models import FirmProfile
from gewerk.projects.models import Variation, WorkOrder
from gewerk.projects.states import State

from .conftest import FIRM, World, html_of, text_of
from .test_order_pages import ITEM


def test_every_page_renders_for_whoever_may_open_it(world: World) -> None:
    order = world.full_order()
    firm_only: dict[str, tuple[str, ...]] = {
        reverse("firm_home"): FIRM,
        reverse("firm_profile"): ("firm", "dispatcher"),
        reverse("firm_jobs"): (*FIRM, "caretaker"),
        reverse("firm_jobs") + "?show=done": (*FIRM, "caretaker"),
        reverse("firm_job", args=[order.pk]): FIRM,
        reverse("firm_variation", args=[order.pk]): FIRM,
        reverse("order_sheet", args=[order.pk]): (*FIRM, "admin"),
        reverse("calendar"): (*FIRM, "caretaker", "admin"),
        reverse("field_app"): (*FIRM, "caretaker"),
    }
    wrong = []
    for address, roles in firm_only.items():
        for role in (*FIRM, "caretaker", "admin"):
            status = world.as_(role).get(address).status_code
            if status not in ({200} if role in roles else {403, 404}):
                wrong.append((address, role, status))
    assert wrong == []


def test_without_any_job_the_pages_say_so(empty: World) -> None:
    for role in (*FIRM, "caretaker"):
        text = text_of(empty.as_(role).get(reverse("firm_jobs")))
        assert "Nichts zu tun" in text
        assert empty.as_(role).get(reverse("firm_jobs") + "?show=done").status_code == 200
    assert empty.as_("firm").get(reverse("firm_home")).status_code == 200


def test_a_job_renders_in_every_state_and_hides_the_contact_after_the_acceptance(world: World) -> None:
    for state in State.values:
        if state in {"draft", "tendering", "quoted"}:
            continue
        order = world.order(state)
        shown = state in {"awarded", "booked", "in_progress", "done"}
        for role in FIRM:
            answer = world.as_(role).get(reverse("firm_job", args=[order.pk]))
            assert answer.status_code == 200, (state, role)
            assert ("0231 99" in html_of(answer)) == shown, (state, role)
    in_house = world.order("awarded", in_house=True)
    assert world.as_("caretaker").get(reverse("firm_job", args=[in_house.pk])).status_code == 200
    assert world.as_("firm").get(reverse("firm_job", args=[in_house.pk])).status_code == 404


def test_the_list_asks_as_often_for_twelve_as_for_one(world: World) -> None:
    world.full_order()
    asked = world.queries("firm", reverse("firm_jobs"))
    for _more in range(11):
        world.full_order()
    assert world.queries("firm", reverse("firm_jobs")) == asked


def test_a_job_is_accepted_by_the_office_not_by_the_fitter(world: World) -> None:
    order = world.order("awarded")
    page = reverse("firm_job_step", args=[order.pk, "confirm"])
    assert world.as_("fitter").post(page).status_code == 403
    assert world.as_("dispatcher").post(page, {"version": order.version}).status_code == 302
    order.refresh_from_db()
    assert order.confirmed_at is not None
    again = world.as_("dispatcher").post(page, follow=True)
    assert "nicht möglich" in text_of(again)


def test_declining_needs_words_and_gives_the_job_back(world: World) -> None:
    order = world.order("awarded")
    browser, page = world.as_("firm"), reverse("firm_job_step", args=[order.pk, "decline"])
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"reason": ""}).status_code == 422
    assert browser.post(page, {"reason": "Kein Monteur frei"}).url == reverse("firm_jobs")
    order.refresh_from_db()
    assert (order.state, order.firm) == ("draft", None)
    assert browser.get(reverse("firm_job", args=[order.pk])).status_code == 404


@pytest.mark.parametrize("step", ["accept", "cancel", "award", "fly"])
def test_what_is_the_managers_is_refused(world: World, step: str) -> None:
    order = world.order("done")
    answer = world.as_("firm").post(reverse("firm_job_step", args=[order.pk, step]), {"reason": "x"})
    assert answer.status_code in {403, 404}
    assert WorkOrder.objects.get(pk=order.pk).state == "done"


def test_begin_and_report_as_done(world: World) -> None:
    order = world.order("awarded")
    for step, after in (("start", "in_progress"), ("finish", "done")):
        assert world.as_("fitter").post(reverse("firm_job_step", args=[order.pk, step])).status_code == 302
        assert WorkOrder.objects.get(pk=order.pk).state == after
    assert order.ticket_links.get().ticket.state == "resolved"


def test_a_variation_is_asked_for_or_nothing_typed_is_lost(world: World) -> None:
    order = world.order("in_progress")
    browser, page = world.as_("fitter"), reverse("firm_variation", args=[order.pk])
    wrong = browser.post(page, {**ITEM, "reason": "Ventil undicht", "item-price": "teuer"})
    assert wrong.status_code == 422
    for kept in ("Ventil undicht", 'value="teuer"', "Eckventil"):
        assert kept in html_of(wrong)
    nothing = browser.post(page, {"reason": "Ventil undicht"})
    assert nothing.status_code == 422
    assert browser.post(page, {**ITEM, "reason": "Ventil undicht"}).status_code == 302
    assert Variation.objects.get().gross_minor == 4_373


def test_photos_of_the_work_are_added_or_said_why_not(world: World) -> None:
    order = world.order("in_progress")
    page = reverse("firm_job_files", args=[order.pk])
    bad = SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0 none", "image/jpeg")
    assert "lässt sich nicht öffnen" in text_of(world.as_("fitter").post(page, {"photos": bad}, follow=True))
    over = world.order("accepted")
    assert world.as_("fitter").post(reverse("firm_job_files", args=[over.pk]), {"photos": bad}).status_code == 403


def test_the_profile_is_written_or_nothing_typed_is_lost(world: World) -> None:
    browser, page = world.as_("firm"), reverse("firm_profile")
    sent: dict[str, Any] = {
        "contact_name": "Kerstin Brandt",
        "website": "https://brandt.example",
        "about": "Seit 1987.",
        "trades": ["plumbing", "heating"],
        "area_kind": "radius",
        "area_radius_km": "30",
        "languages": ["de", "tr"],
        "version": FirmProfile.objects.get(firm=world.firm).version,
    }
    for bad in ({"area_radius_km": "weit"}, {"area_kind": "mars"}, {"website": "javascript:alert(1)"}):
        wrong = browser.post(page, {**sent, **bad})
        assert wrong.status_code == 422, bad
        assert "Seit 1987." in html_of(wrong)
    assert browser.post(page, sent).status_code == 302
    text = text_of(browser.get(reverse("firm_home")))
    assert "Kerstin Brandt" in text
    assert "30 km" in text
