"""The page of one invitation, and what may be done on it. Who comes in by which way, ``doors`` has settled."""

from dataclasses import dataclass, replace
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gewerk.entrypoints.uploads import arrived
from gewerk.entrypoints.web.manager.formats import Formats, formats_for
from gewerk.entrypoints.web.quoting.form import Typed, stored
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN, too_many
from gewerk.files.models import FileKind, FileLink
from gewerk.files.operations.store import store
from gewerk.files.queries import files_of
from gewerk.files.receive import ANY_KIND, receive
from gewerk.identity.countries import usual_vat
from gewerk.journal.actor import Actor
from gewerk.journeys.award_quote import claim
from gewerk.journeys.submit_quote import keep_quote_files, submit_quote
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import QUOTE_FILES, REQUEST_FILES, quotes
from gewerk.marketplace.gaeb.bill import FileIsBroken
from gewerk.marketplace.models import Invitation, Quote, RequestItem
from gewerk.marketplace.operations import questions
from gewerk.marketplace.operations.send import fixed_gross
from gewerk.marketplace.operations.write_quote import decline, given_of, items_of, save_draft, withdraw
from gewerk.marketplace.queries.bills import read_bill, with_prices
from gewerk.marketplace.scope import QuoteGiven
from gewerk.marketplace.states import InvitationState, Mode, QuoteState, State


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came in: ``url`` is the page itself, ``layout`` its frame."""

    actor: Actor
    invitation: Invitation
    url: str
    layout: str
    token: str = ""
    """Of the link, for whoever has no login."""
    trail: Any = ()


def show(
    request: HttpRequest, way: Way, *, typed: Typed | None = None, wrong: Any = (), status: int = 200
) -> HttpResponseBase:
    invitation, asked = way.invitation, way.invitation.request
    organisation = asked.organisation
    now = timezone.now()
    formats = formats_for(organisation, language=translation.get_language() or "de", now=now)
    items = items_of(invitation)
    mine = {
        quote.state: quote
        for quote in quotes(way.actor)
        .filter(invitation=invitation)
        .exclude(state=QuoteState.REPLACED)
        .order_by("number")
    }
    submitted = mine.get(QuoteState.SUBMITTED)
    shown = mine.get(QuoteState.DRAFT) or submitted or mine.get(QuoteState.WITHDRAWN)
    values, prices = stored(given_of(shown) if shown else None, items, country=organisation.country)
    if typed is not None:
        values, prices = typed.values, typed.prices
    in_time = asked.state == State.OPEN and asked.deadline_at is not None and now < asked.deadline_at
    fixed = asked.mode == Mode.FIXED_PRICE_OFFER
    begins, ends = invitation.window_from_at, invitation.window_until_at
    place = asked.order.property
    context = {
        "layout": way.layout,
        "trail": way.trail,
        "url": way.url,
        "asked": asked,
        "invitation": invitation,
        "organisation": organisation,
        "organisation_name": organisation.name,
        # Street and flat are told with the award.
        "place": f"{place.postcode} {place.city}".strip(),
        "deadline": formats.moment(asked.deadline_at) if asked.deadline_at else "",
        "budget": formats.money(asked.budget_minor, asked.currency)
        if asked.budget_shown and asked.budget_minor is not None
        else "",
        "start": formats.day(asked.start_date) if asked.start_date else "",
        "in_time": in_time,
        "answers": in_time and not fixed,
        "fixed": fixed,
        "fixed_price": formats.money(fixed_gross(asked), asked.currency) if fixed else "",
        "its_turn": in_time and fixed and begins is not None and ends is not None and begins <= now < ends,
        "window": f"{formats.moment(begins)} – {formats.moment(ends)}" if begins and ends else "",
        "declined": invitation.state == InvitationState.DECLINED,
        "rows": [_row(item, prices.get(item.pk, ""), asked.currency, formats) for item in items.values()],
        "values": values,
        "sent": _sent(submitted, formats) if submitted else None,
        "has_draft": QuoteState.DRAFT in mine,
        "outcome": mine.get(QuoteState.AWARDED) or mine.get(QuoteState.NOT_AWARDED),
        "questions": [
            one for one in asked.questions.all() if one.answered_at is not None or one.invitation_id == invitation.pk
        ],
        "files": files_of(QUOTE_FILES, shown.pk) if shown else [],
        "request_files": [_file(way, one) for one in files_of(REQUEST_FILES, asked.pk)],
        "wrong": wrong,
    }
    return render(request, "quoting/answer.html", context, status=status)


def act(request: HttpRequest, way: Way) -> HttpResponseBase:
    """One of the page's forms. Each is counted, so that a program is slowed down."""
    if not ratelimit.consume(request, action="quote_write", key=str(way.invitation.pk)):
        return too_many(request)
    wanted = request.POST.get("act", "")
    typed: Typed | None = None
    try:
        if wanted in {"submit", "draft", "prices"}:
            country = way.invitation.request.organisation.country
            typed = Typed(request.POST, items_of(way.invitation), country=country)
            if typed.wrong:
                return show(request, way, typed=typed, wrong=typed.wrong, status=422)
        said = _acted(request, way, wanted, typed)
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        wrong = [problem.message for problem in refusal.problems] or [str(refusal.message)]
        status = 429 if refusal.kind is RefusalKind.TOO_MANY else 422
        return show(request, way, typed=typed, wrong=wrong, status=status)
    if said:
        messages.success(request, said)
    return redirect(way.url)


