"""The status page: every step in words, nothing of anybody else, and what the reporter may do."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from gewerk.files.models import FileLink
from gewerk.files.queries import files_of
from gewerk.tickets.models import HistoryEntry, Ticket
from gewerk.tickets.operations.change import note
from gewerk.tickets.operations.merge import put_under
from gewerk.tickets.operations.status_links import renew_status_link
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.states import By

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    html = answer.content.decode()
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


@pytest.fixture
def ticket(house: Any, factories: Any) -> Ticket:
    made: Ticket = factories.ticket(house.property, unit=house.left, reporter_name="Jonas Wiebe", text="Es tropft.")
    return made


def step(house: Any, factories: Any, ticket: Ticket, key: str, reason: str = "") -> None:
    take_step(actor=house.staff, by=By.STAFF, ticket_id=ticket.pk, step=key, reason=reason, now=factories.NOW)


def test_every_step_stands_there_in_words(phone: Client, house: Any, factories: Any, ticket: Ticket) -> None:
    address = house.status(ticket)
    assert "Gemeldet" in text_of(phone.get(address))
    step(house, factories, ticket, "review")
    assert "Ihre Meldung wird geprüft" in text_of(phone.get(address))
    step(house, factories, ticket, "wait", "Das Ersatzteil kommt am Freitag.")
    waiting = text_of(phone.get(address))
    assert "Das Ersatzteil kommt am Freitag." in waiting
    step(house, factories, ticket, "start")
    step(house, factories, ticket, "resolve", "Dichtung getauscht.")
    resolved = text_of(phone.get(address))
    for words in ("Dichtung getauscht.", "Ja, es ist behoben", "Nein, es ist nicht behoben"):
        assert words in resolved, words


def test_the_reporter_confirms_or_opens_again(phone: Client, house: Any, factories: Any, ticket: Ticket) -> None:
    step(house, factories, ticket, "resolve")
    answer = house.status(ticket, "answer/")
    assert phone.post(answer, {"step": "reopen", "reason": ""}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "resolved", "without a word of what is wrong nothing happens"
    phone.post(answer, {"step": "reopen", "reason": "Tropft wieder."})
    ticket.refresh_from_db()
    assert ticket.state == "reopened"
    step(house, factories, ticket, "resolve")
    phone.post(answer, {"step": "confirm"})
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert HistoryEntry.objects.latest("id").actor_kind == "guest"


@pytest.mark.parametrize("key", ["review", "start", "wait", "resolve", "reject", "close", "nonsense", ""])
def test_the_reporter_takes_no_step_of_the_staff(
    phone: Client, house: Any, factories: Any, ticket: Ticket, key: str
) -> None:
    if key == "close":
        step(house, factories, ticket, "resolve")
    before = Ticket.objects.values_list("state", "version").get()
    phone.post(house.status(ticket, "answer/"), {"step": key, "reason": "x"})
    assert Ticket.objects.values_list("state", "version").get() == before


def test_it_updates_by_itself_and_only_when_something_changed(
    phone: Client, house: Any, factories: Any, ticket: Ticket
) -> None:
    page = phone.get(house.status(ticket)).content.decode()
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found is not None
    live = unescape(found[1])
    assert phone.get(live).status_code == 204
    step(house, factories, ticket, "start")
    answer = phone.get(live)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Es wird daran gearbeitet" in text_of(answer)
    assert "noscript" in page


def test_nobody_elses_data_stand_there(phone: Client, house: Any, factories: Any, ticket: Ticket, a_photo: Any) -> None:
    other = factories.ticket(
        house.property, unit=house.right, reporter_name="Amelie Vogt", reporter_email="vogt@example.org", text="Geheim"
    )
    put_under(actor=house.staff, lead_id=other.pk, ticket_ids=[ticket.pk], now=factories.NOW)
    note(actor=house.staff, ticket_id=ticket.pk, text="Mieter zahlt nicht", now=factories.NOW)
    page = phone.get(house.status(ticket)).content.decode()
    for secret in ("Vogt", "vogt@", "Geheim", other.number, "Mieter zahlt nicht", house.person.last_name):
        assert secret not in page, secret
    assert "Andere im Haus melden dasselbe" in text_of(phone.get(house.status(ticket)))


def test_photos_of_the_reporter_come_back_those_of_the_manager_do_not(
    phone: Client, office: Client, house: Any, factories: Any, ticket: Ticket, a_photo: Any
) -> None:
    assert phone.post(house.status(ticket, "photos/"), {"photos": [a_photo("mein.jpg")]}).status_code == 302
    own = files_of("ticket", ticket.pk)[0]
    page = phone.get(house.status(ticket)).content.decode()
    assert str(own.file_id) in page
    for variant in ("small", "large", "original"):
        answer = phone.get(house.status(ticket, f"photos/{own.file_id}/{variant}/"))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert phone.get(house.status(ticket, f"photos/{own.file_id}/huge/")).status_code == 404
    FileLink.objects.filter(pk=own.pk).update(purpose="added")
    assert str(own.file_id) not in phone.get(house.status(ticket)).content.decode()
    assert phone.get(house.status(ticket, f"photos/{own.file_id}/small/")).status_code == 404


def test_a_renewed_link_closes_the_old_one(phone: Client, house: Any, factories: Any, ticket: Ticket) -> None:
    old = house.status(ticket)
    assert phone.get(old).status_code == 200
    renew_status_link(actor=house.staff, ticket_id=ticket.pk, now=factories.NOW)
    assert phone.get(old).status_code == 404
    ticket.refresh_from_db()
    assert phone.get(house.status(ticket)).status_code == 200


def test_the_page_speaks_the_reporters_language(phone: Client, house: Any, factories: Any) -> None:
    english = factories.ticket(house.property, language="en")
    assert "We have your report" in text_of(Client().get(house.status(english)))
    turkish = factories.ticket(house.property, language="tr")
    assert "Wir haben Ihre Meldung" in text_of(Client().get(house.status(turkish))), "the organisation's"


def test_a_tenant_sees_own_reports_and_no_others(
    tenants_phone: Client, house: Any, factories: Any, ticket: Ticket
) -> None:
    mine = factories.ticket(house.property, unit=house.left, reporter=house.tenant)
    assert mine.number in text_of(tenants_phone.get(f"/tenant/tickets/{mine.pk}/"))
    assert tenants_phone.get(f"/tenant/tickets/{ticket.pk}/").status_code == 404
    take_step(actor=house.staff, by=By.STAFF, ticket_id=mine.pk, step="resolve", now=factories.NOW)
    tenants_phone.post(f"/tenant/tickets/{mine.pk}/answer/", {"step": "confirm"})
    mine.refresh_from_db()
    assert mine.state == "closed"
    assert tenants_phone.post(f"/tenant/tickets/{ticket.pk}/answer/", {"step": "confirm"}).status_code == 404
