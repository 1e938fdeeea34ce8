"""Who belongs to an organisation with which role. One law: it never loses its last administrator, a firm its last owner."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import manages_team, require
from gewerk.identity.models import ROLES_OF, Membership, Organisation, OrganisationKind, Role
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import Refusal, RefusalKind

_NEVER_WITHOUT = frozenset({Role.ADMIN, Role.FIRM, Role.OPERATOR})


class MembershipNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class LastAdministrator(Refusal):
    kind = RefusalKind.CONFLICT
    code = "last_administrator"
    message = _("This is the last administrator or owner. Give somebody else this role first.")


class RoleIsTaken(Refusal):
    kind = RefusalKind.CONFLICT
    code = "role_taken"
    message = _("This person has this role already.")


class RoleNotForTeam(Refusal):
    code = "role_not_for_team"
    message = _("This role is not one of the team's.")


def _membership(actor: Actor, membership_id: UUID, *, now: datetime) -> Membership:
    """The live membership of the actor's own organisation, with the organisation locked against a second change."""
    require(manages_team(actor))
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    found = (
        Membership.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now), organisation_id=actor.organisation_id)
        .select_related("person", "organisation")
        .filter(pk=membership_id)
        .first()
    )
    if found is None:
        raise MembershipNotFound
    return found


def _refuse_to_lose_the_last(membership: Membership) -> None:
    if membership.role not in _NEVER_WITHOUT:
        return
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id,
        role=membership.role,
        ended_at__isnull=True,
        ends_date__isnull=True,
        person__is_active=True,
    ).exclude(person_id=membership.person_id)
    if not others.exists():
        raise LastAdministrator


def change_role(*, actor: Actor, membership_id: UUID, role: str, now: datetime) -> Membership:
    """Give a colleague another role of the team. Raises LastAdministrator, RoleIsTaken, RoleNotForTeam, MembershipNotFound."""
    membership = _membership(actor, membership_id, now=now)
    of_the_team = ROLES_OF[OrganisationKind(membership.organisation.kind)]
    if role not in of_the_team or membership.role not in of_the_team:
        raise RoleNotForTeam
    if role == membership.role:
        return membership
    _refuse_to_lose_the_last(membership)
    before, membership.role = membership.role, role
    try:
        with transaction.atomic():
            membership.save(update_fields=["role"])
    except IntegrityError as taken:
        raise RoleIsTaken from taken
    record(
        actor=actor,
        event="membership.role_changed",
        object_type="membership",
        object_id=membership.pk,
        now=now,
        data={"from": before, "to": role},
    )
    return membership


def end_membership(*, actor: Actor, membership_id: UUID, now: datetime) -> None:
    """Take access away at once; the person's next request finds it gone. Raises LastAdministrator, MembershipNotFound."""
    membership = _membership(actor, membership_id, now=now)
    _refuse_to_lose_the_last(membership)
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    record(
        actor=actor,
        event="membership.ended",
        object_type="membership",
        object_id=membership.pk,
        now=now,
        data={"role": membership.role},
    )


def move_end_of_access(*, actor: Actor, membership: Membership, ends_date: date | None, now: datetime) -> None:
    """A tenant's access follows the lease: its end moved."""
    if membership.ends_date == ends_date:
        return
    membership.ends_date = ends_date
    membership.save(update_fields=["ends_date"])
    record(actor=actor, event="membership.end_moved", object_type="membership", object_id=membership.pk, now=now)
