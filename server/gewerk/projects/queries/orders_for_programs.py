"""Orders, variations, approvals as the API shows them. Money in minor units of the order's currency, quantities as decimal text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gewerk.journal.actor import Actor
from gewerk.projects.access import approvals, contact_of, order_for, orders, steps_for
from gewerk.projects.items import split_of
from gewerk.projects.models import Approval, Defect, HistoryEntry, OrderItem, Variation, WorkOrder
from gewerk.projects.operations.limits import limits_of

Row = dict[str, Any]

_RELATED = ("property", "unit", "tenant", "firm", "crew", "responsible", "recall_of")
HISTORY_LINES = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders; None: whichever."""

    state: str | None = None
    property_id: UUID | None = None
    firm_id: UUID | None = None
    crew_id: UUID | None = None
    ticket_id: UUID | None = None
    number: str | None = None
    updated_since: datetime | None = None


def page(
    actor: Actor, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[Row], tuple[datetime, UUID] | None]:
    """Up to ``limit`` orders by (updated_at, id) with their items, and where to go on: five queries."""
    rows = _matching(actor, wanted)
    if after is not None:
        moment, last = after
        rows = rows.filter(Q(updated_at__gt=moment) | Q(updated_at=moment, id__gt=last))
    found = list(
        rows.order_by("updated_at", "id")
        .select_related(*_RELATED)
        .prefetch_related("items", "ticket_links")[: limit + 1]
    )
    shown = found[:limit]
    last_place = (shown[-1].updated_at, shown[-1].pk) if len(found) > limit else None
    return [order_row(actor, one) for one in shown], last_place


def one(actor: Actor, order_id: UUID) -> tuple[Row, int]:
    """The order and its version (the ETag). Raises OrderNotFound."""
    found = (
        orders(actor).select_related(*_RELATED).prefetch_related("items", "ticket_links").filter(pk=order_id).first()
    )
    found = found or order_for(actor, order_id)
    return order_row(actor, found), found.version


