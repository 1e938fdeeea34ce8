"""Inviting by mail, withdrawing, accepting. The mail itself is the journal's promise; ``links`` signs its address."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, edits_stock, manages_team, operates, require
from gewerk.identity.models import ROLES_OF, Invitation, Membership, Organisation, OrganisationKind, Person, Role
from gewerk.identity.operations.passwords import check_password_strength
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

LIFE = timedelta(days=14)


class InvitationNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class InvitationIsOver(Refusal):
    kind = RefusalKind.CONFLICT
    code = "invitation_over"
    message = _("This invitation is no longer open. Ask whoever invited you for a new one.")


class AlreadyThere(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_there"
    message = _("This person has access with this role already.")


class RoleDoesNotFit(Refusal):
    code = "role_does_not_fit"
    message = _("This role does not fit the organisation.")


class FirmHasPeople(Refusal):
    kind = RefusalKind.CONFLICT
    code = "firm_has_people"
    message = _("Somebody of this firm has an access already; its owner invites the others.")


class EmailIsInvalid(Refusal):
    code = "email_invalid"
    message = _("This is not an e-mail address. Please check it.")


def invite(*, actor: Actor, email: str, role: str, now: datetime) -> Invitation:
    """Invite a colleague into the actor's own organisation. Raises AlreadyThere, RoleDoesNotFit, EmailIsInvalid."""
    require(manages_team(actor))
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise RoleDoesNotFit
    return _invite(actor=actor, organisation=organisation, email=email, role=role, now=now)


def invite_first_of(*, actor: Actor, organisation: Organisation, email: str, now: datetime) -> Invitation:
    """The operator invites the first person of a new organisation: its administrator, or a firm's own person."""
    require(operates(actor))
    role = Role.FIRM if organisation.kind == OrganisationKind.FIRM else Role.ADMIN
    return _invite(actor=actor, organisation=organisation, email=email, role=role, now=now)


def invite_owner_of_firm(*, actor: Actor, firm: Organisation, email: str, now: datetime) -> Invitation:
    """A manager invites the first person of a firm that nobody belongs to yet. Raises FirmHasPeople, EmailIsInvalid."""
    require(edits_orders(actor))
    if firm.kind != OrganisationKind.FIRM or Membership.objects.filter(organisation=firm).exists():
        raise FirmHasPeople
    return _invite(actor=actor, organisation=firm, email=email, role=Role.FIRM, now=now)


def invite_private_owner(*, actor: Actor, home: Organisation, email: str, now: datetime) -> Invitation:
    """Whoever registers proves with the mail's link that the address is theirs. Raises EmailIsInvalid."""
    require(actor.kind is ActorKind.SYSTEM and home.kind == OrganisationKind.OWNER)
    return _invite(actor=actor, organisation=home, email=email, role=Role.PRIVATE_OWNER, now=now)


def invite_tenant(
    *, actor: Actor, email: str, sub_property_id: UUID, ends_date: date | None, now: datetime
) -> Invitation:
    """Give a tenant access until the lease ends (``ends_date``, the last day; None: open-ended)."""
    require(edits_stock(actor) and actor.kind is ActorKind.PERSON)
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    return _invite(
        actor=actor,
        organisation=organisation,
        email=email,
        role=Role.TENANT,
        now=now,
        sub_property_id=sub_property_id,
        ends_date=ends_date,
    )


def _invite(
    *,
    actor: Actor,
    organisation: Organisation,
    email: str,
    role: str,
    now: datetime,
    sub_property_id: UUID | None = None,
    ends_date: date | None = None,
) -> Invitation:
    email = _address(email)
    live = Membership.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=now),
        Q(ends_date__isnull=True) | Q(ends_date__gte=_today(organisation, now)),
        organisation=organisation,
        role=role,
        person__email=email,
    )
    if live.exists():
        raise AlreadyThere
    # A second invitation replaces the first: only the newest link works.
    Invitation.objects.filter(
        organisation=organisation, email=email, role=role, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        sub_property_id=sub_property_id,
        ends_date=ends_date,
        invited_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        created_at=now,
        expires_at=now + LIFE,
    )
    record(
        actor=actor,
        event="invitation.created",
        object_type="invitation",
        object_id=invitation.pk,
        now=now,
        data={"role": role},
    )
    return invitation


