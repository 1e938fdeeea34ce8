"""Requests that a firm is invited to, or may join: read, ask, quote, decline, claim."""

import base64
import binascii
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.firm import shapes
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.entrypoints.api.quotes.shapes import BillQuery
from gewerk.entrypoints.api.tickets.references import name_of
from gewerk.entrypoints.downloads import bill_download
from gewerk.files.access import own_file
from gewerk.identity.countries import usual_vat
from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.journeys.award_quote import claim
from gewerk.journeys.submit_quote import keep_quote_files, submit_quote
from gewerk.kit.refusals import FieldProblem
from gewerk.marketplace.access import invitation_for, quotes
from gewerk.marketplace.models import Invitation
from gewerk.marketplace.operations import questions
from gewerk.marketplace.operations.take_part import take_part
from gewerk.marketplace.operations.write_quote import decline, given_of, save_draft, withdraw
from gewerk.marketplace.queries import bills
from gewerk.marketplace.queries import for_firms as shown
from gewerk.marketplace.scope import QuoteGiven
from gewerk.marketplace.states import QuoteState

_TAGS: list[str] = ["firm"]
_PATH = "/firm/invitations/{invitation_id}"


def add_to(api: NinjaAPI) -> None:
    _add_reading(api)
    _add_market(api)
    _add_quoting(api)
    _add_files(api)


def _invitation(actor: Actor, invitation_id: UUID, *, status: int = 200) -> HttpResponse:
    return answer(shown.one(actor, invitation_id), status=status)


def _changed(
    request: HttpRequest, invitation_id: UUID, act: Callable[[Actor, Invitation, datetime], object]
) -> HttpResponse:
    """The answer is the invitation with what the firm has said so far."""
    actor = actor_of(request)

    def acted() -> HttpResponse:
        act(actor, invitation_for(actor, invitation_id), timezone.now())
        return _invitation(actor, invitation_id)

    return once(request, acted)


def _add_reading(api: NinjaAPI) -> None:
    @api.get(
        "/firm/invitations",
        operation_id="list_own_invitations",
        summary="List the requests to which the firm is invited",
        tags=_TAGS,
        response=reads(shapes.InvitationPage, 403),
    )
    def list_invitations(request: HttpRequest, query: Query[shapes.PageQuery]) -> HttpResponse:
        """The oldest first, with items, questions and the firm's own quotes. Of other firms nothing is told."""
        only_known(request, shapes.PageQuery)
        items, last = shown.page(actor_of(request), after=query.cursor, limit=query.limit)
        return answer({"items": items, "next_cursor": None if last is None else str(last)})

    @api.get(
        _PATH,
        operation_id="read_own_invitation",
        summary="Read one request to which the firm is invited",
        tags=_TAGS,
        response=reads(shapes.OwnInvitation, 403),
    )
    def read_invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """``quotes`` holds the firm's own: how it ended stands in ``state`` and ``not_awarded_reason``."""
        only_known(request)
        return _invitation(actor_of(request), invitation_id)


