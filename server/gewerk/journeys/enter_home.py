"""A private owner enters a house, or a flat in it: one building, and for a flat its unit."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gewerk.identity.access import owns_privately, require
from gewerk.journal.actor import Actor
from gewerk.portfolio.operations.edit_record import enter_record


def enter_home(
    *,
    actor: Actor,
    street: str,
    house_number: str,
    postcode: str,
    city: str,
    country: str,
    flat: str = "",
    now: datetime,
) -> UUID:
    """The building's id. ``flat`` says which one it is; empty: the whole house. Raises FORBIDDEN."""
    require(owns_privately(actor))
    with transaction.atomic():
        fields = {
            "name": f"{street} {house_number}".strip(),
            "street": street,
            "house_number": house_number,
            "postcode": postcode,
            "city": city,
            "country": country,
        }
        building = enter_record(actor=actor, type="property", fields=fields, now=now)
        if flat.strip():
            enter_record(
                actor=actor,
                type="unit",
                fields={"name": flat.strip(), "usage": "living"},
                property_id=building,
                now=now,
            )
        return building
