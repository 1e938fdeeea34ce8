"""A manager's browser, and a small stock with everything in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from gewerk.identity.models import Organisation, Person, Role
from gewerk.portfolio.models import Integration, IntegrationRun, Property, SubProperty

BACKEND = "gewerk.entrypoints.web.account.backend.Backend"


@dataclass
class Office:
    """One organisation with somebody logged in."""

    organisation: Organisation
    person: Person
    browser: Client


@pytest.fixture
def open_office(db: None, factories: ModuleType) -> Callable[..., Office]:
    def make(country: str = "DE", role: str = Role.ADMIN, **person: Any) -> Office:
        organisation = factories.organisation(country)
        somebody = factories.person(organisation, role=role, **person)
        browser = Client(HTTP_HOST="localhost")
        browser.force_login(somebody, backend=BACKEND)
        return Office(organisation, somebody, browser)

    return make


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    return open_office(salutation="Frau", last_name="Krüger")


@dataclass
class House:
    property: Property
    let: SubProperty
    silent: SubProperty
    vacant: SubProperty
    tenant: SubProperty
    owner: SubProperty


@pytest.fixture
def house(office: Office, factories: ModuleType) -> House:
    """Three units: let to somebody, let to somebody who was not sent, vacant with somebody to come."""
    today = timezone.localdate()
    one = factories.property_(
        office.organisation,
        external_id="1-9-66",
        street="Lindemannstraße",
        house_number="12 a",
        erp_fields=["street", "city"],
    )
    let = factories.unit(
        one, external_id="1-9-66-1", floor=2, position="links", living_area_m2="64.35", usage_raw="Wohnung"
    )
    silent = factories.unit(one, external_id="1-9-66-2", floor=0)
    vacant = factories.unit(one, external_id="1-9-66-10", floor=-1, occupancy="vacant")
    tenant = factories.tenant(let, name="Jonas Wiebe", contract_start=date(2021, 4, 1), external_id="1-601404-15023")
    factories.tenant(vacant, name="Amelie Vogt", contract_start=today + timedelta(days=20))
    factories.tenant(
        vacant,
        name="Kevin Stratmann",
        contract_end=today - timedelta(days=22),
        archived_at=timezone.now(),
        archive_reason="lease_ended",
    )
    owner = factories.tenant(let, silent, vacant, type="landlord", name="Dr. Paul Reimann", role="owner", email="")
    return House(one, let, silent, vacant, tenant, owner)


@pytest.fixture
def run(office: Office, house: House) -> IntegrationRun:
    now = timezone.now()
    integration = Integration.objects.create(
        organisation=office.organisation,
        external_id="lindenhof",
        kind="wodis-sigma",
        erp_name="Wodis Sigma",
        name="Stammdaten aus Wodis Sigma",
        created_at=now,
        updated_at=now,
    )
    zero = {"created": 0, "updated": 0, "archived": 0, "unchanged": 0, "held": 0, "refused": 0}
    return IntegrationRun.objects.create(
        integration=integration,
        external_id="run-1",
        number=129,
        status="succeeded",
        as_of=date(2026, 11, 22),
        started_at=now - timedelta(seconds=112),
        finished_at=now,
        let_units=470,
        vacant_units=77,
        counts={
            "property": zero,
            "unit": {**zero, "created": 14, "held": 1},
            "landlord": zero,
            "tenant": {**zero, "updated": 31},
        },
        skipped={"tenant_without_email": 154},
        findings_total=156,
        findings_by_code={"tenant_without_email": 154, "unit_without_building": 1, "unmapped_usage": 1},
        findings=[
            _finding("tenant_without_email", "tenant", "1-601499-15099", "geschaeftspartner.csv", 12, "E-Mail", None),
            _finding("unit_without_building", "unit", "1-9-71-4", "verwaltungseinheiten.csv", 214, "Objekt-Nr", "71"),
            _finding("unmapped_usage", "unit", "1-9-66-1", "verwaltungseinheiten.csv", 2, "Nutzungsart", "=Waschküche"),
        ],
        created_at=now,
    )


def _finding(
    code: str, entity: str, external_id: str, file: str, row: int, column: str, detail: str | None
) -> dict[str, Any]:
    return {
        "code": code,
        "entity": entity,
        "external_id": external_id,
        "file": file,
        "row": row,
        "column": column,
        "detail": detail,
    }
