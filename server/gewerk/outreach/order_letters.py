"""Mails about orders: whoever a step of the table tells, but not whoever took it; and who asks for or decides on a variation.

What else is told of the same thing is not told here: visits and quotes have letters of their own, and a reporter who is asked
whether it is mended need not hear besides that the work is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.models import Organisation
from gewerk.journal.models import Entry
from gewerk.outreach.concerned import Recipient, crew_members, place_of, speakers_of, staff_of, tenant_of
from gewerk.outreach.letters import Letter, address, object_id
from gewerk.projects.models import AwardKind, HistoryEntry, WorkOrder
from gewerk.projects.states import BY_KEY, STEPS, State, Told
from gewerk.tickets.links import status_token
from gewerk.tickets.models import Ticket
from gewerk.tickets.states import State as TicketState

_PREFIX = "work_order."
_OF_VARIATIONS: dict[str, tuple[Told, ...]] = {
    "variation_asked": (Told.STAFF,),
    "variation_approved": (Told.CONTRACTOR,),
    "variation_refused": (Told.CONTRACTOR,),
}
_TOLD_ELSEWHERE = frozenset({"receive_quotes"})
"""The marketplace says that quotes are open, and to whom the order went on a quote."""

_WORDS: dict[tuple[str, Told], tuple[Promise, Promise]] = {
    ("award", Told.CONTRACTOR): (
        gettext_lazy("a new order for you"),
        gettext_lazy("You are given this order. Please accept it or decline it."),
    ),
    ("award", Told.TENANT): (
        gettext_lazy("somebody is asked to do the work"),
        gettext_lazy("%(contractor)s is asked to do the work, and agrees on a time with you first."),
    ),
    ("confirm", Told.STAFF): (
        gettext_lazy("order accepted"),
        gettext_lazy("%(contractor)s has accepted the order and arranges a visit."),
    ),
    ("decline", Told.STAFF): (
        gettext_lazy("order declined"),
        gettext_lazy("%(contractor)s gives the order back. The next step is to award it anew."),
    ),
    ("withdraw_award", Told.CONTRACTOR): (
        gettext_lazy("award withdrawn"),
        gettext_lazy("The award is withdrawn. You need not do anything for this order any more."),
    ),
    ("finish", Told.STAFF): (
        gettext_lazy("work reported as done"),
        gettext_lazy("%(contractor)s reports the work as done. Please look at it, then accept it or report defects."),
    ),
    ("finish", Told.TENANT): (
        gettext_lazy("the work is done"),
        gettext_lazy("%(contractor)s reports the work as done. If something is not right, please tell us."),
    ),
    ("complain", Told.CONTRACTOR): (
        gettext_lazy("defects reported"),
        gettext_lazy("The work was looked at. These defects were found; please mend each of them in time."),
    ),
    ("accept", Told.CONTRACTOR): (
        gettext_lazy("work accepted"),
        gettext_lazy("The work is accepted. The next step is your invoice; please name the order's number on it."),
    ),
    ("reject_invoice", Told.CONTRACTOR): (
        gettext_lazy("invoice rejected"),
        gettext_lazy("Your invoice is rejected. Please send it anew when it is put right."),
    ),
    ("pay", Told.CONTRACTOR): (gettext_lazy("invoice paid"), gettext_lazy("The payment of your invoice is noted.")),
    ("cancel", Told.CONTRACTOR): (
        gettext_lazy("order cancelled"),
        gettext_lazy("The order is cancelled. Nothing has to be done any more."),
    ),
    ("cancel", Told.TENANT): (
        gettext_lazy("the work does not take place"),
        gettext_lazy("The order is cancelled, nobody comes for it."),
    ),
    ("variation_asked", Told.STAFF): (
        gettext_lazy("variation asked for"),
        gettext_lazy("%(contractor)s says that more has to be done. Please decide on the variation."),
    ),
    ("variation_approved", Told.CONTRACTOR): (
        gettext_lazy("variation approved"),
        gettext_lazy("Your variation is approved. The further work belongs to the order now."),
    ),
    ("variation_refused", Told.CONTRACTOR): (
        gettext_lazy("variation refused"),
        gettext_lazy("Your variation is refused. The order stays as it was."),
    ),
}
_IN_HOUSE_ACCEPTED = gettext_lazy("The work is accepted. Nothing has to be done any more.")

TELLS: dict[str, tuple[Told, ...]] = {
    **{step.key: step.tells for step in STEPS if step.tells and step.key not in _TOLD_ELSEWHERE},
    **_OF_VARIATIONS,
}
EVENTS = tuple(f"{_PREFIX}{key}" for key in TELLS)


@dataclass(frozen=True, slots=True)
class _Matter:
    """One step of an order, with who had the order then."""

    order: WorkOrder
    key: str
    line: HistoryEntry
    firm: Organisation | None
    crew_id: UUID | None

    @property
    def has_it_still(self) -> bool:
        return (self.order.firm_id, self.order.crew_id) == (self.firm.pk if self.firm else None, self.crew_id)


def order_stepped(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To whom the table says. Nothing where the order was taken back meanwhile: the later step tells."""
    matter = _matter(entry)
    if matter is None or not _still_true(matter):
        return
    seen: set[str] = set()
    for told in sorted(TELLS[matter.key], key=list(Told).index, reverse=True):
        for recipient in _recipients(matter, told):
            itself = recipient.person_id is not None and recipient.person_id == entry.actor_id
            if not itself and recipient.email not in seen:
                seen.add(recipient.email)
                yield _letter(matter, told, recipient)


