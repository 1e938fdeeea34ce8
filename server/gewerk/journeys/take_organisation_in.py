"""The operator takes an organisation in and invites its first person."""

from datetime import datetime

from django.db import transaction

from gewerk.identity.models import Organisation
from gewerk.identity.operations.invitations import invite_first_of
from gewerk.identity.operations.organisations import create_organisation
from gewerk.journal.actor import Actor


def take_organisation_in(
    *, actor: Actor, name: str, kind: str, country: str, email: str, now: datetime
) -> Organisation:
    """Raises CompanyIsInvalid, EmailIsInvalid; neither leaves half of it behind, also where the page shows its form again."""
    with transaction.atomic():
        organisation = create_organisation(actor=actor, kind=kind, name=name, country=country, now=now)
        invite_first_of(actor=actor, organisation=organisation, email=email, now=now)
    return organisation
