"""A building with two flats, and somebody of the manager's."""

from dataclasses import dataclass
from typing import Any

import pytest
from gewerk.identity.models import Organisation, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.portfolio.models import Property, SubProperty


@dataclass
class Building:
    organisation: Organisation
    property: Property
    left: SubProperty
    right: SubProperty
    tenant: SubProperty
    person: Person
    staff: Actor


@pytest.fixture
def building(db: None, factories: Any) -> Building:
    organisation = factories.organisation()
    person = factories.person(organisation)
    one = factories.property_(organisation, responsible=person, search="lindemannstrasse 12 44137 dortmund")
    left, right = factories.unit(one, search="2 og links"), factories.unit(one)
    staff = Actor(ActorKind.PERSON, person.pk, organisation.pk, roles=frozenset({"admin"}))
    return Building(organisation, one, left, right, factories.tenant(left), person, staff)
