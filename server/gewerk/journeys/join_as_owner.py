"""A private owner registers: their home is made, and whoever holds the address given confirms it by the link of a mail."""

from datetime import datetime

from django.db import transaction

from gewerk.identity.models import Invitation, Membership, Organisation, OrganisationKind, Role
from gewerk.identity.operations.invitations import invite_private_owner
from gewerk.identity.operations.login_links import request_login_link
from gewerk.identity.operations.organisations import new_organisation
from gewerk.journal.actor import system
from gewerk.journal.operations import record


def join_as_owner(*, name: str, email: str, country: str, now: datetime) -> None:
    """Says nothing about whether the address is known: a mail goes to it in any case.

    To an owner who is here already a link to log in, to whom a confirmation waits that one once more. Raises CompanyIsInvalid,
    EmailIsInvalid; neither leaves half of it behind.
    """
    with transaction.atomic():
        known = _known_home(email.strip().lower(), now=now)
        if known is not None and Membership.objects.filter(organisation=known).exists():
            request_login_link(email=email, now=now)
            return
        home = known or new_organisation(kind=OrganisationKind.OWNER, name=name, country=country, now=now)
        actor = system(home.pk)
        if known is None:
            record(
                actor=actor,
                event="organisation.created",
                object_type="organisation",
                object_id=home.pk,
                now=now,
                data={"kind": home.kind, "country": country, "joined": "by itself"},
            )
        invite_private_owner(actor=actor, home=home, email=email, now=now)


def _known_home(email: str, *, now: datetime) -> Organisation | None:
    homes = Organisation.objects.filter(kind=OrganisationKind.OWNER).order_by("created_at", "id")
    member = homes.filter(
        memberships__person__email=email,
        memberships__role=Role.PRIVATE_OWNER,
        memberships__ended_at__isnull=True,
    ).first()
    if member is not None:
        return member
    waiting = Invitation.objects.filter(
        email=email,
        role=Role.PRIVATE_OWNER,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    ).select_related("organisation")
    found = waiting.order_by("created_at").first()
    return found.organisation if found else None
