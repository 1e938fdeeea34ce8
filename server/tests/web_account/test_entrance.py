"""Getting in through the pages: passwords and their limit, login links, demo logins, first operator, invitations."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from gewerk.config.installation import installation
from gewerk.entrypoints.web.refusals import server_error
from gewerk.identity.links import invitation_token, login_token
from gewerk.identity.models import Invitation, LoginLink, Membership, Person, Role
from gewerk.identity.operations.first_operator import setup_code
from gewerk.journal.models import Entry
from gewerk.journal.operations import request_id
from gewerk.journeys.set_up_demo import DEMO_PEOPLE, PASSWORD, set_up_demo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def client() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="de")


def log_in(client: Client, email: str, password: str) -> object:
    return client.post("/login/", {"login": email, "password": password})


def test_password_login_leads_to_the_start_page(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    answer = client.post("/login/", {"login": person.email.upper(), "password": factories.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200


def test_wrong_password_and_unknown_address_get_the_same_answer(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    texts = []
    for email in (person.email, "niemand@example.org"):
        answer = client.post("/login/", {"login": email, "password": "falsch"})
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "E-Mail-Adresse oder Passwort stimmt nicht." in text
        texts.append(re.sub(r'(csrfmiddlewaretoken" value|nonce|X-CSRFToken": )="?[^"]+"', "", text.replace(email, "")))
    assert re.sub(r"[A-Za-z0-9]{64}", "", texts[0]) == re.sub(r"[A-Za-z0-9]{64}", "", texts[1])


def test_after_five_failures_even_the_right_password_waits(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    for _try in range(5):
        client.post("/login/", {"login": person.email, "password": "falsch"})
    answer = client.post("/login/", {"login": person.email, "password": factories.PASSWORD})
    assert answer.status_code in {200, 429}
    text = answer.content.decode()
    assert "Zu viele" in text
    assert "Too many" not in text
    assert client.get("/account/").status_code == 302


def test_a_flood_from_one_place_is_stopped_in_german(client: Client) -> None:
    statuses = [client.post("/login/", {"login": f"a{n}@example.org", "password": "x"}).status_code for n in range(31)]
    assert statuses[-1] == 429
    answer = client.post("/login/", {"login": "b@example.org", "password": "x"})
    assert "Zu viele Versuche" in answer.content.decode()
    assert answer["Retry-After"] == "300"


def test_nobody_signs_up(client: Client) -> None:
    for path in ("/signup/", "/login/signup/", "/account/signup/", "/accounts/signup/", "/login/password/reset/"):
        assert client.get(path).status_code == 404


def test_the_login_link_page_says_the_same_to_everybody(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    texts = []
    for email in (person.email, "niemand@example.org"):
        answer = client.post("/login/link/", {"email": email})
        assert answer.status_code == 200
        text = answer.content.decode().replace(email, "")
        texts.append(re.sub(r"[A-Za-z0-9]{64}", "", text))
    assert texts[0] == texts[1]
    assert LoginLink.objects.count() == 1


def test_login_links_are_limited_alike_for_known_and_unknown(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    for email in (person.email, "niemand@example.org"):
        statuses = [client.post("/login/link/", {"email": email}).status_code for _try in range(4)]
        assert statuses == [200, 200, 200, 429], email
    assert LoginLink.objects.count() == 3


def test_a_scanner_that_opens_the_link_does_not_use_it_up(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    now = timezone.now()
    link = LoginLink.objects.create(person=person, created_at=now, expires_at=now + timedelta(minutes=15))
    address = f"/login/link/{login_token(link.pk)}/"
    for _look in range(3):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Anmelden" in answer.content.decode()
    assert client.head(address).status_code == 405
    assert client.get("/account/").status_code == 302
    assert client.post(address)["Location"] == "/"
    assert client.get("/account/").status_code == 200
    # Once.
    again = Client(HTTP_ACCEPT_LANGUAGE="de")
    for answer in (again.get(address), again.post(address)):
        assert answer.status_code == 409
        assert "verbraucht" in answer.content.decode()
    assert again.get("/account/").status_code == 302


def test_a_forgotten_password_is_replaced_through_the_link(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    now = timezone.now()
    link = LoginLink.objects.create(person=person, created_at=now, expires_at=now + timedelta(minutes=15))
    answer = client.post(f"/login/link/{login_token(link.pk)}/", {"password": "new"})
    assert answer["Location"] == "/account/security/password/"
    weak = client.post(answer["Location"], {"password": "kurz"})
    assert "mindestens 10" in weak.content.decode().lower()
    assert client.post(answer["Location"], {"password": "Fliederweg-Sieben-7"}).status_code == 302
    assert client.get("/account/").status_code == 200
    person.refresh_from_db()
    assert person.check_password("Fliederweg-Sieben-7")
    assert Entry.objects.filter(event="person.password_changed", object_id=person.pk).exists()


def test_a_link_does_not_pass_the_second_factor(factories: ModuleType, client: Client) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = factories.person(factories.organisation())
    TOTP.activate(person, generate_totp_secret())
    now = timezone.now()
    link = LoginLink.objects.create(person=person, created_at=now, expires_at=now + timedelta(minutes=15))
    answer = client.post(f"/login/link/{login_token(link.pk)}/")
    assert answer["Location"] == "/login/code/"
    assert client.get("/account/").status_code == 302
    assert "Code" in client.get("/login/code/").content.decode()


def test_somebody_whose_access_ended_does_not_get_in(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    Membership.objects.filter(person=person).update(ended_at=timezone.now())
    client.post("/login/", {"login": person.email, "password": factories.PASSWORD})
    assert client.get("/account/")["Location"].startswith("/login/")


@pytest.mark.parametrize("role", [str(d.role) for d in DEMO_PEOPLE])
def test_outside_a_demo_there_are_no_demo_logins(
    factories: ModuleType, client: Client, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(installation(), "demo", True)
    set_up_demo()
    monkeypatch.setattr(installation(), "demo", False)
    assert client.post(f"/login/demo/{role}/").status_code == 404
    assert client.get("/")["Location"] == "/login/"
    assert "/login/demo/" not in client.get("/login/").content.decode()
    with pytest.raises(RuntimeError):
        set_up_demo()


def test_a_demo_lets_everybody_look_around(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation(), "demo", True)
    access = set_up_demo()
    assert set_up_demo() == access
    assert access.client_secret.startswith("gws_")
    start = client.get("/").content.decode()
    for demo in DEMO_PEOPLE:
        assert f'action="/login/demo/{demo.role}/"' in start
        visitor = Client()
        assert visitor.get(f"/login/demo/{demo.role}/").status_code == 405
        assert visitor.post(f"/login/demo/{demo.role}/").status_code == 302
        home = visitor.get("/", follow=True)
        assert home.status_code == 200
        assert Client().login(email=demo.email, password=PASSWORD)
    assert client.post("/login/demo/king/").status_code == 404
    assert {d.role for d in DEMO_PEOPLE} == set(Role)


def test_the_demo_tenant_gets_the_first_running_tenancy(
    factories: ModuleType, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation(), "demo", True)
    set_up_demo()
    organisation = Membership.objects.get(role=Role.TENANT).organisation
    unit = factories.unit(factories.property_(organisation, street="Fliederweg", house_number="7"))
    factories.tenant(unit, external_id="1-1", contract_number="V-4711")
    client.post("/login/demo/tenant/")
    text = client.get("/tenant/").content.decode()
    assert "V-4711" in text
    assert "Fliederweg 7" in text


def test_an_empty_installation_leads_to_the_first_operator_page(client: Client) -> None:
    assert client.get("/")["Location"] == "/first-operator/"
    page = client.get("/first-operator/").content.decode()
    assert len(re.findall(r"<(?:input|select)[^>]* name=\"(?!csrf|language|next)", page)) == 7
    given = {
        "organisation_name": "Wohnen am Park",
        "country": "DE",
        "first_name": "Olga",
        "last_name": "Petersen",
        "email": "olga@example.org",
        "password": "Fliederweg-Sieben-7",
        "setup_code": "FALSCH",
    }
    refused = client.post("/first-operator/", given)
    assert "Der Code stimmt nicht." in refused.content.decode()
    assert "Wohnen am Park" in refused.content.decode()
    assert not Person.objects.exists()
    weak = client.post("/first-operator/", given | {"setup_code": setup_code(), "password": "kurz"})
    assert not Person.objects.exists()
    assert weak.status_code == 200
    answer = client.post("/first-operator/", given | {"setup_code": setup_code()})
    assert answer.status_code == 302
    assert client.get("/account/company/").status_code == 200
    assert client.get("/first-operator/").status_code == 404
    assert Client().post("/first-operator/", given | {"setup_code": setup_code()}).status_code == 404
    # The same person operates: one switch away.
    operator = Membership.objects.get(role=Role.OPERATOR)
    client.post(f"/organisation/{operator.organisation_id}/")
    assert client.get("/operator/").status_code == 200
    assert client.get("/account/company/").status_code == 403


def test_guessing_the_setup_code_is_limited(client: Client) -> None:
    given = {
        "organisation_name": "X",
        "country": "DE",
        "first_name": "X",
        "last_name": "Y",
        "email": "x@example.org",
        "password": "Fliederweg-Sieben-7",
        "setup_code": "FALSCH",
    }
    assert [client.post("/first-operator/", given).status_code for _try in range(31)][-1] == 429


def test_an_invitation_lets_somebody_new_in(factories: ModuleType, client: Client) -> None:
    organisation = factories.organisation("GB")
    now = timezone.now()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email="new@example.org",
        role=Role.HOUSING_OFFICER,
        created_at=now,
        expires_at=now + timedelta(days=14),
    )
    address = f"/invitations/{invitation_token(invitation.pk)}/"
    page = client.get(address).content.decode()
    assert f"{organisation.name} invites you" in page
    missing = client.post(address, {"first_name": "", "last_name": "Falk", "password": "Fliederweg-Sieben-7"})
    assert missing.status_code == 200
    answer = client.post(address, {"first_name": "Jo", "last_name": "Falk", "password": "Fliederweg-Sieben-7"})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    over = Client().get(address)
    assert over.status_code == 409
    assert Client().get("/invitations/abc/").status_code == 404


def test_an_invitation_of_somebody_known_adds_the_organisation(factories: ModuleType, client: Client) -> None:
    person = factories.person(factories.organisation())
    second = factories.organisation()
    now = timezone.now()
    invitation = Invitation.objects.create(
        organisation=second,
        email=person.email,
        role=Role.ADMIN,
        created_at=now,
        expires_at=now + timedelta(days=14),
    )
    client.post(f"/invitations/{invitation_token(invitation.pk)}/")
    page = client.get("/account/").content.decode()
    assert second.name in page
    assert client.get("/account/company/").context["organisation_name"] == second.name


def test_language_is_chosen_before_and_after_login(factories: ModuleType, client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/login/"})
    assert "Log in" in client.get("/login/").content.decode()
    person = factories.person(factories.organisation())
    client.force_login(person)
    client.post("/language/", {"language": "en", "next": "/account/"})
    person.refresh_from_db()
    assert person.language == "en"
    assert client.post("/language/", {"language": "fr"}).status_code == 404
    for elsewhere in ("//evil.example", "/\\evil.example", "https://evil.example"):
        assert client.post("/language/", {"language": "de", "next": elsewhere})["Location"] == "/"


def test_refusals_have_pages_in_german(factories: ModuleType, client: Client) -> None:
    missing = client.get("/gibt-es-nicht/")
    assert missing.status_code == 404
    assert "Hier ist nichts" in missing.content.decode()
    client.force_login(factories.person(factories.organisation(), role=Role.HOUSING_OFFICER))
    forbidden = client.get("/account/company/")
    assert forbidden.status_code == 403
    assert "nicht freigegeben" in forbidden.content.decode()
    strict = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="de")
    forged = strict.post("/login/", {"login": "a@b.de", "password": "x"})
    assert forged.status_code == 403
    assert "Formular" in forged.content.decode()


def test_the_page_of_last_resort_asks_nobody(
    django_assert_num_queries: object, rf: object, caplog: pytest.LogCaptureFixture
) -> None:
    number = request_id.set("4711cafe")
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = server_error(rf.get("/x/?q=Wiebe"))  # type: ignore[attr-defined]
    request_id.reset(number)
    assert answer.status_code == 500
    assert b"4711cafe" in answer.content
    assert [r.getMessage() for r in caplog.records] == ["GET /x/ failed [4711cafe]"]
    assert b"<h1>" in answer.content
    assert server_error(rf.get("/api/x")).headers["Content-Type"] == "application/problem+json"  # type: ignore[attr-defined]
