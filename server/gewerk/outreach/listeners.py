"""Which event tells whom. A listener turns one journal entry into letters; it must not write anything.

The journal holds no personal data: a listener looks up who it concerns when the mail is composed, and says nothing when the
matter is over by then (invitation withdrawn, link used).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from gewerk.identity.links import invitation_token, login_token
from gewerk.identity.models import ApiKey, ApiSecret, Invitation, LoginLink, Membership, Organisation, Person, Role
from gewerk.journal.models import Entry
from gewerk.outreach import (
    approval_letters,
    evidence_letters,
    integration_letters,
    order_letters,
    quote_letters,
    rating_letters,
    ticket_letters,
    visit_letters,
)
from gewerk.outreach.letters import Letter, address, language_of, object_id
from gewerk.tickets import events as ticket_events

Listener = Callable[[Entry, datetime], Iterable[Letter]]


def _organisation(entry: Entry) -> Organisation | None:
    return Organisation.objects.filter(pk=entry.organisation_id).first() if entry.organisation_id else None


def _login_link(entry: Entry, now: datetime) -> Iterable[Letter]:
    link = LoginLink.objects.select_related("person").filter(pk=object_id(entry)).first()
    if link is None or link.used_at is not None or link.expires_at <= now:
        return
    organisation = _organisation(entry)
    yield Letter(
        recipient=link.person.email,
        language=language_of(link.person, organisation),
        template="login_link",
        organisation=organisation,
        context={"name": link.person.name, "url": address(f"/login/link/{login_token(link.pk)}/")},
    )


def _invitation(entry: Entry, now: datetime) -> Iterable[Letter]:
    invitation = Invitation.objects.select_related("organisation", "invited_by").filter(pk=object_id(entry)).first()
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now:
        return
    known = Person.objects.filter(email=invitation.email).first()
    organisation = invitation.organisation
    yield Letter(
        recipient=invitation.email,
        language=language_of(known, organisation) if known else organisation.language,
        template="owner_joins" if invitation.role == Role.PRIVATE_OWNER else "invitation",
        organisation=organisation,
        context={
            "organisation_name": organisation.name,
            "invited_by": invitation.invited_by.name if invitation.invited_by else organisation.name,
            "role": Role(invitation.role),
            "until": invitation.expires_at,
            "url": address(f"/invitations/{invitation_token(invitation.pk)}/"),
        },
    )


def _password_changed(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    person = Person.objects.filter(pk=object_id(entry), is_active=True).first()
    if person is None:
        return
    organisation = _organisation(entry)
    yield Letter(
        recipient=person.email,
        language=language_of(person, organisation),
        template="password_changed",
        organisation=organisation,
        context={"name": person.name, "at": entry.at, "url": address("/login/link/")},
    )


def _key_holders(key: ApiKey) -> list[tuple[str, str]]:
    """Address and language: the reminder address if one is set, else the organisation's administrators."""
    organisation = key.organisation
    if key.reminder_email:
        return [(key.reminder_email.lower(), organisation.language)]
    admins = Membership.objects.filter(
        organisation=organisation, role__in=(Role.ADMIN, Role.FIRM), ended_at__isnull=True, person__is_active=True
    ).select_related("person")
    return sorted({(m.person.email, language_of(m.person, organisation)) for m in admins})


def _key(entry: Entry) -> ApiKey | None:
    return ApiKey.objects.select_related("organisation").filter(pk=object_id(entry), deleted_at__isnull=True).first()


def _key_reminder(entry: Entry, now: datetime) -> Iterable[Letter]:
    key = _key(entry)
    if key is None:
        return
    secret = ApiSecret.objects.filter(key=key, valid_until__isnull=True, revoked_at__isnull=True).first()
    if secret is None or secret.created_at > entry.at:
        return  # rotated meanwhile
    for recipient, language in _key_holders(key):
        yield Letter(
            recipient=recipient,
            language=language,
            template="key_reminder",
            organisation=key.organisation,
            context={
                "key_name": key.name,
                "organisation_name": key.organisation.name,
                "days": (now - secret.created_at).days,
                "url": address("/account/api-keys/"),
            },
        )


def _key_rotated(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    key = _key(entry)
    if key is None:
        return
    overlap = entry.data.get("overlap_hours", 0)
    for recipient, language in _key_holders(key):
        yield Letter(
            recipient=recipient,
            language=language,
            template="key_rotated",
            organisation=key.organisation,
            context={
                "key_name": key.name,
                "organisation_name": key.organisation.name,
                "days": overlap // 24,
                "at": entry.at,
                "url": address("/account/api-keys/"),
            },
        )


LISTENERS: dict[str, Listener] = {
    "login_link.requested": _login_link,
    "invitation.created": _invitation,
    "person.password_changed": _password_changed,
    "api_key.reminder_due": _key_reminder,
    "api_key.secret_rotated": _key_rotated,
    "integration_run.failed": integration_letters.run_failed,
    "integration_run.stopped_by_fuse": integration_letters.run_stopped_by_fuse,
    "integration.silent": integration_letters.silent,
    ticket_events.CREATED: ticket_letters.ticket_created,
    ticket_events.STATE_CHANGED: ticket_letters.ticket_state_changed,
    ticket_events.MERGED: ticket_letters.ticket_merged,
    approval_letters.ASKED: approval_letters.asked,
    approval_letters.APPROVED: approval_letters.decided,
    approval_letters.REFUSED: approval_letters.decided,
    **dict.fromkeys(order_letters.EVENTS, order_letters.order_stepped),
    **dict.fromkeys(visit_letters.STEP_EVENTS, visit_letters.visit_stepped),
    visit_letters.REMINDER: visit_letters.visit_reminder,
    "evidence.confirmed": evidence_letters.decided,
    "evidence.refused": evidence_letters.decided,
    "evidence.expires": evidence_letters.expires,
    **dict.fromkeys(quote_letters.FIRM_EVENTS, quote_letters.to_firm),
    **dict.fromkeys(quote_letters.STAFF_EVENTS, quote_letters.to_staff),
    "owner_approval.asked": quote_letters.to_owner,
    "rating.received": rating_letters.received,
    "rating.answered": rating_letters.answered,
    **dict.fromkeys(rating_letters.CASE_EVENTS, rating_letters.case_changed),
    "appeal.decided": rating_letters.appeal_decided,
}
