"""The calendar: a week, a month or a day of visits, that day as a map, and the feed that a calendar program reads."""

import calendar as months
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gewerk.config.installation import installation
from gewerk.entrypoints.web.visits.card import span_words
from gewerk.entrypoints.web.visits.day_map import contractor_of, day_map
from gewerk.entrypoints.web.visits.steps import meeting, order_page
from gewerk.identity.access import actor_for, is_caretaker, live_memberships, require, sees_orders, works_for_firm
from gewerk.journal.actor import Actor
from gewerk.scheduling.links import feed_of, feed_token
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations.feeds import end_feed, live_feed, make_feed
from gewerk.scheduling.queries.ics import feed_ics
from gewerk.scheduling.queries.visits import calendar
from gewerk.scheduling.states import State
from gewerk.scheduling.wall_time import day_of

VIEWS = ("week", "month", "day", "map")
_OF_A_DAY = frozenset({"day", "map"})
_FEED_BACK, _FEED_AHEAD = timedelta(days=30), timedelta(days=365)
_SOFT = frozenset({State.ATTENDED, State.NO_ACCESS, State.NOT_ATTENDED, State.CANCELLED})


@dataclass(slots=True)
class Entry:
    """One visit of a day."""

    time: str
    title: str
    place: str
    who: str
    url: str
    state: str
    over: bool


@dataclass(slots=True)
class Day:
    date: date
    label: str
    is_today: bool
    in_month: bool = True
    entries: list[Entry] = field(default_factory=list)


def may_see(actor: Actor) -> bool:
    """The manager's people, the firm's, caretakers: button and guard ask this."""
    return sees_orders(actor) or works_for_firm(actor) or is_caretaker(actor)


@meeting
@require_safe
def calendar_page(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(may_see(actor))
    now = timezone.now()
    zone = ZoneInfo(request.organisation.time_zone)  # type: ignore[attr-defined]
    today = day_of(now, zone)
    view = request.GET.get("view", "week")
    view = view if view in VIEWS else "week"
    day = _day(request.GET.get("day", ""), today)
    first, last = _bounds(view, day)
    days = _days(first, last, today, day.month if view == "month" else None)
    found = calendar(actor, first=first, last=last, zone=zone, now=now)
    contractor = not sees_orders(actor)
    for visit in found:
        _place(visit, days, zone, contractor=contractor)
    feed = live_feed(actor)
    context = {
        "view": view,
        "views": [{"label": label, "url": _url(key, day), "active": key == view} for key, label in _labels()],
        "days": list(days.values()),
        "weeks": [list(days.values())[n : n + 7] for n in range(0, len(days), 7)],
        "map": day_map(found, zone, contractor=contractor) if view == "map" else None,
        "title": _title(view, day, first, last),
        "before": _url(view, _step(view, day, -1)),
        "after": _url(view, _step(view, day, 1)),
        "now_url": _url(view, today),
        "count": len(found),
        "feed_url": f"{installation().base_url.rstrip('/')}{reverse('calendar_feed', args=[feed_token(feed)])}"
        if feed
        else "",
    }
    return render(request, "visits/calendar.html", context)


@meeting
@require_POST
def change_feed(request: HttpRequest) -> HttpResponseBase:
    """A new address for calendar programs, or none any more."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(may_see(actor))
    if request.POST.get("end"):
        end_feed(actor=actor, now=timezone.now())
        messages.success(request, _("The address opens nothing any more."))
    else:
        make_feed(actor=actor, now=timezone.now())
        messages.success(request, _("Your calendar address is ready."))
    return redirect("calendar")


@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """What a calendar program reads: a month back, a year ahead; nothing once the person has left."""
    feed = feed_of(token)
    now = timezone.now()
    actor = actor_for(feed.person, feed.organisation_id, memberships=live_memberships(feed.person, now=now))
    require(may_see(actor))
    zone = ZoneInfo(feed.organisation.time_zone)
    found = calendar(
        actor, first=day_of(now - _FEED_BACK, zone), last=day_of(now + _FEED_AHEAD, zone), zone=zone, now=now
    )
    return HttpResponse(
        feed_ics(found, now=now, name=f"Gewerk {feed.organisation.name}"), content_type="text/calendar; charset=utf-8"
    )


def _labels() -> list[tuple[str, str]]:
    return [("week", _("Week")), ("month", _("Month")), ("day", _("Day")), ("map", _("Map of the day"))]


def _url(view: str, day: date) -> str:
    return f"{reverse('calendar')}?view={view}&day={day.isoformat()}"


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if 2000 <= found.year <= 2100 else today


def _bounds(view: str, day: date) -> tuple[date, date]:
    if view in _OF_A_DAY:
        return day, day
    if view == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    last = day.replace(day=months.monthrange(day.year, day.month)[1])
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _step(view: str, day: date, by: int) -> date:
    if view == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
        return date(year, month + 1, 1)
    return day + timedelta(days=by * (7 if view == "week" else 1))


def _title(view: str, day: date, first: date, last: date) -> str:
    if view == "month":
        return date_format(day, "YEAR_MONTH_FORMAT")
    if view in _OF_A_DAY:
        return f"{date_format(day, 'l')}, {date_format(day, 'SHORT_DATE_FORMAT')}"
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, "SHORT_DATE_FORMAT"),
        "last": date_format(last, "SHORT_DATE_FORMAT"),
    }


def _days(first: date, last: date, today: date, month: int | None) -> dict[date, Day]:
    found = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        label = f"{date_format(day, 'D')}, {day.day}."
        found[day] = Day(day, label, day == today, month is None or day.month == month)
    return found


def _place(visit: Visit, days: dict[date, Day], zone: ZoneInfo, *, contractor: bool) -> None:
    """Into each shown day that it touches."""
    if visit.starts_at is None or visit.ends_at is None:
        return
    order, place = visit.order, visit.order.property
    day, last = day_of(visit.starts_at, zone), day_of(visit.ends_at, zone)
    while day <= last:
        if day in days:
            days[day].entries.append(
                Entry(
                    time=date_format(visit.starts_at.astimezone(zone), "TIME_FORMAT"),
                    title=order.title,
                    place=f"{place.street} {place.house_number}, {place.city}".strip(" ,"),
                    who=span_words(visit.starts_at, visit.ends_at, zone) if contractor else contractor_of(visit),
                    url=order_page(visit.order_id, contractor=contractor),
                    state=str(State(visit.state).label),
                    over=visit.state in _SOFT,
                )
            )
        day += timedelta(days=1)
