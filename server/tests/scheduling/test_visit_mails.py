"""Who hears of a visit by mail, in which words, with which link; composed by the worker's own duty."""

from datetime import timedelta
from typing import Any

import pytest
from gewerk.identity.models import Membership
from gewerk.journeys import agree_visit
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.outreach.operations.send import message
from gewerk.scheduling.links import visit_of
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.operations.moving import Span
from gewerk.scheduling.operations.remind import remind_of_visits
from gewerk.scheduling.queries.visits import offered_slots
from icalendar import Calendar

from .conftest import NOW, Matter


def span(day: float) -> Span:
    start = NOW + timedelta(days=day)
    return Span(start, start + timedelta(hours=1))


@pytest.fixture
def dispatcher(awarded: Matter, factories: Any) -> Any:
    return factories.person(awarded.firm, "dispatcher", email="dispo@example.org")


def mails(now: Any = NOW) -> dict[str, Mail]:
    """Newly composed: recipient -> mail."""
    known = set(Mail.objects.values_list("pk", flat=True))
    compose_due_mails(now=now)
    return {mail.recipient: mail for mail in Mail.objects.exclude(pk__in=known)}


def proposed(matter: Matter) -> Visit:
    return arrange.propose(actor=matter.fitter, order_id=matter.order.pk, spans=[span(4), span(5)], now=NOW)


def test_the_tenant_gets_the_times_and_a_link_without_password(awarded: Matter, dispatcher: Any) -> None:
    visit = proposed(awarded)
    told = mails()
    assert set(told) == {awarded.tenant_record.email}
    mail = told[awarded.tenant_record.email]
    assert mail.subject == "A-2026-0001: bitte wählen Sie einen Termin"
    assert "* Donnerstag, 26. November 2026, 09:00 bis 10:00 Uhr" in mail.body
    assert "weil in Ihrer Wohnung gearbeitet wird" in mail.body
    token = mail.body.split("/visits/by-link/")[1].split("/")[0]
    assert visit_of(token) == visit


def test_agreed_tells_the_others_with_a_calendar_file(awarded: Matter, dispatcher: Any) -> None:
    visit = proposed(awarded)
    mails()
    slot = offered_slots(visit, now=NOW)[0]
    agree_visit.take_slot(actor=awarded.tenant, visit_id=visit.pk, slot_id=slot.pk, now=NOW)
    told = mails()
    # the tenant took it and need not be told; the firm and the manager hear of it
    assert "dispo@example.org" in told
    assert awarded.tenant_record.email not in told
    assert len(told) == 2
    mail = told["dispo@example.org"]
    assert f"/firm/jobs/{awarded.order.pk}/" in mail.body
    assert "by-link" not in mail.body
    attached = list(message(mail).iter_attachments())
    assert [part.get_filename() for part in attached] == ["termin.ics"]
    event = Calendar.from_ical(attached[0].get_content()).walk("VEVENT")[0]
    assert event.decoded("dtstart") == slot.starts_at


def test_what_is_over_by_then_is_not_told(awarded: Matter, dispatcher: Any) -> None:
    visit = proposed(awarded)
    agree_visit.cancel_visit(actor=awarded.staff, visit_id=visit.pk, reason="Erledigt", now=NOW)
    told = mails()
    assert {mail.subject for mail in told.values()} == {"A-2026-0001: Termin abgesagt"}
    assert "Begründung: Erledigt" in told[awarded.tenant_record.email].body


def test_composing_twice_writes_once(awarded: Matter, dispatcher: Any) -> None:
    proposed(awarded)
    assert len(mails()) == 1
    assert mails() == {}


def test_the_reminder_goes_to_tenant_and_firm(awarded: Matter, dispatcher: Any) -> None:
    visit = proposed(awarded)
    slot = offered_slots(visit, now=NOW)[0]
    agree_visit.take_slot(actor=awarded.tenant, visit_id=visit.pk, slot_id=slot.pk, now=NOW)
    mails()
    eve = NOW + timedelta(days=3, hours=8)
    remind_of_visits(now=eve)
    told = mails(eve)
    assert set(told) == {awarded.tenant_record.email, "dispo@example.org"}
    assert "Erinnerung" in told["dispo@example.org"].subject


def test_a_firm_without_people_is_written_at_its_own_address(awarded: Matter) -> None:
    Membership.objects.filter(organisation=awarded.firm).update(ended_at=NOW)
    awarded.firm.email = "post@rohr.example"
    awarded.firm.save()
    visit = proposed(awarded)
    agree_visit.offer_other_times(actor=awarded.tenant, visit_id=visit.pk, spans=[span(6)], now=NOW)
    assert set(mails()) == {"post@rohr.example"}


def test_a_british_tenant_reads_english(db: None, factories: Any) -> None:
    from .conftest import matter

    british = matter(factories, "GB")
    arrange.propose(actor=british.fitter, order_id=british.order.pk, spans=[span(4)], now=NOW)
    (mail,) = mails().values()
    assert mail.subject == "A-2026-0001: please choose a time"
    assert "Thursday, 26" in mail.body
