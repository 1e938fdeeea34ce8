"""Who hears of an order's steps by mail, over a real mail server: those whom the table names, once, with the words they need."""

import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from gewerk.firms.models import CrewMember
from gewerk.journeys.award_order import award_or_ask, award_ticket
from gewerk.journeys.complain_of_work import complain_of_work
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.journeys.step_order import step_order
from gewerk.journeys.ticket_to_order import ticket_to_order
from gewerk.outreach import order_letters
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.outreach.operations.send import send_due_mails
from gewerk.projects.items import Line
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.approvals import refuse
from gewerk.projects.operations.award import award_to_crew, award_to_firm
from gewerk.projects.operations.complain import Found
from gewerk.projects.operations.limits import set_limit
from gewerk.projects.operations.note_invoice import note_invoice
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.operations.variations import approve_variation, ask_for_variation, refuse_variation
from gewerk.projects.states import STEPS

from .conftest import Mailbox, subject_of, text_of

pytestmark = pytest.mark.django_db

STAFF, FIRM, TENANT = "krueger@example.org", "dispo@brandt.example", "wiebe@example.org"


class Matter:
    """An order that answers a tenant's report, and everybody who has to do with it."""

    def __init__(self, factories: ModuleType, box: Mailbox, **reporter: Any) -> None:
        self.now, self.box = factories.NOW, box
        manager = factories.organisation(name="Wohnen & Bauen")
        self.person = factories.person(manager, email=STAFF)
        self.officer = factories.acting(self.person)
        self.colleague = factories.acting(factories.person(manager))
        self.place = factories.property_(manager, responsible=self.person)
        self.firm = factories.firm(manager, name="Brandt Sanitär")
        self.owner = factories.acting(factories.person(self.firm, role="firm", email=FIRM))
        fitter = factories.person(self.firm, role="fitter", email="monteur@brandt.example")
        self.fitter = factories.acting(fitter)
        self.ticket = factories.ticket(
            self.place, **{"reporter_email": TENANT, "reporter_phone": "0231 99", **reporter}
        )
        self.post()
        self.order = ticket_to_order(actor=self.colleague, ticket_ids=[self.ticket.pk], now=self.now)
        lines = [Line("Hahn abdichten", 1_000, "Stk", 8_900, 1_900)]
        set_items(actor=self.colleague, order_id=self.order.pk, lines=lines, now=self.now)
        self.post()

    @property
    def common(self) -> dict[str, Any]:
        return {"order_id": self.order.pk, "now": self.now}

    def award(self, actor: Any = None) -> WorkOrder:
        return award_to_firm(actor=actor or self.colleague, firm_id=self.firm.pk, **self.common)

    def step(self, actor: Any, key: str, reason: str = "") -> None:
        step_order(actor=actor, step=key, reason=reason, **self.common)

    def post(self) -> dict[str, str]:
        """What newly arrived: address -> subject and text."""
        self.now += timedelta(minutes=1)
        self.box.arrived.clear()
        compose_due_mails(now=self.now)
        send_due_mails(now=self.now, limit=100)
        told = {one["To"]: f"{subject_of(one)}\n{text_of(one)}" for one in self.box.arrived}
        assert len(told) == len(self.box.arrived), "nobody hears twice of the same thing"
        return told


@pytest.fixture
def matter(factories: ModuleType, mailbox: Mailbox) -> Matter:
    return Matter(factories, mailbox)


def test_an_award_tells_the_firm_and_the_tenant(matter: Matter) -> None:
    matter.award()
    told = matter.post()
    assert set(told) == {FIRM, TENANT}, "fitters hear from their office"
    number = matter.order.number
    assert told[FIRM].startswith(f"{number}: ein neuer Auftrag für Sie\n")
    assert f"/firm/jobs/{matter.order.pk}/" in told[FIRM]
    assert "weil Wohnen & Bauen Ihnen diesen Auftrag gegeben hat" in told[FIRM]
    assert "0231 99" not in told[FIRM], "contact data stays on the page that notes who looked"
    assert "Brandt Sanitär ist mit der Arbeit beauftragt" in told[TENANT]
    link = re.search(r"http://\S+(/status/\S+/)", told[TENANT])
    assert link is not None
    assert Client().get(link[1]).status_code == 200


