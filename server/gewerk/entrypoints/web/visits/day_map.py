"""The map of a day: the visits as numbered stops in order of time, and those of which nobody knows where they lie."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.map.drawing import Map, Pin, drawn
from gewerk.entrypoints.web.visits.card import span_words
from gewerk.entrypoints.web.visits.steps import order_page
from gewerk.places import Position, km_between, position_of
from gewerk.scheduling.models import Visit
from gewerk.scheduling.states import FINAL, State


@dataclass(slots=True)
class Stop:
    """One visit of the day."""

    number: int
    """0: it is not on the map."""
    time: str
    title: str
    place: str
    who: str
    url: str
    state: str
    """In words, once it is over."""
    way: str = ""
    """How far it is from the stop before, of the same contractor."""


@dataclass(slots=True)
class DayMap:
    picture: Map | None
    stops: list[Stop] = field(default_factory=list)
    elsewhere: list[Stop] = field(default_factory=list)
    """Their postcode has no position."""


def day_map(visits: Iterable[Visit], zone: ZoneInfo, *, contractor: bool) -> DayMap:
    """``visits``: of one day, in order of time. ``contractor``: the reader is one, and knows who comes."""
    found = DayMap(None)
    pins: list[Pin] = []
    last: dict[str, Position] = {}
    countries: dict[str, None] = {}
    for visit in visits:
        place = visit.order.property
        country = place.country or visit.organisation.country
        position = position_of(country, place.postcode)
        stop = _stop(visit, zone, 0 if position is None else len(pins) + 1, contractor=contractor)
        if position is None:
            found.elsewhere.append(stop)
            continue
        team = _team(visit)
        if team and team in last:
            stop.way = _way(km_between(last[team], position))
        last[team] = position
        countries[country] = None
        found.stops.append(stop)
        label = f"{stop.number}. {stop.time}, {stop.place}, {stop.title}"
        pins.append(Pin(stop.number, position, label, f"#stop-{stop.number}", team, bool(stop.state)))
    found.picture = drawn(label=_("Map of the day"), countries=countries, pins=pins)
    return found


def contractor_of(visit: Visit) -> str:
    """The firm or the crew that comes."""
    order: Any = visit.order
    return str(order.firm.name if order.firm_id else order.crew.name if order.crew_id else "")


def _team(visit: Visit) -> str:
    """Whose way it is; empty: nobody's."""
    return str(visit.order.firm_id or visit.order.crew_id or "")


def _stop(visit: Visit, zone: ZoneInfo, number: int, *, contractor: bool) -> Stop:
    order, place = visit.order, visit.order.property
    street = f"{place.street} {place.house_number}".strip()
    return Stop(
        number=number,
        time=_time(visit, zone),
        title=order.title,
        place=", ".join(part for part in (street, f"{place.postcode} {place.city}".strip()) if part),
        who="" if contractor else contractor_of(visit),
        url=order_page(visit.order_id, contractor=contractor),
        state=str(State(visit.state).label) if visit.state in FINAL else "",
    )


def _time(visit: Visit, zone: ZoneInfo) -> str:
    """The clock alone where it is the day of the page."""
    if visit.starts_at is None or visit.ends_at is None:
        return ""
    begins, ends = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
    if begins.date() != ends.date():
        return span_words(begins, ends, zone)
    return _("%(from)s to %(to)s") % {
        "from": date_format(begins, "TIME_FORMAT"),
        "to": date_format(ends, "TIME_FORMAT"),
    }


def _way(km: float) -> str:
    if km < 1:
        return ""
    return _("%(km)s km from the stop before, as the crow flies") % {"km": number_format(round(km))}
