"""The deadline is over: the quotes are opened and the order says so; an offer that nobody took ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor, system
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.end_request import end_request
from gewerk.marketplace.operations.open_quotes import due_requests, open_quotes, run_out_offers
from gewerk.projects.operations.take_step import take_step


def open_request(*, actor: Actor, request_id: UUID, now: datetime) -> QuoteRequest:
    """Raises RequestNotFound, StepNotPossible, StillSealed, FORBIDDEN."""
    with transaction.atomic():
        request = open_quotes(actor=actor, request_id=request_id, now=now)
        take_step(actor=system(request.organisation_id), order_id=request.order_id, step="receive_quotes", now=now)
        return request


def open_due_requests(*, now: datetime) -> int:
    """For the worker: each in a transaction of its own; one that somebody else was faster with is left. Returns how many."""
    done = 0
    for one in due_requests(now=now):
        try:
            with writing_transaction():
                open_request(actor=system(one.organisation_id), request_id=one.pk, now=now)
        except Refusal:
            continue
        done += 1
    for one in run_out_offers(now=now):
        with writing_transaction(), translation.override(one.organisation.language):
            _end_offer(one, now)
        done += 1
    return done


def _end_offer(offer: QuoteRequest, now: datetime) -> None:
    actor = system(offer.organisation_id)
    reason = _("None of the firms took the job at this price in its time.")
    end_request(actor=actor, request_id=offer.pk, reason=reason, now=now)
    take_step(actor=actor, order_id=offer.order_id, step="end_tender", reason=reason, now=now)
