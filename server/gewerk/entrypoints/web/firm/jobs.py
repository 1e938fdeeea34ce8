"""The jobs of a firm or a crew: what is new, what is to be done, what is done."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gewerk.entrypoints.web.firm.door import RELATED, reader, working
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.tickets.words import Look, urgency
from gewerk.entrypoints.web.visits.card import span_words, zone_for
from gewerk.identity.access import dispatches, is_caretaker
from gewerk.projects.access import orders
from gewerk.projects.models import WorkOrder
from gewerk.projects.queries.waiting import is_late
from gewerk.projects.states import State
from gewerk.scheduling.queries.visits import next_visits
from gewerk.tickets.models import Urgency

ROWS_PER_PAGE = 50
_TO_DO = (State.AWARDED, State.BOOKED, State.IN_PROGRESS)
_DONE = (State.DONE, State.ACCEPTED, State.INVOICED, State.PAID, State.CANCELLED)


@working
@require_safe
def jobs(request: HttpRequest) -> HttpResponseBase:
    """``show=done`` what is over; else what is to be done, the new ones first."""
    who = reader(request)
    done = request.GET.get("show") == "done"
    rows = orders(who.actor).select_related(*RELATED)
    if done:
        rows = rows.filter(state__in=_DONE).order_by("-state_at", "-id")
    else:
        rows = _by_urgency(rows.filter(state__in=_TO_DO))
    number = request.GET.get("page", "1")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(number)
    listed: list[WorkOrder] = list(page.object_list)
    visits = next_visits([one.pk for one in listed])
    new = orders(who.actor).filter(state=State.AWARDED, confirmed_at__isnull=True).count()
    context = {
        "reader": who,
        "page": page,
        "done": done,
        "jobs": [_line(who, one, visits.get(one.pk)) for one in listed],
        "sentence": ngettext("%(n)d new job waits for your answer.", "%(n)d new jobs wait for your answer.", new)
        % {"n": new}
        if new
        else _("No new job waits for your answer."),
        "chips": [
            {"label": _("To do"), "url": reverse("firm_jobs"), "active": not done},
            {"label": _("Done"), "url": reverse("firm_jobs") + "?show=done", "active": done},
        ],
    }
    return render(request, "firm/jobs.html", context)


def _by_urgency(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """New ones first, then emergencies, then by deadline."""
    return rows.alias(
        is_old=Q(confirmed_at__isnull=False) | ~Q(state=State.AWARDED), is_calm=~Q(urgency=Urgency.EMERGENCY)
    ).order_by("is_old", "is_calm", "due_date", "created_at", "id")


def _line(who: Reader, order: WorkOrder, visit: Any) -> dict[str, Any]:
    speaks = dispatches(who.actor) or is_caretaker(who.actor)
    when = span_words(visit.starts_at, visit.ends_at, zone_for(order)) if visit is not None else ""
    return {
        "title": order.title,
        "number": order.number,
        "url": reverse("firm_job", args=[order.pk]),
        "where": words.where(order),
        "manager": order.organisation.name,
        "state": state_for(order, speaks=speaks),
        "urgency": urgency(order.urgency) if order.urgency in {Urgency.EMERGENCY, Urgency.URGENT} else None,
        "when": when,
        "due": who.formats.day(order.due_date) if order.due_date else "",
        "late": is_late(order, as_of=who.formats.today),
    }


def state_for(order: WorkOrder, *, speaks: bool) -> Look:
    """The state as the contractor meets it: a new job is theirs to answer."""
    if order.state == State.AWARDED and order.confirmed_at is None:
        return Look(_("new"), "inbox", "turn" if speaks else "line")
    if order.state == State.AWARDED:
        return Look(_("to be arranged"), "calendar", "line")
    return words.quiet_state(order)
