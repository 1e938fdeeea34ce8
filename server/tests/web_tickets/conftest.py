"""A building with a code in its stairwell, somebody of the manager's in the office, and somebody with a phone."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from gewerk.identity.models import Membership, Organisation, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.portfolio.models import Property, SubProperty
from gewerk.tickets.links import report_token, status_token
from gewerk.tickets.models import ReportLink, Ticket
from PIL import Image

BACKEND = "gewerk.entrypoints.web.account.backend.Backend"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None, settings: Any, tmp_path: Any) -> None:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path / "files"


@dataclass
class House:
    organisation: Organisation
    property: Property
    left: SubProperty
    right: SubProperty
    tenant: SubProperty
    person: Person
    staff: Actor
    link: ReportLink
    flat_link: ReportLink

    def address(self, step: str = "", link: ReportLink | None = None) -> str:
        return f"/report/{report_token(link or self.link)}/" + (f"{step}/" if step else "")

    def status(self, ticket: Ticket, rest: str = "") -> str:
        return f"/status/{status_token(ticket)}/{rest}"


@pytest.fixture
def house(factories: Any) -> House:
    organisation = factories.organisation(phone="+49 231 5550100")
    person = factories.person(organisation, salutation="Frau", last_name="Krüger")
    one = factories.property_(
        organisation, responsible=person, house_number="12", search="lindemannstrasse 12 44137 dortmund"
    )
    left = factories.unit(one, floor=2, position="links", search="2 og links")
    right = factories.unit(one, floor=2, position="rechts")
    tenant = factories.tenant(left, email="wiebe@example.org", name="Jonas Wiebe")
    links = [
        ReportLink.objects.create(organisation=organisation, property=one, unit=unit, created_at=factories.NOW)
        for unit in (None, left)
    ]
    staff = Actor(ActorKind.PERSON, person.pk, organisation.pk, roles=frozenset({"admin"}))
    return House(organisation, one, left, right, tenant, person, staff, *links)


@pytest.fixture
def phone() -> Client:
    """Somebody without a login; forms are checked against forgery as in a browser."""
    return Client(HTTP_ACCEPT_LANGUAGE="de")


@pytest.fixture
def office(house: House) -> Client:
    browser = Client(HTTP_ACCEPT_LANGUAGE="de")
    browser.force_login(house.person, backend=BACKEND)
    return browser


@pytest.fixture
def tenants_phone(house: House, factories: Any) -> Client:
    person = factories.person(house.organisation, role="tenant", email="wiebe@example.org")
    Membership.objects.filter(person=person).update(sub_property_id=house.tenant.pk)
    browser = Client(HTTP_ACCEPT_LANGUAGE="de")
    browser.force_login(person, backend=BACKEND)
    return browser


def photo(name: str = "IMG_1.jpg", width: int = 640) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (width, 480), (90, 120, 90)).save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")


@pytest.fixture
def a_photo() -> Any:
    return photo
