"""Mails about requests for quotes: to invited firms, to the manager's people, to an owner. None holds a price of a sealed quote,
none is sent to the manager because a quote came in.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Membership, Organisation, Role
from gewerk.journal.models import Entry
from gewerk.marketplace.links import invitation_token, owner_token
from gewerk.marketplace.models import Invitation, OwnerApproval, OwnerApprovalState, Question, Quote, QuoteRequest
from gewerk.marketplace.states import InvitationState, State
from gewerk.outreach.concerned import Recipient, staff_of
from gewerk.outreach.letters import Letter, address, language_of, object_id

_TO_FIRMS: dict[str, tuple[Promise, Promise]] = {
    "quote_invitation.sent": (
        _("please send us a quote"),
        _("We ask you for a quote. It stays sealed until the deadline: nobody sees it before."),
    ),
    "quote_invitation.window_begins": (
        _("a job for you at a fixed price"),
        _("This job is offered to you alone until the time below. Take it or decline it; nobody is faster."),
    ),
    "quote_invitation.deadline_moved": (
        _("more time for your quote"),
        _("The deadline moved later. What you have sent stays valid; you may replace it."),
    ),
    "quote_invitation.question_answered": (
        _("a question was answered"),
        _("A question about this request was answered, for all invited firms alike."),
    ),
    "quote_invitation.request_ended": (
        _("the request has ended"),
        _("The request ended without an award. Quotes that came in were not opened after the end."),
    ),
    "quote.submitted": (
        _("we have received your quote"),
        _("Your quote has arrived and is sealed. Until the deadline you may replace or withdraw it."),
    ),
    "quote.withdrawn": (
        _("your quote is withdrawn"),
        _("You have withdrawn your quote. Until the deadline you may send another one."),
    ),
    "quote.awarded": (_("you have the order"), _("The order is awarded to you. Congratulations.")),
    "quote.not_awarded": (
        _("this time somebody else got the order"),
        _("Thank you for your quote. The order went to another firm, for the reason below."),
    ),
}
FIRM_EVENTS = tuple(_TO_FIRMS)
_TO_STAFF: dict[str, tuple[Promise, Promise]] = {
    "quote_request.opened": (
        _("the quotes are opened"),
        _("The deadline is over and the quotes are opened. The next step is to compare and award."),
    ),
    "quote_request.question_asked": (
        _("a firm has a question"),
        _("An invited firm asks a question. Your answer goes to all invited firms."),
    ),
    "quote_request.claimed": (_("a firm took the job"), _("A firm took the job at your fixed price, in its turn.")),
    "quote_request.ended": (_("the request has ended"), _("The request ended without an award.")),
    "quote_request.owner_decided": (_("the owner has decided"), _("The owner has decided about the quote.")),
}
STAFF_EVENTS = tuple(_TO_STAFF)


def to_firm(entry: Entry, now: datetime) -> Iterable[Letter]:
    """About an invitation or a quote, to those who speak for the firm, else to the firm's own address with a link."""
    found = _invitation(entry)
    if found is None:
        return
    invitation, reason, question = found
    request = invitation.request
    is_window = entry.event == "quote_invitation.window_begins"
    begins = invitation.window_from_at
    if is_window and (begins is None or begins > now or request.state != State.OPEN):
        return  # moved meanwhile: the later entry tells; or somebody has it
    if is_window and invitation.state == InvitationState.DECLINED:
        return
    headline, sentence = _TO_FIRMS[entry.event]
    for person, url in _recipients(invitation, awarded=entry.event == "quote.awarded"):
        with translation.override(person.language):
            context = _about(request) | {
                "headline": str(headline),
                "sentence": str(sentence),
                "deadline_at": invitation.window_until_at if is_window else request.deadline_at,
                "deadline_matters": request.state == State.OPEN,
                "reason": reason,
                "question": question.text if question else "",
                "answer": question.answer if question else "",
                "url": url,
            }
        yield Letter(person.email, person.language, "quote", invitation.firm, context)


def to_staff(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To whoever is responsible for the order, but not to who did it."""
    request = (
        QuoteRequest.objects.select_related("organisation", "order__property", "order__organisation")
        .filter(pk=object_id(entry))
        .first()
    )
    if request is None:
        return
    headline, sentence = _TO_STAFF[entry.event]
    for person in staff_of(request.order):
        if person.person_id is not None and person.person_id == entry.actor_id:
            continue
        with translation.override(person.language):
            context = _about(request) | {
                "headline": str(headline),
                "sentence": str(sentence),
                "url": address(f"/quote-requests/{request.pk}/"),
            }
        yield Letter(person.email, person.language, "quote", request.organisation, context)


def to_owner(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    asked = (
        OwnerApproval.objects.select_related("request__organisation", "request__order__property", "quote__firm")
        .filter(pk=object_id(entry), state=OwnerApprovalState.ASKED)
        .first()
    )
    if asked is None:
        return
    organisation = asked.request.organisation
    with translation.override(organisation.language):
        context = _about(asked.request) | {
            "headline": str(_("please agree to a repair")),
            "sentence": str(_("We ask for your approval before we award this work. You decide on the page below.")),
            "reason": asked.note,
            "url": address(f"/owner-approvals/{owner_token(asked)}/"),
        }
    yield Letter(asked.owner_email, organisation.language, "quote", organisation, context)


def _invitation(entry: Entry) -> tuple[Invitation, str, Question | None] | None:
    """What the entry is about, why (where a reason is told), and the question."""
    rows = Invitation.objects.select_related("firm", "request__organisation", "request__order__property")
    if entry.object_type == "quote":
        quote = Quote.objects.filter(pk=object_id(entry)).only("invitation_id", "not_awarded_reason").first()
        found = rows.filter(pk=quote.invitation_id).first() if quote else None
        return None if quote is None or found is None else (found, quote.not_awarded_reason, None)
    found = rows.filter(pk=object_id(entry)).first()
    if found is None:
        return None
    question = Question.objects.filter(pk=entry.data.get("question_id"), request_id=found.request_id).first()
    return found, found.request.ended_reason, question


def _recipients(invitation: Invitation, *, awarded: bool) -> list[tuple[Recipient, str]]:
    firm = invitation.firm
    people = {
        one.person_id: one.person
        for one in Membership.objects.filter(
            organisation=firm, ended_at__isnull=True, person__is_active=True, role__in=(Role.FIRM, Role.DISPATCHER)
        ).select_related("person")
    }
    page = f"/firm/jobs/{invitation.request.order_id}/" if awarded else f"/firm/requests/{invitation.pk}/"
    if people:
        return [(Recipient(one.email, language_of(one, firm), one.pk), address(page)) for one in people.values()]
    if not firm.email:
        return []
    return [(Recipient(firm.email, firm.language), address(f"/quotes/by-link/{invitation_token(invitation)}/"))]


def _about(request: QuoteRequest) -> dict[str, Any]:
    place = request.order.property
    organisation: Organisation = request.organisation
    return {
        "title": request.title,
        "place": f"{place.postcode} {place.city}".strip(),
        "organisation_name": organisation.name,
    }