def test_the_whole_way_tells_each_of_what_concerns_them(matter: Matter) -> None:
    matter.award()
    matter.post()
    matter.step(matter.owner, "confirm")
    told = matter.post()
    assert set(told) == {STAFF}
    assert "hat den Auftrag angenommen" in told[STAFF]
    matter.step(matter.fitter, "finish")
    told = matter.post()
    assert set(told) == {STAFF, TENANT}
    assert "nehmen Sie sie ab, oder melden Sie Mängel" in told[STAFF]
    assert "ist es behoben?" in told[TENANT], "asked about the report instead of told about the order"
    due = matter.now.date() + timedelta(days=14)
    complain_of_work(actor=matter.officer, defects=[Found("Fuge offen", due)], **matter.common)
    told = matter.post()
    assert f"1. Fuge offen (bis {due:%d.%m.%Y})" in told[FIRM]
    assert set(told) <= {FIRM, TENANT}
    matter.step(matter.owner, "finish")
    matter.post()
    matter.step(matter.officer, "accept")
    told = matter.post()
    assert set(told) == {FIRM}
    assert "nennen Sie darauf die Auftragsnummer" in told[FIRM]
    note_invoice(actor=matter.officer, gross_minor=10_591, **matter.common)
    assert matter.post() == {}
    matter.step(matter.officer, "reject_invoice", "Skonto fehlt")
    assert "Begründung: Skonto fehlt" in matter.post()[FIRM]
    note_invoice(actor=matter.officer, gross_minor=10_591, **matter.common)
    matter.step(matter.officer, "pay")
    assert "Rechnung bezahlt" in matter.post()[FIRM]


def test_declined_tells_the_manager_why(matter: Matter) -> None:
    matter.award()
    matter.post()
    matter.step(matter.owner, "decline", "Kein Monteur frei")
    told = matter.post()
    assert set(told) == {STAFF}
    assert "Auftrag abgelehnt" in told[STAFF]
    assert "Begründung: Kein Monteur frei" in told[STAFF]
    assert f"/orders/{matter.order.pk}/" in told[STAFF]


def test_withdrawn_tells_the_firm_that_had_it_and_leads_it_nowhere(matter: Matter) -> None:
    matter.award()
    matter.post()
    matter.step(matter.officer, "withdraw_award", "Falscher Betrieb")
    told = matter.post()
    assert set(told) == {FIRM}
    assert "Begründung: Falscher Betrieb" in told[FIRM]
    assert "/firm/jobs/" not in told[FIRM]


def test_cancelled_tells_firm_and_tenant_word_by_word(matter: Matter) -> None:
    matter.award()
    matter.post()
    matter.step(matter.officer, "cancel", "Das Haus wird verkauft")
    told = matter.post()
    assert set(told) == {FIRM, TENANT}
    assert all("Begründung: Das Haus wird verkauft" in text for text in told.values())


def test_what_was_taken_back_before_the_worker_came_is_not_told(matter: Matter) -> None:
    matter.award()
    matter.step(matter.officer, "withdraw_award", "Vertippt")
    told = matter.post()
    assert "ein neuer Auftrag" not in "".join(told.values())
    assert TENANT not in told


def test_nobody_is_told_of_what_they_did_themselves(matter: Matter) -> None:
    matter.award()
    matter.post()
    matter.step(matter.officer, "confirm")
    assert matter.post() == {}


def test_variations_are_asked_and_answered_by_mail(matter: Matter) -> None:
    matter.award()
    matter.post()
    for decide in (approve_variation, refuse_variation):
        asked = ask_for_variation(
            actor=matter.owner,
            reason="Ventil undicht",
            lines=[Line("Ventil", 1_000, "Stk", 2_450, 1_900)],
            **matter.common,
        )
        told = matter.post()
        assert set(told) == {STAFF}
        assert "Ventil undicht" in told[STAFF]
        why = {"reason": "Zu teuer"} if decide is refuse_variation else {}
        decide(actor=matter.officer, variation_id=asked.pk, now=matter.now, **why)
        told = matter.post()
        assert set(told) == {FIRM}
        assert ("Zu teuer" in told[FIRM]) == bool(why)


def test_a_crew_is_told_of_its_work_and_that_it_is_over(factories: ModuleType, mailbox: Mailbox) -> None:
    matter = Matter(factories, mailbox)
    uwe = factories.person(matter.place.organisation, role="caretaker", email="uwe@example.org")
    crew = factories.crew(matter.place.organisation, uwe)
    gone = factories.person(matter.place.organisation, role="caretaker", is_active=False)
    CrewMember.objects.create(crew=crew, person=gone)
    award_to_crew(actor=matter.officer, crew_id=crew.pk, **matter.common)
    assert set(matter.post()) == {"uwe@example.org", TENANT}
    matter.step(matter.officer, "finish")
    matter.post()
    matter.step(matter.officer, "accept")
    told = matter.post()
    assert set(told) == {"uwe@example.org"}
    assert "Rechnung" not in told["uwe@example.org"]


