"""The orders that a firm has: read, accepted or given back, visited, done, with variations and photos."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api import cursors
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, once, only_known
from gewerk.entrypoints.api.firm import shapes
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders import answers, bodies, work_orders
from gewerk.entrypoints.api.orders.files import files_answer
from gewerk.entrypoints.api.sides import FIRMS
from gewerk.entrypoints.api.tickets.files import one_file, uploaded
from gewerk.entrypoints.api.visits import completions, visits
from gewerk.entrypoints.api.visits.shapes import Completion
from gewerk.files.operations.store import store
from gewerk.identity.access import require
from gewerk.journal.actor import Actor
from gewerk.journeys.complete_visit import add_photo
from gewerk.journeys.keep_order_files import keep_order_files
from gewerk.journeys.step_order import step_order
from gewerk.portfolio.queries.records_for_programs import Place
from gewerk.projects.access import OrderNotFound, order_for, variation_for
from gewerk.projects.operations.contact_looks import note_contact_look
from gewerk.projects.operations.variations import ask_for_variation, withdraw_variation
from gewerk.projects.queries import orders_for_firms as shown
from gewerk.projects.queries.orders_for_programs import variation_row
from gewerk.projects.states import CONTACT_SHOWN
from gewerk.scheduling.operations.capture import PURPOSES, completion_to_fill

_TAGS: list[str] = ["firm"]
_PATH = "/firm/work-orders/{order_id}"


def add_to(api: NinjaAPI) -> None:
    _add_orders(api)
    work_orders.add_parts_to(api, FIRMS)
    _add_variations(api)
    visits.add_to(api, FIRMS)
    completions.add_to(api, FIRMS)
    _add_files(api)


def _order(actor: Actor, order_id: UUID) -> HttpResponse:
    """Inside the call's transaction: that a contact was shown is noted, as on the page."""
    row, order, has_contact = shown.one(actor, order_id)
    if has_contact:
        note_contact_look(actor=actor, order=order, now=timezone.now())
    return answer(row, headers={"ETag": f'"{order.version}"'})


