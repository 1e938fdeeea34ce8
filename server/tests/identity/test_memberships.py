"""The law of the last administrator, and what else may happen to memberships."""

from types import ModuleType

import pytest
from gewerk.identity.access import live_memberships
from gewerk.identity.models import TEAM_ROLES, Membership, Role
from gewerk.identity.operations.memberships import (
    LastAdministrator,
    MembershipNotFound,
    RoleIsTaken,
    RoleNotForTeam,
    change_role,
    end_membership,
)
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

ROLES = sorted(str(role) for role in TEAM_ROLES)


def acting(person: object, organisation: object, *roles: str) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=person.pk,  # type: ignore[attr-defined]
        organisation_id=organisation.pk,  # type: ignore[attr-defined]
        roles=frozenset(roles),
    )


STEPS = st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.sampled_from(ROLES))), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, first=st.lists(st.sampled_from(ROLES), min_size=3, max_size=3))
def test_an_organisation_always_keeps_an_administrator(
    factories: ModuleType, steps: list[tuple[int, str | None]], first: list[str]
) -> None:
    """Whatever sequence of role changes (a role) and endings (None) is tried on four people, one of them an administrator."""
    organisation = factories.organisation()
    people = [factories.person(organisation, role=role) for role in ("admin", *first)]
    memberships = [Membership.objects.get(person=person) for person in people]
    actor = acting(people[0], organisation, "admin")
    for number, role in steps:
        try:
            if role is None:
                end_membership(actor=actor, membership_id=memberships[number].pk, now=factories.NOW)
            else:
                change_role(actor=actor, membership_id=memberships[number].pk, role=role, now=factories.NOW)
        except (LastAdministrator, MembershipNotFound):
            pass
        administrators = Membership.objects.filter(organisation=organisation, role=Role.ADMIN, ended_at__isnull=True)
        assert administrators.exists()


def test_the_last_administrator_can_neither_go_nor_step_down(factories: ModuleType) -> None:
    organisation = factories.organisation()
    admin = factories.person(organisation)
    factories.person(organisation, role=Role.HOUSING_MANAGER)
    actor, membership = acting(admin, organisation, "admin"), Membership.objects.get(person=admin)
    with pytest.raises(LastAdministrator):
        end_membership(actor=actor, membership_id=membership.pk, now=factories.NOW)
    with pytest.raises(LastAdministrator):
        change_role(actor=actor, membership_id=membership.pk, role=Role.HOUSING_OFFICER, now=factories.NOW)
    membership.refresh_from_db()
    assert (membership.role, membership.ended_at) == (Role.ADMIN, None)
    assert not Entry.objects.exists()


def test_an_administrator_who_sleeps_or_leaves_soon_does_not_count(factories: ModuleType) -> None:
    organisation = factories.organisation()
    admin = factories.person(organisation)
    factories.person(organisation, is_active=False)
    leaving = factories.person(organisation)
    Membership.objects.filter(person=leaving).update(ends_date=factories.NOW.date())
    actor, membership = acting(admin, organisation, "admin"), Membership.objects.get(person=admin)
    with pytest.raises(LastAdministrator):
        end_membership(actor=actor, membership_id=membership.pk, now=factories.NOW)


def test_ended_access_ends_at_once(factories: ModuleType) -> None:
    organisation = factories.organisation()
    admin, colleague = factories.person(organisation), factories.person(organisation, role=Role.FINANCE_OFFICER)
    membership = Membership.objects.get(person=colleague)
    end_membership(actor=acting(admin, organisation, "admin"), membership_id=membership.pk, now=factories.NOW)
    assert live_memberships(colleague, now=factories.NOW) == []
    entry = Entry.objects.get()
    assert (entry.event, entry.object_id, entry.data) == (
        "membership.ended",
        membership.pk,
        {"role": "finance_officer"},
    )


def test_somebody_elses_membership_is_not_found(factories: ModuleType) -> None:
    ours, theirs = factories.organisation(), factories.organisation()
    admin, stranger = factories.person(ours), factories.person(theirs)
    membership = Membership.objects.get(person=stranger)
    with pytest.raises(MembershipNotFound):
        end_membership(actor=acting(admin, ours, "admin"), membership_id=membership.pk, now=factories.NOW)


def test_only_an_administrator_changes_the_team(factories: ModuleType) -> None:
    organisation = factories.organisation()
    officer = factories.person(organisation, role=Role.HOUSING_OFFICER)
    membership = Membership.objects.get(person=officer)
    with pytest.raises(Refusal) as refused:
        change_role(
            actor=acting(officer, organisation, "housing_officer"),
            membership_id=membership.pk,
            role=Role.ADMIN,
            now=factories.NOW,
        )
    assert refused.value.kind is RefusalKind.FORBIDDEN


@pytest.mark.parametrize("role", ["tenant", "firm", "operator", "king", ""])
def test_only_roles_of_the_team_can_be_given(factories: ModuleType, role: str) -> None:
    organisation = factories.organisation()
    admin, officer = factories.person(organisation), factories.person(organisation, role=Role.HOUSING_OFFICER)
    membership = Membership.objects.get(person=officer)
    with pytest.raises(RoleNotForTeam):
        change_role(
            actor=acting(admin, organisation, "admin"), membership_id=membership.pk, role=role, now=factories.NOW
        )


def test_a_role_is_not_given_twice(factories: ModuleType) -> None:
    organisation = factories.organisation()
    admin, officer = factories.person(organisation), factories.person(organisation, role=Role.HOUSING_OFFICER)
    second = Membership.objects.create(
        person=officer, organisation=organisation, role=Role.HOUSING_MANAGER, created_at=factories.NOW
    )
    with pytest.raises(RoleIsTaken):
        change_role(
            actor=acting(admin, organisation, "admin"),
            membership_id=second.pk,
            role=Role.HOUSING_OFFICER,
            now=factories.NOW,
        )
