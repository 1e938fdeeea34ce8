"""The account pages at work: sessions, second factor, team, company, property types."""

from datetime import timedelta
from types import ModuleType

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from gewerk.identity.models import Invitation, Membership, Person, Role
from gewerk.portfolio.models import PropertyType

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def logged_in(factories: ModuleType, person: Person) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="de", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0")
    client.post("/login/", {"login": person.email, "password": factories.PASSWORD})
    return client


def test_one_session_is_ended_and_the_others_stay(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    here, there, third = (logged_in(factories, person) for _device in range(3))
    for client in (here, there, third):
        client.get("/account/")
    page = here.get("/account/security/").content.decode()
    assert page.count("Firefox unter Linux") >= 3
    assert "dieses Gerät" in page
    session = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/account/security/sessions/{session.pk}/end/").status_code == 302
    assert there.get("/account/").status_code == 302
    assert third.get("/account/").status_code == 200


def test_all_other_sessions_end(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    stranger = logged_in(factories, factories.person(factories.organisation()))
    here, there = logged_in(factories, person), logged_in(factories, person)
    for client in (here, there, stranger):
        client.get("/account/")
    here.post("/account/security/sessions/end/")
    assert [c.get("/account/").status_code for c in (here, there, stranger)] == [200, 302, 200]


def test_somebody_elses_session_is_not_found(factories: ModuleType) -> None:
    victim, other = (logged_in(factories, factories.person(factories.organisation())) for _ in range(2))
    victim.get("/account/")
    session = UserSession.objects.get(session_key=victim.session.session_key)
    assert other.post(f"/account/security/sessions/{session.pk}/end/").status_code == 404
    assert victim.get("/account/").status_code == 200


def test_a_new_password_ends_the_other_sessions(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    here, there = logged_in(factories, person), logged_in(factories, person)
    assert here.post("/account/security/password/", {"password": "Fliederweg-Sieben-7"}).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_an_old_login_must_confirm_before_setting_a_password(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    client = logged_in(factories, person)
    session = client.session
    for entry in session["account_authentication_methods"]:
        entry["at"] -= 301
    session.save()
    answer = client.post("/account/security/password/", {"password": "Fliederweg-Sieben-7"})
    assert answer["Location"].startswith("/account/reauthenticate/")
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_authenticator_app_from_setting_up_to_switching_off(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    client = logged_in(factories, person)
    address = "/account/security/app/"
    assert client.get(address)["Location"].startswith("/account/reauthenticate/")
    client.post(f"/account/reauthenticate/?next={address}", {"password": factories.PASSWORD})
    page = client.get(address)
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    assert "Der Code stimmt nicht" in client.post(address, {"code": "000000"}).content.decode()
    secret = client.session["mfa.totp.secret"]
    assert client.post(address, {"code": code_for(secret)})["Location"] == "/account/security/recovery-codes/"
    codes = client.get("/account/security/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    assert "zweiten Faktor geschützt" in client.get("/account/security/").content.decode()

    from allauth.mfa.models import Authenticator

    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)

    again = Client(HTTP_ACCEPT_LANGUAGE="de")
    answer = again.post("/login/", {"login": person.email, "password": factories.PASSWORD})
    assert answer["Location"] == "/login/code/"
    assert again.get("/account/").status_code == 302
    assert again.post("/login/code/", {"code": codes[0]})["Location"] == "/"
    assert again.get("/account/").status_code == 200
    client.post("/account/security/app/end/")
    assert not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def test_a_secret_of_the_app_is_made_of_base32() -> None:
    assert set(generate_totp_secret()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=")


def test_profile_is_saved_and_speaks_the_chosen_language(factories: ModuleType) -> None:
    person = factories.person(factories.organisation())
    client = logged_in(factories, person)
    client.post("/account/", {"first_name": "Ada", "last_name": "Løve", "salutation": "ms", "language": "en"})
    person.refresh_from_db()
    assert (person.name, person.language) == ("Ada Løve", "en")
    assert "My access" in client.get("/account/").content.decode()
    refused = client.post("/account/", {"first_name": "", "last_name": "X", "salutation": "", "language": "xx"})
    assert 'role="alert"' in refused.content.decode()


def test_the_team_page_invites_changes_and_ends(factories: ModuleType) -> None:
    organisation = factories.organisation()
    admin, officer = factories.person(organisation), factories.person(organisation, role=Role.HOUSING_OFFICER)
    client = logged_in(factories, admin)
    client.post("/account/team/invite/", {"email": "neu@example.org", "role": "finance_officer"})
    invitation = Invitation.objects.get()
    assert "neu@example.org" in client.get("/account/team/").content.decode()
    client.post(f"/account/team/invitations/{invitation.pk}/withdraw/")
    assert "neu@example.org" not in client.get("/account/team/").content.decode()
    again = client.post("/account/team/invite/", {"email": officer.email, "role": "housing_officer"})
    assert "hat mit dieser Rolle schon Zugang" in again.content.decode()

    membership = Membership.objects.get(person=officer)
    client.post(f"/account/team/{membership.pk}/", {"role": "housing_manager"})
    membership.refresh_from_db()
    assert membership.role == "housing_manager"
    officers_client = logged_in(factories, officer)
    assert officers_client.get("/account/").status_code == 200
    client.post(f"/account/team/{membership.pk}/end/")
    assert officers_client.get("/account/").status_code == 302

    mine = Membership.objects.get(person=admin)
    kept = client.post(f"/account/team/{mine.pk}/end/", follow=True).content.decode()
    assert "letzte Person mit dieser Rolle" in kept
    refused = client.post(f"/account/team/{mine.pk}/", {"role": "housing_officer"}).content.decode()
    assert "letzte Person mit dieser Rolle" in refused
    mine.refresh_from_db()
    assert (mine.role, mine.ended_at) == ("admin", None)


def test_an_operator_gets_a_second_person_and_is_never_without_any(factories: ModuleType) -> None:
    """Somebody else confirms each paper, so one person is not enough."""
    first = factories.person(factories.organisation(kind="operator", name="Betrieb"), role=Role.OPERATOR)
    client = logged_in(factories, first)
    assert "Team und Rollen" in client.get("/account/").content.decode()
    refused = client.post("/account/team/invite/", {"email": "zwei@example.org", "role": "admin"})
    assert not Invitation.objects.exists(), refused.content
    client.post("/account/team/invite/", {"email": "zwei@example.org", "role": "operator"})
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.organisation_id) == (
        "operator",
        Membership.objects.get(person=first).organisation_id,
    )
    mine = Membership.objects.get(person=first)
    assert (
        "letzte Person mit dieser Rolle" in client.post(f"/account/team/{mine.pk}/end/", follow=True).content.decode()
    )
    second = factories.person(mine.organisation, role=Role.OPERATOR)
    theirs = Membership.objects.get(person=second)
    client.post(f"/account/team/{theirs.pk}/end/")
    theirs.refresh_from_db()
    assert theirs.ended_at is not None


def test_the_team_page_asks_the_same_for_two_and_for_twenty(
    factories: ModuleType, django_assert_max_num_queries: object
) -> None:
    organisation = factories.organisation()
    client = logged_in(factories, factories.person(organisation))
    client.get("/account/team/")
    for _colleague in range(20):
        factories.person(organisation, role=Role.HOUSING_OFFICER)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert client.get("/account/team/").status_code == 200


def test_company_data_are_saved_and_formats_follow(factories: ModuleType) -> None:
    organisation = factories.organisation()
    client = logged_in(factories, factories.person(organisation))
    page = client.get("/account/company/")
    given = {name: page.context["form"].initial[name] for name in page.context["form"].fields}
    client.post("/account/company/", given | {"city": "Wien", "country": "AT", "time_zone": "Europe/Vienna"})
    organisation.refresh_from_db()
    assert (organisation.city, organisation.country, organisation.time_zone) == ("Wien", "AT", "Europe/Vienna")
    wrong = client.post("/account/company/", given | {"name": "", "email": "keine"}).content.decode()
    assert 'role="alert"' in wrong
    organisation.refresh_from_db()
    assert organisation.name


def test_property_types_are_added_and_removed_while_unused(factories: ModuleType) -> None:
    organisation = factories.organisation()
    client = logged_in(factories, factories.person(organisation, role=Role.HOUSING_OFFICER))
    client.post("/account/property-types/", {"name": "  Wohn-  und Geschäftshaus "})
    made = PropertyType.objects.get()
    assert made.name == "Wohn- und Geschäftshaus"
    twice = client.post("/account/property-types/", {"name": "wohn- und geschäftshaus"})
    assert "steht schon auf der Liste" in twice.content.decode() or PropertyType.objects.count() == 1
    factories.property_(organisation, property_type="Garagenhof")
    house = factories.property_(organisation, property_type=made.name)
    page = client.get("/account/property-types/").content.decode()
    assert "Garagenhof" in page
    used = client.post(f"/account/property-types/{made.pk}/remove/")
    assert used.status_code == 409
    assert PropertyType.objects.exists()
    house.property_type = ""
    house.save()
    assert client.post(f"/account/property-types/{made.pk}/remove/").status_code == 302
    assert not PropertyType.objects.exists()


def test_a_finance_officer_changes_no_types(factories: ModuleType) -> None:
    client = logged_in(factories, factories.person(factories.organisation(), role=Role.FINANCE_OFFICER))
    assert client.post("/account/property-types/", {"name": "Wohnhaus"}).status_code == 403
    assert not PropertyType.objects.exists()


def test_every_account_page_is_two_clicks_away(factories: ModuleType) -> None:
    """From any page: the rail leads to the account, its sub-navigation to each page."""
    client = logged_in(factories, factories.person(factories.organisation()))
    start = client.get("/account/").content.decode()
    assert 'href="/account/"' in start
    for path in (
        "/account/security/",
        "/account/company/",
        "/account/team/",
        "/account/property-types/",
        "/account/api-keys/",
    ):
        assert f'href="{path}"' in start
        assert client.get(path).status_code == 200


def test_a_tenant_sees_the_tenancy_until_the_lease_ends(factories: ModuleType) -> None:
    from django.utils import timezone

    organisation = factories.organisation(phone="+49 231 55501")
    unit = factories.unit(factories.property_(organisation, street="Fliederweg", house_number="7"))
    tenant = factories.tenant(unit, contract_number="V-1", contract_start=timezone.localdate())
    foreign = factories.tenant(unit, contract_number="V-2")
    person = factories.person(organisation, role=Role.TENANT)
    Membership.objects.filter(person=person).update(sub_property_id=tenant.pk)
    client = logged_in(factories, person)
    page = client.get("/tenant/").content.decode()
    assert "V-1" in page
    assert "Fliederweg 7" in page
    assert "+49 231 55501" in page
    assert "V-2" not in page
    assert foreign.name not in page
    tenant.contract_end = timezone.localdate()
    tenant.save()
    assert "V-1" in client.get("/tenant/").content.decode()
    tenant.contract_end = timezone.localdate() - timedelta(days=1)
    tenant.save()
    page = client.get("/tenant/").content.decode()
    assert "V-1" not in page
    assert "kein laufendes Mietverhältnis" in page


def test_a_tenant_is_given_access_from_the_record(factories: ModuleType) -> None:
    organisation = factories.organisation()
    unit = factories.unit(factories.property_(organisation))
    tenant = factories.tenant(unit, email="mieter@example.org")
    client = logged_in(factories, factories.person(organisation, role=Role.HOUSING_OFFICER))
    address = f"/sub-properties/{tenant.pk}/access/"
    assert "mieter@example.org" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.sub_property_id, invitation.ends_date) == (Role.TENANT, tenant.pk, None)
    tenant.email = ""
    tenant.save()
    assert "keine E-Mail-Adresse hinterlegt" in client.post(address).content.decode()
    assert "Mietvertrag noch läuft" in client.post(f"/sub-properties/{unit.pk}/access/").content.decode()
    assert Invitation.objects.count() == 1
    looks_only = logged_in(factories, factories.person(organisation, role=Role.FINANCE_OFFICER))
    assert looks_only.get(address).status_code == 403


def test_looking_at_pages_does_not_write(factories: ModuleType) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    client = logged_in(factories, factories.person(factories.organisation()))
    client.get("/account/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/account/team/")
    writes = [q["sql"] for q in asked.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes == []
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=6))
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)
