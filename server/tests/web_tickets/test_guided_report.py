"""The guided report as somebody with a phone does it: question by question, back and forth, with photos, sent once."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from gewerk.files.queries import files_of
from gewerk.journal.models import Entry
from gewerk.tickets.models import ReportDraft, Ticket
from gewerk.tickets.operations.report_links import rotate_link

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    html = answer.content.decode()
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def go(browser: Client, address: str, /, **data: Any) -> str:
    """Send one page; where it leads to."""
    answer = browser.post(address, data)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def answered(phone: Client, house: Any, *answers: str) -> str:
    """From the beginning through the questions; the address of the page that is open then."""
    where = phone.get(house.address())["Location"]
    for answer in answers:
        where = go(phone, where, answer=answer)
    return str(where)


CONTACT = {"flat": "2. OG links", "name": "Jonas Wiebe", "phone": "0231 123456", "email": "wiebe@example.org"}


def test_a_dripping_tap_from_the_stairwell(phone: Client, house: Any, a_photo: Any) -> None:
    where = answered(phone, house, "water", "water.tap", "home", "bath", "days")
    assert where == house.address("details")
    where = go(phone, where, text="Tropft seit Montag.", photos=[a_photo("1.jpg"), a_photo("2.jpg", 320)])
    where = go(phone, where, access_notes="Ab 16 Uhr", pets="Hund", pair_visit="on")
    where = go(phone, where, **CONTACT)
    assert where == house.address("check")
    page = text_of(phone.get(where))
    for line in (
        "Wasserhahn tropft oder klemmt",
        "Lindemannstraße 12, 44137 Dortmund, 2. OG links",
        "Bad",
        "Tropft seit Montag.",
        "Ab 16 Uhr",
    ):
        assert line in page, line
    status = go(phone, where)
    ticket = Ticket.objects.get()
    assert status == house.status(ticket)
    assert (ticket.channel, ticket.title, ticket.place_note, ticket.unit) == (
        "qr",
        "Wasserhahn tropft oder klemmt (Bad)",
        "2. OG links",
        None,
    )
    assert (ticket.reporter, ticket.reporter_kind, ticket.pets, ticket.pair_visit) == (
        house.tenant,
        "tenant",
        "Hund",
        True,
    )
    assert ticket.answers == [{"question": "room", "answer": "bath"}, {"question": "since", "answer": "days"}]
    assert [one.name for one in files_of("ticket", ticket.pk)] == ["1.jpg", "2.jpg"]
    shown = text_of(phone.get(status))
    assert ticket.number in shown
    assert "Wir haben Ihre Meldung" in shown


def test_the_flats_own_link_asks_for_no_flat(phone: Client, house: Any) -> None:
    where = phone.get(house.address(link=house.flat_link))["Location"]
    for answer in ("mould", "mould.mould", "home", "bath", "hand", "weeks"):
        where = go(phone, where, answer=answer)
    where = go(phone, where, text="")
    where = go(phone, where)
    page = phone.get(where).content.decode()
    assert 'name="flat"' not in page
    assert "Jonas Wiebe" not in page, "a link tells nobody who lives there"
    where = go(phone, where, name="Irgendwer", phone="0231 1")
    go(phone, where)
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.channel, ticket.reporter) == (house.left, "link", None)


def test_a_matter_of_the_stairwell_needs_neither_flat_nor_name(phone: Client, house: Any) -> None:
    where = answered(phone, house, "stairwell", "stairwell.light", "all")
    assert where == house.address("details")
    where = go(phone, where)
    where = go(phone, where)
    where = go(phone, where)
    go(phone, where)
    ticket = Ticket.objects.get()
    assert (ticket.common_part, ticket.urgency, ticket.reporter_name) == ("stairwell", "urgent", "")


def test_gas_says_whom_to_call_before_anything_is_typed(phone: Client, house: Any) -> None:
    where = answered(phone, house, "heating", "heating.gas_smell", "home")
    assert where == house.address("call")
    page = phone.get(where)
    assert 'href="tel:112"' in page.content.decode()
    assert "Von draußen anrufen." in text_of(page)
    assert go(phone, where) == house.address("details")


def test_no_heating_is_an_emergency_where_somebody_needs_warmth(phone: Client, house: Any, monkeypatch: Any) -> None:
    from gewerk.tickets.catalogue import urgency

    monkeypatch.setattr(urgency, "is_heating_season", lambda local: True)
    where = answered(phone, house, "heating", "heating.no_heating", "home", "flat", "today")
    assert where == house.address("details")
    where = go(phone, where)
    where = go(phone, where, vulnerable="on", vulnerable_note="Säugling")
    assert where == house.address("call")
    assert 'href="tel:+492315550100"' in phone.get(where).content.decode()
    where = go(phone, go(phone, where), **CONTACT)
    go(phone, where)
    assert Ticket.objects.get().urgency == "emergency"


def test_one_may_go_back_and_think_again(phone: Client, house: Any) -> None:
    where = answered(phone, house, "water", "water.tap", "home", "bath")
    assert where == house.address("q-since")
    page = phone.get(where).content.decode()
    assert f'href="{house.address("q-room")}"' in page
    back = phone.get(house.address("q-room")).content.decode()
    assert re.search(r'value="bath" aria-pressed="true"', back)
    where = go(phone, house.address("fault"), answer="water.no_water")
    assert where == house.address("where")
    where = go(phone, where, answer="home")
    assert where == house.address("q-extent"), "another fault asks other questions"


def test_nobody_jumps_over_a_question(phone: Client, house: Any) -> None:
    for step in ("check", "contact", "details", "q-room", "nonsense"):
        assert phone.get(house.address(step))["Location"] == house.address("group")
    answer = phone.post(house.address("group"), {"answer": "flood"})
    assert answer.status_code == 422
    assert "Bitte wählen Sie" in text_of(answer)
    assert not Ticket.objects.exists()


def test_the_draft_waits_for_this_phone_and_for_no_other(phone: Client, house: Any) -> None:
    answered(phone, house, "water", "water.tap", "home")
    assert phone.get(house.address())["Location"] == house.address("q-room")
    assert Client().get(house.address())["Location"] == house.address("group")
    assert phone.get(house.address(link=house.flat_link))["Location"] == house.address("group", house.flat_link)
    assert ReportDraft.objects.count() == 1


def test_sent_twice_is_one_ticket(phone: Client, house: Any) -> None:
    where = answered(phone, house, "stairwell", "stairwell.light", "one")
    for _page in range(3):
        where = go(phone, where)
    first = go(phone, where)
    again = phone.post(where)
    assert "Ihre Meldung ist angekommen" in text_of(again)
    assert first in again.content.decode()
    assert Ticket.objects.count() == 1
    assert phone.get(house.address())["Location"] == house.address("group"), "the next report begins anew"


def test_in_a_flat_somebody_must_be_reachable(phone: Client, house: Any) -> None:
    where = answered(phone, house, "water", "water.tap", "home", "bath", "days")
    where = go(phone, go(phone, where))
    answer = phone.post(where, {"name": "", "flat": "", "email": "kein"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') == 3
    answer = phone.post(where, {"name": "Wiebe", "flat": "links"})
    assert "Telefonnummer oder eine E-Mail-Adresse" in text_of(answer)


def test_a_photo_that_is_none_is_refused_and_the_text_is_kept(phone: Client, house: Any, a_photo: Any) -> None:
    where = answered(phone, house, "water", "water.tap", "home", "bath", "days")
    wrong = SimpleUploadedFile("foto.jpg", b"<html>", content_type="image/jpeg")
    answer = phone.post(where, {"text": "Es tropft.", "photos": [a_photo(), wrong]})
    assert answer.status_code == 422
    assert "Diese Art von Datei" in text_of(answer)
    assert "Es tropft." in phone.get(where).content.decode()
    assert files_of("report_draft", ReportDraft.objects.get().pk) == [], "all or none"


def test_photos_one_by_one_as_the_script_sends_them(phone: Client, house: Any, a_photo: Any) -> None:
    where = answered(phone, house, "water", "water.tap", "home", "bath", "days")
    shown = phone.post(house.address() + "photos/add/", {"photos": [a_photo("a.png")]}).json()["photos"]
    assert shown[0]["name"] == "a.jpg"
    picture = phone.get(shown[0]["url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert Client().get(shown[0]["url"]).status_code == 404, "of nobody else's draft"
    wrong = phone.post(
        house.address() + "photos/add/", {"photos": [SimpleUploadedFile("x.jpg", b"\xff\xd8\xff broken")]}
    )
    assert wrong.status_code == 422
    assert "lässt sich nicht öffnen" in wrong.json()["message"]
    assert phone.post(shown[0]["remove"])["Location"] == where
    assert files_of("report_draft", ReportDraft.objects.get().pk) == []


def test_twelve_photos_are_enough(phone: Client, house: Any, a_photo: Any) -> None:
    answered(phone, house, "water", "water.tap", "home", "bath", "days")
    address = house.address() + "photos/add/"
    for number in range(12):
        assert phone.post(address, {"photos": [a_photo(width=100 + number)]}).status_code == 200
    assert phone.post(address, {"photos": [a_photo()]}).status_code == 422


def test_a_program_that_fills_in_everything_reports_nothing(phone: Client, house: Any) -> None:
    where = answered(phone, house, "stairwell", "stairwell.light", "one")
    where = go(phone, go(phone, where))
    assert go(phone, where, name="Bot", website="https://spam.example") == house.address()
    assert phone.get(house.address("check"))["Location"] == house.address("contact")


def test_a_flood_is_stopped(house: Any) -> None:
    refused = 0
    for _ in range(22):
        phone = Client()
        where = answered(phone, house, "stairwell", "stairwell.light", "one")
        for _page in range(3):
            where = go(phone, where)
        refused += phone.post(where).status_code == 429
    assert refused == 2
    assert Ticket.objects.count() == 20


def test_forms_are_checked_against_forgery(house: Any, a_photo: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(house.address("group"), {"answer": "water"}).status_code == 403
    assert strict.post(house.address() + "photos/add/", {"photos": [a_photo()]}).status_code == 403
    page = strict.get(house.address("group")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    sent = strict.post(house.address("group"), {"answer": "water", "csrfmiddlewaretoken": token[1]})
    assert sent.status_code == 302


def test_a_code_that_was_replaced_says_whom_to_call(phone: Client, house: Any, factories: Any) -> None:
    old = house.address()
    new = rotate_link(actor=house.staff, link=house.link, now=factories.NOW)
    gone = phone.get(old)
    assert gone.status_code == 404
    assert "+49 231 5550100" in text_of(gone)
    assert phone.get(house.address(link=new)).status_code == 302
    assert [e.event for e in Entry.objects.order_by("id")][-2:] == ["report_link.revoked", "report_link.created"]


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t[1:], lambda t: "ä"]
)
def test_an_address_that_was_changed_opens_nothing(phone: Client, house: Any, change: Any) -> None:
    token = house.address().split("/")[2]
    assert phone.get(f"/report/{change(token)}/").status_code == 404
    assert phone.get(f"/status/{change(token)}/").status_code == 404


def test_a_tenant_who_is_logged_in_is_known(tenants_phone: Client, house: Any) -> None:
    where = tenants_phone.get("/tenant/report/")["Location"]
    assert where == "/tenant/report/group/"
    for answer in ("water", "water.tap", f"home:{house.left.pk}", "bath", "days"):
        where = go(tenants_phone, where, answer=answer)
    where = go(tenants_phone, go(tenants_phone, where, text="Tropft"))
    page = tenants_phone.get(where).content.decode()
    assert 'value="Jonas Wiebe"' in page
    where = go(tenants_phone, where, name="Jonas Wiebe", phone="0231 1")
    go(tenants_phone, where)
    ticket = Ticket.objects.get()
    assert (ticket.unit, ticket.reporter, ticket.channel) == (house.left, house.tenant, "portal")
    assert ticket.reporter_person is not None
    assert ticket.number in text_of(tenants_phone.get(f"/tenant/tickets/{ticket.pk}/"))
    assert ticket.number in text_of(tenants_phone.get("/tenant/"))


def test_what_is_known_in_the_building_is_said(phone: Client, house: Any, factories: Any) -> None:
    factories.ticket(
        house.property,
        unit=house.right,
        category="heating.no_hot_water",
        building_wide=True,
        state="in_progress",
        reporter_name="Amelie Vogt",
    )
    where = answered(phone, house, "heating", "heating.no_hot_water", "home", "flat", "today")
    assert where == house.address("known")
    page = text_of(phone.get(where))
    assert "Vogt" not in page
    assert go(phone, where) == house.address("details")
