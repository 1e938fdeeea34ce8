"""A firm asks to join: it is made with its trades, and whoever holds the address given gets the invitation by mail."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gewerk.firms.operations.write_profile import begin_profile
from gewerk.identity.models import Membership, OrganisationKind
from gewerk.identity.operations.invitations import invite_owner_of_firm
from gewerk.identity.operations.login_links import request_login_link
from gewerk.identity.operations.organisations import join_by_itself
from gewerk.identity.queries.homes import home_of_address
from gewerk.journal.actor import system


def join_as_firm(*, name: str, email: str, country: str, trades: Sequence[str], now: datetime) -> None:
    """Says nothing about whether the address is known: a mail goes to it in any case.

    To somebody of a firm here a link to log in, to whom an invitation waits that invitation once more.
    Raises CompanyIsInvalid, EmailIsInvalid, ProfileIsInvalid; none leaves half of it behind.
    """
    with transaction.atomic():
        known = home_of_address(email.strip().lower(), OrganisationKind.FIRM, now=now)
        if known is not None and Membership.objects.filter(organisation=known).exists():
            request_login_link(email=email, now=now)
            return
        if known is not None:
            invite_owner_of_firm(actor=system(known.pk), firm=known, email=email, now=now)
            return
        firm = join_by_itself(kind=OrganisationKind.FIRM, name=name, country=country, now=now)
        actor = system(firm.pk)
        begin_profile(actor=actor, firm=firm, trades=trades, now=now)
        invite_owner_of_firm(actor=actor, firm=firm, email=email, now=now)
