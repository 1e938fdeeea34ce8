"""Defects found when the work was looked at: they send the order back to work, each with a deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.projects.access import order_to_edit
from gewerk.projects.models import Defect, WorkOrder
from gewerk.projects.operations.moving import check_step, check_version, move
from gewerk.projects.states import BY_KEY

MOST_DEFECTS = 50


class DefectsAreInvalid(Refusal):
    code = "defects_invalid"
    message = gettext_lazy("Say what is wrong, and until when it shall be mended.")


@dataclass(frozen=True, slots=True)
class Found:
    """One defect as entered."""

    text: str
    due_date: date


def complain(
    *, actor: Actor, order_id: UUID, defects: Sequence[Found], version: int | None = None, now: datetime
) -> WorkOrder:
    """Raises OrderNotFound, Stale, StepNotPossible, DefectsAreInvalid, FORBIDDEN."""
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY["complain"])
    today = now.astimezone(ZoneInfo(order.organisation.time_zone)).date()
    problems = []
    for index, defect in enumerate(defects):
        if not defect.text.strip():
            problems.append(FieldProblem(f"/defects/{index}/text", "required", _("Say what is wrong.")))
        if defect.due_date < today:
            problems.append(FieldProblem(f"/defects/{index}/due_date", "in_the_past", _("This day has passed.")))
    if not 1 <= len(defects) <= MOST_DEFECTS:
        problems.append(FieldProblem("/defects", "too_few", str(DefectsAreInvalid.message)))
    if problems:
        raise DefectsAreInvalid(problems=tuple(problems))
    first = (order.defects.aggregate(last=Max("number"))["last"] or 0) + 1
    Defect.objects.bulk_create(
        Defect(
            order=order,
            number=number,
            text=defect.text.strip(),
            due_date=defect.due_date,
            reported_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
            reported_at=now,
        )
        for number, defect in enumerate(defects, start=first)
    )
    return move(
        actor=actor, order=order, step="complain", now=now, changes={"done_at": None}, data={"defects": len(defects)}
    )
