"""What a page shows of an order's visits: the state in words, the times on offer, what the reader may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.access import parties, steps_for
from gewerk.scheduling.models import Visit
from gewerk.scheduling.operations.arrange import VISITED
from gewerk.scheduling.queries.visits import Offered, visits_of
from gewerk.scheduling.states import CHOOSING, FINAL, By, State

_LOOK = {
    State.PROPOSED: ("line", "mail-question-mark"),
    State.COUNTERED: ("line", "git-compare"),
    State.AGREED: ("run", "calendar-check"),
    State.UNDER_WAY: ("run", "wrench"),
    State.ATTENDED: ("done", "circle-check"),
    State.NO_ACCESS: ("danger", "door-open"),
    State.NOT_ATTENDED: ("danger", "calendar-x"),
    State.CANCELLED: ("neutral", "ban"),
}


@dataclass(frozen=True, slots=True)
class SlotLine:
    id: str
    when: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit as a page shows it."""

    visit: Visit
    word: str
    kind: str
    icon: str
    when: str
    """The agreed time, empty before."""
    slots: list[SlotLine]
    steps: list[Any]
    """Of ``states.STEPS``: what the reader may do."""
    your_turn: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that the card of an order needs."""

    order: WorkOrder
    visits: list[VisitLine]
    arranges: list[Any]
    """Steps that make a new visit."""
    zone: str


def zone_for(order: WorkOrder) -> ZoneInfo:
    return ZoneInfo(order.organisation.time_zone)


def span_words(starts_at: datetime | None, ends_at: datetime | None, zone: ZoneInfo) -> str:
    """``Do, 26.11.2026, 9:00 bis 10:00 Uhr``; of several days both."""
    if starts_at is None or ends_at is None:
        return ""
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = f"{date_format(begins, 'D')}, {date_format(begins, 'SHORT_DATE_FORMAT')}"
    if begins.date() == ends.date():
        return _("%(day)s, %(from)s to %(to)s") % {
            "day": first,
            "from": date_format(begins, "TIME_FORMAT"),
            "to": date_format(ends, "TIME_FORMAT"),
        }
    last = f"{date_format(ends, 'D')}, {date_format(ends, 'SHORT_DATE_FORMAT')}"
    return _("%(first)s, %(from)s to %(last)s, %(to)s") % {
        "first": first,
        "from": date_format(begins, "TIME_FORMAT"),
        "last": last,
        "to": date_format(ends, "TIME_FORMAT"),
    }


def card_for(actor: Actor, order: WorkOrder, *, now: datetime) -> Card:
    """Two queries, however many visits there were."""
    found = visits_of(actor, order.pk, now=now)
    zone = zone_for(order)
    is_open = any(one.visit.state not in FINAL for one in found)
    arranges = [] if is_open or order.state not in VISITED else list(steps_for(actor, order, None))
    return Card(order, [visit_line(actor, one, zone) for one in found], arranges, str(zone))


def visit_line(actor: Actor, offered: Offered, zone: ZoneInfo) -> VisitLine:
    visit = offered.visit
    kind, icon = _LOOK[State(visit.state)]
    as_whom = parties(actor, visit.order)
    turn = _turn_of(visit) in as_whom
    return VisitLine(
        visit=visit,
        word=str(State(visit.state).label),
        kind="turn" if turn else kind,
        icon=icon,
        when=span_words(visit.starts_at, visit.ends_at, zone),
        slots=[SlotLine(str(slot.pk), span_words(slot.starts_at, slot.ends_at, zone)) for slot in offered.slots]
        if visit.state in CHOOSING
        else [],
        steps=list(steps_for(actor, visit.order, visit)) if visit.state not in FINAL else [],
        your_turn=turn,
        sentence=_sentence(visit, as_whom, zone),
    )


def _turn_of(visit: Visit) -> By | None:
    return {State.PROPOSED: By.TENANT, State.COUNTERED: By.CONTRACTOR}.get(State(visit.state))


def _sentence(visit: Visit, as_whom: frozenset[By], zone: ZoneInfo) -> str:
    """What is and what comes next, said to the reader."""
    tenant = By.TENANT in as_whom
    when = span_words(visit.starts_at, visit.ends_at, zone)
    match State(visit.state):
        case State.PROPOSED:
            return (
                _("Please choose the time that suits you.")
                if tenant
                else _("The tenant is asked to choose one of these times.")
            )
        case State.COUNTERED:
            return (
                _("You wished for these times. The firm answers, and you hear of it.")
                if tenant
                else _("The tenant wishes for another time. Take one of these or propose others.")
            )
        case State.AGREED:
            return _("Agreed for %(when)s.") % {"when": when}
        case State.UNDER_WAY:
            return _("Somebody is on site.")
        case State.NO_ACCESS:
            return _("Nobody opened at the agreed time. A new time is needed.")
        case State.NOT_ATTENDED:
            return _("Nobody came at the agreed time. A new time is needed.")
        case State.CANCELLED:
            return _("This visit was cancelled.")
        case _:
            return _("The visit took place.")
