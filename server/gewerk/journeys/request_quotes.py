"""Quotes are asked for: the request goes to its firms, and its order waits for them. From a ticket it is one step more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gewerk.journal.actor import Actor
from gewerk.journeys.ticket_to_order import ticket_to_order
from gewerk.marketplace.access import request_to_edit
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.prepare import draft_request
from gewerk.marketplace.operations.send import fixed_gross, send
from gewerk.marketplace.scope import ScopeItem
from gewerk.marketplace.states import Mode
from gewerk.projects.operations.limits import OverLimit, covers
from gewerk.projects.operations.take_step import take_step


def send_request(*, actor: Actor, request_id: UUID, version: int | None = None, now: datetime) -> QuoteRequest:
    """A fixed-price offer binds the manager: its sum must be within the sender's limit.

    Raises as ``marketplace.operations.send.send``, StepNotPossible of the order, OverLimit.
    """
    with transaction.atomic():
        request = request_to_edit(actor, request_id)
        if request.mode == Mode.FIXED_PRICE_OFFER and not covers(actor, fixed_gross(request)):
            raise OverLimit
        request = send(actor=actor, request_id=request_id, version=version, now=now)
        take_step(actor=actor, order_id=request.order_id, step="tender", now=now)
        return request


def request_from_tickets(
    *,
    actor: Actor,
    ticket_ids: Sequence[UUID],
    fields: Mapping[str, Any] | None = None,
    items: Sequence[ScopeItem] | None = None,
    now: datetime,
) -> QuoteRequest:
    """From the report to the drafted request in one go. Raises as ``ticket_to_order`` and ``draft_request``."""
    with transaction.atomic():
        order = ticket_to_order(actor=actor, ticket_ids=ticket_ids, now=now)
        return draft_request(actor=actor, order_id=order.pk, fields=fields, items=items, now=now)
