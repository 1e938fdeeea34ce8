"""Prepare a request, send it, answer what firms ask; its scope as a file."""

import base64
import binascii
import io
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query
from pydantic import TypeAdapter

from gewerk.entrypoints.api import cursors
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders.answers import ETAG
from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.entrypoints.api.quotes import shapes
from gewerk.entrypoints.downloads import bill_download
from gewerk.journal.actor import Actor
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import begin_request, request_from_tickets, send_request
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import FieldProblem
from gewerk.marketplace.access import request_for, request_to_edit
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations import questions
from gewerk.marketplace.operations.end_request import end_request
from gewerk.marketplace.operations.moving import check_version
from gewerk.marketplace.operations.prepare import change_request, choose_firms
from gewerk.marketplace.operations.send import invite, move_deadline
from gewerk.marketplace.queries import bills
from gewerk.marketplace.queries import for_programs as shown
from gewerk.marketplace.states import State
from gewerk.portfolio.queries.records_for_programs import Place

T = TypeVar("T")
TAGS: list[str] = ["quote-requests"]
_PATH = "/quote-requests/{request_id}"


def add_to(api: NinjaAPI) -> None:
    _add_reading(api)
    _add_preparing(api)
    _add_steps(api)
    _add_bill(api)
    _add_questions(api)


def request_answer(actor: Actor, request_id: UUID, *, status: int = 200) -> HttpResponse:
    row, version = shown.one(actor, request_id)
    return answer(row, status=status, headers={"ETag": f'"{version}"'})


def changed(
    request: HttpRequest,
    request_id: UUID,
    adapter: TypeAdapter[T],
    change: Callable[[Actor, T, int | None, datetime], object],
) -> HttpResponse:
    """One step on one request: the body is checked, ``change`` gets it with the version it was meant for, the answer is the request."""
    only_known(request)
    sent = body(request, adapter)
    version, actor = if_match(request), actor_of(request)

    def act() -> HttpResponse:
        change(actor, sent, version, timezone.now())
        return request_answer(actor, request_id)

    return once(request, act)


def _add_reading(api: NinjaAPI) -> None:
    @api.get(
        "/quote-requests",
        operation_id="list_quote_requests",
        summary="List requests for quotes",
        tags=TAGS,
        response=reads(shapes.QuoteRequestPage, 403),
    )
    def list_quote_requests(request: HttpRequest, query: Query[shapes.RequestQuery]) -> HttpResponse:
        """Pages by (updated_at, id). A quote that comes in changes nothing here: it is sealed until the deadline."""
        only_known(request, shapes.RequestQuery)
        after = None if query.cursor is None else cursors.read(query.cursor)
        items, last = shown.page(
            actor_of(request),
            order_id=query.work_order_id,
            state=query.state,
            updated_since=query.updated_since,
            after=None if after is None else (after.updated_at, after.id),
            limit=query.limit,
        )
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(Place(*last))})

    @api.get(
        _PATH,
        operation_id="read_quote_request",
        summary="Read one request for quotes",
        tags=TAGS,
        response=reads(shapes.QuoteRequest, 403),
        openapi_extra=ETAG,
    )
    def read_quote_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
        only_known(request)
        return request_answer(actor_of(request), request_id)


def _add_preparing(api: NinjaAPI) -> None:
    @api.post(
        "/quote-requests",
        operation_id="create_quote_request",
        summary="Prepare a request for quotes",
        tags=TAGS,
        response=writes(shapes.QuoteRequest, 201),
        openapi_extra={**takes("QuoteRequestCreate", shapes.REQUEST_CREATE), **ETAG},
    )
    def create_quote_request(request: HttpRequest) -> HttpResponse:
        """A draft: nobody is told. For a drafted order, or from tickets, whose order is begun with it."""
        only_known(request)
        given_body = body(request, shapes.REQUEST_CREATE)
        sent: dict[str, Any] = {**given_body}
        order_id, tickets = sent.pop("work_order_id", None), sent.pop("ticket_ids", None)
        if (order_id is None) == (tickets is None):
            message = str(_("Send either work_order_id or ticket_ids."))
            raise InvalidInput(problems=(FieldProblem("/work_order_id", "required", message),))
        actor, (fields, items, firms) = actor_of(request), _parts(sent)

        def act() -> HttpResponse:
            now = timezone.now()
            given: dict[str, Any] = {"actor": actor, "fields": fields, "items": items, "now": now}
            if order_id is not None:
                made = begin_request(order_id=order_id, **given)
            else:
                made = request_from_tickets(ticket_ids=tickets, **given)
            if firms is not None:
                choose_firms(actor=actor, request_id=made.pk, firm_ids=firms, now=now)
            return request_answer(actor, made.pk, status=201)

        return once(request, act)

    @api.patch(
        _PATH,
        operation_id="change_quote_request",
        summary="Change a request that is not sent yet",
        tags=TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("QuoteRequestChange", shapes.REQUEST_CHANGE, conditional=True), **ETAG},
    )
    def change_quote_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
        only_known(request)
        given_body = body(request, shapes.REQUEST_CHANGE)
        sent: dict[str, Any] = {**given_body}
        version, actor = if_match(request), actor_of(request)
        fields, items, firms = _parts(sent)

        def act() -> HttpResponse:
            now = timezone.now()
            change_request(actor=actor, request_id=request_id, fields=fields, items=items, version=version, now=now)
            if firms is not None:
                choose_firms(actor=actor, request_id=request_id, firm_ids=firms, now=now)
            return request_answer(actor, request_id)

        return once(request, act)


