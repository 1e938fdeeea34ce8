"""Somebody whose limit suffices agrees: the order is awarded, or the variation approved, with it. Or refuses, with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gewerk.identity.access import actor_for, edits_orders, live_memberships
from gewerk.identity.models import Person
from gewerk.journal.actor import Actor
from gewerk.journeys.award_quote import award_chosen
from gewerk.marketplace.access import live_request_of
from gewerk.projects.access import approval_for
from gewerk.projects.models import Approval, AwardKind
from gewerk.projects.operations.approvals import approve
from gewerk.projects.operations.award import award_to_firm
from gewerk.projects.operations.variations import approve_variation


def approve_and_go_on(*, actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """The approval, and what it was asked for, in one transaction.

    Raises as ``approve``, ``award_to_firm`` and ``approve_variation`` do; then nothing is approved either.
    """
    with transaction.atomic():
        request = live_request_of(approval_for(actor, approval_id).order_id)
        approval = approve(actor=actor, approval_id=approval_id, now=now)
        if approval.variation_id is not None:
            approve_variation(actor=actor, variation_id=approval.variation_id, now=now)
            return approval
        awarding = _who_awards(actor, approval.asked_by, now=now)
        if awarding is not None and approval.award_kind == AwardKind.QUOTE and request is not None:
            award_chosen(actor=awarding, request=request, now=now)
        elif awarding is not None and approval.firm_id is not None:
            award_to_firm(
                actor=awarding,
                order_id=approval.order_id,
                firm_id=approval.firm_id,
                kind=approval.award_kind,
                now=now,
            )
        return approval


def _who_awards(actor: Actor, asked_by: Person | None, *, now: datetime) -> Actor | None:
    """Whoever approves, where they work on orders; of a finance officer's approval whoever asked; else it waits for somebody."""
    if edits_orders(actor):
        return actor
    if asked_by is None:
        return None
    asking = actor_for(asked_by, actor.organisation_id, memberships=live_memberships(asked_by, now=now))
    return asking if edits_orders(asking) else None
