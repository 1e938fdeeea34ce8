"""What is done on the page of a request: send, open, end, invite, move the deadline, answer, award, ask an owner."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.quotes.request_page import page_of
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.identity.access import edits_orders, require
from gewerk.journeys.award_quote import award_quote
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import RequestNotFound, request_for
from gewerk.marketplace.models import Question, QuoteRequest
from gewerk.marketplace.operations import questions
from gewerk.marketplace.operations.end_request import end_request
from gewerk.marketplace.operations.owner_approvals import ask_owner
from gewerk.marketplace.operations.send import invite, move_deadline
from gewerk.marketplace.states import State


@managing
@require_POST
def take_step(request: HttpRequest, request_id: UUID, step: str) -> HttpResponseBase:
    """``send``, ``open``, ``end``, ``invite``, ``deadline``, ``award``, ``owner``."""
    who = reader(request)
    require(edits_orders(who.actor))
    found = request_for(who.actor, request_id)
    act = _ACTS.get(step)
    if act is None:
        raise RequestNotFound
    return _done(request, found, lambda: act(request, found))


@managing
@require_POST
def answer_question(request: HttpRequest, question_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    asked = Question.objects.filter(pk=question_id, request__organisation_id=who.actor.organisation_id).first()
    if asked is None:
        raise RequestNotFound
    found = request_for(who.actor, asked.request_id)

    def act() -> str:
        questions.answer(actor=who.actor, question_id=question_id, text=_text(request, "text"), now=timezone.now())
        return _("The answer is sent to all invited firms.")

    return _done(request, found, act)


def _done(request: HttpRequest, found: QuoteRequest, act: Callable[[], str]) -> HttpResponseBase:
    try:
        said = act()
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        why = " ".join(problem.message for problem in refusal.problems) or str(refusal.message)
        return page_of(request, reader(request), found.pk, refused=why or str(refusal.message), values=request.POST)
    messages.success(request, said)
    return redirect("quote_request", request_id=found.pk)


def _send(request: HttpRequest, found: QuoteRequest) -> str:
    actor = reader(request).actor
    send_request(actor=actor, request_id=found.pk, version=version_of(request), now=timezone.now())
    return _("The request is sent. The quotes are sealed until the deadline.")


def _open(request: HttpRequest, found: QuoteRequest) -> str:
    open_request(actor=reader(request).actor, request_id=found.pk, now=timezone.now())
    return _("The quotes are opened.")


def _end(request: HttpRequest, found: QuoteRequest) -> str:
    actor, reason, now = reader(request).actor, _text(request, "reason"), timezone.now()
    if found.state in {State.OPEN, State.OPENED}:
        step_order(actor=actor, order_id=found.order_id, step="end_tender", reason=reason, now=now)
    else:
        end_request(actor=actor, request_id=found.pk, reason=reason, now=now)
    return _("The request has ended; the firms are told.")


def _invite(request: HttpRequest, found: QuoteRequest) -> str:
    ids = chosen_ids(request.POST.getlist("firm_ids")[:200])
    invite(actor=reader(request).actor, request_id=found.pk, firm_ids=ids, now=timezone.now())
    return _("The firms are invited.")


def _deadline(request: HttpRequest, found: QuoteRequest) -> str:
    zone = ZoneInfo(reader(request).organisation.time_zone)
    try:
        wanted = datetime.fromisoformat(request.POST.get("deadline", ""))
    except ValueError as wrong:
        raise Refusal(_("Please enter day and time.")) from wrong
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=zone)
    move_deadline(actor=reader(request).actor, request_id=found.pk, deadline_at=wanted, now=timezone.now())
    return _("The deadline is moved; the firms are told.")


def _award(request: HttpRequest, found: QuoteRequest) -> str:
    outcome = award_quote(
        actor=reader(request).actor,
        request_id=found.pk,
        quote_id=_chosen(request),
        reason=_text(request, "reason"),
        version=version_of(request),
        now=timezone.now(),
    )
    if outcome.approval is not None:
        return _("The sum is above your spending limit: an approval is asked for. With it the order is awarded.")
    return _("The order is awarded; the other firms are told why.")


def _owner(request: HttpRequest, found: QuoteRequest) -> str:
    ask_owner(
        actor=reader(request).actor,
        request_id=found.pk,
        quote_id=_chosen(request),
        name=_text(request, "name"),
        email=_text(request, "email"),
        note=_text(request, "note"),
        now=timezone.now(),
    )
    return _("The owner is asked by mail.")


_ACTS: dict[str, Callable[[HttpRequest, QuoteRequest], str]] = {
    "send": _send,
    "open": _open,
    "end": _end,
    "invite": _invite,
    "deadline": _deadline,
    "award": _award,
    "owner": _owner,
}


def _chosen(request: HttpRequest) -> UUID:
    ids: Any = chosen_ids([request.POST.get("quote", "")])
    if not ids:
        raise Refusal(_("Please choose a quote."))
    found: UUID = next(iter(ids))
    return found


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")