def _matching(actor: Actor, wanted: Wanted) -> QuerySet[WorkOrder]:
    rows = orders(actor)
    for name in ("state", "property_id", "firm_id", "crew_id", "number"):
        value = getattr(wanted, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if wanted.ticket_id is not None:
        rows = rows.filter(ticket_links__ticket_id=wanted.ticket_id)
    if wanted.updated_since is not None:
        rows = rows.filter(updated_at__gte=wanted.updated_since)
    return rows


def order_row(actor: Actor, one: WorkOrder) -> Row:
    own = sorted((item for item in one.items.all() if item.variation_id is None), key=lambda item: item.position)
    split = split_of(own)
    contact = contact_of(actor, one)
    return {
        "id": one.pk,
        "number": one.number,
        "title": one.title,
        "text": one.text or None,
        "trade": one.trade or None,
        "urgency": one.urgency,
        "state": one.state,
        "state_at": one.state_at,
        "steps": [step.key for step in steps_for(actor, one)],
        "property_id": one.property_id,
        "property_external_id": one.property.external_id,
        "unit_id": one.unit_id,
        "place_note": one.place_note or None,
        "tenant_id": one.tenant_id,
        "contact": None
        if contact is None
        else {
            "name": contact.name or None,
            "phone": contact.phone or None,
            "email": contact.email or None,
            "access_notes": contact.access_notes or None,
            "pets": contact.pets or None,
        },
        "pair_visit": one.pair_visit,
        "firm_id": one.firm_id,
        "firm_name": one.firm.name if one.firm else None,
        "crew_id": one.crew_id,
        "crew_name": one.crew.name if one.crew else None,
        "award_kind": one.award_kind or None,
        "awarded_at": one.awarded_at,
        "confirmed_at": one.confirmed_at,
        "responsible_id": one.responsible_id,
        "due_date": one.due_date,
        "done_at": one.done_at,
        "accepted_at": one.accepted_at,
        "warranty_until_date": one.warranty_until_date,
        "recall_of_id": one.recall_of_id,
        "ticket_ids": sorted((link.ticket_id for link in one.ticket_links.all()), key=str),
        "account_code": one.account_code or None,
        "insurance_claim": one.insurance_claim,
        "insurer": one.insurer or None,
        "claim_number": one.claim_number or None,
        "currency": one.currency,
        "items": [item_row(item) for item in own],
        "sums": {
            "budget_minor": one.budget_minor,
            "net_minor": one.items_net_minor,
            "gross_minor": one.items_gross_minor,
            "labour_gross_minor": split.labour_gross,
            "other_gross_minor": split.other_gross,
            "variations_gross_minor": one.variations_gross_minor,
            "committed_minor": one.committed_minor,
            "approved_minor": one.approved_minor,
            "invoiced_minor": one.invoiced_minor,
        },
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def item_row(item: OrderItem) -> Row:
    return {
        "kind": item.kind,
        "text": item.text,
        "quantity": plain(Decimal(item.quantity_thousandths).scaleb(-3)),
        "unit": item.unit,
        "unit_price_minor": item.unit_price_minor,
        "vat_rate": plain(Decimal(item.vat_basis_points).scaleb(-2)),
        "net_minor": item.net_minor,
        "framework_price_id": item.framework_price_id,
    }


def plain(value: Decimal) -> str:
    """Decimals travel as text without exponent and without zeros at the end: ``1.5``, ``19``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def history_rows(actor: Actor, order_id: UUID) -> list[Row]:
    """What happened, the oldest first, at most 500 lines. A contractor does not see the internal ones."""
    order = order_for(actor, order_id)
    lines = HistoryEntry.objects.filter(order=order)
    if actor.organisation_id != order.organisation_id:
        lines = lines.filter(internal=False)
    return [
        {
            "id": line.pk,
            "at": line.at,
            "event": line.event,
            "from_state": line.from_state or None,
            "to_state": line.to_state or None,
            "reason": line.reason or None,
            "actor_kind": line.actor_kind,
            "actor_id": line.actor_id,
            "actor_organisation_id": line.actor_organisation_id,
        }
        for line in lines.order_by("id")[:HISTORY_LINES]
    ]


def variation_rows(actor: Actor, order_id: UUID) -> list[Row]:
    rows = Variation.objects.filter(order=order_for(actor, order_id)).prefetch_related("items").order_by("number")
    return [variation_row(one) for one in rows]


def variation_row(one: Variation) -> Row:
    return {
        "id": one.pk,
        "order_id": one.order_id,
        "number": one.number,
        "reason": one.reason,
        "state": one.state,
        "net_minor": one.net_minor,
        "gross_minor": one.gross_minor,
        "items": [item_row(item) for item in sorted(one.items.all(), key=lambda item: item.position)],
        "asked_at": one.asked_at,
        "decided_at": one.decided_at,
        "decision_reason": one.decision_reason or None,
    }


def defect_rows(actor: Actor, order_id: UUID) -> list[Row]:
    rows: Sequence[Defect] = list(Defect.objects.filter(order=order_for(actor, order_id)).order_by("number"))
    return [
        {
            "id": one.pk,
            "number": one.number,
            "text": one.text,
            "due_date": one.due_date,
            "reported_at": one.reported_at,
            "mended_at": one.mended_at,
            "accepted_at": one.accepted_at,
        }
        for one in rows
    ]


def approval_rows(actor: Actor, *, state: str | None, limit: int) -> list[Row]:
    """The longest waiting first; at most ``limit``."""
    rows = approvals(actor).select_related("order")
    if state is not None:
        rows = rows.filter(state=state)
    return [approval_row(one) for one in rows.order_by("asked_at", "id")[:limit]]


def approval_row(one: Approval) -> Row:
    return {
        "id": one.pk,
        "order_id": one.order_id,
        "order_number": one.order.number,
        "variation_id": one.variation_id,
        "firm_id": one.firm_id,
        "amount_minor": one.amount_minor,
        "currency": one.order.currency,
        "state": one.state,
        "note": one.note or None,
        "reason": one.reason or None,
        "asked_by_id": one.asked_by_id,
        "asked_at": one.asked_at,
        "decided_by_id": one.decided_by_id,
        "decided_at": one.decided_at,
    }


def limit_rows(actor: Actor, currency: str) -> list[Row]:
    return [
        {"role": role, "amount_minor": amount, "currency": currency}
        for role, amount in limits_of(actor.organisation_id).items()
    ]
