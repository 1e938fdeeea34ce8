"""A request for quotes on its way, with everybody who has to do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.models import Organisation, Person, Role
from gewerk.journal.actor import Actor
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.marketplace.models import Invitation, Quote, QuoteRequest
from gewerk.marketplace.operations.prepare import choose_firms, draft_request
from gewerk.marketplace.operations.write_quote import items_of, submit
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem
from gewerk.projects.models import WorkOrder

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DEADLINE = NOW + timedelta(days=7)
AFTER = DEADLINE + timedelta(minutes=1)
VALID_UNTIL = date(2027, 1, 31)

SCOPE = (
    ScopeItem("Fliesen abschlagen", 12_500, "m²", number="01.0010", section="Bad"),
    ScopeItem("Wand verputzen", 12_500, "m²", number="01.0020", section="Bad"),
    ScopeItem("Gerüst stellen", 1_000, "psch", number="01.0030", section="Bad", optional=True),
)


@dataclass
class Matter:
    """The request and its parties as actors."""

    factories: ModuleType
    organisation: Organisation
    order: WorkOrder
    request: QuoteRequest
    staff: Actor
    staff_person: Person
    firms: list[Organisation]
    owners: list[Actor]
    """Of each firm its owner."""

    def again(self) -> QuoteRequest:
        self.request.refresh_from_db()
        self.order.refresh_from_db()
        return self.request

    def invitation(self, place: int) -> Invitation:
        return Invitation.objects.get(request=self.request, firm=self.firms[place])

    def given(self, place: int, minor: int = 1_000, **fields: Any) -> QuoteGiven:
        prices = tuple(PriceGiven(minor, 1_900, item_id=pk) for pk in items_of(self.invitation(place)))
        return QuoteGiven(**{"prices": prices, "valid_until_date": VALID_UNTIL, **fields})

    def quote(self, place: int, minor: int = 1_000, now: datetime = NOW, **fields: Any) -> Quote:
        given = self.given(place, minor, **fields)
        return submit(actor=self.owners[place], invitation_id=self.invitation(place).pk, given=given, now=now)

    def open(self, now: datetime = AFTER) -> QuoteRequest:
        self.request = open_request(actor=self.staff, request_id=self.request.pk, now=now)
        return self.request


def matter(
    factories: ModuleType,
    *,
    firms: int = 3,
    items: Sequence[ScopeItem] | None = SCOPE,
    sent: bool = True,
    role: str = Role.ADMIN,
    country: str = "DE",
    **fields: Any,
) -> Matter:
    organisation = factories.organisation(country)
    person = factories.person(organisation, role)
    staff = factories.acting(person)
    order = factories.work_order(factories.property_(organisation), title="Bad erneuern")
    invited = [factories.firm(organisation) for _ in range(firms)]
    owners = [factories.acting(factories.person(firm, Role.FIRM)) for firm in invited]
    fields = {"deadline_at": DEADLINE, **fields}
    request = draft_request(actor=staff, order_id=order.pk, fields=fields, items=items, now=NOW)
    choose_firms(actor=staff, request_id=request.pk, firm_ids=[firm.pk for firm in invited], now=NOW)
    if sent:
        send_request(actor=staff, request_id=request.pk, now=NOW)
    made = Matter(factories, organisation, order, request, staff, person, invited, owners)
    made.again()
    return made


@pytest.fixture
def sent(db: None, factories: ModuleType) -> Matter:
    return matter(factories)


@pytest.fixture
def new_matter(factories: ModuleType) -> Any:
    return lambda **fields: matter(factories, **fields)
