"""An awarded order in a let flat, with everybody who has to do with it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.models import ListedFirm
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.models import Organisation, OrganisationKind, Person
from gewerk.journal.actor import Actor
from gewerk.portfolio.models import SubProperty
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.access import guest_for

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Matter:
    """The order, and its three parties as actors."""

    organisation: Organisation
    firm: Organisation
    order: WorkOrder
    tenant_record: SubProperty
    staff: Actor
    fitter: Actor
    fitter_person: Person

    @property
    def tenant(self) -> Actor:
        """Whoever holds the link of the mail."""
        return guest_for(self.organisation.pk, order_id=self.order.pk)

    def again(self) -> WorkOrder:
        self.order.refresh_from_db()
        return self.order


def acting(person: Person, organisation: Organisation) -> Actor:
    return actor_for(person, organisation.pk, memberships=live_memberships(person, now=NOW))


def matter(factories: ModuleType, country: str = "DE", **fields: Any) -> Matter:
    organisation = factories.organisation(country)
    firm = factories.organisation(country, kind=OrganisationKind.FIRM, name="Rohr & Sohn")
    ListedFirm.objects.create(organisation=organisation, firm=firm, created_at=NOW, updated_at=NOW)
    prop = factories.property_(organisation)
    flat = factories.unit(prop)
    tenant = factories.tenant(flat)
    fitter_person = factories.person(firm, "fitter")
    order = WorkOrder.objects.create(
        **{
            "organisation": organisation,
            "number": "A-2026-0001",
            "title": "Wasserhahn tropft",
            "property": prop,
            "unit": flat,
            "tenant": tenant,
            "firm": firm,
            "award_kind": "by_hand",
            "state": "awarded",
            "state_at": NOW,
            "awarded_at": NOW,
            "currency": organisation.currency,
            "created_at": NOW,
            "updated_at": NOW,
            **fields,
        }
    )
    return Matter(
        organisation,
        firm,
        order,
        tenant,
        acting(factories.person(organisation, "housing_officer"), organisation),
        acting(fitter_person, firm),
        fitter_person,
    )


@pytest.fixture
def awarded(db: None, factories: ModuleType) -> Matter:
    return matter(factories)


@pytest.fixture
def stranger(db: None, factories: ModuleType) -> Actor:
    """A dispatcher of another firm."""
    other = factories.organisation("DE", kind=OrganisationKind.FIRM, name="Fremd GmbH")
    return acting(factories.person(other, "firm"), other)


def as_role(actor: Actor, *roles: str) -> Actor:
    return replace(actor, roles=frozenset(roles))


@pytest.fixture
def as_person(client: Any) -> Any:
    """Log somebody in."""

    def enter(person: Person) -> Any:
        client.force_login(person)
        return client

    return enter
