"""Agree on a visit's time: take an offered one, wish for others, move what was agreed, cancel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.scheduling.access import parties, visit_to_change
from gewerk.scheduling.models import Slot, Visit
from gewerk.scheduling.notice import check_notice
from gewerk.scheduling.operations.moving import Span, check_spans, check_step, move, offer, step_of, zone_of
from gewerk.scheduling.states import By, State


class SlotIsGone(Refusal):
    """Not of the present round, or passed."""

    kind = RefusalKind.CONFLICT
    code = "slot_gone"
    message = _("This time is no longer offered. Please choose one of the others.")


def take(*, actor: Actor, visit_id: UUID, slot_id: UUID, version: int | None = None, now: datetime) -> Visit:
    """Agree on an offered time: the tenant takes a proposal, the contractor a wish.

    Raises VisitNotFound, SlotIsGone, Stale, StepNotPossible, FORBIDDEN.
    """
    visit = visit_to_change(actor, visit_id, now=now)
    step = step_of("accept_wish" if visit.state == State.COUNTERED else "pick")
    party = check_step(actor, visit, step, version=version, reason="")
    slot = Slot.objects.filter(visit=visit, pk=slot_id, round=visit.round).first()
    if slot is None or slot.starts_at <= now:
        raise SlotIsGone
    slot.taken = True
    slot.save(update_fields=["taken"])
    changes = {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "reminded_at": None}
    return move(actor=actor, visit=visit, step=step, party=party, now=now, changes=changes)


def offer_others(
    *,
    actor: Actor,
    visit_id: UUID,
    spans: Sequence[Span],
    reason: str = "",
    version: int | None = None,
    now: datetime,
) -> Visit:
    """Other times: the tenant counters or asks to move, the contractor proposes again or has to move what was agreed.

    Raises VisitNotFound, TimesAreInvalid, NoticeTooShort, ReasonMissing, Stale, StepNotPossible, FORBIDDEN.
    """
    visit = visit_to_change(actor, visit_id, now=now)
    step = step_of(_others(actor, visit))
    party = check_step(actor, visit, step, version=version, reason=reason)
    check_spans(spans, now=now)
    if party is not By.TENANT:
        for span in spans:
            check_notice(
                visit.purpose,
                country=visit.organisation.country,
                announced_at=now,
                starts_at=span.starts_at,
                zone=zone_of(visit),
                tenant_chooses=True,
            )
    given_up = visit.starts_at
    moved = move(
        actor=actor,
        visit=visit,
        step=step,
        party=party,
        now=now,
        reason=reason,
        changes={"round": visit.round + 1, "starts_at": None, "ends_at": None, "reminded_at": None},
        of_time=given_up,
    )
    offer(moved, spans)
    return moved


def _others(actor: Actor, visit: Visit) -> str:
    tenant = By.TENANT in parties(actor, visit.order)
    if visit.state == State.AGREED:
        return "ask_to_move" if tenant else "reschedule"
    return "counter" if tenant else "propose_again"


def cancel(*, actor: Actor, visit_id: UUID, reason: str, version: int | None = None, now: datetime) -> Visit:
    """Raises VisitNotFound, ReasonMissing, Stale, StepNotPossible, FORBIDDEN."""
    visit = visit_to_change(actor, visit_id, now=now)
    step = step_of("cancel")
    party = check_step(actor, visit, step, version=version, reason=reason)
    return move(actor=actor, visit=visit, step=step, party=party, now=now, reason=reason)


def cancel_open(*, actor: Actor, order_id: UUID, reason: str, now: datetime) -> Visit | None:
    """The order's open visit goes with the order or with its contractor. None where there is none, or somebody is there already."""
    waiting = (State.PROPOSED, State.COUNTERED, State.AGREED)
    found = Visit.objects.filter(order_id=order_id, state__in=waiting).values_list("pk", flat=True).first()
    return cancel(actor=actor, visit_id=found, reason=reason, now=now) if found else None