def test_a_tenant_without_an_address_stops_nobody_else(factories: ModuleType, mailbox: Mailbox) -> None:
    matter = Matter(factories, mailbox, reporter_email="")
    matter.award()
    assert set(matter.post()) == {FIRM}
    matter.step(matter.officer, "cancel", "Doppelt")
    assert set(matter.post()) == {FIRM}


def test_a_tenant_who_did_not_report_is_told_that_the_work_is_done(factories: ModuleType, mailbox: Mailbox) -> None:
    matter = Matter(factories, mailbox, reporter_email="nachbarin@example.org")
    WorkOrder.objects.filter(pk=matter.order.pk).update(contact_email="mieterin@example.org")
    matter.award()
    told = matter.post()
    assert set(told) == {FIRM, "mieterin@example.org"}
    assert "/status/" not in told["mieterin@example.org"], "the neighbour's page is the neighbour's"
    matter.step(matter.owner, "finish")
    assert "meldet die Arbeit als erledigt" in matter.post()["mieterin@example.org"]


def test_the_firm_reads_its_own_language(factories: ModuleType, mailbox: Mailbox) -> None:
    matter = Matter(factories, mailbox)
    person = matter.firm.memberships.get(role="firm").person
    person.language = "en"
    person.save()
    matter.award()
    assert matter.post()[FIRM].startswith(f"{matter.order.number}: a new order for you\n")


def test_composing_twice_writes_once(matter: Matter) -> None:
    matter.award()
    compose_due_mails(now=matter.now)
    count = Mail.objects.count()
    from gewerk.journal.models import Entry

    Entry.objects.update(due_at=matter.now)
    compose_due_mails(now=matter.now)
    assert Mail.objects.count() == count


def test_from_the_ticket_in_one_go_the_firm_hears_once(factories: ModuleType, mailbox: Mailbox) -> None:
    matter = Matter(factories, mailbox)
    crew = factories.crew(matter.place.organisation, factories.person(matter.place.organisation, role="caretaker"))
    award_ticket(
        actor=matter.officer, ticket_ids=[matter.ticket.pk], crew_id=crew.pk, as_of=matter.now.date(), now=matter.now
    )
    assert len(matter.post()) == 2


def test_an_approval_is_asked_of_those_who_may_give_it_and_answered_to_whoever_asked(
    matter: Matter, factories: ModuleType
) -> None:
    manager = matter.place.organisation
    asking = factories.person(manager, role="housing_officer", email="sachbearbeitung@example.org")
    factories.person(manager, role="finance_officer", email="buchhaltung@example.org")
    factories.person(manager, role="housing_manager", email="leitung@example.org")
    for role, limit in (("housing_officer", 0), ("housing_manager", 5_000), ("finance_officer", 50_000)):
        set_limit(actor=matter.officer, role=role, amount_minor=limit, now=matter.now)
    for refused in (True, False):
        outcome = award_or_ask(actor=factories.acting(asking), firm_id=matter.firm.pk, comment="Eilt", **matter.common)
        assert outcome.approval is not None
        told = matter.post()
        assert "buchhaltung@example.org" in told, "whose limit suffices"
        assert not {"leitung@example.org", "sachbearbeitung@example.org"} & set(told)
        mail = told["buchhaltung@example.org"]
        assert "bittet um Ihre Freigabe von 105,91 EUR brutto" in mail
        assert f"/approvals/{outcome.approval.pk}/" in mail
        if refused:
            refuse(actor=matter.officer, approval_id=outcome.approval.pk, reason="Zu teuer", now=matter.now)
            told = matter.post()
            assert set(told) == {"sachbearbeitung@example.org"}
            assert "Begründung: Zu teuer" in told["sachbearbeitung@example.org"]
        else:
            approve_and_go_on(actor=matter.officer, approval_id=outcome.approval.pk, now=matter.now)
            told = matter.post()
            assert set(told) == {"sachbearbeitung@example.org", FIRM, TENANT}


def test_every_step_that_tells_has_its_words() -> None:
    telling = {(step.key, told) for step in STEPS for told in step.tells if step.key != "receive_quotes"}
    assert telling <= set(order_letters._WORDS)
    assert {key for key, _told in order_letters._WORDS} == set(order_letters.TELLS)
