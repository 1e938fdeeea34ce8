"""How long before entering a flat it must be said. Pure rules; the law names the duty, mostly not the number of days.

* Mending (§555a BGB, Abs. 2): measures to keep the building up are to be announced in good time, unless they hardly burden the
  tenant or are needed at once. Courts take some days for small work; ``DAYS`` keeps the customary number, per country.
* Modernisation (§555c BGB, Abs. 1): at the latest three months before it begins, in text form.
* Emergency: at once.
* A time that the tenant chose needs no notice: choosing is consent. Modernisation keeps its three months all the same.
* Great Britain: Landlord and Tenant Act 1985, s. 11(6): 24 hours' notice in writing before looking at the state of repair.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.scheduling.wall_time import day_begins, day_of


class Purpose(models.TextChoices):
    """Why somebody comes: it decides the notice period."""

    EMERGENCY = "emergency", gettext_lazy("Emergency")
    REPAIR = "repair", gettext_lazy("Small repair")
    MAINTENANCE = "maintenance", gettext_lazy("Maintenance, larger work")
    MODERNISATION = "modernisation", gettext_lazy("Modernisation")


DAYS: dict[str, dict[Purpose, int]] = {
    "DE": {Purpose.REPAIR: 3, Purpose.MAINTENANCE: 14},
    "AT": {Purpose.REPAIR: 3, Purpose.MAINTENANCE: 14},
    "GB": {Purpose.REPAIR: 1, Purpose.MAINTENANCE: 7},
}
"""Whole days between the day of the announcement and the day of the visit."""
MODERNISATION_MONTHS = 3


class NoticeTooShort(Refusal):
    kind = RefusalKind.CONFLICT
    code = "notice_too_short"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the rule says of one visit."""

    earliest_date: date
    """The first day on which it may be without the tenant's own choice."""
    consent_suffices: bool
    """A time that the tenant chose may be earlier."""


def notice_for(purpose: str, *, country: str, announced_at: datetime, zone: ZoneInfo) -> Notice:
    """Days are the organisation's own."""
    today = day_of(announced_at, zone)
    if purpose == Purpose.EMERGENCY:
        return Notice(today, consent_suffices=True)
    if purpose == Purpose.MODERNISATION:
        return Notice(_months_later(today, MODERNISATION_MONTHS), consent_suffices=False)
    days = DAYS.get(country, DAYS["DE"])[Purpose(purpose)]
    return Notice(today + timedelta(days=days), consent_suffices=True)


def check_notice(
    purpose: str, *, country: str, announced_at: datetime, starts_at: datetime, zone: ZoneInfo, tenant_chooses: bool
) -> None:
    """Raises NoticeTooShort, which names the first day that is possible."""
    notice = notice_for(purpose, country=country, announced_at=announced_at, zone=zone)
    if starts_at >= day_begins(notice.earliest_date, zone) or (tenant_chooses and notice.consent_suffices):
        return
    first = date_format(notice.earliest_date, "SHORT_DATE_FORMAT")
    if notice.consent_suffices:
        raise NoticeTooShort(
            _(
                "That is too soon to simply announce it: the first day is %(day)s. Propose times instead; the tenant may choose."
            )
            % {"day": first}
        )
    raise NoticeTooShort(
        _("Modernisation is announced three months before (§555c BGB): the first day is %(day)s.") % {"day": first}
    )


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or its last (§188 BGB, Abs. 3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
