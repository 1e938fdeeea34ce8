"""Who hears of a ticket: the reporter of every step, with the status page's link; whoever is responsible of what is new. Nothing twice."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.tickets.operations.merge import put_under
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.states import BY_KEY, By

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(factories: Any) -> Any:
    organisation = factories.organisation(phone="0231 5550100")
    person, deputy = (factories.person(organisation, email=f"{name}@example.org") for name in ("krueger", "falk"))
    return factories.property_(organisation, responsible=person, deputy=deputy)


def mails(factories: Any, to: str) -> list[Mail]:
    compose_due_mails(now=factories.NOW + timedelta(hours=2))
    compose_due_mails(now=factories.NOW + timedelta(hours=3))
    return list(Mail.objects.filter(recipient=to).order_by("entry_id"))


def staff(ticket: Any) -> Actor:
    person = ticket.property.responsible
    return Actor(ActorKind.PERSON, person.pk, ticket.organisation_id, roles=frozenset({"admin"}))


def step(ticket: Any, factories: Any, key: str, reason: str = "Darum.", by: By = By.STAFF) -> None:
    actor = staff(ticket) if by is By.STAFF else by_link(ticket.organisation_id, ticket.pk, "status")
    take_step(actor=actor, by=by, ticket_id=ticket.pk, step=key, reason=reason, now=factories.NOW)


def test_the_reporter_hears_of_every_step(house: Any, factories: Any) -> None:
    ticket = factories.ticket(house, reporter_email="wiebe@example.org")
    for key in ("review", "start", "wait", "start", "resolve", "close"):
        step(ticket, factories, key)
    subjects = [mail.subject for mail in mails(factories, "wiebe@example.org")]
    assert subjects == [
        "T-2026-0001: Ihre Meldung ist angekommen",
        "T-2026-0001: Ihre Meldung wird geprüft",
        "T-2026-0001: die Arbeit hat begonnen",
        "T-2026-0001: Ihre Meldung muss warten",
        "T-2026-0001: die Arbeit hat begonnen",
        "T-2026-0001: ist es behoben?",
        "T-2026-0001: Ihre Meldung ist abgeschlossen",
    ]
    for mail in Mail.objects.filter(recipient="wiebe@example.org"):
        link = re.search(r"http://\S+(/status/\S+/)", mail.body)
        assert link is not None
        assert Client().get(link[1]).status_code == 200
        assert "weil Ihre Adresse bei der Meldung angegeben wurde" in mail.body
    assert "Darum." in Mail.objects.get(subject__endswith="muss warten").body


def test_every_step_that_tells_has_its_words(house: Any, factories: Any) -> None:
    from gewerk.outreach.ticket_letters import _HEADLINES, _SENTENCES

    telling = {key for key, one in BY_KEY.items() if one.tells_reporter}
    assert telling <= set(_HEADLINES)
    assert set(_HEADLINES) == set(_SENTENCES)


def test_who_is_responsible_hears_of_what_is_new_and_reopened(house: Any, factories: Any) -> None:
    ticket = factories.ticket(house, category="heating.gas_smell", reporter_email="wiebe@example.org")
    step(ticket, factories, "resolve")
    step(ticket, factories, "reopen", "Riecht wieder.", By.REPORTER)
    for to in ("krueger@example.org", "falk@example.org"):
        subjects = [mail.subject for mail in mails(factories, to)]
        assert subjects == [
            "NOTFALL T-2026-0001: Es riecht nach Gas",
            "T-2026-0001 ist wieder offen: Es riecht nach Gas",
        ]
    assert "Riecht wieder." in Mail.objects.filter(recipient="falk@example.org").latest("entry_id").body
    received = [mail.subject for mail in mails(factories, "wiebe@example.org")]
    assert len(received) == 2, "nobody is told of what they did themselves"


def test_where_nobody_is_responsible_all_who_work_on_tickets_hear(factories: Any) -> None:
    organisation = factories.organisation()
    factories.person(organisation, email="a@example.org")
    factories.person(organisation, role="finance_officer", email="f@example.org")
    factories.ticket(factories.property_(organisation))
    assert len(mails(factories, "a@example.org")) == 1
    assert mails(factories, "f@example.org") == []


def test_without_an_address_nobody_is_written_to(house: Any, factories: Any) -> None:
    ticket = factories.ticket(house)
    step(ticket, factories, "start")
    mails(factories, "")
    assert {mail.recipient for mail in Mail.objects.all()} == {"krueger@example.org", "falk@example.org"}


def test_followers_hear_too_and_what_the_erp_made_is_not_confirmed(house: Any, factories: Any) -> None:
    lead = factories.ticket(house, category="heating.no_heating", reporter_email="a@example.org")
    other = factories.ticket(house, category="heating.no_heating", reporter_email="b@example.org", language="en")
    factories.ticket(house, origin="erp", reporter_email="c@example.org")
    put_under(actor=staff(lead), lead_id=lead.pk, ticket_ids=[other.pk], now=factories.NOW)
    step(lead, factories, "start")
    assert [mail.subject for mail in mails(factories, "b@example.org")] == [
        "T-2026-0002: your report has arrived",
        "T-2026-0002: others in the building report the same",
        "T-2026-0002: work on your report has begun",
    ]
    assert mails(factories, "c@example.org") == []