def _today(organisation: Organisation, now: datetime) -> date:
    return now.astimezone(ZoneInfo(organisation.time_zone)).date()


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
        MaxLengthValidator(254)(email)
    except ValidationError as wrong:
        problem = FieldProblem("/email", "email_invalid", str(EmailIsInvalid.message))
        raise EmailIsInvalid(problems=(problem,)) from wrong
    return email


def withdraw_invitation(*, actor: Actor, invitation_id: UUID, now: datetime) -> None:
    """The link in the mail stops working. Raises InvitationNotFound (also for somebody else's), InvitationIsOver."""
    require(manages_team(actor))
    invitation = Invitation.objects.filter(pk=invitation_id, organisation_id=actor.organisation_id).first()
    if invitation is None:
        raise InvitationNotFound
    if not is_open(invitation, now=now):
        raise InvitationIsOver(_("This invitation is no longer open."))
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    record(actor=actor, event="invitation.withdrawn", object_type="invitation", object_id=invitation.pk, now=now)


def is_open(invitation: Invitation, *, now: datetime) -> bool:
    return invitation.accepted_at is None and invitation.withdrawn_at is None and now < invitation.expires_at


def accept_invitation(
    *, invitation: Invitation, first_name: str = "", last_name: str = "", password: str = "", now: datetime
) -> Person:
    """Make whoever holds the mail a member. Somebody new sets name and password; somebody known keeps theirs.

    Raises InvitationIsOver, PasswordIsWeak.
    """
    person = Person.objects.filter(email=invitation.email).first()
    if person is None:
        draft = Person(email=invitation.email, first_name=first_name.strip(), last_name=last_name.strip())
        check_password_strength(password, person=draft)
    won = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    ).update(accepted_at=now)
    if not won:
        raise InvitationIsOver
    if person is None:
        person = Person.objects.create_user(
            invitation.email,
            password,
            first_name=first_name.strip(),
            last_name=last_name.strip(),
            created_at=now,
        )
    actor = Actor(
        kind=ActorKind.PERSON,
        id=person.pk,
        organisation_id=invitation.organisation_id,
        roles=frozenset({invitation.role}),
    )
    _end_what_ran_out(actor, invitation, person, now=now)
    membership, _created = Membership.objects.get_or_create(
        person=person,
        organisation=invitation.organisation,
        role=invitation.role,
        ended_at=None,
        defaults={
            "sub_property_id": invitation.sub_property_id,
            "ends_date": invitation.ends_date,
            "created_at": now,
        },
    )
    record(actor=actor, event="invitation.accepted", object_type="invitation", object_id=invitation.pk, now=now)
    record(
        actor=actor,
        event="membership.created",
        object_type="membership",
        object_id=membership.pk,
        now=now,
        data={"role": membership.role},
    )
    return person


def _end_what_ran_out(actor: Actor, invitation: Invitation, person: Person, *, now: datetime) -> None:
    """Somebody whose former lease has ended comes back with a new one: the old membership makes room for it."""
    former = Membership.objects.filter(
        person=person,
        organisation=invitation.organisation,
        role=invitation.role,
        ended_at__isnull=True,
        ends_date__lt=_today(invitation.organisation, now),
    ).first()
    if former is None:
        return
    former.ended_at = now
    former.save(update_fields=["ended_at"])
    record(
        actor=actor,
        event="membership.ended",
        object_type="membership",
        object_id=former.pk,
        now=now,
        data={"role": former.role},
    )
