"""What waits for the reader among orders, approvals and variations, for the start page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.waiting import MOST, Waiting
from gewerk.projects.queries.waiting import approvals_that_wait, is_late, orders_that_wait, variations_that_wait
from gewerk.tickets.models import Urgency


def orders_waiting(reader: Reader) -> list[Waiting]:
    """At most four queries."""
    return [*_approvals(reader), *_variations(reader), *_orders(reader)]


def _orders(reader: Reader) -> list[Waiting]:
    notes = {
        "award": _("to be awarded"),
        "accept": _("reported as done"),
        "invoice": _("waits for its invoice"),
        "pay": _("invoice to be paid"),
    }
    actions = {
        "award": (_("Award"), "send", "award_order"),
        "accept": (_("Look at the work"), "clipboard-check", "order"),
        "invoice": (_("Note the invoice"), "receipt-euro", "order_invoice"),
        "pay": (_("Open the order"), "euro", "order"),
    }
    found = []
    for turn in orders_that_wait(reader.actor, limit=MOST):
        order = turn.order
        action, icon, route = actions[turn.why]
        found.append(
            Waiting(
                title=order.title,
                note=f"{order.number}, {notes[turn.why]} · {words.where(order)}",
                url=reverse(route, args=[order.pk]),
                action=action,
                icon=icon,
                since=order.state_at,
                due_date=order.due_date,
                pressing=order.urgency == Urgency.EMERGENCY or is_late(order, as_of=reader.formats.today),
            )
        )
    return found


def _approvals(reader: Reader) -> list[Waiting]:
    return [
        Waiting(
            title=_("Approval of %(amount)s") % {"amount": reader.formats.money(one.amount_minor, one.order.currency)},
            note=f"{one.order.number} {one.order.title}",
            url=reverse("approval", args=[one.pk]),
            action=_("Decide"),
            icon="hand",
            since=one.asked_at,
            due_date=one.order.due_date,
        )
        for one in approvals_that_wait(reader.actor, limit=MOST)
    ]


def _variations(reader: Reader) -> list[Waiting]:
    return [
        Waiting(
            title=_("Variation of %(amount)s") % {"amount": reader.formats.money(one.gross_minor, one.order.currency)},
            note=f"{one.order.number} {one.order.title}",
            url=reverse("variation", args=[one.pk]),
            action=_("Decide"),
            icon="file-plus",
            since=one.asked_at,
            due_date=one.order.due_date,
        )
        for one in variations_that_wait(reader.actor, limit=MOST)
    ]
