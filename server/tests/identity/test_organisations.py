"""First operator, further organisations, company data, reminders of old secrets."""

import threading
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction
from gewerk.identity.countries import COUNTRIES, LANGUAGES
from gewerk.identity.models import ApiKey, ApiSecret, Invitation, Membership, Organisation, Person, Role
from gewerk.identity.operations import first_operator
from gewerk.identity.operations.invitations import EmailIsInvalid
from gewerk.identity.operations.key_reminders import remind_of_old_secrets
from gewerk.identity.operations.organisations import CompanyIsInvalid, update_company
from gewerk.identity.queries.organisations import organisations
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.journeys.take_organisation_in import take_organisation_in
from gewerk.kit.refusals import Refusal


def given(**fields: Any) -> first_operator.FirstOperator:
    defaults = {
        "organisation_name": "Wohnen am Park",
        "country": "AT",
        "first_name": "Olga",
        "last_name": "Petersen",
        "email": "Olga@Example.org",
        "password": "Fliederweg-Sieben-7",
        "setup_code": first_operator.setup_code().lower(),
    }
    return first_operator.FirstOperator(**{**defaults, **fields})


@pytest.mark.django_db
def test_the_first_operator_is_administrator_too(factories: ModuleType) -> None:
    assert first_operator.setup_code_if_empty()
    person = first_operator.create_first_operator(given=given(), now=factories.NOW)
    assert person.email == "olga@example.org"
    roles = list(Membership.objects.filter(person=person).order_by("created_at", "id").values_list("role", flat=True))
    assert roles == [Role.ADMIN, Role.OPERATOR]
    manager = Organisation.objects.get(kind="manager")
    assert (manager.country, manager.language, manager.currency, manager.time_zone) == (
        "AT",
        "de",
        "EUR",
        "Europe/Vienna",
    )
    assert first_operator.setup_code_if_empty() is None
    with pytest.raises(first_operator.AlreadySetUp):
        first_operator.create_first_operator(given=given(email="zwei@example.org"), now=factories.NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "FALSCH", "ä"])
def test_without_the_code_nobody_is_made(factories: ModuleType, code: str) -> None:
    with pytest.raises(first_operator.SetupCodeIsWrong):
        first_operator.create_first_operator(given=given(setup_code=code), now=factories.NOW)
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_operators_at_once_one_wins(factories: ModuleType) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def try_it(number: int) -> None:
        start.wait()
        try:
            with transaction.atomic():
                first_operator.create_first_operator(given=given(email=f"olga{number}@example.org"), now=factories.NOW)
            outcomes.append("made")
        except first_operator.AlreadySetUp:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "made"]
    assert Person.objects.count() == 1
    assert Organisation.objects.count() == 2


def test_every_country_suggests_something_possible() -> None:
    from zoneinfo import ZoneInfo

    for country in COUNTRIES.values():
        ZoneInfo(country.time_zone)
        assert country.language in LANGUAGES
        assert len(country.currency) == 3


@pytest.fixture
def operator(factories: ModuleType) -> Actor:
    home = factories.organisation(kind="operator")
    person = factories.person(home, role=Role.OPERATOR)
    return Actor(kind=ActorKind.PERSON, id=person.pk, organisation_id=home.pk, roles=frozenset({"operator"}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "expected"), [("GB", ("en", "GBP", "Europe/London")), ("AT", ("de", "EUR", "Europe/Vienna"))]
)
def test_the_operator_takes_in_organisations_of_other_countries(
    operator: Actor, factories: ModuleType, country: str, expected: tuple[str, str, str]
) -> None:
    made = take_organisation_in(
        actor=operator, name=" Homes ", kind="manager", country=country, email="a@example.org", now=factories.NOW
    )
    assert (made.language, made.currency, made.time_zone) == expected
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.role) == (made, Role.ADMIN)
    row = organisations(operator, now=factories.NOW).get(pk=made.pk)
    assert (row.people, row.invited) == (0, 1)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_firms_first_person_is_of_the_firm(operator: Actor, factories: ModuleType) -> None:
    take_organisation_in(
        actor=operator, name="Brandt", kind="firm", country="DE", email="b@example.org", now=factories.NOW
    )
    assert Invitation.objects.get().role == Role.FIRM


@pytest.mark.django_db
def test_an_organisation_that_nobody_can_be_invited_to_is_not_left_behind(
    operator: Actor, factories: ModuleType
) -> None:
    # Within the length that the form lets pass, beyond that of the column.
    email = f"{'x' * 60}@{'.'.join(['y' * 60] * 4)}.example"
    with pytest.raises(EmailIsInvalid):
        take_organisation_in(actor=operator, name="Brandt", kind="firm", country="DE", email=email, now=factories.NOW)
    assert not Organisation.objects.filter(name="Brandt").exists()


@pytest.mark.django_db
def test_only_the_operator_takes_in(factories: ModuleType) -> None:
    home = factories.organisation()
    admin = Actor(
        kind=ActorKind.PERSON,
        id=factories.person(home).pk,
        organisation_id=home.pk,
        roles=frozenset({"admin"}),
    )
    with pytest.raises(Refusal):
        take_organisation_in(actor=admin, name="X", kind="manager", country="DE", email="a@b.de", now=factories.NOW)
    with pytest.raises(Refusal):
        organisations(admin, now=factories.NOW)


@pytest.mark.django_db
def test_company_data_change_and_the_journal_names_the_fields(factories: ModuleType) -> None:
    home = factories.organisation()
    actor = Actor(
        kind=ActorKind.PERSON, id=factories.person(home).pk, organisation_id=home.pk, roles=frozenset({"admin"})
    )
    update_company(actor=actor, fields={"city": "Graz", "country": "AT", "name": home.name}, now=factories.NOW)
    assert Entry.objects.get().data == {"fields": ["city", "country"]}
    with pytest.raises(CompanyIsInvalid) as refused:
        update_company(actor=actor, fields={"currency": "XXX", "name": " "}, now=factories.NOW)
    assert [p.pointer for p in refused.value.problems] == ["/name", "/currency"]
    home.refresh_from_db()
    assert home.city == "Graz"


@pytest.mark.django_db
def test_old_secrets_are_reminded_of_weekly_until_rotated(factories: ModuleType) -> None:
    now = factories.NOW
    key = ApiKey.objects.create(
        organisation=factories.organisation(), name="ERP", client_id="gwk_1", reminder_days=30, created_at=now
    )
    secret = ApiSecret.objects.create(key=key, sealed=b"x", prefix="gws_1", last_four="1234", created_at=now)

    def reminded(days: float) -> int:
        return remind_of_old_secrets(now=now + timedelta(days=days))

    assert [reminded(d) for d in (0, 29.9, 30, 31, 36.9, 37, 38)] == [0, 0, 1, 0, 0, 1, 0]
    secret.revoked_at = now + timedelta(days=40)
    secret.save()
    ApiSecret.objects.create(
        key=key, sealed=b"y", prefix="gws_2", last_four="1234", created_at=now + timedelta(days=40)
    )
    assert [reminded(d) for d in (45, 60, 69.9, 70)] == [0, 0, 0, 1]
    key.reminder_days = 0
    key.save()
    assert reminded(400) == 0
    assert set(Entry.objects.values_list("event", flat=True)) == {"api_key.reminder_due"}
