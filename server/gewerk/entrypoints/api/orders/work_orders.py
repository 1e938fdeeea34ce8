"""Work orders: list, read, begin, change, award, step by step to the end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api import cursors
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders import answers, bodies
from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.entrypoints.api.sides import MANAGERS, Side
from gewerk.identity.access import require, sees_orders
from gewerk.identity.queries.days import today_of
from gewerk.journeys.award_order import Taken, award_at_framework_price, award_or_ask
from gewerk.journeys.complain_of_work import complain_of_work
from gewerk.journeys.step_order import step_order
from gewerk.journeys.ticket_to_order import add_tickets_to_order, ticket_to_order
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.queries.records_for_programs import Place
from gewerk.projects.operations.award import award_to_crew
from gewerk.projects.operations.complain import Found
from gewerk.projects.operations.draft_order import change_order, draft_order
from gewerk.projects.operations.note_invoice import note_invoice
from gewerk.projects.operations.set_items import set_items
from gewerk.projects.queries import orders_for_programs as shown

_TAGS: list[str] = ["work-orders"]
_PATH = "/work-orders/{order_id}"


def add_to(api: NinjaAPI) -> None:
    _add_reading(api)
    _add_beginning(api)
    _add_steps(api)


def _order(request: HttpRequest, order_id: UUID, *, status: int = 200) -> HttpResponse:
    row, version = shown.one(actor_of(request), order_id)
    headers = {"ETag": f'"{version}"'}
    if status == 201:
        headers["Location"] = f"{request.path.partition('/work-orders')[0]}/work-orders/{order_id}"
    return answer(row, status=status, headers=headers)


def _add_reading(api: NinjaAPI) -> None:
    @api.get(
        "/work-orders",
        operation_id="list_work_orders",
        summary="List work orders",
        tags=_TAGS,
        response=reads(answers.WorkOrderPage, 403),
    )
    def list_work_orders(request: HttpRequest, query: Query[answers.OrderQuery]) -> HttpResponse:
        """Pages by (updated_at, id). An order that changes while you page comes again, none is missed."""
        only_known(request, answers.OrderQuery)
        after = None if query.cursor is None else cursors.read(query.cursor)
        wanted = shown.Wanted(**query.dict(exclude={"limit", "cursor"}))
        items, last = shown.page(
            actor_of(request), wanted, after=None if after is None else (after.updated_at, after.id), limit=query.limit
        )
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(Place(*last))})

    @api.get(
        _PATH,
        operation_id="read_work_order",
        summary="Read one work order",
        tags=_TAGS,
        response=reads(answers.WorkOrder, 403),
        openapi_extra=answers.ETAG,
    )
    def read_work_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """The ETag goes with If-Match."""
        only_known(request)
        return _order(request, order_id)

    add_parts_to(api, replace(MANAGERS, tags=tuple(_TAGS)))


def add_parts_to(api: NinjaAPI, side: Side) -> None:
    """For whoever finds the order."""
    for part, model, rows in (
        ("history", answers.OrderHistory, shown.history_rows),
        ("variations", answers.Variations, shown.variation_rows),
        ("defects", answers.Defects, shown.defect_rows),
    ):
        _add_part(api, side, part, model, rows)


def _add_part(api: NinjaAPI, side: Side, part: str, model: Any, rows: Callable[..., list[dict[str, Any]]]) -> None:
    @api.get(
        f"{side.prefix}{_PATH}/{part}",
        operation_id=f"list_{side.own}work_order_{part}",
        summary=f"List the {part} of a work order",
        tags=list(side.tags),
        response=reads(model, 403),
    )
    def list_part(request: HttpRequest, order_id: UUID) -> HttpResponse:
        only_known(request)
        return answer({"items": rows(actor_of(request), order_id)})


def _add_beginning(api: NinjaAPI) -> None:
    @api.post(
        "/work-orders",
        operation_id="create_work_order",
        summary="Begin a work order",
        tags=_TAGS,
        response=writes(answers.WorkOrder, 201),
        openapi_extra=takes("WorkOrderCreate", bodies.ORDER_CREATE),
    )
    def create_work_order(request: HttpRequest) -> HttpResponse:
        """At a property with a title; or from tickets, which bring what they know, their photos and their story."""
        only_known(request)
        sent = body(request, bodies.ORDER_CREATE)
        property_id, tickets = sent.pop("property_id", None), sent.pop("ticket_ids", None)
        if (property_id is None) == (tickets is None):
            message = str(_("Send either property_id or ticket_ids."))
            raise InvalidInput(problems=(FieldProblem("/property_id", "required", message),))
        lines = [bodies.line_of(item) for item in sent.pop("items", [])]
        fields = bodies.without_nulls(sent)
        actor = actor_of(request)

        def act() -> HttpResponse:
            now = timezone.now()
            if tickets is not None:
                order = ticket_to_order(actor=actor, ticket_ids=tickets, fields=fields, now=now)
            else:
                order = draft_order(actor=actor, property_id=property_id, fields=fields, now=now)
            if lines:
                set_items(actor=actor, order_id=order.pk, lines=lines, now=now)
            return _order(request, order.pk, status=201)

        return once(request, act)

    @api.patch(
        _PATH,
        operation_id="change_work_order",
        summary="Change what a work order says",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={
            **takes("WorkOrderChange", bodies.ORDER_CHANGE, repeatable=False, conditional=True),
            **answers.ETAG,
        },
    )
    def change_work_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Only the fields sent change; scope and price: POST .../items. With If-Match: 412 when somebody was faster."""
        only_known(request)
        version, fields = if_match(request), bodies.without_nulls(body(request, bodies.ORDER_CHANGE))
        with in_turn(request):
            change_order(actor=actor_of(request), order_id=order_id, fields=fields, version=version, now=timezone.now())
            return _order(request, order_id)

    @api.post(
        f"{_PATH}/items",
        operation_id="set_work_order_items",
        summary="Set the items of a work order",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("ItemsPut", bodies.ITEMS_PUT, conditional=True), **answers.ETAG},
    )
    def set_work_order_items(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """In the place of all that stood there; until the award. With If-Match: 412 when somebody was faster."""
        only_known(request)
        version = if_match(request)
        lines = [bodies.line_of(item) for item in body(request, bodies.ITEMS_PUT)["items"]]

        def act() -> HttpResponse:
            set_items(actor=actor_of(request), order_id=order_id, lines=lines, version=version, now=timezone.now())
            return _order(request, order_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/tickets",
        operation_id="add_work_order_tickets",
        summary="Let a work order answer further tickets",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("OrderTickets", bodies.TICKETS), **answers.ETAG},
    )
    def add_work_order_tickets(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Their photos hang on the order too; nothing is taken from the tickets."""
        only_known(request)
        sent = body(request, bodies.TICKETS)

        def act() -> HttpResponse:
            add_tickets_to_order(
                actor=actor_of(request), order_id=order_id, ticket_ids=sent["ticket_ids"], now=timezone.now()
            )
            return _order(request, order_id)

        return once(request, act)


def _add_steps(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/award",
        operation_id="award_work_order",
        summary="Award a work order",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("Award", bodies.AWARD, conditional=True), **answers.ETAG},
    )
    def award_work_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """To a firm at the order's items, at framework prices, or to an own crew. A key is bound by no spending limit."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.AWARD)
        if len({"firm_id", "prices", "crew_id"} & sent.keys()) != 1:
            message = str(_("Send one of firm_id, prices and crew_id."))
            raise InvalidInput(problems=(FieldProblem("/firm_id", "required", message),))
        actor, comment = actor_of(request), sent.get("comment", "")

        def act() -> HttpResponse:
            now = timezone.now()
            common: dict[str, Any] = {"actor": actor, "order_id": order_id, "version": version, "now": now}
            if "crew_id" in sent:
                award_to_crew(crew_id=sent["crew_id"], note=comment, **common)
            elif "firm_id" in sent:
                award_or_ask(firm_id=sent["firm_id"], comment=comment, **common)
            else:
                taken = [
                    Taken(one["price_id"], int(one["quantity"].scaleb(3)) if "quantity" in one else 1000)
                    for one in sent["prices"]
                ]
                as_of = today_of(actor.organisation_id, now=now)
                award_at_framework_price(taken=taken, as_of=as_of, comment=comment, **common)
            return _order(request, order_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/steps",
        operation_id="step_work_order",
        summary="Take a step of a work order",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("StepTaken", bodies.STEP, conditional=True), **answers.ETAG},
    )
    def step_work_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """409 when the state does not allow it, 412 (If-Match) when somebody was faster; the detail says who did what."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.STEP)

        def act() -> HttpResponse:
            step_order(
                actor=actor_of(request),
                order_id=order_id,
                step=sent["step"],
                reason=sent.get("reason", ""),
                warranty_until=sent.get("warranty_until"),
                version=version,
                now=timezone.now(),
            )
            return _order(request, order_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/defects",
        operation_id="report_work_order_defects",
        summary="Report defects of the work",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("DefectsFound", bodies.DEFECTS, conditional=True), **answers.ETAG},
    )
    def report_work_order_defects(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """The order goes back to work, each defect with its deadline."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.DEFECTS)
        defects = [Found(one["text"], one["due_date"]) for one in sent["defects"]]

        def act() -> HttpResponse:
            complain_of_work(
                actor=actor_of(request), order_id=order_id, defects=defects, version=version, now=timezone.now()
            )
            return _order(request, order_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/invoice",
        operation_id="note_work_order_invoice",
        summary="Note the invoice of a work order",
        tags=_TAGS,
        response=writes(answers.WorkOrder),
        openapi_extra={**takes("InvoiceNoted", bodies.INVOICE, conditional=True), **answers.ETAG},
    )
    def note_work_order_invoice(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Its gross sum in minor units."""
        only_known(request)
        require(sees_orders(actor_of(request)))
        version, sent = if_match(request), body(request, bodies.INVOICE)

        def act() -> HttpResponse:
            note_invoice(
                actor=actor_of(request),
                order_id=order_id,
                gross_minor=sent["gross_minor"],
                version=version,
                now=timezone.now(),
            )
            return _order(request, order_id)

        return once(request, act)
