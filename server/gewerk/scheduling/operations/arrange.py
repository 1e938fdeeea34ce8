"""Make a visit: propose times, wish for some, or announce one. The order's state is the journey ``agree_visit``'s matter."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import require
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.models import WorkOrder
from gewerk.projects.states import State as OrderState
from gewerk.scheduling.access import order_for_visit, parties
from gewerk.scheduling.models import Visit
from gewerk.scheduling.notice import Purpose, check_notice
from gewerk.scheduling.operations.moving import Span, check_spans, offer, step_of, tell
from gewerk.scheduling.states import OPEN, By, Step

VISITED = frozenset({OrderState.AWARDED, OrderState.BOOKED, OrderState.IN_PROGRESS})
"""Somebody has the order, and work is still to be done."""


class OrderNeedsNoVisit(Refusal):
    kind = RefusalKind.CONFLICT
    code = "order_needs_no_visit"
    message = _("A visit needs an order that somebody has and that is not done yet.")


class VisitIsOpen(Refusal):
    kind = RefusalKind.CONFLICT
    code = "visit_open"
    message = _("A visit is being arranged for this order already. Change that one, or cancel it first.")


def propose(
    *, actor: Actor, order_id: UUID, spans: Sequence[Span], purpose: str = Purpose.REPAIR, now: datetime
) -> Visit:
    """Offer times to the tenant. Raises OrderNotFound, OrderNeedsNoVisit, VisitIsOpen, TimesAreInvalid, NoticeTooShort."""
    order, party = _open(actor, order_id, "propose", now)
    check_spans(spans, now=now)
    _check_all(order, spans, purpose, now=now, tenant_chooses=True)
    return _make(actor, order, step_of("propose"), party, purpose, now=now, spans=spans)


def wish(*, actor: Actor, order_id: UUID, spans: Sequence[Span], now: datetime) -> Visit:
    """The tenant says when it suits. Raises OrderNotFound, OrderNeedsNoVisit, VisitIsOpen, TimesAreInvalid."""
    order, party = _open(actor, order_id, "wish", now)
    check_spans(spans, now=now)
    return _make(actor, order, step_of("wish"), party, Purpose.REPAIR, now=now, spans=spans)


def announce(*, actor: Actor, order_id: UUID, span: Span, purpose: str = Purpose.REPAIR, now: datetime) -> Visit:
    """Set a time without the tenant's choice; where somebody lives, the notice period must be kept.

    Raises OrderNotFound, OrderNeedsNoVisit, VisitIsOpen, TimesAreInvalid, NoticeTooShort.
    """
    order, party = _open(actor, order_id, "announce", now)
    check_spans([span], now=now)
    if order.tenant_id is not None or order.unit_id is not None:
        _check_all(order, [span], purpose, now=now, tenant_chooses=False)
    return _make(actor, order, step_of("announce"), party, purpose, now=now, span=span)


def _open(actor: Actor, order_id: UUID, step: str, now: datetime) -> tuple[WorkOrder, By]:
    order = order_for_visit(actor, order_id, now=now)
    possible = parties(actor, order) & step_of(step).by
    require(bool(possible))
    # whoever else makes a visit of this order waits here
    order = WorkOrder.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=order.pk)
    if order.state not in VISITED:
        raise OrderNeedsNoVisit
    if Visit.objects.filter(order=order, state__in=OPEN).exists():
        raise VisitIsOpen
    return order, sorted(possible, key=list(By).index)[0]


def _check_all(order: WorkOrder, spans: Sequence[Span], purpose: str, *, now: datetime, tenant_chooses: bool) -> None:
    zone = ZoneInfo(order.organisation.time_zone)
    for span in spans:
        check_notice(
            purpose,
            country=order.organisation.country,
            announced_at=now,
            starts_at=span.starts_at,
            zone=zone,
            tenant_chooses=tenant_chooses,
        )


def _make(
    actor: Actor,
    order: WorkOrder,
    step: Step,
    party: By,
    purpose: str,
    *,
    now: datetime,
    spans: Sequence[Span] = (),
    span: Span | None = None,
) -> Visit:
    visit = Visit(
        organisation=order.organisation,
        order=order,
        number=Visit.objects.filter(order=order).count() + 1,
        purpose=purpose,
        state=step.target,
        state_at=now,
        starts_at=span.starts_at if span else None,
        ends_at=span.ends_at if span else None,
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as taken:
        raise VisitIsOpen from taken
    offer(visit, spans)
    tell(actor=actor, visit=visit, step=step, party=party, before="", now=now)
    return visit