def _parts(sent: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Fields, items and firms of a body."""
    items, firms = sent.pop("items", None), sent.pop("firm_ids", None)
    return sent, None if items is None else [shapes.scope_item(item) for item in items], firms


def _add_steps(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/steps",
        operation_id="take_quote_request_step",
        summary="Send a request, open its quotes, or end it",
        tags=TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("QuoteRequestStep", shapes.REQUEST_STEP, conditional=True), **ETAG},
    )
    def take_quote_request_step(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """``open`` is refused before the deadline; ``end`` needs a reason, which the invited firms read."""
        return changed(request, request_id, shapes.REQUEST_STEP, partial(_step, request_id))

    @api.post(
        f"{_PATH}/firms",
        operation_id="invite_firms_to_quote",
        summary="Invite more firms",
        tags=TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("FirmsInvited", shapes.FIRMS_IN, conditional=True), **ETAG},
    )
    def invite_firms(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Firms of the own list, while quotes are awaited."""

        def more(actor: Actor, sent: shapes.FirmsIn, version: int | None, now: datetime) -> None:
            invite(actor=actor, request_id=request_id, firm_ids=sent["firm_ids"], version=version, now=now)

        return changed(request, request_id, shapes.FIRMS_IN, more)

    @api.post(
        f"{_PATH}/deadline",
        operation_id="move_quote_deadline",
        summary="Move the deadline later",
        tags=TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("QuoteDeadline", shapes.DEADLINE_IN, conditional=True), **ETAG},
    )
    def move_quote_deadline(request: HttpRequest, request_id: UUID) -> HttpResponse:

        def later(actor: Actor, sent: shapes.DeadlineIn, version: int | None, now: datetime) -> None:
            move_deadline(actor=actor, request_id=request_id, deadline_at=sent["deadline_at"], version=version, now=now)

        return changed(request, request_id, shapes.DEADLINE_IN, later)


def _step(request_id: UUID, actor: Actor, sent: shapes.RequestStep, version: int | None, now: datetime) -> None:
    reason = sent.get("reason", "")
    if sent["step"] == "send":
        send_request(actor=actor, request_id=request_id, version=version, now=now)
        return
    found = request_to_edit(actor, request_id)
    check_version(found, version)
    if sent["step"] == "open":
        open_request(actor=actor, request_id=request_id, now=now)
    else:
        end(actor, found, reason)


def end(actor: Actor, found: QuoteRequest, reason: str) -> None:
    """With the order's own step, where it waits for quotes."""
    now = timezone.now()
    if found.state in {State.OPEN, State.OPENED}:
        step_order(actor=actor, order_id=found.order_id, step="end_tender", reason=reason, now=now)
    else:
        end_request(actor=actor, request_id=found.pk, reason=reason, now=now)


def _add_bill(api: NinjaAPI) -> None:
    @api.get(
        f"{_PATH}/bill",
        operation_id="download_bill_of_quantities",
        summary="Download the scope as GAEB X83, CSV or XLSX",
        tags=TAGS,
        response=reads(None, 403),
    )
    def download_bill(request: HttpRequest, request_id: UUID, query: Query[shapes.BillQuery]) -> HttpResponse:
        only_known(request, shapes.BillQuery)
        found = request_for(actor_of(request), request_id)
        return bill_download(bills.bill_of_request(found), query.format, str(found.pk))

    @api.post(
        f"{_PATH}/bill",
        operation_id="upload_bill_of_quantities",
        summary="Take the scope from GAEB X83, CSV or XLSX",
        tags=TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("BillOfQuantities", shapes.BILL_IN, conditional=True), **ETAG},
    )
    def upload_bill(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Instead of the items that are there. A broken file is refused with line and reason."""
        only_known(request)
        sent = body(request, shapes.BILL_IN)
        version, actor = if_match(request), actor_of(request)
        try:
            raw = base64.b64decode(sent["content"], validate=True)
        except (binascii.Error, ValueError) as wrong:
            message = str(_("Send the file's bytes as base64."))
            raise InvalidInput(problems=(FieldProblem("/content", "not_base64", message),)) from wrong
        request_for(actor, request_id)
        items = bills.scope_of(bills.read_bill(io.BytesIO(raw), sent["name"]))

        def act() -> HttpResponse:
            now = timezone.now()
            change_request(actor=actor, request_id=request_id, items=items, version=version, now=now)
            return request_answer(actor, request_id)

        return once(request, act)


def _add_questions(api: NinjaAPI) -> None:
    @api.get(
        f"{_PATH}/questions",
        operation_id="list_quote_questions",
        summary="List the questions of the firms",
        tags=TAGS,
        response=reads(shapes.Questions, 403),
    )
    def list_questions(request: HttpRequest, request_id: UUID) -> HttpResponse:
        only_known(request)
        return answer({"items": shown.questions_of(actor_of(request), request_id)})

    @api.post(
        "/quote-questions/{question_id}/answer",
        operation_id="answer_quote_question",
        summary="Answer a question, for all invited firms",
        tags=TAGS,
        response=writes(shapes.Question),
        openapi_extra=takes("QuoteAnswer", shapes.ANSWER_IN),
    )
    def answer_question(request: HttpRequest, question_id: UUID) -> HttpResponse:
        only_known(request)
        sent, actor = body(request, shapes.ANSWER_IN), actor_of(request)

        def act() -> HttpResponse:
            found = questions.answer(actor=actor, question_id=question_id, text=sent["text"], now=timezone.now())
            return answer(shown.question_row(found))

        return once(request, act)
