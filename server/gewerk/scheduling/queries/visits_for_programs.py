"""Visits and completions as the API shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from gewerk.files.queries import files_of_many
from gewerk.journal.actor import Actor
from gewerk.scheduling.access import completions, visit_for, visits
from gewerk.scheduling.models import Completion, CompletionItem, Slot, Visit
from gewerk.scheduling.operations.capture import OBJECT

Row = dict[str, Any]


def visit_page(
    actor: Actor,
    *,
    order_id: UUID | None,
    state: str | None,
    updated_since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    now: datetime,
) -> tuple[list[Row], tuple[datetime, UUID] | None]:
    """By (updated_at, id): three queries; and the place to go on after."""
    rows = visits(actor, now=now).order_by("updated_at", "id")
    rows = rows.filter(order_id=order_id) if order_id else rows
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(updated_at__gte=updated_since) if updated_since else rows
    if after is not None:
        rows = rows.filter(Q(updated_at__gt=after[0]) | Q(updated_at=after[0], pk__gt=after[1]))
    found = list(rows.prefetch_related(_slots())[: limit + 1])
    shown = found[:limit]
    last = (shown[-1].updated_at, shown[-1].pk) if len(found) > limit else None
    return [visit_row(one) for one in shown], last


def one_visit(actor: Actor, visit_id: UUID, *, now: datetime) -> tuple[Row, int]:
    """The row and its version. Raises VisitNotFound."""
    found = visit_for(actor, visit_id, now=now)
    return visit_row(found), found.version


def visit_row(one: Visit) -> Row:
    return {
        "id": one.pk,
        "work_order_id": one.order_id,
        "number": one.number,
        "purpose": one.purpose,
        "state": one.state,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "arrived_at": one.arrived_at,
        "ended_at": one.ended_at,
        "slots": [
            {"id": slot.pk, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
            for slot in sorted(one.slots.all(), key=lambda slot: slot.starts_at)
            if slot.round == one.round
        ],
        "version": one.version,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _slots() -> "Prefetch[str]":
    return Prefetch("slots", Slot.objects.order_by("starts_at"))


def visit_history(actor: Actor, visit_id: UUID, *, now: datetime) -> list[Row]:
    """Oldest first. Raises VisitNotFound."""
    found = visit_for(actor, visit_id, now=now)
    return [
        {
            "at": entry.at,
            "party": entry.party,
            "step": entry.step,
            "from_state": entry.from_state or None,
            "to_state": entry.to_state,
            "starts_at": entry.starts_at,
            "reason": entry.reason or None,
        }
        for entry in found.history.order_by("id")
    ]


def completions_of(actor: Actor, order_id: UUID) -> list[Row]:
    """Of an order, as they were captured, with their files: three queries."""
    rows = completions(actor).filter(order_id=order_id).order_by("captured_at", "id")
    found = list(rows.prefetch_related(Prefetch("items", CompletionItem.objects.order_by("position"))))
    files = files_of_many(OBJECT, [one.pk for one in found])
    return [completion_row(one, files.get(one.pk, [])) for one in found]


def completion_row(one: Completion, links: Any) -> Row:
    arrived = {(link.file.sha256, link.purpose) for link in links}
    return {
        "id": one.pk,
        "work_order_id": one.order_id,
        "visit_id": one.visit_id,
        "state": one.state,
        "captured_at": one.captured_at,
        "received_at": one.received_at,
        "finishes": one.finishes,
        "text": one.text,
        "minutes": one.minutes,
        "checklist": one.checklist,
        "items": [
            {
                "kind": item.kind,
                "text": item.text,
                "quantity": f"{item.quantity_thousandths / 1000:.3f}".rstrip("0").rstrip("."),
                "unit": item.unit,
            }
            for item in one.items.all()
        ],
        "signed_by": one.signed_by or None,
        "files": [{"id": link.file_id, "purpose": link.purpose, "name": link.name} for link in links],
        "missing": [
            {"sha256": file["sha256"], "purpose": file["purpose"]}
            for file in one.expected_files
            if (file["sha256"], file["purpose"]) not in arrived
        ],
    }
