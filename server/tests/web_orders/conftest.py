"""Browsers of a manager's people and of a firm's, and an order with everything in it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from gewerk.firms.models import Crew, FrameworkPrice
from gewerk.identity.models import Organisation, Person
from gewerk.journal.actor import Actor
from gewerk.journeys.complain_of_work import complain_of_work
from gewerk.journeys.step_order import step_order
from gewerk.journeys.ticket_to_order import ticket_to_order
from gewerk.portfolio.models import Property, SubProperty
from gewerk.projects.items import Line
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.award import award_to_firm
from gewerk.projects.operations.complain import Found
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.operations.variations import ask_for_variation
from gewerk.tickets.models import Ticket

BACKEND = "gewerk.entrypoints.web.account.backend.Backend"
MANAGING = ("admin", "housing_manager", "housing_officer", "finance_officer")
EDITING = ("admin", "housing_manager", "housing_officer")
FIRM = ("firm", "dispatcher", "fitter")


def text_of(answer: Any) -> str:
    """What somebody reads: the page's text without tags, in one line."""
    html = answer.content.decode()
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def html_of(answer: Any) -> str:
    return unescape(answer.content.decode())


@dataclass
class World:
    """A manager, a firm, and their people by role."""

    factories: ModuleType
    manager: Organisation
    firm: Organisation
    crew: Crew
    property: Property
    unit: SubProperty
    people: dict[str, Person]
    browsers: dict[str, Client] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        found: Actor = self.factories.acting(self.people[role])
        return found

    def as_(self, role: str) -> Client:
        if role not in self.browsers:
            browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="de")
            browser.force_login(self.people[role], backend=BACKEND)
            self.browsers[role] = browser
        return self.browsers[role]

    def queries(self, role: str, address: str) -> int:
        """How often the page asks the database, once everything that is asked for once is known."""
        self.as_(role).get(address)
        with CaptureQueriesContext(connection) as captured:
            assert self.as_(role).get(address).status_code == 200
        return len(captured)

    def ticket(self, **fields: Any) -> Ticket:
        found: Ticket = self.factories.ticket(
            self.property, **{"unit": self.unit, "reporter_name": "Jonas Wiebe", "reporter_phone": "0231 99", **fields}
        )
        return found

    def draft(self, price_minor: int = 10_000) -> WorkOrder:
        """From a ticket, with one item."""
        now = timezone.now()
        order = ticket_to_order(actor=self.actor("admin"), ticket_ids=[self.ticket().pk], now=now)
        lines = [Line("Hahn abdichten", 1_000, "Stk", price_minor, 1_900)]
        return set_items(actor=self.actor("admin"), order_id=order.pk, lines=lines, now=now)

    def order(self, state: str = "awarded", *, in_house: bool = False) -> WorkOrder:
        """Of the firm (or the crew), brought to the state as its columns say it."""
        order = self.draft()
        if state == "draft":
            return order
        held = (
            {"crew": self.crew, "award_kind": "in_house"} if in_house else {"firm": self.firm, "award_kind": "by_hand"}
        )
        with_whom = held if state not in {"tendering", "quoted"} else {}
        now = timezone.now()
        invoiced = {"invoiced_minor": 11_900} if state in {"invoiced", "paid"} else {}
        WorkOrder.objects.filter(pk=order.pk).update(
            state=state, state_at=now, approved_minor=11_900, awarded_at=now, **with_whom, **invoiced
        )
        return WorkOrder.objects.get(pk=order.pk)

    def full_order(self) -> WorkOrder:
        """Awarded, complained of, with an asked variation, a deadline, an insurer: every card has something in it."""
        now = timezone.now()
        order = self.draft()
        WorkOrder.objects.filter(pk=order.pk).update(
            due_date=now.date() - timedelta(days=1), insurance_claim=True, insurer="Provinzial", budget_minor=20_000
        )
        common: dict[str, Any] = {"order_id": order.pk, "now": now}
        award_to_firm(actor=self.actor("admin"), firm_id=self.firm.pk, **common)
        step_order(actor=self.actor("firm"), step="confirm", **common)
        step_order(actor=self.actor("fitter"), step="finish", **common)
        defect = Found("Fuge offen", now.date() + timedelta(days=14))
        complain_of_work(actor=self.actor("admin"), defects=[defect], **common)
        lines = [Line("Ventil", 1_000, "Stk", 2_450, 1_900)]
        ask_for_variation(actor=self.actor("firm"), reason="Ventil undicht", lines=lines, **common)
        return WorkOrder.objects.get(pk=order.pk)

    def price(self, **fields: Any) -> FrameworkPrice:
        found: FrameworkPrice = self.factories.framework_price(
            self.manager, self.firm, **{"trade": "plumbing", **fields}
        )
        return found


@pytest.fixture
def world(db: None, factories: ModuleType, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    manager = factories.organisation(name="Wohnen & Bauen")
    firm = factories.firm(manager, name="Brandt Sanitär", trades=("plumbing",))
    people = {role: factories.person(manager, role=role) for role in (*MANAGING, "caretaker")}
    people |= {role: factories.person(firm, role=role) for role in FIRM}
    one = factories.property_(manager, responsible=people["housing_officer"])
    unit = factories.unit(one, floor=2, position="links")
    crew = factories.crew(manager, people["caretaker"], name="Team Süd")
    return World(factories, manager, firm, crew, one, unit, people)


@pytest.fixture
def empty(db: None, factories: ModuleType) -> World:
    """Somebody of every role, and nothing else."""
    manager = factories.organisation()
    firm = factories.organisation(kind="firm", name="Neu GmbH")
    people = {role: factories.person(manager, role=role) for role in (*MANAGING, "caretaker")}
    people |= {role: factories.person(firm, role=role) for role in FIRM}
    one = factories.property_(factories.organisation())
    unit = factories.unit(one)
    crew = factories.crew(one.organisation)
    return World(factories, manager, firm, crew, one, unit, people)
