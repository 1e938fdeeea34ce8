"""What a rotation does, on a time line: the new secret, the old one, tokens made with the old one."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel import dates
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.formats import Formats

OVERLAPS = (0, 1, 3, 7)
"""Days in which both secrets work; 0 for a suspicion."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``start`` to ``start + width``, in percent of the line; the text stands beside it."""

    label: str
    text: str
    start: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    bars: list[Bar]
    ticks: list[Tick]
    enter_until: str
    """The sentence beside the button."""


def day_and_time(formats: Formats, moment: datetime) -> str:
    local = moment.astimezone(formats.zone)
    day = dates.format_skeleton("EEEdM", local.date(), locale=formats.locale)
    return _("%(day)s, %(time)s") % {"day": day, "time": formats.time(moment)}


def short_day(formats: Formats, moment: datetime) -> str:
    return str(dates.format_skeleton("EEEdM", moment.astimezone(formats.zone).date(), locale=formats.locale))


def picture(*, overlap_days: int, token_hours: int, formats: Formats) -> Picture:
    """A secret can make tokens until it ends; the last of them lives ``token_hours`` longer."""
    now = formats.now
    old_ends = now + timedelta(days=overlap_days)
    tokens_end = old_ends + timedelta(hours=token_hours)
    first = datetime.combine(now.astimezone(formats.zone).date(), time(), tzinfo=formats.zone)
    days = (tokens_end.astimezone(formats.zone).date() - first.date()).days + 1
    span = timedelta(days=days)

    def percent(moment: datetime) -> float:
        return 100 * ((moment - first) / span)

    def bar(label: str, text: str, begins: datetime, ends: datetime, kind: str) -> Bar:
        start = percent(begins)
        return Bar(label, text, f"{start:.2f}%", f"{percent(ends) - start:.2f}%", kind)

    if overlap_days:
        old_text = _("works until %(moment)s") % {"moment": day_and_time(formats, old_ends)}
        enter_until = _("Enter it in the connector by %(moment)s.") % {"moment": day_and_time(formats, old_ends)}
    else:
        old_text = _("ends at once")
        enter_until = _("Until you enter it in the connector, nothing more arrives.")
    step = 1 if days <= 5 else 2
    return Picture(
        bars=[
            bar(_("New secret"), _("works at once"), now, first + span, "new"),
            bar(_("Old secret"), old_text, first, old_ends, "old"),
            bar(
                _("Tokens of the old one"),
                _("run out by %(moment)s") % {"moment": day_and_time(formats, tokens_end)},
                first,
                tokens_end,
                "tokens",
            ),
        ],
        ticks=[
            Tick(f"{100 * n / days:.2f}%", short_day(formats, first + timedelta(days=n, hours=12)))
            for n in range(0, days, step)
        ],
        enter_until=enter_until,
    )
