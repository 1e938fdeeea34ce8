"""Visits of orders, with the slots that count now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from gewerk.journal.actor import Actor
from gewerk.scheduling.access import visits
from gewerk.scheduling.models import Slot, Visit
from gewerk.scheduling.states import OPEN, WITH_TIME
from gewerk.scheduling.wall_time import day_begins


@dataclass(frozen=True, slots=True)
class Offered:
    """A visit and the times of its present round that may still be taken."""

    visit: Visit
    slots: list[Slot]


def visits_of(actor: Actor, order_id: UUID, *, now: datetime) -> list[Offered]:
    """Of an order, the newest first: two queries."""
    rows = visits(actor, now=now).filter(order_id=order_id).order_by("-number")
    return [
        _offered(visit, now) for visit in rows.prefetch_related(Prefetch("slots", Slot.objects.order_by("starts_at")))
    ]


def current_visit(order_id: UUID) -> Visit | None:
    """The order's open visit."""
    return Visit.objects.filter(order_id=order_id, state__in=OPEN).select_related("order", "organisation").first()


def next_visits(order_ids: Collection[UUID]) -> dict[UUID, Visit]:
    """The open visit of each of these orders, for lists: one query."""
    return {visit.order_id: visit for visit in Visit.objects.filter(order_id__in=order_ids, state__in=OPEN)}


def offered_slots(visit: Visit, *, now: datetime) -> list[Slot]:
    """Of the present round, still ahead."""
    return list(visit.slots.filter(round=visit.round, starts_at__gt=now).order_by("starts_at"))


def calendar(actor: Actor, *, first: date, last: date, zone: ZoneInfo, now: datetime) -> list[Visit]:
    """Visits with a time that touch the local days ``first`` to ``last``, both inclusive, in order of time: one query."""
    begin, end = day_begins(first, zone), day_begins(last + timedelta(days=1), zone)
    rows = visits(actor, now=now).filter(state__in=sorted(WITH_TIME), starts_at__lt=end, ends_at__gt=begin)
    return list(
        rows.select_related("order__property", "order__unit", "order__firm", "order__crew").order_by("starts_at", "id")
    )


def _offered(visit: Visit, now: datetime) -> Offered:
    return Offered(visit, [slot for slot in visit.slots.all() if slot.round == visit.round and slot.starts_at > now])