def _matter(entry: Entry) -> _Matter | None:
    related = ("organisation", "property", "tenant", "firm", "crew")
    order = WorkOrder.objects.select_related(*related).filter(pk=object_id(entry)).first()
    line = HistoryEntry.objects.filter(pk=entry.data.get("history_id"), order=order).first() if order else None
    if order is None or line is None:
        return None
    key = entry.event.removeprefix(_PREFIX)
    if key in _OF_VARIATIONS:
        return _Matter(order, key, line, order.firm, order.crew_id)
    crew_id = entry.data.get("crew_id")
    firm = Organisation.objects.filter(pk=entry.data.get("firm_id")).first()
    return _Matter(order, key, line, firm, UUID(crew_id) if crew_id else None)


def _still_true(matter: _Matter) -> bool:
    """The order stands where the step led, or further on its way."""
    if matter.key in _OF_VARIATIONS:
        return matter.order.state != State.CANCELLED
    target, state, way = BY_KEY[matter.key].target, State(matter.order.state), list(State)
    if State.CANCELLED in (target, state):
        return target == state
    return way.index(state) >= way.index(target)


def _recipients(matter: _Matter, told: Told) -> list[Recipient]:
    order = matter.order
    if told is Told.STAFF:
        return staff_of(order)
    if told is Told.TENANT:
        tenant = tenant_of(order)
        return [tenant] if tenant is not None and not _asked_whether_mended(matter, tenant) else []
    taken_away = matter.key == "withdraw_award"
    if matter.has_it_still == taken_away or (matter.key == "award" and order.award_kind == AwardKind.QUOTE):
        return []
    if matter.crew_id is not None:
        return crew_members(matter.crew_id, order.organisation)
    return speakers_of(matter.firm) if matter.firm is not None else []


def _tickets_of(order: WorkOrder, tenant: Recipient) -> list[Ticket]:
    """Those by which this very person reported."""
    theirs = Q(reporter_email__iexact=tenant.email)
    if order.tenant_id is not None:
        theirs |= Q(reporter_id=order.tenant_id)
    return list(Ticket.objects.filter(theirs, order_links__order=order).order_by("created_at", "id"))


def _asked_whether_mended(matter: _Matter, tenant: Recipient) -> bool:
    mended = {TicketState.RESOLVED, TicketState.CLOSED}
    return matter.key == "finish" and any(
        ticket.state in mended and ticket.reporter_email.lower() == tenant.email.lower()
        for ticket in _tickets_of(matter.order, tenant)
    )


def _letter(matter: _Matter, told: Told, recipient: Recipient) -> Letter:
    order = matter.order
    with translation.override(recipient.language):
        headline, sentence = _WORDS[matter.key, told]
        if matter.key == "accept" and matter.crew_id is not None:
            sentence = _IN_HOUSE_ACCEPTED
        context: dict[str, Any] = {
            "number": order.number,
            "title": order.title,
            "place": place_of(order),
            "headline": str(headline),
            "sentence": str(sentence) % {"contractor": _contractor(matter)},
            # What was said at the award and at the acceptance is between manager and contractor.
            "reason": "" if told is Told.TENANT and matter.key != "cancel" else matter.line.reason,
            "defects": list(order.defects.filter(mended_at__isnull=True).order_by("number"))
            if matter.key == "complain"
            else [],
            "organisation_name": order.organisation.name,
            "party": told.value,
            "url": _page(order, told, recipient),
        }
    return Letter(
        recipient=recipient.email,
        language=recipient.language,
        template="order",
        organisation=order.organisation,
        context=context,
    )


def _contractor(matter: _Matter) -> str:
    if matter.firm is not None:
        return matter.firm.name
    return matter.order.crew.name if matter.order.crew is not None else _("Your manager")


def _page(order: WorkOrder, told: Told, recipient: Recipient) -> str:
    """The tenant's opens without a password, where there is a report to look at; a contractor who lost the order gets none."""
    if told is Told.STAFF:
        return address(f"/orders/{order.pk}/")
    if told is Told.CONTRACTOR:
        return address(f"/firm/jobs/{order.pk}/") if order.firm_id or order.crew_id else ""
    tickets = _tickets_of(order, recipient)
    return address(f"/status/{status_token(tickets[0])}/") if tickets else ""
