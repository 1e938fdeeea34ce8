"""A manager invites a firm by mail, with its trades, and has it on the own list at once. One login of a firm serves many managers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gewerk.firms.models import ListedFirm
from gewerk.firms.operations.list_firm import list_firm
from gewerk.firms.operations.write_profile import begin_profile
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import OrganisationKind
from gewerk.identity.operations.invitations import invite_owner_of_firm
from gewerk.identity.operations.organisations import create_firm
from gewerk.identity.queries.homes import home_of_address
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
        known = home_of_address(email, OrganisationKind.FIRM, now=now)
        if known is not None:
            return list_firm(actor=actor, firm=known, supplier_number=supplier_number, now=now)
        firm = create_firm(actor=actor, name=name, email=email, country=country, now=now)
        begin_profile(actor=actor, firm=firm, trades=trades, now=now)
        listed = list_firm(actor=actor, firm=firm, supplier_number=supplier_number, now=now)
        invite_owner_of_firm(actor=actor, firm=firm, email=email, now=now)
        return listed
