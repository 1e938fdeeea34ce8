"""How numbers, days and times read: in the reader's language, with the signs of the organisation's country.

Germany writes 22.11.2026 and 64,35 m², Britain 22/11/2026 and 64.35 m². The time zone is the organisation's.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.identity.models import Organisation

NO_BREAK = "\u00a0"


@lru_cache
def _locale(language: str, country: str) -> Locale:
    for name in (f"{language}_{country}", language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_GB")


@lru_cache
def _day_pattern(locale: Locale) -> str:
    """The country's short date with four figures for the year."""
    pattern = str(dates.get_date_format("short", locale=locale).pattern)
    return pattern if "yyyy" in pattern else pattern.replace("yy", "y").replace("y", "yyyy")


@lru_cache(maxsize=4_096)
def _day(value: date, locale: Locale) -> str:
    return str(dates.format_date(value, format=_day_pattern(locale), locale=locale))


@lru_cache(maxsize=4_096)
def _time(hour: int, minute: int, locale: Locale) -> str:
    return str(dates.format_time(time(hour, minute), format="HH:mm", locale=locale))


@dataclass(frozen=True, slots=True)
class Formats:
    locale: Locale
    zone: ZoneInfo
    now: datetime

    @property
    def key(self) -> str:
        """Alike for all who read a moment in the same signs."""
        return f"{self.locale} {self.zone.key}"

    @property
    def today(self) -> date:
        """The day it is in the organisation's time zone."""
        return self.now.astimezone(self.zone).date()

    def day(self, value: date) -> str:
        return _day(value, self.locale)

    def time(self, value: datetime) -> str:
        local = value.astimezone(self.zone)
        return _time(local.hour, local.minute, self.locale)

    def moment(self, value: datetime) -> str:
        """Day and time of day: ``22.11.2026, 08:06 Uhr``."""
        return _("%(day)s, %(time)s") % {"day": self.day(value.astimezone(self.zone).date()), "time": self.time(value)}

    def ago(self, value: datetime) -> str:
        """How long ago, in words a clerk would use: today, yesterday, 5 days ago."""
        days = (self.today - value.astimezone(self.zone).date()).days
        if days <= 0:
            return _("today")
        if days == 1:
            return _("yesterday")
        if days < 14:
            return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
        if days < 60:
            weeks = days // 7
            return ngettext("%(n)d week ago", "%(n)d weeks ago", weeks) % {"n": weeks}
        if days < 730:
            months = days // 30
            return ngettext("%(n)d month ago", "%(n)d months ago", months) % {"n": months}
        years = days // 365
        return ngettext("%(n)d year ago", "%(n)d years ago", years) % {"n": years}

    def when(self, value: datetime) -> str:
        """As ``ago``, with the time of day where it is near: ``today, 08:06``; else the day."""
        days = (self.today - value.astimezone(self.zone).date()).days
        if days > 1:
            return self.moment(value)
        return _("%(day)s, %(time)s") % {"day": self.ago(value), "time": self.time(value)}

    def number(self, value: Decimal | float) -> str:
        return str(numbers.format_decimal(value, locale=self.locale))

    def area(self, value: Decimal) -> str:
        """Square metres with two places."""
        return str(numbers.format_decimal(value, format="#,##0.00", locale=self.locale)) + NO_BREAK + "m²"

    def money(self, minor: int, currency: str) -> str:
        """Minor units as an amount: ``1.234,56 €``."""
        return str(numbers.format_currency(Decimal(minor).scaleb(-2), currency, locale=self.locale))

    def percent(self, share: float) -> str:
        """A share from 0 to 1 as a percentage with one place."""
        return str(numbers.format_percent(share, format=f"#,##0.0{NO_BREAK}%", locale=self.locale))

    def length_of(self, seconds: float) -> str:
        """A duration: ``1 minute 52 seconds``."""
        if seconds < 1:
            return _("less than a second")
        whole = round(seconds)
        if whole < 60:
            return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
        minutes, rest = divmod(whole, 60)
        if minutes < 60:
            text = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
            return f"{text} {ngettext('%(n)d second', '%(n)d seconds', rest) % {'n': rest}}" if rest else text
        hours, minutes = divmod(minutes, 60)
        text = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
        return f"{text} {ngettext('%(n)d minute', '%(n)d minutes', minutes) % {'n': minutes}}" if minutes else text


class OfTheDay(Formats):
    """Formats that know the day and not the moment: what they write stays true all day. Asked for ``now``, they raise AttributeError."""

    def __init__(self, formats: Formats) -> None:
        object.__setattr__(self, "locale", formats.locale)
        object.__setattr__(self, "zone", formats.zone)
        object.__setattr__(self, "_today", formats.today)

    @property
    def today(self) -> date:
        return self._today  # type: ignore[attr-defined, no-any-return]


def formats_for(organisation: Organisation, *, language: str, now: datetime) -> Formats:
    return Formats(_locale(language[:2], organisation.country), ZoneInfo(organisation.time_zone), now)
