"""A manager invites a firm by mail, with its trades, and has it on the own list at once. One login of a firm serves many managers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gewerk.firms.models import ListedFirm
from gewerk.firms.operations.list_firm import list_firm
from gewerk.firms.operations.write_profile import begin_profile
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import FIRM_ROLES, Invitation, Organisation, OrganisationKind
from gewerk.identity.operations.invitations import invite_owner_of_firm
from gewerk.identity.operations.organisations import create_firm
from gewerk.journal.actor import Actor


def invite_firm(
    *,
    actor: Actor,
    name: str,
    email: str,
    country: str,
    trades: Sequence[str] = (),
    supplier_number: str = "",
    now: datetime,
) -> ListedFirm:
    """Whoever has that address works here already: their firm comes on the list, no second one is made; it is told by mail.

    Raises CompanyIsInvalid, EmailIsInvalid, ProfileIsInvalid, FORBIDDEN; none leaves half of it behind.
    """
    require(edits_orders(actor))
    with transaction.atomic():
        email = email.strip().lower()
        known = known_firm(email, now=now)
        if known is not None:
            return list_firm(actor=actor, firm=known, supplier_number=supplier_number, now=now)
        firm = create_firm(actor=actor, name=name, email=email, country=country, now=now)
        begin_profile(actor=actor, firm=firm, trades=trades, now=now)
        listed = list_firm(actor=actor, firm=firm, supplier_number=supplier_number, now=now)
        invite_owner_of_firm(actor=actor, firm=firm, email=email, now=now)
        return listed


def known_firm(email: str, *, now: datetime) -> Organisation | None:
    """The firm to which this address belongs, or for which it holds an open invitation."""
    firms = Organisation.objects.filter(kind=OrganisationKind.FIRM).order_by("created_at", "id")
    member = firms.filter(
        memberships__person__email=email, memberships__role__in=FIRM_ROLES, memberships__ended_at__isnull=True
    ).first()
    if member is not None:
        return member
    waiting = Invitation.objects.filter(
        email=email,
        organisation__kind=OrganisationKind.FIRM,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    ).select_related("organisation")
    found = waiting.order_by("created_at").first()
    return found.organisation if found else None
