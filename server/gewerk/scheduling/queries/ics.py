"""Visits as iCalendar (RFC 5545). Times in UTC: a calendar shows them right in whatever zone it stands."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from gewerk.scheduling.models import Visit
from gewerk.scheduling.states import State


def visit_ics(visit: Visit, *, now: datetime) -> bytes:
    """One visit, for the attachment of a mail. A cancelled one takes itself out of the calendar."""
    return _calendar([visit], now=now, name="", method="CANCEL" if visit.state == State.CANCELLED else "PUBLISH")


def feed_ics(found: Iterable[Visit], *, now: datetime, name: str) -> bytes:
    """Many visits, for a feed."""
    return _calendar(found, now=now, name=name, method="PUBLISH")


def _calendar(found: Iterable[Visit], *, now: datetime, name: str, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Gewerk//Gewerk//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for visit in found:
        if visit.starts_at is not None and visit.ends_at is not None:
            calendar.add_component(_event(visit, now))
    return bytes(calendar.to_ical())


def _event(visit: Visit, now: datetime) -> Event:
    order, place = visit.order, visit.order.property
    event = Event()
    # one visit is one entry, however often it is moved
    event.add("uid", f"{visit.pk}@gewerk")
    event.add("sequence", visit.version)
    event.add("dtstamp", now)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add("summary", f"{order.number} {order.title}")
    street = f"{place.street} {place.house_number}".strip()
    event.add("location", ", ".join(part for part in (street, f"{place.postcode} {place.city}".strip()) if part))
    event.add("status", "CANCELLED" if visit.state == State.CANCELLED else "CONFIRMED")
    event.add("description", _("Order %(number)s") % {"number": order.number})
    return event
