"""Tickets are found by the address of their property: when that changes, so does what they are found by."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from gewerk.portfolio.models import Property
from gewerk.tickets.models import Ticket
from gewerk.tickets.search_text import refresh

_LOOKS_BACK = timedelta(hours=3)
"""More than twice the time between two runs of the worker's duty."""


def follow_addresses(*, now: datetime) -> int:
    """How many tickets were changed. Reads the properties that changed lately; the columns it writes are no news to anybody."""
    reported = Exists(Ticket.objects.filter(property=OuterRef("pk")))
    changed = list(
        Property.objects.filter(reported, updated_at__gte=now - _LOOKS_BACK).order_by("id").values_list("pk", flat=True)
    )
    done = 0
    for start in range(0, len(changed), 50):
        with transaction.atomic():
            done += refresh(changed[start : start + 50])
    return done
