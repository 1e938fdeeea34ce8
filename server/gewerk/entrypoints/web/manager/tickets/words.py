"""The words of tickets as the manager's pages say them: state and urgency with icon and colour, place, history."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gewerk.entrypoints.web.manager import words as stock
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.models import Channel, HistoryEntry, ReporterKind, Ticket, Urgency, WaitingFor
from gewerk.tickets.states import BY_KEY, State


@dataclass(frozen=True, slots=True)
class Look:
    """Word, icon and colour. ``kind`` as ``<c-state>`` takes it."""

    label: str
    icon: str
    kind: str

    @property
    def css(self) -> str:
        return "st" if self.kind == "plain" else f"st st-{self.kind}"


_STATES = {
    State.NEW: ("inbox", "turn"),
    State.REOPENED: ("rotate-ccw", "turn"),
    State.IN_REVIEW: ("eye", "plain"),
    State.IN_PROGRESS: ("wrench", "run"),
    State.WAITING: ("hourglass", "neutral"),
    State.RESOLVED: ("circle-check", "done"),
    State.CLOSED: ("check-check", "quiet"),
    State.REJECTED: ("circle-x", "quiet"),
}
_URGENCIES = {
    Urgency.EMERGENCY: ("triangle-alert", "danger"),
    Urgency.URGENT: ("flame", "line"),
    Urgency.NORMAL: ("minus", "quiet"),
    Urgency.LOW: ("arrow-down", "quiet"),
}
WAITS: dict[str, Promise] = {
    WaitingFor.REPORTER: gettext_lazy("an answer of the reporter"),
    WaitingFor.FIRM: gettext_lazy("the firm"),
    WaitingFor.PARTS: gettext_lazy("parts or material"),
    WaitingFor.OWNER: gettext_lazy("the owner"),
    WaitingFor.INSURER: gettext_lazy("the insurer"),
    WaitingFor.WEATHER: gettext_lazy("better weather"),
    WaitingFor.OTHER: gettext_lazy("something else"),
}
FIELDS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Description"),
    "category": gettext_lazy("Category"),
    "urgency": gettext_lazy("Urgency"),
    "unit_id": gettext_lazy("Unit"),
    "common_part": gettext_lazy("Part of the building"),
    "place_note": gettext_lazy("Place in words"),
    "reporter_name": gettext_lazy("Reporter"),
    "reporter_email": gettext_lazy("E-mail"),
    "reporter_phone": gettext_lazy("Phone"),
    "access_notes": gettext_lazy("Access"),
    "vulnerable": gettext_lazy("Vulnerable person"),
    "vulnerable_note": gettext_lazy("Note on that"),
    "pets": gettext_lazy("Pets"),
    "pair_visit": gettext_lazy("Two people"),
    "building_wide": gettext_lazy("Whole building"),
    "external_number": gettext_lazy("Number in the ERP"),
    "responsible": gettext_lazy("Responsible"),
}
ALIKE: dict[str, Promise] = {
    "same_unit": gettext_lazy("same unit"),
    "same_fault": gettext_lazy("same fault"),
    "same_group": gettext_lazy("same kind of fault"),
    "same_part": gettext_lazy("same part of the building"),
    "same_property": gettext_lazy("same building"),
    "near_in_time": gettext_lazy("close in time"),
    "building_wide": gettext_lazy("known in the whole building"),
}


def tickets(n: int) -> str:
    return ngettext("%(n)d ticket", "%(n)d tickets", n) % {"n": n}


def language() -> str:
    return translation.get_language() or "de"


def state(ticket: Ticket) -> Look:
    icon, kind = _STATES[State(ticket.state)]
    return Look(str(State(ticket.state).label), icon, kind)


def urgency(value: str) -> Look:
    icon, kind = _URGENCIES[Urgency(value)]
    return Look(str(Urgency(value).label), icon, kind)


def fault(ticket: Ticket) -> str:
    return catalogue().title(ticket.category, language())


def group(ticket: Ticket) -> str:
    found = catalogue().group_of(ticket.category)
    return found.title.in_(language()) if found else ""


def part(key: str) -> str:
    found = catalogue().parts.get(key)
    return found.in_(language()) if found else key


def where_inside(ticket: Ticket) -> str:
    """``2. OG links``, ``Treppenhaus``, or the reporter's own words."""
    if ticket.unit is not None:
        return stock.position(ticket.unit) or stock.unit_title(ticket.unit)
    return part(ticket.common_part) if ticket.common_part else ticket.place_note


def where(ticket: Ticket) -> str:
    """``Lindemannstraße 12, 44137 Dortmund · 2. OG links``."""
    inside = where_inside(ticket)
    return " · ".join(p for p in (stock.address_line(ticket.property), inside) if p)


def channel(ticket: Ticket) -> str:
    return str(Channel(ticket.channel).label)


def reporter_kind(ticket: Ticket) -> str:
    return str(ReporterKind(ticket.reporter_kind).label)


_EVENTS: dict[str, tuple[Promise, str]] = {
    "reported": (gettext_lazy("reported it"), "circle-plus"),
    "changed": (gettext_lazy("changed details"), "pencil"),
    "assigned": (gettext_lazy("changed who is responsible"), "user-round-cog"),
    "noted": (gettext_lazy("noted"), "message-square-plus"),
    "merged": (gettext_lazy("put it under another ticket"), "combine"),
    "separated": (gettext_lazy("took it out of another ticket"), "split"),
    "member_added": (gettext_lazy("put another ticket under it"), "combine"),
    "member_removed": (gettext_lazy("took another ticket out"), "split"),
    "file_added": (gettext_lazy("added files"), "image-plus"),
    "file_removed": (gettext_lazy("removed files"), "trash-2"),
    "link_renewed": (gettext_lazy("renewed the status link"), "link"),
}
STEP_ICONS = {
    "review": "eye",
    "start": "wrench",
    "wait": "circle-pause",
    "resolve": "circle-check",
    "reject": "circle-x",
    "close": "check-check",
    "confirm": "check-check",
    "reopen": "rotate-ccw",
}


def event(entry: HistoryEntry) -> tuple[str, str]:
    """What somebody did, and its icon."""
    if entry.event in BY_KEY:
        return str(BY_KEY[entry.event].done), STEP_ICONS[entry.event]
    text, icon = _EVENTS.get(entry.event, (entry.event, "circle-dot"))
    return str(text), icon


def changes(entry: HistoryEntry) -> list[dict[str, str]]:
    """Field, before, after, for entries that keep them."""
    if entry.event not in {"changed", "assigned"}:
        return []
    return [
        {"field": str(FIELDS.get(name, name)), "old": _value(name, old), "new": _value(name, new)}
        for name, (old, new) in entry.data.items()
    ]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not value:
        return _("empty")
    if name == "urgency":
        return str(Urgency(value).label)
    if name == "category":
        return catalogue().title(value, language())
    if name == "common_part":
        return part(value)
    if name == "unit_id":
        return _("another unit")
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]} …"
