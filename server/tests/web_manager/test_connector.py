"""The way to the connector's pages: who gets a link, what it says, and that it says nothing of a person."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone
from gewerk.config.installation import Installation, _generated_secrets, installation
from gewerk.identity.connector_links import connector_public_key
from gewerk.identity.models import MANAGING_ROLES, Role
from gewerk.portfolio.models import Integration

pytestmark = pytest.mark.django_db

PAGES = "http://127.0.0.1:8001"
ADDRESS = "/integrations/connector/"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> str:
    """The installation has a connector."""
    monkeypatch.setattr(installation(), "connector_url", PAGES)
    return PAGES


def claims_of(answer: Any) -> dict[str, Any]:
    """What the link says, its signature checked as the connector does."""
    assert answer.status_code == 302
    address = urlsplit(answer["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{PAGES}/open"
    head, body, signature = parse_qs(address.query)["link"][0].split(".")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(connector_public_key()))
    key.verify(base64.urlsafe_b64decode(signature + "=="), f"{head}.{body}".encode())
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.mark.parametrize("role", sorted(MANAGING_ROLES))
def test_the_button_and_its_guard_follow_one_rule(pages: str, open_office: Callable[..., Any], role: str) -> None:
    office = open_office(role=role)
    shown = f'action="{ADDRESS}"' in office.browser.get("/integrations/").content.decode()
    opened = office.browser.post(ADDRESS).status_code
    assert shown == (opened == 302)
    assert shown == (role in (Role.ADMIN, Role.HOUSING_MANAGER))


def test_a_link_names_organisation_role_and_minute_and_no_person(pages: str, open_office: Callable[..., Any]) -> None:
    office = open_office("AT", last_name="Krüger")
    before = int(timezone.now().timestamp())
    answer = office.browser.post(ADDRESS)
    claims = claims_of(answer)
    assert claims["org"] == str(office.organisation.pk)
    assert (claims["iss"], claims["aud"], claims["role"], claims["path"]) == ("gewerk", PAGES, "admin", "/")
    assert (claims["country"], claims["zone"]) == ("AT", "Europe/Vienna")
    assert claims["exp"] - claims["iat"] == 60
    assert claims["iat"] >= before
    said = json.dumps(claims)
    assert office.person.email not in said
    assert "Krüger" not in said
    assert str(office.person.pk) not in said
    assert claims_of(office.browser.post(ADDRESS))["jti"] != claims["jti"]


def test_a_housing_manager_comes_as_a_clerk(pages: str, open_office: Callable[..., Any]) -> None:
    assert claims_of(open_office(role=Role.HOUSING_MANAGER).browser.post(ADDRESS))["role"] == "clerk"


def test_a_connection_of_ours_opens_its_own_page(pages: str, office: Any) -> None:
    _integration(office, "demo", f"{PAGES}/connections/demo")
    assert 'value="demo"' in office.browser.get("/integrations/").content.decode()
    assert claims_of(office.browser.post(ADDRESS, {"integration": "demo"}))["path"] == "/connections/demo"


@pytest.mark.parametrize("address", ["https://evil.example/connections/x", f"{PAGES}.evil.example/x", ""])
def test_no_link_leads_to_an_address_that_a_key_reported(pages: str, office: Any, address: str) -> None:
    one = _integration(office, "other", address)
    page = office.browser.get(f"/integrations/{one.pk}/").content.decode()
    assert f'action="{ADDRESS}"' not in page
    assert claims_of(office.browser.post(ADDRESS, {"integration": "other"}))["path"] == "/"


def test_a_connection_of_another_organisation_is_none_of_mine(
    pages: str, office: Any, open_office: Callable[..., Any]
) -> None:
    _integration(open_office(), "theirs", f"{PAGES}/connections/theirs")
    assert claims_of(office.browser.post(ADDRESS, {"integration": "theirs"}))["path"] == "/"


def test_without_a_connector_there_is_no_way(office: Any) -> None:
    assert f'action="{ADDRESS}"' not in office.browser.get("/integrations/").content.decode()
    assert office.browser.post(ADDRESS).status_code == 404
    assert office.browser.get(ADDRESS).status_code == 405


def test_an_older_installation_gets_the_key_it_lacks_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"secret_key": "a", "encryption_key": "b"}))
    made = _generated_secrets(tmp_path)
    assert (made["secret_key"], made["encryption_key"]) == ("a", "b")
    assert json.loads((tmp_path / "secrets.json").read_text()) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    assert Installation(data=tmp_path).secret("connector_key") == made["connector_key"]


def _integration(office: Any, external_id: str, address: str) -> Integration:
    now = timezone.now()
    return Integration.objects.create(
        organisation=office.organisation,
        external_id=external_id,
        kind="wodis-sigma",
        name="Stammdaten",
        connector_url=address,
        created_at=now,
        updated_at=now,
    )
