"""The ways to a request: a firm's login with its list, the link of a firm's mail, the link of an owner's mail."""

from dataclasses import dataclass
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.downloads import bill_download, download
from gewerk.entrypoints.uploads import streamed
from gewerk.entrypoints.web.firm.door import reader, working
from gewerk.entrypoints.web.manager.formats import Formats, formats_for
from gewerk.entrypoints.web.quoting.answering import Way, act, show
from gewerk.entrypoints.web.refusals import too_many
from gewerk.files.access import file_for
from gewerk.identity.models import Organisation
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import guest_of, invitation_for, owner_of
from gewerk.marketplace.models import Invitation, OwnerApproval, OwnerApprovalState
from gewerk.marketplace.operations.owner_approvals import decide_as_owner
from gewerk.marketplace.queries.bills import bill_of_request
from gewerk.marketplace.queries.listed import invitations_listed, own_answers
from gewerk.marketplace.states import QUOTES_OPENED, InvitationState, QuoteState, State
from gewerk.portfolio.models import Property

ROWS_PER_PAGE = 50
both = require_http_methods(["GET", "POST"])


@working
@require_safe
def firm_requests(request: HttpRequest) -> HttpResponseBase:
    """To what the firm was invited, the newest first, with its own answer beside it."""
    who = reader(request)
    page = Paginator(invitations_listed(who.actor), ROWS_PER_PAGE).get_page(request.GET.get("page", "1"))
    listed = list(page)
    mine = own_answers(who.actor, listed)
    context = {
        "reader": who,
        "page": page,
        "requests": [_Line(one, mine.get(one.pk, ""), who.formats) for one in listed],
    }
    return render(request, "quoting/requests.html", context)


@dataclass(frozen=True, slots=True)
class _Line:
    """Of the list. What is written of record and own answer is asked for once (``remember``)."""

    record: Invitation
    mine: str
    """State of the own quote; empty: none."""
    formats: Formats

    @property
    def url(self) -> str:
        return reverse("firm_request", args=[self.record.pk])

    @property
    def place(self) -> Property:
        return self.record.request.order.property

    @property
    def until(self) -> str:
        deadline = self.record.request.deadline_at
        return self.formats.moment(deadline) if deadline else ""

    @property
    def state(self) -> dict[str, str]:
        asked = self.record.request.state
        if asked == State.OPEN and self.record.state == InvitationState.INVITED and not self.mine:
            kind, icon, label = "turn", "inbox", _("waits for your answer")
        elif self.record.state == InvitationState.DECLINED and self.mine not in QUOTES_OPENED:
            kind, icon, label = "line", "ban", _("declined")
        elif self.mine:
            kind = "done" if self.mine in {QuoteState.SUBMITTED, QuoteState.AWARDED} else "line"
            icon, label = "file-text", str(QuoteState(self.mine).label)
        else:
            kind, icon, label = "line", "clock", str(State(asked).label)
        return {"kind": kind, "icon": icon, "label": label}


@streamed
@working
@both
def firm_request(request: HttpRequest, asked_id: UUID) -> HttpResponseBase:
    who = reader(request)
    found = invitation_for(who.actor, asked_id)
    url = reverse("firm_request", args=[found.pk])
    trail = [{"label": _("Requests for quotes"), "url": reverse("firm_requests")}, {"label": found.request.title}]
    return _answered(request, Way(who.actor, found, url, "layouts/app.html", trail=trail))


@never_cache
@streamed
@both
def quote_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Without login: the link opens this one invitation."""
    actor, found = guest_of(token)
    way = Way(actor, found, reverse("quote_by_link", args=[token]), "layouts/plain.html", token=token)
    with translation.override(_language(request, found.firm)):
        return _answered(request, way)


def _answered(request: HttpRequest, way: Way) -> HttpResponseBase:
    if request.method == "POST":
        return act(request, way)
    if kind := request.GET.get("bill"):
        asked = way.invitation.request
        return bill_download(bill_of_request(asked), kind, asked.order.number)
    return show(request, way)


@require_safe
def quote_file_by_link(request: HttpRequest, token: str, file_id: UUID, variant: str) -> HttpResponseBase:
    """A photo or plan of the request, or an own attachment, for whoever has the link. Raises LinkIsInvalid, FileNotFound."""
    actor, _found = guest_of(token)
    return download(request, file_for(actor, file_id), "" if variant == "original" else variant)


@never_cache
@both
def owner_approval(request: HttpRequest, token: str) -> HttpResponseBase:
    """An owner agrees to a quote, or not, once."""
    asked = owner_of(token)
    with translation.override(_language(request, asked.request.organisation)):
        if request.method != "POST":
            return _owner_page(request, asked)
        if not ratelimit.consume(request, action="quote_write", key=str(asked.pk)):
            return too_many(request)
        reason = request.POST.get("reason", "").replace("\x00", "")
        try:
            with writing_transaction():
                approves = "approve" in request.POST
                decide_as_owner(token=token, approves=approves, reason=reason, now=timezone.now())
        except Refusal as refusal:
            return _owner_page(request, asked, refused=str(refusal.message))
        messages.success(request, _("Thank you. Your manager hears of your decision at once."))
    return redirect("owner_approval", token=token)


def _owner_page(request: HttpRequest, asked: OwnerApproval, *, refused: str = "") -> HttpResponseBase:
    found = asked.request
    formats = formats_for(found.organisation, language=translation.get_language() or "de", now=timezone.now())
    place = found.order.property
    context = {
        "asked": asked,
        "title": found.title,
        "place": f"{place.street} {place.house_number}, {place.postcode} {place.city}",
        "firm": asked.quote.firm.name,
        "amount": formats.money(asked.amount_minor, found.currency),
        "valid": formats.day(asked.quote.valid_until_date) if asked.quote.valid_until_date else "",
        "open": asked.state == OwnerApprovalState.ASKED and found.state == State.OPENED,
        "decided": formats.moment(asked.decided_at) if asked.decided_at else "",
        "organisation": found.organisation,
        "organisation_name": found.organisation.name,
        "refused": refused,
    }
    return render(request, "quoting/owner.html", context, status=422 if refused else 200)


def _language(request: HttpRequest, organisation: Organisation) -> str:
    """Chosen on the page, else the reader's own."""
    chosen = request.COOKIES.get("django_language", "")
    return chosen if chosen in {"de", "en"} else organisation.language
