"""A firm joins by itself or by invitation, tells of itself step by step, and is written to about its evidence."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.catalogue.queries import service
from gewerk.firms.models import FirmProfile, FirmService
from gewerk.firms.operations.evidence import refuse_evidence
from gewerk.firms.operations.remind_of_evidence import remind_of_evidence
from gewerk.firms.operations.write_profile import ProfileIsInvalid, write_profile
from gewerk.firms.queries.onboarding import offered_by, offering, onboarding
from gewerk.identity.models import Invitation, LoginLink, Organisation, OrganisationKind, Role
from gewerk.identity.operations.invitations import EmailIsInvalid, accept_invitation
from gewerk.identity.operations.organisations import CompanyIsInvalid
from gewerk.journal.models import Entry
from gewerk.journeys.change_company import change_company
from gewerk.journeys.join_as_firm import join_as_firm
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def ask(factories: ModuleType, **changes: Any) -> None:
    given = {"name": "Maler Öztürk", "email": "Info@Oeztuerk.example", "country": "DE", "trades": ["painting"]}
    join_as_firm(now=factories.NOW, **{**given, **changes})


def test_a_firm_that_asks_gets_the_invitation_by_mail(factories: ModuleType) -> None:
    ask(factories)
    firm = Organisation.objects.get(kind=OrganisationKind.FIRM)
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.email, invitation.role) == (firm, "info@oeztuerk.example", Role.FIRM)
    compose_due_mails(now=factories.NOW)
    assert Mail.objects.get().recipient == "info@oeztuerk.example"
    owner = accept_invitation(
        invitation=invitation, first_name="Ayşe", last_name="Öztürk", password="Fliederweg-7!", now=factories.NOW
    )
    assert owner.memberships.get().organisation == firm


def test_asking_twice_makes_one_firm_and_asking_as_somebody_known_none(factories: ModuleType) -> None:
    ask(factories)
    ask(factories, name="Öztürk Malerei")
    assert Organisation.objects.filter(kind=OrganisationKind.FIRM).count() == 1
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 1
    known = factories.person(factories.firm(), role=Role.FIRM, email="chef@brandt.example")
    ask(factories, email=" Chef@Brandt.example ")
    assert LoginLink.objects.get().person == known
    assert Organisation.objects.filter(kind=OrganisationKind.FIRM).count() == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": "keine-adresse"}, EmailIsInvalid),
        ({"name": " "}, CompanyIsInvalid),
        ({"country": "XX"}, CompanyIsInvalid),
        ({"trades": ["alchemy"]}, ProfileIsInvalid),
    ],
)
def test_nothing_is_left_behind_when_something_is_wrong(
    factories: ModuleType, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(factories, **changes)
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


@pytest.fixture
def owner(factories: ModuleType) -> Any:
    firm = factories.firm(trades=("painting",))
    return factories.acting(factories.person(firm, role=Role.FIRM))


def firm_of(actor: Any) -> Organisation:
    return Organisation.objects.get(pk=actor.organisation_id)


def test_the_steps_follow_what_is_told_and_shown(factories: ModuleType, owner: Any) -> None:
    def state() -> tuple[int, str]:
        found = onboarding(firm_of(owner), on=TODAY)
        return found.done, found.next_step

    assert state() == (1, "company")
    company = {"street": "Kaiserstraße 1", "postcode": "44137", "city": "Dortmund", "phone": "+49 231 1"}
    change_company(actor=owner, fields=company, now=factories.NOW)
    assert state() == (2, "area")
    fields = {"languages": ["de", "tr"], "area_kind": "postcodes", "area_postcodes": ["44"], "capacity": 5}
    write_profile(actor=owner, fields=fields, now=factories.NOW)
    assert state() == (3, "bank")
    write_profile(actor=owner, fields={"iban": "de89 3704 0044 0532 0130 00"}, now=factories.NOW)
    assert FirmProfile.objects.get().iban == "DE89370400440532013000"
    assert state() == (4, "evidence")
    write_profile(actor=owner, fields={}, services=["paint_room"], now=factories.NOW)
    for need in service("DE", "paint_room").requirements:
        factories.evidence(firm_of(owner), kind=need.kind, trades=["painting"], state="submitted")
    assert state() == (5, "confirmed")
    operator = factories.somebody_of_the_operator()
    firm_of(owner).evidence.update(state="confirmed", decided_by=operator)
    assert state() == (6, "")
    found = onboarding(firm_of(owner), on=TODAY)
    assert (found.offered_services, found.open_services) == (1, 1)
    assert "iban" not in str(list(Entry.objects.exclude(event="firm.profile_changed").values_list("data", flat=True)))
    assert "DE89" not in str(list(Entry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("fields", "services", "wrong"),
    [
        ({"iban": "DE89370400440532013001"}, None, "/iban"),
        ({"capacity": 0}, None, "/capacity"),
        ({}, ["time_travel"], "/services"),
    ],
)
def test_nonsense_in_the_profile_is_refused(
    factories: ModuleType, owner: Any, fields: dict[str, Any], services: Any, wrong: str
) -> None:
    with pytest.raises(ProfileIsInvalid) as refused:
        write_profile(actor=owner, fields=fields, services=services, now=factories.NOW)
    assert [problem.pointer for problem in refused.value.problems] == [wrong]


def test_a_vat_id_is_checked_by_its_form(factories: ModuleType, owner: Any) -> None:
    change_company(actor=owner, fields={"vat_id": "DE 136 695 976"}, now=factories.NOW)
    with pytest.raises(CompanyIsInvalid) as refused:
        change_company(actor=owner, fields={"vat_id": "DE136695977"}, now=factories.NOW)
    assert refused.value.problems[0].pointer == "/vat_id"
    with pytest.raises(CompanyIsInvalid):
        change_company(actor=owner, fields={"country": "AT"}, now=factories.NOW)


def test_without_a_choice_a_firm_offers_every_service_of_its_trades(factories: ModuleType, owner: Any) -> None:
    firm = firm_of(owner)
    offered = {one.code for one in offered_by(firm)}
    assert {"paint_room", "paint_facade"} <= offered
    assert "socket_replace" not in offered
    assert offering(service("DE", "paint_facade")) == {firm.pk}
    write_profile(actor=owner, fields={}, services=["paint_room"], now=factories.NOW)
    assert {one.code for one in offered_by(firm)} == {"paint_room"}
    assert offering(service("DE", "paint_facade")) == set()
    assert offering(service("DE", "paint_room")) == {firm.pk}
    write_profile(actor=owner, fields={}, services=[], now=factories.NOW)
    assert not FirmService.objects.exists()
    assert {one.code for one in offered_by(firm)} == offered


def test_the_firm_is_written_to_when_evidence_runs_out_or_is_refused(factories: ModuleType, owner: Any) -> None:
    firm = firm_of(owner)
    one = factories.evidence(firm, submitted_by_id=owner.id, valid_until=TODAY + timedelta(days=30))
    remind_of_evidence(now=factories.NOW)
    compose_due_mails(now=factories.NOW)
    mail = Mail.objects.get()
    assert mail.subject == "Läuft ab am 22.12.2026: Betriebshaftpflicht"
    assert "/firm/evidence/" in mail.body
    operator = factories.acting(factories.somebody_of_the_operator())
    refuse_evidence(actor=operator, evidence_id=one.pk, reason="Die Police wurde gekündigt.", now=factories.NOW)
    compose_due_mails(now=factories.NOW)
    refused = Mail.objects.exclude(pk=mail.pk).get()
    assert refused.subject == "Bitte noch einmal einreichen: Betriebshaftpflicht"
    assert "Die Police wurde gekündigt." in refused.body