def _acted(request: HttpRequest, way: Way, wanted: str, typed: Typed | None) -> str:
    """The sentence that tells what happened. Opens the transaction itself: files have arrived before."""
    common: dict[str, Any] = {"actor": way.actor, "invitation_id": way.invitation.pk, "now": timezone.now()}
    if wanted == "files":
        return _keep_files(request, way)
    if typed is not None and wanted == "prices":
        return _take_prices(request, way, typed.given)
    with writing_transaction():
        if typed is not None and wanted == "submit":
            submit_quote(given=typed.given, **common)
            return _(
                "Your quote has arrived. It is sealed until the deadline; until then you may replace or withdraw it."
            )
        if typed is not None:
            save_draft(given=typed.given, **common)
            return _("The draft is saved. Nobody sees it before you submit it.")
        if wanted == "withdraw":
            withdraw(**common)
            return _("Your quote is withdrawn.")
        if wanted == "decline":
            decline(reason=request.POST.get("reason", "").replace("\x00", ""), **common)
            return _("Thank you for telling us.")
        if wanted == "ask":
            questions.ask(text=request.POST.get("text", "").replace("\x00", ""), **common)
            return _("Your question is sent. The answer goes to all invited firms, without your name.")
        if wanted == "claim":
            claim(**common)
            return _("You have the job. The order sheet is on its way to you.")
    return ""


def _keep_files(request: HttpRequest, way: Way) -> str:
    ready = [receive(one, kinds=ANY_KIND) for one in arrived(request, "files")]
    now = timezone.now()
    keeping = replace(way.actor, organisation_id=way.invitation.firm_id)
    with writing_transaction():
        files = [(store(actor=keeping, received=one, now=now), one.name) for one in ready]
        keep_quote_files(actor=way.actor, invitation_id=way.invitation.pk, files=files, now=now)
    return _("The files are added.") if ready else _("No file was chosen.")


def _take_prices(request: HttpRequest, way: Way, typed: QuoteGiven) -> str:
    """A priced bill of quantities over what was typed, as the draft: it is looked at before it is submitted."""
    sent = arrived(request, "bill")
    if not sent:
        raise FileIsBroken(_("No file was chosen."))
    sent[0].finish()
    with sent[0].path.open("rb") as file:
        bill = read_bill(file, sent[0].name)
    asked = way.invitation.request
    usual = usual_vat(asked.organisation.country)
    given = with_prices(bill, asked, typed, usual_vat_basis_points=usual)
    with writing_transaction():
        save_draft(actor=way.actor, invitation_id=way.invitation.pk, given=given, now=timezone.now())
    return _("The prices of the file are in your draft. Look at them, add the rest and submit the quote.")


def _file(way: Way, one: FileLink) -> dict[str, Any]:
    """A photo or plan of the request, reached the way the reader came."""

    def url(variant: str) -> str:
        if way.token:
            return reverse("quote_file_by_link", args=[way.token, one.file_id, variant])
        return reverse("file", args=[one.file_id, variant])

    is_image = one.file.kind == FileKind.IMAGE
    return {"name": one.name, "is_image": is_image, "url": url("original"), "large": url("large") if is_image else ""}


def _row(item: RequestItem, price: str, currency: str, formats: Formats) -> dict[str, Any]:
    fixed = item.unit_price_minor
    return {
        "id": item.pk,
        "position": item.position,
        "number": item.number or str(item.position),
        "section": item.section,
        "text": item.text,
        "quantity": f"{formats.number(item.quantity_thousandths / 1000)} {item.unit}",
        "optional": item.optional,
        "alternative_to": item.alternative_to,
        "price": price,
        "fixed": "" if fixed is None else formats.money(fixed, currency),
    }


def _sent(quote: Quote, formats: Formats) -> dict[str, str]:
    return {
        "gross": formats.money(quote.gross_minor, quote.currency),
        "net": formats.money(quote.net_minor, quote.currency),
        "vat": formats.money(quote.vat_minor, quote.currency),
        "at": formats.moment(quote.submitted_at) if quote.submitted_at else "",
    }
