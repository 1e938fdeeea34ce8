"""The live status page of one report: opened by a signed link without a password, or by the tenant who is logged in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gewerk.entrypoints.downloads import download
from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.rating_words import RatingForm
from gewerk.entrypoints.web.refusals import too_many
from gewerk.entrypoints.web.report.flow import unit_words
from gewerk.entrypoints.web.report.photos import TooManyPhotos, with_own_transaction
from gewerk.entrypoints.web.report.status_words import PIECES, Piece, ahead, done, now_and_next
from gewerk.files.access import FileNotFound
from gewerk.files.models import FileKind
from gewerk.files.operations.store import store
from gewerk.files.queries import files_of
from gewerk.files.receive import receive
from gewerk.identity.access import require
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor, by_link
from gewerk.journeys.keep_ticket_files import add_files
from gewerk.journeys.report_damage import BY_REPORTER, TICKET
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.operations.rate_work import TENANT_ASPECTS, rate_as_tenant
from gewerk.projects.access import OrderNotFound
from gewerk.tickets.access import ticket_of_tenant
from gewerk.tickets.catalogue.faults import answered, catalogue
from gewerk.tickets.catalogue.urgency import reason_of
from gewerk.tickets.links import ticket_of
from gewerk.tickets.models import HistoryEntry, Ticket
from gewerk.tickets.operations.report import settings_of
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.queries.history import history_of
from gewerk.tickets.states import FINAL, By, State, allowed

MOST_PHOTOS = 30


@dataclass(frozen=True)
class Opened:
    """A ticket as its reporter sees it."""

    ticket: Ticket
    actor: Actor
    token: str | None

    def url(self, route: str, *rest: Any) -> str:
        if self.token is None:
            return reverse(f"tenant_{route}", args=[self.ticket.pk, *rest])
        return reverse(route, args=[self.token, *rest])


def _opened(request: HttpRequest, token: str | None, ticket_id: UUID | None) -> Opened:
    """Raises LinkIsInvalid or TicketNotFound. The page speaks the reporter's language, on the building's clock."""
    if token is None:
        actor = request.actor  # type: ignore[attr-defined]
        require(actor is not None and Role.TENANT in actor.roles)
        assert ticket_id is not None
        opened = Opened(ticket_of_tenant(actor, ticket_id), actor, None)
    else:
        ticket = ticket_of(token)
        opened = Opened(ticket, by_link(ticket.organisation_id, ticket.pk, "status"), token)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            language = ticket.language if ticket.language in dict(settings.LANGUAGES) else ticket.organisation.language
            translation.activate(language)
            request.LANGUAGE_CODE = language
    timezone.activate(ZoneInfo(opened.ticket.organisation.time_zone))
    return opened


@never_cache
@require_safe
def show(request: HttpRequest, token: str | None = None, ticket_id: UUID | None = None) -> HttpResponseBase:
    return render(request, "report/status.html", _context(_opened(request, token, ticket_id)))


@never_cache
@require_safe
def live(request: HttpRequest, token: str | None = None, ticket_id: UUID | None = None) -> HttpResponseBase:
    """The changing part of the page; 204 while nothing has changed, so nothing that is being typed is lost."""
    opened = _opened(request, token, ticket_id)
    if request.GET.get("v") == _version(opened.ticket, _pieces(opened.ticket)):
        return HttpResponse(status=204)
    return render(request, "report/status_live.html", _context(opened))


@require_POST
def take(request: HttpRequest, token: str | None = None, ticket_id: UUID | None = None) -> HttpResponseBase:
    """The reporter confirms that it is mended, or opens it again."""
    opened = _opened(request, token, ticket_id)
    if not ratelimit.consume(request, action="status_write", key=str(opened.ticket.pk)):
        return too_many(request)
    try:
        with with_own_transaction():
            take_step(
                actor=opened.actor,
                by=By.REPORTER,
                ticket_id=opened.ticket.pk,
                step=request.POST.get("step", ""),
                reason=request.POST.get("reason", ""),
                now=timezone.now(),
            )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Thank you, we have noted that."))
    return redirect(opened.url("status"))


@require_POST
def rate(request: HttpRequest, token: str | None = None, ticket_id: UUID | None = None) -> HttpResponseBase:
    """The reporter says how the work was, once."""
    opened = _opened(request, token, ticket_id)
    if not ratelimit.consume(request, action="status_write", key=str(opened.ticket.pk)):
        return too_many(request)
    form = RatingForm(request.POST, aspects=TENANT_ASPECTS)
    if not form.is_valid():
        return render(request, "report/status.html", _context(opened, rating_form=form), status=422)
    try:
        with with_own_transaction():
            rate_as_tenant(
                actor=opened.actor,
                ticket=opened.ticket,
                order_id=_order_id(request),
                stars=form.stars(),
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Thank you for your rating."))
    return redirect(opened.url("status"))


def _order_id(request: HttpRequest) -> UUID:
    """Raises OrderNotFound."""
    try:
        return UUID(request.POST.get("order", ""))
    except ValueError as changed:
        raise OrderNotFound from changed


@require_POST
@streamed
def add_photos(request: HttpRequest, token: str | None = None, ticket_id: UUID | None = None) -> HttpResponseBase:
    opened = _opened(request, token, ticket_id)
    if not ratelimit.consume(request, action="status_write", key=str(opened.ticket.pk)):
        return too_many(request)
    try:
        added = _keep(request, opened)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Thank you, the photos have arrived.") if added else _("No photo was chosen."))
    return redirect(opened.url("status"))


def _keep(request: HttpRequest, opened: Opened) -> int:
    sent = arrived(request, "photos")
    if len(files_of(TICKET, opened.ticket.pk, purposes=[BY_REPORTER])) + len(sent) > MOST_PHOTOS:
        raise TooManyPhotos
    ready = [receive(one) for one in sent]
    now = timezone.now()
    with with_own_transaction():
        files = [(store(actor=opened.actor, received=one, now=now), one.name) for one in ready]
        add_files(actor=opened.actor, ticket=opened.ticket, files=files, by_reporter=True, now=now)
    return len(ready)


@require_safe
def photo(
    request: HttpRequest, file_id: UUID, variant: str, token: str | None = None, ticket_id: UUID | None = None
) -> HttpResponseBase:
    """One of the photos that came with the report; what the manager added is not shown here."""
    opened = _opened(request, token, ticket_id)
    links = files_of(TICKET, opened.ticket.pk, purposes=[BY_REPORTER])
    found = next((one for one in links if one.file_id == file_id), None)
    if found is None:
        raise FileNotFound
    return download(request, found, "" if variant == "original" else variant)


def _pieces(ticket: Ticket) -> list[Piece]:
    return [piece(ticket) for piece in PIECES]


def _version(ticket: Ticket, pieces: list[Piece]) -> str:
    """Changes with whatever the page shows: of the ticket itself and of what others add."""
    newest = HistoryEntry.objects.filter(ticket=ticket).order_by("-id").values_list("pk", flat=True).first()
    return ".".join([str(ticket.version), str(newest or 0), *(piece.version for piece in pieces)])


def _context(opened: Opened, *, rating_form: RatingForm | None = None) -> dict[str, Any]:
    ticket = opened.ticket
    language = translation.get_language() or "de"
    lines = history_of(ticket, internal=False)
    pieces = _pieces(ticket)
    happened = sorted([*done(lines), *(one for piece in pieces for one in piece.done)], key=lambda one: one.at)
    title, sentence = now_and_next(ticket)
    fault = catalogue().faults.get(ticket.category)
    steps = {step.key for step in allowed(ticket.state, By.REPORTER)}
    where = unit_words(ticket.unit) if ticket.unit else words.address_line(ticket.property)
    if ticket.common_part in catalogue().parts:
        where += f", {catalogue().parts[ticket.common_part].in_(language)}"
    elif ticket.place_note:
        where += f", {ticket.place_note}"
    final = ticket.state in FINAL
    return {
        "opened": opened,
        "ticket": ticket,
        "organisation_name": ticket.organisation.name,
        "heading": fault.title.in_(language) if fault else ticket.title,
        "where": where,
        "now_title": title,
        "now_sentence": sentence,
        "is_resolved": ticket.state == State.RESOLVED,
        "is_final": final,
        "may_confirm": "confirm" in steps,
        "may_reopen": "reopen" in steps,
        "done": happened,
        "ahead": ahead(ticket),
        "cards": [piece for piece in pieces if piece.template],
        "questions": [
            (question.title.in_(language), option.title.in_(language))
            for question, option in (answered(fault, ticket.answers) if fault else [])
        ],
        "urgency_reason": reason_of(ticket.urgency_rule, language),
        "photos": [
            {
                "is_image": one.file.kind == FileKind.IMAGE,
                "name": one.name,
                "small": opened.url("status_photo", one.file_id, "small"),
                "large": opened.url("status_photo", one.file_id, "large"),
                "original": opened.url("status_photo", one.file_id, "original"),
            }
            for one in files_of(TICKET, ticket.pk, purposes=[BY_REPORTER])
        ],
        "meanwhile": [m.in_(language) for m in fault.meanwhile] if fault and not final else [],
        "phone": settings_of(ticket.organisation).emergency_phone or ticket.organisation.phone,
        "version": _version(ticket, pieces),
        "live_url": opened.url("status_live"),
        "take_url": opened.url("status_take"),
        "add_url": opened.url("status_add_photos"),
        "rate_url": opened.url("status_rate"),
        "rating_form": rating_form or RatingForm(aspects=TENANT_ASPECTS),
        "has_mail": bool(ticket.reporter_email),
    }
