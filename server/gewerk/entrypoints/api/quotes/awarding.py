"""What was opened, and the decision: read quotes, award one, ask an owner, read the record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.quotes import shapes
from gewerk.entrypoints.downloads import bill_download
from gewerk.journeys.award_quote import award_quote
from gewerk.marketplace.access import RequestNotFound, quote_for, request_for
from gewerk.marketplace.operations.owner_approvals import ask_owner
from gewerk.marketplace.queries import bills
from gewerk.marketplace.queries import for_programs as shown

_TAGS: list[str] = ["quotes"]
_PATH = "/quote-requests/{request_id}"


def add_to(api: NinjaAPI) -> None:
    _add_quotes(api)
    _add_award(api)


def _add_quotes(api: NinjaAPI) -> None:
    @api.get(
        f"{_PATH}/quotes",
        operation_id="list_quotes",
        summary="List the opened quotes of a request",
        tags=_TAGS,
        response=reads(shapes.Quotes, 403),
    )
    def list_quotes(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Empty until the quotes are opened: neither their number nor any price is shown before."""
        only_known(request)
        actor = actor_of(request)
        found = request_for(actor, request_id)
        return answer({"sealed": found.opened_at is None, "items": shown.quotes_of(actor, request_id)})

    @api.get(
        "/quotes/{quote_id}",
        operation_id="read_quote",
        summary="Read one opened quote",
        tags=_TAGS,
        response=reads(shapes.Quote, 403),
    )
    def read_quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
        only_known(request)
        return answer(shown.quote_row(quote_for(actor_of(request), quote_id)))

    @api.get(
        "/quotes/{quote_id}/bill",
        operation_id="download_quote_bill",
        summary="Download an opened quote as GAEB X84, CSV or XLSX",
        tags=_TAGS,
        response=reads(None, 403),
    )
    def download_quote_bill(request: HttpRequest, quote_id: UUID, query: Query[shapes.QuoteBillQuery]) -> HttpResponse:
        only_known(request, shapes.QuoteBillQuery)
        return bill_download(bills.bill_of_quote(actor_of(request), quote_id), query.format, str(quote_id))


def _add_award(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/award",
        operation_id="award_quote",
        summary="Award an opened quote",
        tags=_TAGS,
        response=writes(shapes.AwardAnswer),
        openapi_extra=takes("QuoteAward", shapes.AWARD_IN, conditional=True),
    )
    def award(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """The order gets the quote's prices and its firm; the others are told why. The record can never be changed."""
        only_known(request)
        sent = body(request, shapes.AWARD_IN)
        version, actor = if_match(request), actor_of(request)

        def act() -> HttpResponse:
            outcome = award_quote(
                actor=actor,
                request_id=request_id,
                quote_id=sent["quote_id"],
                reason=sent["reason"],
                losers={one["quote_id"]: one["reason"] for one in sent.get("others", [])},
                version=version,
                now=timezone.now(),
            )
            record = None if outcome.record is None else shown.award_row(outcome.record)
            approval = None if outcome.approval is None else outcome.approval.pk
            return answer({"record": record, "approval_id": approval})

        return once(request, act)

    @api.get(
        f"{_PATH}/award-record",
        operation_id="read_award_record",
        summary="Read the record of the award",
        tags=_TAGS,
        response=reads(shapes.AwardRecord, 403),
    )
    def read_award_record(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """404 while nothing is awarded."""
        only_known(request)
        row = shown.award_of(actor_of(request), request_id)
        if row is None:
            raise RequestNotFound
        return answer(row)

    @api.post(
        f"{_PATH}/owner-approvals",
        operation_id="ask_owner_for_approval",
        summary="Ask an owner to agree to a quote",
        tags=_TAGS,
        response=writes(shapes.OwnerApproval, 201),
        openapi_extra=takes("OwnerAsked", shapes.OWNER_ASKED),
    )
    def ask_for_owner(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """The owner decides by the link of the mail, without login."""
        only_known(request)
        sent, actor = body(request, shapes.OWNER_ASKED), actor_of(request)

        def act() -> HttpResponse:
            made = ask_owner(
                actor=actor,
                request_id=request_id,
                quote_id=sent["quote_id"],
                name=sent["name"],
                email=sent["email"],
                note=sent.get("note", ""),
                now=timezone.now(),
            )
            return answer(shown.owner_approval_row(made), status=201)

        return once(request, act)