def _add_market(api: NinjaAPI) -> None:
    @api.get(
        "/firm/open-requests",
        operation_id="list_open_requests",
        summary="List requests that are open to the marketplace",
        tags=_TAGS,
        response=reads(shapes.OpenRequestPage, 403),
    )
    def list_open(request: HttpRequest, query: Query[shapes.OpenQuery]) -> HttpResponse:
        """Whose service the firm may take, in its area, by deadline. Nobody gains by being fast."""
        only_known(request, shapes.OpenQuery)
        actor, now = actor_of(request), timezone.now()
        items, following = shown.open_page(
            actor, on=today_of(actor.organisation_id, now=now), now=now, start=query.cursor, limit=query.limit
        )
        return answer({"items": items, "next_cursor": None if following is None else str(following)})

    @api.post(
        "/firm/open-requests/{request_id}/take-part",
        operation_id="take_part_in_request",
        summary="Take part in a request that is open to the marketplace",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation, 201),
    )
    def join(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """The firm is then among the invited; taking part already, nothing changes."""
        only_known(request)
        actor = actor_of(request)

        def act() -> HttpResponse:
            made = take_part(actor=actor, request_id=request_id, now=timezone.now())
            return _invitation(actor, made.pk, status=201)

        return once(request, act)


def _add_quoting(api: NinjaAPI) -> None:
    def given(request: HttpRequest, save: Callable[..., object], invitation_id: UUID) -> HttpResponse:
        only_known(request)
        sent = body(request, shapes.QUOTE_IN)

        def act(actor: Actor, invitation: Invitation, now: datetime) -> None:
            usual = usual_vat(invitation.request.organisation.country)
            quote = shapes.quote_given(sent, usual_vat_basis_points=usual)
            save(actor=actor, invitation_id=invitation.pk, given=quote, now=now)

        return _changed(request, invitation_id, act)

    @api.post(
        f"{_PATH}/draft",
        operation_id="save_quote_draft",
        summary="Save a draft of the quote",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("QuoteDraft", shapes.QUOTE_IN),
    )
    def draft(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """In place of the draft that is there. Nobody else sees it."""
        return given(request, save_draft, invitation_id)

    @api.post(
        f"{_PATH}/quote",
        operation_id="submit_quote",
        summary="Submit the quote, sealed until the deadline",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("QuoteSubmitted", shapes.QUOTE_IN),
    )
    def submit(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """What was submitted before is replaced, with its files. Refused while evidence for the service is missing."""
        return given(request, submit_quote, invitation_id)

    @api.post(
        f"{_PATH}/steps",
        operation_id="take_invitation_step",
        summary="Withdraw the quote, decline, or claim a fixed-price offer",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("InvitationStep", shapes.STEP_IN),
    )
    def step(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        only_known(request)
        sent = body(request, shapes.STEP_IN)

        def act(actor: Actor, invitation: Invitation, now: datetime) -> None:
            common: dict[str, Any] = {"actor": actor, "invitation_id": invitation.pk, "now": now}
            if sent["step"] == "decline":
                decline(reason=sent.get("reason", ""), **common)
            else:
                (claim if sent["step"] == "claim" else withdraw)(**common)

        return _changed(request, invitation_id, act)

    @api.post(
        f"{_PATH}/questions",
        operation_id="ask_about_request",
        summary="Ask the manager a question",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("QuoteQuestion", shapes.WORDS_IN),
    )
    def ask(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """All invited firms read question and answer, without the firm's name."""
        only_known(request)
        sent = body(request, shapes.WORDS_IN)

        def act(actor: Actor, invitation: Invitation, now: datetime) -> None:
            questions.ask(actor=actor, invitation_id=invitation.pk, text=sent["text"], now=now)

        return _changed(request, invitation_id, act)


def _add_files(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/files",
        operation_id="add_quote_files",
        summary="Put uploaded files to the quote",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("QuoteFiles", shapes.FILES_IN),
    )
    def add_files(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """To what was submitted, else to the draft; sealed with it."""
        only_known(request)
        sent = body(request, shapes.FILES_IN)

        def act(actor: Actor, invitation: Invitation, now: datetime) -> None:
            files = [own_file(actor.organisation_id, one) for one in dict.fromkeys(sent["file_ids"])]
            named = [(file, name_of(file)) for file in files]
            keep_quote_files(actor=actor, invitation_id=invitation.pk, files=named, now=now)

        return _changed(request, invitation_id, act)

    @api.get(
        f"{_PATH}/bill",
        operation_id="download_own_bill",
        summary="Download what is asked for as GAEB X83, CSV or XLSX",
        tags=_TAGS,
        response=reads(None, 403),
    )
    def download_bill(request: HttpRequest, invitation_id: UUID, query: Query[BillQuery]) -> HttpResponse:
        only_known(request, BillQuery)
        found = invitation_for(actor_of(request), invitation_id)
        return bill_download(bills.bill_of_request(found.request), query.format, str(found.request_id))

    @api.post(
        f"{_PATH}/bill",
        operation_id="upload_priced_bill",
        summary="Take the prices of GAEB X84, CSV or XLSX into the draft",
        tags=_TAGS,
        response=writes(shapes.OwnInvitation),
        openapi_extra=takes("PricedBill", shapes.BILL_IN),
    )
    def upload_bill(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        """Over what the draft holds. A broken file is refused with line and reason."""
        only_known(request)
        sent = body(request, shapes.BILL_IN)
        try:
            raw = base64.b64decode(sent["content"], validate=True)
        except (binascii.Error, ValueError) as wrong:
            message = str(_("Send the file's bytes as base64."))
            raise InvalidInput(problems=(FieldProblem("/content", "not_base64", message),)) from wrong
        invitation_for(actor_of(request), invitation_id)
        bill = bills.read_bill(io.BytesIO(raw), sent["name"])

        def act(actor: Actor, invitation: Invitation, now: datetime) -> None:
            asked = invitation.request
            usual = usual_vat(asked.organisation.country)
            mine = quotes(actor).filter(invitation=invitation, state__in=[QuoteState.DRAFT, QuoteState.SUBMITTED])
            before = mine.order_by("-number").first()
            so_far = given_of(before) if before is not None else QuoteGiven(lump_vat_basis_points=usual)
            priced = bills.with_prices(bill, asked, so_far, usual_vat_basis_points=usual)
            save_draft(actor=actor, invitation_id=invitation.pk, given=priced, now=now)

        return _changed(request, invitation_id, act)
