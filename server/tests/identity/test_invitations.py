"""Inviting, withdrawing, accepting."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.access import live_memberships
from gewerk.identity.models import Invitation, Membership, Person, Role
from gewerk.identity.operations import invitations
from gewerk.identity.operations.passwords import PasswordIsWeak
from gewerk.identity.queries.team import open_invitations
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal

pytestmark = pytest.mark.django_db

PASSWORD = "Fliederweg-Sieben-7"


@pytest.fixture
def admin(factories: ModuleType) -> Actor:
    organisation = factories.organisation()
    person = factories.person(organisation)
    return Actor(kind=ActorKind.PERSON, id=person.pk, organisation_id=organisation.pk, roles=frozenset({"admin"}))


def accept(invitation: Invitation, factories: ModuleType, **given: Any) -> Person:
    defaults = {"first_name": "Jonas", "last_name": "Falk", "password": PASSWORD, "now": factories.NOW}
    return invitations.accept_invitation(invitation=invitation, **{**defaults, **given})


def test_somebody_new_sets_name_and_password(admin: Actor, factories: ModuleType) -> None:
    invitation = invitations.invite(actor=admin, email=" Neu@Example.org", role="housing_officer", now=factories.NOW)
    person = accept(invitation, factories)
    assert (person.email, person.name) == ("neu@example.org", "Jonas Falk")
    assert person.check_password(PASSWORD)
    membership = live_memberships(person, now=factories.NOW)[0]
    assert (membership.organisation_id, membership.role) == (admin.organisation_id, "housing_officer")
    assert [e.event for e in Entry.objects.order_by("id")] == [
        "invitation.created",
        "invitation.accepted",
        "membership.created",
    ]
    assert "neu@" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_somebody_known_keeps_name_and_password(admin: Actor, factories: ModuleType) -> None:
    known = factories.person(factories.organisation(), role=Role.HOUSING_MANAGER)
    invitation = invitations.invite(actor=admin, email=known.email, role="admin", now=factories.NOW)
    person = accept(invitation, factories, first_name="Jemand", last_name="Anderes", password="egal")
    assert person == known
    known.refresh_from_db()
    assert known.first_name == "Sabine"
    assert known.check_password(factories.PASSWORD)
    assert len(live_memberships(known, now=factories.NOW)) == 2


def test_an_invitation_is_accepted_once(admin: Actor, factories: ModuleType) -> None:
    invitation = invitations.invite(actor=admin, email="neu@example.org", role="admin", now=factories.NOW)
    accept(invitation, factories)
    with pytest.raises(invitations.InvitationIsOver):
        accept(invitation, factories)
    assert Membership.objects.filter(person__email="neu@example.org").count() == 1


def test_withdrawn_and_run_out_invitations_are_over(admin: Actor, factories: ModuleType) -> None:
    invitation = invitations.invite(actor=admin, email="neu@example.org", role="admin", now=factories.NOW)
    with pytest.raises(invitations.InvitationIsOver):
        accept(invitation, factories, now=factories.NOW + timedelta(days=14))
    invitations.withdraw_invitation(actor=admin, invitation_id=invitation.pk, now=factories.NOW)
    with pytest.raises(invitations.InvitationIsOver):
        accept(invitation, factories)
    with pytest.raises(invitations.InvitationIsOver):
        invitations.withdraw_invitation(actor=admin, invitation_id=invitation.pk, now=factories.NOW)
    assert not Person.objects.filter(email="neu@example.org").exists()


def test_a_second_invitation_replaces_the_first(admin: Actor, factories: ModuleType) -> None:
    first = invitations.invite(actor=admin, email="neu@example.org", role="admin", now=factories.NOW)
    second = invitations.invite(actor=admin, email="neu@example.org", role="admin", now=factories.NOW)
    assert list(open_invitations(admin, now=factories.NOW)) == [second]
    with pytest.raises(invitations.InvitationIsOver):
        accept(first, factories)


def test_whoever_has_the_role_is_not_invited_to_it(admin: Actor, factories: ModuleType) -> None:
    me = Person.objects.get(pk=admin.id)
    with pytest.raises(invitations.AlreadyThere):
        invitations.invite(actor=admin, email=me.email, role="admin", now=factories.NOW)


@pytest.mark.parametrize("role", ["tenant", "firm", "operator", "nonsense"])
def test_the_team_has_no_other_roles(admin: Actor, factories: ModuleType, role: str) -> None:
    with pytest.raises(invitations.RoleDoesNotFit):
        invitations.invite(actor=admin, email="neu@example.org", role=role, now=factories.NOW)


@pytest.mark.parametrize("email", ["", "nix", "a@b", "a b@example.org", "x" * 300 + "@example.org"])
def test_an_address_that_is_none_is_refused_at_its_field(admin: Actor, factories: ModuleType, email: str) -> None:
    with pytest.raises(invitations.EmailIsInvalid) as refused:
        invitations.invite(actor=admin, email=email, role="admin", now=factories.NOW)
    assert refused.value.problems[0].pointer == "/email"


def test_a_weak_password_leaves_nothing_behind(admin: Actor, factories: ModuleType) -> None:
    invitation = invitations.invite(actor=admin, email="neu@example.org", role="admin", now=factories.NOW)
    with pytest.raises(PasswordIsWeak):
        accept(invitation, factories, password="password123")
    assert not Person.objects.filter(email="neu@example.org").exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_a_tenants_access_ends_with_the_lease(admin: Actor, factories: ModuleType) -> None:
    tenant = factories.tenant(factories.unit(factories.property_(factories.organisation())))
    last_day = date(2026, 12, 31)
    invitation = invitations.invite_tenant(
        actor=admin, email="mieter@example.org", sub_property_id=tenant.pk, ends_date=last_day, now=factories.NOW
    )
    person = accept(invitation, factories)
    # 31 December, 23:30 in Berlin is the last day still; half an hour later it is not.
    evening = factories.NOW.replace(month=12, day=31, hour=22, minute=30)
    assert live_memberships(person, now=evening)[0].sub_property_id == tenant.pk
    assert live_memberships(person, now=evening + timedelta(minutes=31)) == []


def test_a_tenant_comes_back_with_a_new_lease(admin: Actor, factories: ModuleType) -> None:
    building = factories.property_(factories.organisation())
    former, new = factories.tenant(factories.unit(building)), factories.tenant(factories.unit(building))
    lease = {"actor": admin, "email": "mieter@example.org", "now": factories.NOW}
    first = invitations.invite_tenant(**lease, sub_property_id=former.pk, ends_date=date(2026, 12, 31))
    person = accept(first, factories)
    with pytest.raises(invitations.AlreadyThere):
        invitations.invite_tenant(**lease, sub_property_id=new.pk, ends_date=None)
    later = factories.NOW + timedelta(days=60)
    second = invitations.invite_tenant(**{**lease, "now": later}, sub_property_id=new.pk, ends_date=None)
    assert accept(second, factories, now=later) == person
    assert [m.sub_property_id for m in live_memberships(person, now=later)] == [new.pk]
    ended = Membership.objects.get(sub_property_id=former.pk)
    assert Entry.objects.filter(event="membership.ended", object_id=ended.pk).count() == 1


def test_only_administrators_invite(factories: ModuleType) -> None:
    organisation = factories.organisation()
    officer = factories.person(organisation, role=Role.HOUSING_OFFICER)
    actor = Actor(
        kind=ActorKind.PERSON, id=officer.pk, organisation_id=organisation.pk, roles=frozenset({"housing_officer"})
    )
    with pytest.raises(Refusal):
        invitations.invite(actor=actor, email="neu@example.org", role="admin", now=factories.NOW)
    assert not Invitation.objects.exists()