def _add_orders(api: NinjaAPI) -> None:
    @api.get(
        "/firm/work-orders",
        operation_id="list_own_work_orders",
        summary="List the orders that the firm has",
        tags=_TAGS,
        response=reads(shapes.OwnOrderPage, 403),
    )
    def list_orders(request: HttpRequest, query: Query[shapes.OwnOrderQuery]) -> HttpResponse:
        """Pages by (updated_at, id), without contacts. An order that was given back is no longer there."""
        only_known(request, shapes.OwnOrderQuery)
        after = None if query.cursor is None else cursors.read(query.cursor)
        items, last = shown.page(
            FIRMS.reader(request),
            state=query.state,
            updated_since=query.updated_since,
            after=None if after is None else (after.updated_at, after.id),
            limit=query.limit,
        )
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(Place(*last))})

    @api.get(
        _PATH,
        operation_id="read_own_work_order",
        summary="Read one order that the firm has",
        tags=_TAGS,
        response=reads(shapes.OwnOrderRead, 403),
        openapi_extra=answers.ETAG,
    )
    def read_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """With whom to call on site; the manager sees that it was read. The ETag goes with If-Match."""
        only_known(request)
        actor = FIRMS.reader(request)
        with in_turn(request):
            return _order(actor, order_id)

    @api.post(
        f"{_PATH}/steps",
        operation_id="step_own_work_order",
        summary="Accept, give back, begin or finish an order",
        tags=_TAGS,
        response=writes(shapes.OwnOrderRead) | {204: None},
        openapi_extra={**takes("OwnOrderStep", shapes.ORDER_STEP_IN, conditional=True), **answers.ETAG},
    )
    def step(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """204 when it is given back: the firm has it no more."""
        only_known(request)
        version, sent, actor = if_match(request), body(request, shapes.ORDER_STEP_IN), actor_of(request)

        def act() -> HttpResponse:
            moved = step_order(
                actor=actor,
                order_id=order_id,
                step=sent["step"],
                reason=sent.get("reason", ""),
                version=version,
                now=timezone.now(),
            )
            return _order(actor, order_id) if moved.firm_id is not None else HttpResponse(status=204)

        return once(request, act)


def _add_variations(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/variations",
        operation_id="ask_for_own_variation",
        summary="Ask for a variation of the order",
        tags=_TAGS,
        response=writes(answers.Variation, 201),
        openapi_extra=takes("OwnVariationAsked", bodies.VARIATION_ASKED),
    )
    def ask(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """What turned out to be needed beyond the order, with its price; the manager decides."""
        only_known(request)
        sent = body(request, bodies.VARIATION_ASKED)
        lines = [bodies.line_of(item) for item in sent["items"]]

        def act() -> HttpResponse:
            made = ask_for_variation(
                actor=actor_of(request), order_id=order_id, reason=sent["reason"], lines=lines, now=timezone.now()
            )
            return answer(variation_row(made), status=201)

        return once(request, act)

    @api.post(
        f"{_PATH}/variations/{{variation_id}}/withdraw",
        operation_id="withdraw_own_variation",
        summary="Withdraw a variation",
        tags=_TAGS,
        response=writes(answers.Variation),
    )
    def withdraw(request: HttpRequest, order_id: UUID, variation_id: UUID) -> HttpResponse:
        """Until the manager has decided."""
        only_known(request)
        actor = actor_of(request)

        def act() -> HttpResponse:
            if variation_for(actor, variation_id).order_id != order_id:
                raise OrderNotFound
            withdraw_variation(actor=actor, variation_id=variation_id, now=timezone.now())
            return answer(variation_row(variation_for(actor, variation_id)))

        return once(request, act)


def _add_files(api: NinjaAPI) -> None:
    @api.get(
        f"{_PATH}/files",
        operation_id="list_own_work_order_files",
        summary="List the files of an order",
        tags=_TAGS,
        response=reads(answers.OrderFiles, 403),
    )
    def list_files(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Their bytes: GET /files/{file_id}/content. Photos of the work hang on its completions."""
        only_known(request)
        return files_answer(FIRMS.reader(request), order_id)

    @api.post(
        f"{_PATH}/files",
        operation_id="add_own_work_order_file",
        summary="Add a photo, video or PDF to an order",
        tags=_TAGS,
        response=writes(answers.OrderFiles),
        openapi_extra=one_file(),
    )
    def add_file(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """One file in the field ``file``; the manager sees it. Added twice, it is there once."""
        only_known(request)
        actor = actor_of(request)
        order = order_for(actor, order_id)
        require(order.state in CONTACT_SHOWN)
        ready = uploaded(request)
        # Files of an order belong to its manager's organisation.
        keeping = replace(actor, organisation_id=order.organisation_id)
        with in_turn(request):
            now = timezone.now()
            file = store(actor=keeping, received=ready, now=now)
            keep_order_files(actor=actor, order_id=order_id, files=[(file, ready.name)], purpose="work", now=now)
            return files_answer(actor, order_id)

    @api.post(
        "/firm/completions/{completion_id}/files",
        operation_id="add_own_completion_file",
        summary="Send an announced file of a completion",
        tags=_TAGS,
        response=writes(Completion),
        openapi_extra=one_file(purpose={"type": "string", "enum": sorted(PURPOSES)}),
    )
    def add_completion_file(request: HttpRequest, completion_id: UUID) -> HttpResponse:
        """The bytes in the field ``file``, with their ``purpose``, as the completion announced them. Sent twice, they are there once."""
        only_known(request)
        actor = actor_of(request)
        completion_to_fill(actor, completion_id)
        ready = uploaded(request)
        with in_turn(request):
            made = add_photo(
                actor=actor,
                completion_id=completion_id,
                received=ready,
                purpose=request.POST.get("purpose", ""),
                now=timezone.now(),
            )
            return completions.shown_completion(actor, made.order_id, made.pk)
