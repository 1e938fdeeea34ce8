"""Visits: list, read, propose or announce, step by step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api import cursors
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders.answers import ETAG
from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.entrypoints.api.sides import MANAGERS, Side
from gewerk.entrypoints.api.visits import shapes
from gewerk.journal.actor import Actor
from gewerk.journeys import agree_visit
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.queries.records_for_programs import Place
from gewerk.scheduling.models import Visit
from gewerk.scheduling.notice import Purpose
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.queries import visits_for_programs as shown

_SIMPLE: dict[str, Callable[..., Visit]] = {
    "arrive": agree_visit.arrive,
    "attend": agree_visit.end_visit,
}
_WITH_REASON: dict[str, Callable[..., Visit]] = {
    "no_access": agree_visit.no_access,
    "not_attended": agree_visit.not_attended,
    "cancel": agree_visit.cancel_visit,
}
_WITH_SLOT = frozenset({"pick", "accept_wish"})


def add_to(api: NinjaAPI, side: Side = MANAGERS) -> None:
    _add_reading(api, side)
    _add_arranging(api, side)


def _add_reading(api: NinjaAPI, side: Side) -> None:
    @api.get(
        f"{side.prefix}/visits",
        operation_id=f"list_{side.own}visits",
        summary="List visits",
        tags=list(side.tags),
        response=reads(shapes.VisitPage, 403),
    )
    def list_visits(request: HttpRequest, query: Query[shapes.VisitQuery]) -> HttpResponse:
        """Pages by (updated_at, id). A visit that changes while you page comes again, none is missed."""
        only_known(request, shapes.VisitQuery)
        actor = side.reader(request)
        after = None if query.cursor is None else cursors.read(query.cursor)
        items, last = shown.visit_page(
            actor,
            order_id=query.work_order_id,
            state=query.state,
            updated_since=query.updated_since,
            after=None if after is None else (after.updated_at, after.id),
            limit=query.limit,
            now=timezone.now(),
        )
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(Place(*last))})

    @api.get(
        f"{side.prefix}/visits/{{visit_id}}",
        operation_id=f"read_{side.own}visit",
        summary="Read one visit",
        tags=list(side.tags),
        response=reads(shapes.Visit, 403),
        openapi_extra=ETAG,
    )
    def read_visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
        only_known(request)
        return _visit(side.reader(request), visit_id)

    @api.get(
        f"{side.prefix}/visits/{{visit_id}}/history",
        operation_id=f"list_{side.own}visit_history",
        summary="List what happened to a visit",
        tags=list(side.tags),
        response=reads(shapes.VisitHistory, 403),
    )
    def list_visit_history(request: HttpRequest, visit_id: UUID) -> HttpResponse:
        only_known(request)
        return answer({"items": shown.visit_history(side.reader(request), visit_id, now=timezone.now())})


def _add_arranging(api: NinjaAPI, side: Side) -> None:
    @api.post(
        f"{side.prefix}/work-orders/{{order_id}}/visits",
        operation_id=f"create_{side.own}visit",
        summary="Propose or announce a visit",
        tags=list(side.tags),
        response=writes(shapes.Visit, 201),
        openapi_extra={**takes("VisitCreate", shapes.VISIT_CREATE), **ETAG},
    )
    def create_visit(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Notice periods for entering a flat are checked (409 with the first possible day)."""
        only_known(request)
        sent = body(request, shapes.VISIT_CREATE)
        actor = actor_of(request)

        def act() -> HttpResponse:
            return _visit(actor, _made(actor, order_id, sent, timezone.now()).pk, status=201)

        return once(request, act)

    @api.post(
        f"{side.prefix}/visits/{{visit_id}}/steps",
        operation_id=f"take_{side.own}visit_step",
        summary="Take a step of a visit",
        tags=list(side.tags),
        response=writes(shapes.Visit),
        openapi_extra={**takes("VisitStep", shapes.VISIT_STEP, conditional=True), **ETAG},
    )
    def take_visit_step(request: HttpRequest, visit_id: UUID) -> HttpResponse:
        """The order follows: agreed books it, arrived begins it, nobody opened asks for another visit."""
        only_known(request)
        version, sent = if_match(request), body(request, shapes.VISIT_STEP)
        actor = actor_of(request)

        def act() -> HttpResponse:
            _step(actor, visit_id, sent, version, timezone.now())
            return _visit(actor, visit_id)

        return once(request, act)


def _visit(actor: Actor, visit_id: UUID, *, status: int = 200) -> HttpResponse:
    row, version = shown.one_visit(actor, visit_id, now=timezone.now())
    return answer(row, status=status, headers={"ETag": f'"{version}"'})


def _made(actor: Actor, order_id: UUID, sent: shapes.VisitCreate, now: datetime) -> Visit:
    spans = shapes.spans_of(sent["slots"])
    purpose = sent.get("purpose", Purpose.REPAIR)
    if not sent.get("announce", False):
        return arrange.propose(actor=actor, order_id=order_id, spans=spans, purpose=purpose, now=now)
    if len(spans) != 1:
        raise InvalidInput(problems=(FieldProblem("/slots", "number", str(_("Announce exactly one time."))),))
    return agree_visit.announce_visit(actor=actor, order_id=order_id, span=spans[0], purpose=purpose, now=now)


def _step(actor: Actor, visit_id: UUID, sent: shapes.VisitStep, version: int | None, now: datetime) -> Visit:
    step = sent["step"]
    given: dict[str, Any] = {"actor": actor, "visit_id": visit_id, "version": version, "now": now}
    if step in _SIMPLE:
        return _SIMPLE[step](**given)
    if step in _WITH_REASON:
        return _WITH_REASON[step](**given, reason=sent.get("reason", ""))
    if step in _WITH_SLOT:
        if "slot_id" not in sent:
            raise _needed("/slot_id")
        return agree_visit.take_slot(**given, slot_id=sent["slot_id"])
    if "slots" not in sent:
        raise _needed("/slots")
    spans = shapes.spans_of(sent["slots"])
    return agree_visit.offer_other_times(**given, spans=spans, reason=sent.get("reason", ""))


def _needed(pointer: str) -> InvalidInput:
    return InvalidInput(problems=(FieldProblem(pointer, "required", str(_("This step needs it."))),))
