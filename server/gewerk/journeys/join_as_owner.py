"""A private owner registers: their home is made, and whoever holds the address given confirms it by the link of a mail."""

from datetime import datetime

from django.db import transaction

from gewerk.identity.models import Membership, OrganisationKind
from gewerk.identity.operations.invitations import invite_private_owner
from gewerk.identity.operations.login_links import request_login_link
from gewerk.identity.operations.organisations import join_by_itself
from gewerk.identity.queries.homes import home_of_address
from gewerk.journal.actor import system


def join_as_owner(*, name: str, email: str, country: str, now: datetime) -> None:
    """Says nothing about whether the address is known: a mail goes to it in any case.

    To an owner who is here already a link to log in, to whom a confirmation waits that one once more. Raises CompanyIsInvalid,
    EmailIsInvalid; neither leaves half of it behind.
    """
    with transaction.atomic():
        known = home_of_address(email.strip().lower(), OrganisationKind.OWNER, now=now)
        if known is not None and Membership.objects.filter(organisation=known).exists():
            request_login_link(email=email, now=now)
            return
        home = known or join_by_itself(kind=OrganisationKind.OWNER, name=name, country=country, now=now)
        invite_private_owner(actor=system(home.pk), home=home, email=email, now=now)
