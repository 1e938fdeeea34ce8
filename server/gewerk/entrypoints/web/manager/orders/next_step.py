"""The next step of an order in one sentence with its one button, and whose turn it is."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.identity.access import handles_money
from gewerk.projects.models import Approval, Variation, WorkOrder
from gewerk.projects.operations.limits import covers
from gewerk.projects.states import State


@dataclass(frozen=True, slots=True)
class NextStep:
    """``who`` empty: the reader's turn. ``url``: a page; ``post``: one click."""

    sentence: str
    who: str = ""
    label: str = ""
    url: str = ""
    post: str = ""
    icon: str = "hand"


def next_step(
    reader: Reader, order: WorkOrder, approval: Approval | None, variation: Variation | None
) -> NextStep | None:
    """``approval`` and ``variation`` are those that wait, if any. None: the order is over."""
    if approval is not None:
        return _approval(reader, order, approval)
    if variation is not None:
        return _variation(reader, order, variation)
    if order.state == State.DRAFT:
        return _draft(reader, order)
    return _running(reader, order) or _ended(reader, order)


def _approval(reader: Reader, order: WorkOrder, approval: Approval) -> NextStep:
    amount = reader.formats.money(approval.amount_minor, order.currency)
    asked = approval.asked_by.name if approval.asked_by else _("A program")
    url = reverse("approval", args=[approval.pk])
    if handles_money(reader.actor) and covers(reader.actor, approval.amount_minor):
        sentence = _("%(who)s asks for your approval of %(amount)s.") % {"who": asked, "amount": amount}
        return NextStep(sentence, label=_("Decide on the approval"), url=url)
    sentence = _("An approval of %(amount)s is asked for; somebody with a higher spending limit decides.")
    return NextStep(sentence % {"amount": amount}, who=_("Waits for an approval"), label=_("See the request"), url=url)


def _variation(reader: Reader, order: WorkOrder, variation: Variation) -> NextStep:
    amount = reader.formats.money(variation.gross_minor, order.currency)
    sentence = _("Variation %(n)d of %(amount)s waits for a decision.") % {"n": variation.number, "amount": amount}
    who = "" if handles_money(reader.actor) else _("The manager's turn")
    return NextStep(sentence, who=who, label=_("Look at the variation"), url=reverse("variation", args=[variation.pk]))


def _draft(reader: Reader, order: WorkOrder) -> NextStep:
    if not reader.edits:
        return NextStep(_("The order has not been awarded yet."), who=_("In preparation"))
    if order.items_gross_minor > 0:
        sentence = _("The order stands at %(amount)s. Award it to a firm or to own people.") % {
            "amount": reader.formats.money(order.items_gross_minor, order.currency)
        }
    else:
        sentence = _("Award it at a framework price, to own people, or enter items first.")
    return NextStep(sentence, label=_("Award"), url=reverse("award_order", args=[order.pk]))


def _running(reader: Reader, order: WorkOrder) -> NextStep | None:
    name = words.contractor(order)
    if order.state == State.AWARDED:
        if order.confirmed_at is None:
            return NextStep(
                _("%(name)s has the order and has not accepted it yet.") % {"name": name},
                who=_("%(name)s's turn") % {"name": name},
            )
        sentence = _("%(name)s has accepted the order and arranges a visit.") % {"name": name}
        return NextStep(sentence, who=_("%(name)s's turn") % {"name": name}, icon="calendar")
    if order.state == State.BOOKED:
        return NextStep(
            _("A visit is agreed; %(name)s comes.") % {"name": name},
            who=_("%(name)s's turn") % {"name": name},
            icon="calendar-check",
        )
    if order.state == State.IN_PROGRESS:
        return NextStep(
            _("%(name)s is at work.") % {"name": name}, who=_("%(name)s's turn") % {"name": name}, icon="wrench"
        )
    if order.state in {State.TENDERING, State.QUOTED}:
        # The request has its own page; the button leads to the one that is live.
        to_request = {"label": _("Look at the quotes"), "post": reverse("begin_quote_request", args=[order.pk])}
        if not reader.edits:
            to_request = {}
        if order.state == State.TENDERING:
            return NextStep(_("Quotes are asked for."), who=_("The firms' turn"), icon="send", **to_request)
        who = "" if reader.edits else _("The manager's turn")
        return NextStep(_("Quotes are in. Compare them and award the order."), who=who, **to_request)
    return None


def _ended(reader: Reader, order: WorkOrder) -> NextStep | None:
    name = words.contractor(order)
    pays = handles_money(reader.actor)
    if order.state == State.DONE:
        return NextStep(
            _("%(name)s has reported the work as done. Look at it, then accept it or report defects.") % {"name": name},
            label=_("Accept the work") if reader.edits else "",
            url=reverse("step_order", args=[order.pk, "accept"]) if reader.edits else "",
            who="" if reader.edits else _("The manager's turn"),
        )
    if order.state == State.ACCEPTED and not order.in_house:
        return NextStep(
            _("The work is accepted. Note the invoice as soon as it comes."),
            label=_("Note the invoice") if pays else "",
            url=reverse("order_invoice", args=[order.pk]) if pays else "",
            who=_("%(name)s's turn") % {"name": name},
            icon="receipt-euro",
        )
    if order.state == State.INVOICED:
        amount = reader.formats.money(order.invoiced_minor, order.currency)
        return NextStep(
            _("The invoice of %(amount)s is to be paid.") % {"amount": amount},
            label=_("Note the payment") if pays else "",
            post=reverse("step_order", args=[order.pk, "pay"]) if pays else "",
            who="" if pays else _("Bookkeeping's turn"),
        )
    return None
