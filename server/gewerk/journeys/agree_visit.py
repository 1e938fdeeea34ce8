"""A visit is agreed on, moved, given up: the order follows. Each function is one transaction of the door that calls it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.take_step import take_step
from gewerk.projects.states import State as OrderState
from gewerk.scheduling.models import Visit
from gewerk.scheduling.notice import Purpose
from gewerk.scheduling.operations import answer, arrange, on_site
from gewerk.scheduling.operations.moving import Span


def announce_visit(*, actor: Actor, order_id: UUID, span: Span, purpose: str = Purpose.REPAIR, now: datetime) -> Visit:
    """A visit at a set time books the order."""
    visit = arrange.announce(actor=actor, order_id=order_id, span=span, purpose=purpose, now=now)
    _order_follows(visit, "book", {OrderState.AWARDED}, now=now)
    return visit


def take_slot(*, actor: Actor, visit_id: UUID, slot_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """Somebody takes an offered time: the order is booked."""
    visit = answer.take(actor=actor, visit_id=visit_id, slot_id=slot_id, version=version, now=now)
    _order_follows(visit, "book", {OrderState.AWARDED}, now=now)
    return visit


def offer_other_times(
    *, actor: Actor, visit_id: UUID, spans: Sequence[Span], reason: str = "", version: int | None = None, now: datetime
) -> Visit:
    """Other times are wanted; where one was agreed, the order needs a new visit."""
    visit = answer.offer_others(actor=actor, visit_id=visit_id, spans=spans, reason=reason, version=version, now=now)
    _order_follows(visit, "unbook", {OrderState.BOOKED}, now=now, reason=_("The visit is being moved."))
    return visit


def cancel_visit(*, actor: Actor, visit_id: UUID, reason: str, version: int | None = None, now: datetime) -> Visit:
    visit = answer.cancel(actor=actor, visit_id=visit_id, reason=reason, version=version, now=now)
    _order_follows(visit, "unbook", {OrderState.BOOKED}, now=now, reason=_("The visit was cancelled."))
    return visit


def arrive(*, actor: Actor, visit_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """Somebody is there: the work begins."""
    visit = on_site.arrive(actor=actor, visit_id=visit_id, version=version, now=now)
    _order_follows(visit, "start", {OrderState.AWARDED, OrderState.BOOKED}, now=now)
    return visit


def end_visit(*, actor: Actor, visit_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """The visit is over; whether the work is done, a completion says."""
    visit = on_site.attend(actor=actor, visit_id=visit_id, version=version, now=now)
    _order_follows(visit, "start", {OrderState.AWARDED, OrderState.BOOKED}, now=now)
    return visit


def no_access(*, actor: Actor, visit_id: UUID, reason: str, version: int | None = None, now: datetime) -> Visit:
    """Nobody opened: the order needs a new visit."""
    visit = on_site.no_access(actor=actor, visit_id=visit_id, reason=reason, version=version, now=now)
    _needs_another(visit, now, _("Nobody opened."))
    return visit


def not_attended(*, actor: Actor, visit_id: UUID, reason: str = "", version: int | None = None, now: datetime) -> Visit:
    """Nobody came: the order needs a new visit."""
    visit = on_site.not_attended(actor=actor, visit_id=visit_id, reason=reason, version=version, now=now)
    _needs_another(visit, now, _("Nobody came."))
    return visit


def _needs_another(visit: Visit, now: datetime, reason: str) -> None:
    _order_follows(visit, "unbook", {OrderState.BOOKED, OrderState.IN_PROGRESS}, now=now, reason=reason)


def _order_follows(visit: Visit, step: str, sources: set[OrderState], *, now: datetime, reason: str = "") -> None:
    """Gewerk itself takes the order's step: who agreed stands in the visit's history."""
    state = WorkOrder.objects.values_list("state", flat=True).get(pk=visit.order_id)
    if state in sources:
        take_step(actor=system(visit.organisation_id), order_id=visit.order_id, step=step, reason=reason, now=now)
