"""Scope and price of an order, until it is awarded. The sums are kept on the order itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.models import FrameworkPrice
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.access import order_to_edit
from gewerk.projects.items import Line, problems_of, totals_of
from gewerk.projects.models import Approval, ApprovalState, OrderItem, Variation, WorkOrder
from gewerk.projects.operations.moving import check_version, note, save
from gewerk.projects.states import OPEN_FOR_ITEMS


class ItemsAreInvalid(Refusal):
    code = "items_invalid"
    message = _("Please check the items.")


class ItemsAreFixed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "items_fixed"
    message = _("The order is awarded: scope and price change by variations only.")


def set_items(
    *, actor: Actor, order_id: UUID, lines: Sequence[Line], version: int | None = None, now: datetime
) -> WorkOrder:
    """Put these items in the place of the order's. An approval asked for other items is withdrawn.

    Raises OrderNotFound, Stale, ItemsAreFixed, ItemsAreInvalid.
    """
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    put_items(actor=actor, order=order, lines=lines, now=now)
    return order


def put_items(*, actor: Actor, order: WorkOrder, lines: Sequence[Line], now: datetime) -> None:
    """As ``set_items``, on an order that is locked already."""
    if order.state not in OPEN_FOR_ITEMS:
        raise ItemsAreFixed
    check_lines(actor, order, lines)
    order.items.filter(variation__isnull=True).delete()
    write_lines(order, lines)
    withdrawn = Approval.objects.filter(order=order, state=ApprovalState.ASKED).update(
        state=ApprovalState.WITHDRAWN, decided_at=now
    )
    sums = totals_of(lines)
    save(order, now=now, changes={"items_net_minor": sums.net, "items_gross_minor": sums.gross})
    counts = {"items": len(lines), "gross_minor": sums.gross}
    note(
        actor=actor,
        order=order,
        event="items_changed",
        now=now,
        data={**counts, "currency": order.currency},
        internal=True,
        journal={**counts, "approvals_withdrawn": withdrawn},
    )


def check_lines(actor: Actor, order: WorkOrder, lines: Sequence[Line]) -> None:
    """Raises ItemsAreInvalid; framework prices must be the manager's own, in the order's currency."""
    problems = list(problems_of(lines))
    wanted = {line.framework_price_id for line in lines if line.framework_price_id is not None}
    if wanted:
        rows = FrameworkPrice.objects.filter(organisation_id=order.organisation_id, pk__in=wanted)
        if actor.organisation_id != order.organisation_id:
            rows = rows.filter(firm_id=actor.organisation_id)
        known = dict(rows.values_list("pk", "currency"))
        problems += [
            FieldProblem(f"/items/{index}/framework_price_id", "unknown", str(_("There is no such framework price.")))
            for index, line in enumerate(lines)
            if line.framework_price_id is not None and known.get(line.framework_price_id) != order.currency
        ]
    if problems:
        raise ItemsAreInvalid(problems=tuple(problems))


def write_lines(order: WorkOrder, lines: Sequence[Line], variation: Variation | None = None) -> None:
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            variation=variation,
            position=position,
            kind=line.kind,
            text=line.text.strip(),
            quantity_thousandths=line.quantity_thousandths,
            unit=line.unit.strip(),
            unit_price_minor=line.unit_price_minor,
            vat_basis_points=line.vat_basis_points,
            net_minor=line.net_minor,
            framework_price_id=line.framework_price_id,
        )
        for position, line in enumerate(lines, start=1)
    )
