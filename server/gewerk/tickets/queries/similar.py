"""Which tickets may be the same matter, or one cause in the whole building: a pure function, and the rows that it is asked about.

It only proposes, with its reasons; a person merges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, UUIDField

from gewerk.identity.access import require, sees_orders
from gewerk.journal.actor import Actor
from gewerk.kit.prepared import Given, prepared
from gewerk.tickets.models import Ticket
from gewerk.tickets.states import State

WINDOW = timedelta(days=30)
"""Older reports are another matter."""
_SAME_CAUSE_WITHIN = timedelta(days=2)
"""A heating that fails for several flats is reported within two days."""
_SAME_FAULT_WITHIN = timedelta(days=14)
_SAME_GROUP_WITHIN = timedelta(days=3)
_SPREADS = frozenset(
    {
        "water.no_water",
        "water.drain",
        "water.pipe_burst",
        "heating.no_heating",
        "heating.no_hot_water",
        "electrics.power_out",
        "electrics.bell",
        "electrics.aerial",
        "roof.ceiling_wet",
        "pests.rodents",
        "pests.insects",
        "noise.machinery",
        "noise.smell",
        "windows_doors.house_door",
    }
)
"""Faults with one cause for several flats."""
_COMMON = frozenset({"lift", "stairwell", "outside"})
"""Groups of faults of common parts: everybody reports the same lamp."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared of a ticket."""

    id: UUID
    property_id: UUID
    unit_id: UUID | None
    common_part: str
    category: str
    building_wide: bool
    created_at: datetime

    @property
    def group(self) -> str:
        return self.category.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Likeness:
    """``kind``: ``duplicate`` (the same matter) or ``incident`` (one cause, several places)."""

    other: Matter
    kind: str
    score: int
    """0 to 100: for the order, and above 50 worth showing."""
    reasons: tuple[str, ...]
    """Codes: ``same_unit``, ``same_fault``, ``same_group``, ``same_part``, ``same_property``, ``near_in_time``, ``building_wide``."""


def likeness(one: Matter, other: Matter) -> Likeness | None:
    """None where nothing speaks for it. Symmetric but for ``other``."""
    if one.id == other.id or one.property_id != other.property_id:
        return None
    apart = abs(one.created_at - other.created_at)
    if apart > WINDOW:
        return None
    same_fault = one.category == other.category
    same_group = one.group == other.group
    if one.unit_id is not None and one.unit_id == other.unit_id:
        if same_fault and apart <= _SAME_FAULT_WITHIN:
            return Likeness(other, "duplicate", 90, ("same_unit", "same_fault", "near_in_time"))
        if same_group and apart <= _SAME_GROUP_WITHIN:
            return Likeness(other, "duplicate", 65, ("same_unit", "same_group", "near_in_time"))
        return None
    known = ("building_wide",) if one.building_wide or other.building_wide else ()
    if same_fault and known and apart <= _SAME_FAULT_WITHIN:
        return Likeness(other, "incident", 85, ("same_property", "same_fault", *known))
    if same_fault and one.group in _COMMON and apart <= _SAME_FAULT_WITHIN:
        same_part = one.common_part == other.common_part
        return Likeness(
            other, "duplicate", 80 if same_part else 60, ("same_part" if same_part else "same_property", "same_fault")
        )
    if same_fault and one.category in _SPREADS and apart <= _SAME_CAUSE_WITHIN:
        return Likeness(other, "incident", 75, ("same_property", "same_fault", "near_in_time"))
    if same_fault and one.unit_id is None and other.unit_id is None and apart <= _SAME_GROUP_WITHIN:
        # Flats known by words only: perhaps the same one.
        return Likeness(other, "duplicate", 55, ("same_property", "same_fault", "near_in_time"))
    return None


def likenesses(one: Matter, others: Iterable[Matter]) -> list[Likeness]:
    """What is worth showing, the likeliest first."""
    found = [alike for other in others if (alike := likeness(one, other)) is not None]
    return sorted(found, key=lambda alike: (-alike.score, alike.other.created_at, alike.other.id))


def matter_of(ticket: Ticket) -> Matter:
    return Matter(
        ticket.pk,
        ticket.property_id,
        ticket.unit_id,
        ticket.common_part,
        ticket.category,
        ticket.building_wide,
        ticket.created_at,
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    ticket: Ticket
    likeness: Likeness


_SHOWN = (
    *("number", "title", "state", "urgency", "place_note", "property_id", "created_at"),
    *("common_part", "category", "building_wide", "unit__name", "unit__external_id"),
    *("unit__floor", "unit__floor_raw", "unit__position"),
)


_near = prepared(
    lambda: (
        Ticket.objects.filter(
            organisation_id=Given("organisation", UUIDField()),
            property_id=Given("property", UUIDField()),
            created_at__gte=Given("begin", DateTimeField()),
            created_at__lte=Given("end", DateTimeField()),
            incident__isnull=True,
        )
        .exclude(state__in=[State.REJECTED, State.CLOSED])
        .select_related("unit")
        .only(*_SHOWN)
        .order_by("-created_at", "-id")[:200]
    )
)


def similar_tickets(actor: Actor, ticket: Ticket, *, limit: int = 5) -> list[Proposal]:
    """Tickets of its property that this one, which the actor sees, could go together with: one query.

    Those that follow another are shown as that one.
    """
    require(sees_orders(actor))
    rows = _near(
        organisation=actor.organisation_id,
        property=ticket.property_id,
        begin=ticket.created_at - WINDOW,
        end=ticket.created_at + WINDOW,
    )
    by_id = {row.pk: row for row in rows if row.pk != ticket.pk}
    found = likenesses(matter_of(ticket), [matter_of(row) for row in by_id.values()])
    return [Proposal(by_id[alike.other.id], alike) for alike in found[:limit]]


def known_in_building(property_id: UUID, category: str) -> Ticket | None:
    """An open matter of the whole building that somebody who reports the same there should hear of. Shown without anybody's data."""
    return (
        Ticket.objects.filter(
            property_id=property_id,
            category=category,
            building_wide=True,
            incident__isnull=True,
            responsible__isnull=False,
        )
        .exclude(state__in=[State.REJECTED, State.CLOSED, State.RESOLVED, State.NEW])
        .order_by("-created_at")
        .first()
    )
