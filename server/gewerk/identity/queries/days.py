"""Which day it is where an organisation is."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from gewerk.identity.models import Organisation


def today_of(organisation_id: UUID, *, now: datetime) -> date:
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)
    return now.astimezone(ZoneInfo(zone)).date()
