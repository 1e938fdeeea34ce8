"""An organisation changes its name or address; where it is a firm, every manager's list finds it by the new ones."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gewerk.firms.operations.list_firm import refresh_search
from gewerk.identity.models import Organisation, OrganisationKind
from gewerk.identity.operations.organisations import update_company
from gewerk.journal.actor import Actor


def change_company(*, actor: Actor, fields: dict[str, Any], now: datetime) -> Organisation:
    """Raises CompanyIsInvalid, FORBIDDEN."""
    with transaction.atomic():
        organisation = update_company(actor=actor, fields=fields, now=now)
        if organisation.kind == OrganisationKind.FIRM:
            refresh_search(organisation)
    return organisation
