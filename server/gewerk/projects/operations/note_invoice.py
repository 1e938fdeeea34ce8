"""The firm's invoice has come: its gross sum, until the domain ``billing`` reads invoices itself."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.journal.actor import Actor
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.projects.access import order_to_change
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.limits import HIGHEST_MINOR
from gewerk.projects.operations.moving import check_step, check_version, move
from gewerk.projects.states import BY_KEY


class AmountIsInvalid(Refusal):
    code = "amount_invalid"
    message = _("This amount is not possible.")


def note_invoice(
    *, actor: Actor, order_id: UUID, gross_minor: int, version: int | None = None, now: datetime
) -> WorkOrder:
    """Raises OrderNotFound, Stale, StepNotPossible, AmountIsInvalid, FORBIDDEN."""
    order = order_to_change(actor, order_id)
    check_version(actor, order, version)
    check_step(actor, order, BY_KEY["invoice"])
    if not 0 < gross_minor <= HIGHEST_MINOR:
        problem = FieldProblem("/amount", "out_of_range", str(AmountIsInvalid.message))
        raise AmountIsInvalid(problems=(problem,))
    return move(
        actor=actor,
        order=order,
        step="invoice",
        now=now,
        changes={"invoiced_minor": gross_minor},
        data={"amount_minor": gross_minor, "currency": order.currency},
    )
