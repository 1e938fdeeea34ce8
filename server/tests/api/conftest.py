"""A client of the API with a key, as programs see it."""

from typing import Any

import orjson
import pytest
from django.test import Client
from gewerk.entrypoints.api.limits import windows
from gewerk.entrypoints.api.versions import LATEST
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.models import OrganisationKind, Role
from gewerk.identity.operations.create_key import create_key
from gewerk.identity.operations.issue_token import issue_token

BASE = f"/api/{LATEST}"


class Api:
    """Calls the API as one key; ``language`` goes along as Accept-Language."""

    def __init__(self, made: Any, now: Any, language: str = "en") -> None:
        self.key = made.key
        self.client_id = made.key.client_id
        self.secret = made.client_secret
        self.organisation = made.key.organisation
        self.token = issue_token(key=made.key, now=now).access_token
        self.language = language
        self.client = Client(raise_request_exception=True)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, str] = {
            "Accept-Language": self.language,
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        content_type = sent.pop("Content-Type", "application/json")
        return self.client.generic(method, BASE + path, raw, content_type=content_type, headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def upsert(self, resource: str, *records: Any) -> list[dict[str, Any]]:
        answer = self.post(f"/{resource}/upsert", {"records": list(records)})
        assert answer.status_code == 200, answer.content
        results: list[dict[str, Any]] = answer.json()["results"]
        return results


@pytest.fixture(autouse=True)
def _fresh_windows():
    windows.clear()


@pytest.fixture
def api_for(factories):
    """Makes an Api for an organisation: ``api_for(org, scope="read", client_number="1")``."""

    def make(org: Any = None, **fields: Any) -> Api:
        from django.utils import timezone

        org = org or factories.organisation()
        person = factories.person(org, **({"role": Role.FIRM} if org.kind == OrganisationKind.FIRM else {}))
        admin = actor_for(person, org.pk, memberships=live_memberships(person, now=timezone.now()))
        return Api(create_key(actor=admin, name="Test", now=timezone.now(), **fields), timezone.now())

    return make


@pytest.fixture
def api(api_for):
    return api_for()


PROPERTY = {
    "external_id": "1-9-66",
    "name": "Lindemannstraße 66",
    "address": {
        "street": "Lindemannstraße",
        "house_number": "66",
        "postcode": "44137",
        "city": "Dortmund",
        "country": "DE",
    },
    "client_number": "1",
    "construction_year": 1965,
    "storeys": 4,
}
UNIT = {
    "external_id": "1-9-66-2",
    "type": "unit",
    "property_external_id": "1-9-66",
    "name": "EG links",
    "usage": "living",
    "floor": 0,
    "living_area_m2": "64.35",
    "rooms": "3",
    "occupancy": "let",
    "client_number": "1",
}
TENANT = {
    "external_id": "1-601404-15023",
    "type": "tenant",
    "unit_external_ids": ["1-9-66-2"],
    "kind": "natural",
    "first_name": "Jonas",
    "last_name": "Wiebe",
    "email": "wiebe@example.org",
    "phones": [{"kind": "mobile", "e164": "+4917612345678", "raw": "0176 1234 5678 (abends)"}],
    "contract_number": "601404",
    "contract_start": "2020-01-01",
    "contract_end": None,
    "role": "main_tenant",
    "client_number": "1",
}


@pytest.fixture
def stock(api):
    """One property, unit and tenant of ``api``'s organisation: their results."""
    (prop,) = api.upsert("properties", PROPERTY)
    unit, tenant = api.upsert("sub-properties", UNIT, TENANT)
    return prop, unit, tenant


@pytest.fixture
def samples():
    return {"property": PROPERTY, "unit": UNIT, "tenant": TENANT}
