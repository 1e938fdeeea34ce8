"""Quotes are asked for: the request goes to its firms, and its order waits for them. From a ticket it is one step more.

The photos of the order (those of its tickets among them) go along: whoever is invited sees them. Other files stay with the order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gewerk.files.access import FileNotFound
from gewerk.files.models import FileKind, FileLink, StoredFile
from gewerk.files.operations.link import link, unlink
from gewerk.files.queries import files_of
from gewerk.journal.actor import Actor
from gewerk.journeys.ticket_to_order import ORDER, ticket_to_order
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import REQUEST_FILES, request_to_edit
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.prepare import RequestIsSent, draft_request
from gewerk.marketplace.operations.send import fixed_gross, send
from gewerk.marketplace.scope import ScopeItem
from gewerk.marketplace.states import Mode, State
from gewerk.projects.operations.limits import OverLimit, covers
from gewerk.projects.operations.take_step import take_step

PURPOSE = "request"
MOST_FILES = 40


class RequestIsOver(Refusal):
    kind = RefusalKind.CONFLICT
    code = "request_over"
    message = _("No quotes are awaited any more; files cannot be added.")


class TooManyFiles(Refusal):
    code = "too_many_files"
    message = _("Forty files are enough.")


def begin_request(
    *,
    actor: Actor,
    order_id: UUID,
    fields: Mapping[str, Any] | None = None,
    items: Sequence[ScopeItem] | None = None,
    now: datetime,
) -> QuoteRequest:
    """A draft with the photos of its order. Raises as ``draft_request``."""
    with transaction.atomic():
        request = draft_request(actor=actor, order_id=order_id, fields=fields, items=items, now=now)
        for one in files_of(ORDER, order_id):
            if one.file.kind == FileKind.IMAGE:
                link(
                    actor=actor,
                    file=one.file,
                    object_type=REQUEST_FILES,
                    object_id=request.pk,
                    name=one.name,
                    purpose=PURPOSE,
                    caption=one.caption,
                    now=now,
                )
        return request


def keep_request_files(
    *, actor: Actor, request_id: UUID, files: Sequence[tuple[StoredFile, str]], now: datetime
) -> list[FileLink]:
    """Photos and plans for the invited firms, while the request is a draft or quotes are awaited.

    Raises RequestNotFound, RequestIsOver, TooManyFiles.
    """
    request = request_to_edit(actor, request_id)
    if request.state not in {State.DRAFT, State.OPEN}:
        raise RequestIsOver
    if len(files_of(REQUEST_FILES, request.pk)) + len(files) > MOST_FILES:
        raise TooManyFiles
    return [
        link(
            actor=actor, file=file, object_type=REQUEST_FILES, object_id=request.pk, name=name, purpose=PURPOSE, now=now
        )
        for file, name in files
    ]


def drop_request_file(*, actor: Actor, request_id: UUID, file_id: UUID, now: datetime) -> None:
    """The firms shall not see it; it stays with the order. Draft only. Raises RequestNotFound, RequestIsSent, FileNotFound."""
    request = request_to_edit(actor, request_id)
    if request.state != State.DRAFT:
        raise RequestIsSent
    found = [one for one in files_of(REQUEST_FILES, request.pk) if one.file_id == file_id]
    if not found:
        raise FileNotFound
    for one in found:
        unlink(actor=actor, link_id=one.pk, now=now)


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
        return begin_request(actor=actor, order_id=order.pk, fields=fields, items=items, now=now)
