"""Award at framework prices: the prices agreed become the order's items, their firm gets it. From a ticket it is one step more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import FirmNotFound
from gewerk.firms.models import FrameworkPrice
from gewerk.firms.queries.prices import chosen
from gewerk.journal.actor import Actor
from gewerk.journeys.ticket_to_order import ticket_to_order
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.items import Line
from gewerk.projects.models import Approval, AwardKind, WorkOrder
from gewerk.projects.operations.approvals import ask_for_award
from gewerk.projects.operations.award import award_to_crew, award_to_firm
from gewerk.projects.operations.limits import OverLimit
from gewerk.projects.operations.set_items import set_items


class PricesOfSeveralFirms(Refusal):
    kind = RefusalKind.CONFLICT
    code = "prices_of_several_firms"
    message = _("These prices were agreed with different firms. An order goes to one firm.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A framework price with how much of it is needed, in thousandths of its unit."""

    price_id: UUID
    quantity_thousandths: int = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """``approval``: the sum was above the actor's limit, somebody else is asked; the order is not awarded yet."""

    order: WorkOrder
    approval: Approval | None = None


def award_at_framework_price(
    *,
    actor: Actor,
    order_id: UUID,
    taken: Sequence[Taken],
    as_of: date,
    version: int | None = None,
    comment: str = "",
    now: datetime,
) -> Outcome:
    """``as_of`` is today where the organisation is: the prices must hold then.

    Raises OrderNotFound, Stale, FirmNotFound (a price that does not hold or is not the actor's), PricesOfSeveralFirms,
    FirmIsBlocked, ItemsAreInvalid, StepNotPossible.
    """
    prices = chosen(actor, [one.price_id for one in taken], as_of=as_of)
    if not prices or len(prices) != len({one.price_id for one in taken}):
        raise FirmNotFound(
            _("One of these prices does not hold any more. Choose anew."),
            kind=RefusalKind.CONFLICT,
            code="price_does_not_hold",
            problems=(FieldProblem("/prices", "does_not_hold", str(_("One of these prices does not hold any more."))),),
        )
    if len({price.firm_id for price in prices}) > 1:
        raise PricesOfSeveralFirms
    amounts = {one.price_id: one.quantity_thousandths for one in taken}
    lines = [line_of(price, amounts[price.pk]) for price in prices]
    order = set_items(actor=actor, order_id=order_id, lines=lines, version=version, now=now)
    return award_or_ask(
        actor=actor,
        order_id=order.pk,
        firm_id=prices[0].firm_id,
        kind=AwardKind.FRAMEWORK,
        comment=comment,
        now=now,
    )


def award_or_ask(
    *,
    actor: Actor,
    order_id: UUID,
    firm_id: UUID,
    kind: str = AwardKind.BY_HAND,
    comment: str = "",
    version: int | None = None,
    now: datetime,
) -> Outcome:
    """Award where the actor's limit suffices, else ask somebody whose does. Raises as ``award_to_firm`` and ``ask_for_award``."""
    common: dict[str, Any] = {
        "actor": actor,
        "order_id": order_id,
        "firm_id": firm_id,
        "kind": kind,
        "version": version,
        "now": now,
    }
    try:
        return Outcome(award_to_firm(note=comment, **common))
    except OverLimit:
        approval = ask_for_award(comment=comment, **common)
        return Outcome(approval.order, approval)


def award_ticket(
    *,
    actor: Actor,
    ticket_ids: Sequence[UUID],
    taken: Sequence[Taken] = (),
    crew_id: UUID | None = None,
    fields: Mapping[str, Any] | None = None,
    as_of: date,
    now: datetime,
) -> Outcome:
    """From the report to the awarded order in one go: at framework prices, or to an own crew."""
    order = ticket_to_order(actor=actor, ticket_ids=ticket_ids, fields=fields, now=now)
    if crew_id is not None:
        return Outcome(award_to_crew(actor=actor, order_id=order.pk, crew_id=crew_id, now=now))
    return award_at_framework_price(actor=actor, order_id=order.pk, taken=taken, as_of=as_of, now=now)


def line_of(price: FrameworkPrice, quantity_thousandths: int) -> Line:
    """The price as an item."""
    return Line(
        text=price.text,
        quantity_thousandths=quantity_thousandths,
        unit=price.unit,
        unit_price_minor=price.net_minor,
        vat_basis_points=price.vat_basis_points,
        kind=price.kind,
        framework_price_id=price.pk,
    )
