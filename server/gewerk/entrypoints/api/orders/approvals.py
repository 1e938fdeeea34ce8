"""Variations, approvals and spending limits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders import answers, bodies
from gewerk.identity.access import require, sees_orders
from gewerk.identity.models import Organisation
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.projects.access import OrderNotFound, approval_for, variation_for
from gewerk.projects.operations import approvals
from gewerk.projects.operations.limits import set_limit
from gewerk.projects.operations.variations import (
    approve_variation,
    ask_for_variation,
    refuse_variation,
    withdraw_variation,
)
from gewerk.projects.queries import orders_for_programs as shown

_ORDER: list[str] = ["work-orders"]
_TAGS: list[str] = ["approvals"]


def add_to(api: NinjaAPI) -> None:
    _add_variations(api)
    _add_approvals(api)
    _add_limits(api)


def _add_variations(api: NinjaAPI) -> None:
    @api.post(
        "/work-orders/{order_id}/variations",
        operation_id="ask_for_variation",
        summary="Ask for a variation of a work order",
        tags=_ORDER,
        response=writes(answers.Variation, 201),
        openapi_extra=takes("VariationAsked", bodies.VARIATION_ASKED),
    )
    def ask(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """What turned out to be needed beyond the order, with its price; from the award until the acceptance."""
        only_known(request)
        sent = body(request, bodies.VARIATION_ASKED)
        lines = [bodies.line_of(item) for item in sent["items"]]

        def act() -> HttpResponse:
            made = ask_for_variation(
                actor=actor_of(request), order_id=order_id, reason=sent["reason"], lines=lines, now=timezone.now()
            )
            return answer(shown.variation_row(made), status=201)

        return once(request, act)

    @api.post(
        "/work-orders/{order_id}/variations/{variation_id}/decision",
        operation_id="decide_variation",
        summary="Decide on a variation",
        tags=_ORDER,
        response=writes(answers.Variation),
        openapi_extra=takes("VariationDecision", bodies.VARIATION_DECISION),
    )
    def decide(request: HttpRequest, order_id: UUID, variation_id: UUID) -> HttpResponse:
        """approve, refuse (with a reason), withdraw, or ask somebody with a higher spending limit."""
        only_known(request)
        sent = body(request, bodies.VARIATION_DECISION)
        actor, reason = actor_of(request), sent.get("reason", "")
        if variation_for(actor, variation_id).order_id != order_id:
            raise OrderNotFound

        def act() -> HttpResponse:
            now = timezone.now()
            if sent["decision"] == "approve":
                approve_variation(actor=actor, variation_id=variation_id, now=now)
            elif sent["decision"] == "refuse":
                refuse_variation(actor=actor, variation_id=variation_id, reason=reason, now=now)
            elif sent["decision"] == "withdraw":
                withdraw_variation(actor=actor, variation_id=variation_id, now=now)
            else:
                approvals.ask_for_variation(actor=actor, variation_id=variation_id, comment=reason, now=now)
            return answer(shown.variation_row(variation_for(actor, variation_id)))

        return once(request, act)


def _add_approvals(api: NinjaAPI) -> None:
    @api.get(
        "/approvals",
        operation_id="list_approvals",
        summary="List approvals, the longest waiting first",
        tags=_TAGS,
        response=reads(answers.Approvals, 403),
    )
    def list_approvals(request: HttpRequest, query: Query[answers.ApprovalQuery]) -> HttpResponse:
        only_known(request, answers.ApprovalQuery)
        return answer({"items": shown.approval_rows(actor_of(request), state=query.state, limit=query.limit)})

    @api.post(
        "/approvals/{approval_id}/decision",
        operation_id="decide_approval",
        summary="Approve or refuse",
        tags=_TAGS,
        response=writes(answers.Approval),
        openapi_extra=takes("ApprovalDecision", bodies.APPROVAL_DECISION),
    )
    def decide(request: HttpRequest, approval_id: UUID) -> HttpResponse:
        """Approving awards the order, or approves the variation, for which it was asked."""
        only_known(request)
        sent = body(request, bodies.APPROVAL_DECISION)
        actor = actor_of(request)

        def act() -> HttpResponse:
            now = timezone.now()
            if sent["decision"] == "approve":
                approve_and_go_on(actor=actor, approval_id=approval_id, now=now)
            else:
                approvals.refuse(actor=actor, approval_id=approval_id, reason=sent.get("reason", ""), now=now)
            return answer(shown.approval_row(approval_for(actor, approval_id)))

        return once(request, act)


def _add_limits(api: NinjaAPI) -> None:
    def limits(request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        currency = Organisation.objects.get(pk=actor.organisation_id).currency
        return answer({"items": shown.limit_rows(actor, currency)})

    @api.get(
        "/spending-limits",
        operation_id="list_spending_limits",
        summary="List the spending limits of the roles",
        tags=_TAGS,
        response=reads(answers.Limits, 403),
    )
    def list_limits(request: HttpRequest) -> HttpResponse:
        """Gross, on what one order commits in all."""
        only_known(request)
        require(sees_orders(actor_of(request)))
        return limits(request)

    @api.post(
        "/spending-limits",
        operation_id="set_spending_limit",
        summary="Set the spending limit of a role",
        tags=_TAGS,
        response=writes(answers.Limits),
        openapi_extra=takes("LimitSet", bodies.LIMIT_SET),
    )
    def put_limit(request: HttpRequest) -> HttpResponse:
        only_known(request)
        sent = body(request, bodies.LIMIT_SET)

        def act() -> HttpResponse:
            set_limit(actor=actor_of(request), now=timezone.now(), **sent)
            return limits(request)

        return once(request, act)
