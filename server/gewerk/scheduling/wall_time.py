"""Local times and moments. People agree on what the clock on the wall will show; the database keeps moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gewerk.kit.refusals import Refusal


class NoSuchTime(Refusal):
    """The hour that the spring change of the clocks leaves out."""

    code = "no_such_time"
    message = _("This time does not exist on that day: the clocks are put forward. Choose another one.")


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clock shows ``at`` on ``day``; where it does so twice (autumn), the first. Raises NoSuchTime."""
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return moment


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The local day on which a moment falls."""
    return moment.astimezone(zone).date()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, also where midnight itself is left out by a change of the clocks."""
    local = datetime.combine(day, time(), tzinfo=zone)
    moment = local.astimezone(UTC)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    gap = shown - local.replace(tzinfo=None)
    # In a gap, fold=0 reads the clock before the change: as much too late as the gap is wide.
    return moment - gap if gap > timedelta(0) else moment
