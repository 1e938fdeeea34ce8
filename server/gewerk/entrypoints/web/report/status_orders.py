"""What orders and visits add to the status page: who was asked, when somebody comes, what was done. No prices, no internal lines.

A visit is shown, with the link that answers it, only to whoever's home it concerns: several reporters may wait for one order.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.entrypoints.web.report.status_words import Done, Piece
from gewerk.entrypoints.web.visits.card import visit_line, zone_for
from gewerk.projects.access import concerns_reporter
from gewerk.projects.models import HistoryEntry, OrderTicket, WorkOrder
from gewerk.scheduling.access import guest_for
from gewerk.scheduling.links import visit_token
from gewerk.scheduling.models import VisitEntry
from gewerk.scheduling.queries.visits import visits_of
from gewerk.scheduling.states import FINAL, By
from gewerk.tickets.models import Ticket

_ORDERS: dict[str, tuple[Promise, str]] = {
    "award": (gettext_lazy("%(name)s is asked to mend it"), "send"),
    "confirm": (gettext_lazy("%(name)s has taken the job"), "circle-check"),
    "decline": (gettext_lazy("%(name)s cannot come; we look for somebody else"), "undo-2"),
    "withdraw_award": (gettext_lazy("We look for somebody else"), "undo-2"),
    "start": (gettext_lazy("%(name)s has begun the work"), "wrench"),
    "finish": (gettext_lazy("%(name)s reports the work as done"), "clipboard-check"),
    "complain": (gettext_lazy("We looked at the work: something has to be put right"), "triangle-alert"),
    "accept": (gettext_lazy("We looked at the work and accepted it"), "check-check"),
    "cancel": (gettext_lazy("The order was cancelled"), "ban"),
    "variation_asked": (gettext_lazy("More has to be done than expected; we decide about it"), "file-plus"),
    "variation_approved": (gettext_lazy("The further work is approved"), "circle-check"),
    "variation_refused": (gettext_lazy("The further work is not approved"), "circle-x"),
}
_REASON_SHOWN = frozenset({"cancel"})
"""Whoever cancels is told on the form that the tenant reads why; other reasons are between manager and contractor."""

_VISITS: dict[str, tuple[Promise, str]] = {
    "propose": (gettext_lazy("Times for a visit are proposed to you"), "calendar"),
    "propose_again": (gettext_lazy("Other times are proposed to you"), "calendar"),
    "wish": (gettext_lazy("You wished for a visit"), "calendar"),
    "announce": (gettext_lazy("Visit announced for %(when)s"), "calendar-check"),
    "pick": (gettext_lazy("Visit agreed for %(when)s"), "calendar-check"),
    "accept_wish": (gettext_lazy("Visit agreed for %(when)s"), "calendar-check"),
    "counter": (gettext_lazy("Other times were wished for"), "git-compare"),
    "reschedule": (gettext_lazy("The visit has to be moved"), "calendar-x"),
    "ask_to_move": (gettext_lazy("You asked to move the visit"), "calendar-x"),
    "arrive": (gettext_lazy("Somebody is on site"), "map-pin"),
    "attend": (gettext_lazy("The visit took place"), "circle-check"),
    "no_access": (gettext_lazy("Nobody opened; a new time is needed"), "door-open"),
    "not_attended": (gettext_lazy("Nobody came; a new time is needed"), "calendar-x"),
    "cancel": (gettext_lazy("The visit was cancelled"), "ban"),
}


def orders_piece(ticket: Ticket) -> Piece:
    """Of the ticket's orders, and of those of the ticket that leads it. Seven queries at most per order with visits."""
    wanted = Q(ticket=ticket) | Q(ticket_id=ticket.incident_id) if ticket.incident_id else Q(ticket=ticket)
    links = OrderTicket.objects.filter(wanted).select_related("order__organisation", "order__firm", "order__crew")
    orders = {link.order_id: link.order for link in links.order_by("id")}
    if not orders:
        return Piece()
    lines = list(HistoryEntry.objects.filter(order__in=orders, event__in=_ORDERS).order_by("id"))
    own = [order for order in orders.values() if concerns_reporter(order, ticket)]
    entries = list(VisitEntry.objects.filter(visit__order__in=own, step__in=_VISITS).order_by("id")) if own else []
    now = timezone.now()
    return Piece(
        done=(*_of_orders(lines), *(_of_visit(entry) for entry in entries)),
        template="report/status_orders.html",
        context={"visits": [line for order in own for line in _open_visits(order, now)]},
        version=f"{lines[-1].pk if lines else 0}-{entries[-1].pk if entries else 0}",
    )


def _of_orders(lines: list[HistoryEntry]) -> list[Done]:
    told = []
    names: dict[Any, str] = {}
    for line in lines:
        if line.event == "award":
            names[line.order_id] = str(line.data.get("contractor") or "")
        text, icon = _ORDERS[line.event]
        name = names.get(line.order_id) or _("The firm")
        reason = line.reason if line.event in _REASON_SHOWN else ""
        told.append(Done(line.at, str(text) % {"name": name}, icon, reason))
    return told


def _of_visit(entry: VisitEntry) -> Done:
    text, icon = _VISITS[entry.step]
    # Why somebody cannot come is said to them; the tenant's own words need not be repeated.
    reason = "" if entry.party == By.TENANT else entry.reason
    return Done(entry.at, str(text) % {"when": _when(entry.starts_at)}, icon, reason)


def _when(at: datetime | None) -> str:
    """On the building's clock, which the page has set."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{date_format(local, 'D')}, {date_format(local, 'SHORT_DATETIME_FORMAT')}"


def _open_visits(order: WorkOrder, now: datetime) -> list[dict[str, Any]]:
    actor = guest_for(order.organisation_id, order_id=order.pk)
    found = [one for one in visits_of(actor, order.pk, now=now) if one.visit.state not in FINAL]
    lines = [visit_line(actor, one, zone_for(order)) for one in found]
    return [{"line": line, "url": reverse("visit_by_link", args=[visit_token(line.visit)])} for line in lines]
