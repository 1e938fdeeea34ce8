"""Numbers of orders: ``A-2026-0001``, unique within the organisation, whoever makes orders at the same time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from gewerk.identity.models import Organisation
from gewerk.projects.models import OrderCounter


def next_number(organisation: Organisation, *, now: datetime) -> str:
    """The year is the organisation's own. Whoever else wants a number of this year waits until the transaction ends."""
    year = now.astimezone(ZoneInfo(organisation.time_zone)).year
    OrderCounter.objects.get_or_create(organisation=organisation, year=year)
    counter = OrderCounter.objects.select_for_update().get(organisation=organisation, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"A-{year}-{counter.last:04d}"
