"""What is done with tickets chosen in the list: who is responsible, a step, putting together."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.property_list import people_of
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.tickets.forms import AssignForm, BulkStepForm, MergeForm
from gewerk.identity.access import require
from gewerk.kit.refusals import Refusal
from gewerk.tickets.access import TicketNotFound, tickets
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.change import MOST_AT_ONCE, assign
from gewerk.tickets.operations.merge import put_under
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.states import By, allowed

both = require_http_methods(["GET", "POST"])


def _chosen(request: HttpRequest, who: Reader) -> list[Ticket]:
    """The chosen tickets that are the actor's; raises TicketNotFound where none is."""
    require(who.edits)
    ids = chosen_ids((request.POST if request.method == "POST" else request.GET).getlist("id")[:MOST_AT_ONCE])
    rows = tickets(who.actor).filter(pk__in=ids).select_related("property", "unit").order_by("created_at", "id")
    found = list(rows)
    if not found:
        raise TicketNotFound
    return found


def _back(request: HttpRequest) -> str:
    query = (request.POST if request.method == "POST" else request.GET).get("back", "")
    return reverse("tickets") + (f"?{query}" if query else "")


def _page(request: HttpRequest, form: PageForm, chosen: list[Ticket], title: str, action: str) -> HttpResponseBase:
    context: dict[str, Any] = {
        "reader": reader(request),
        "form": form,
        "title": title,
        "action": action,
        "chosen": [{"id": one.pk, "title": f"{one.number} · {one.title} · {words.where(one)}"} for one in chosen],
        "sentence": words.tickets(len(chosen)),
        "list_query": (request.POST if request.method == "POST" else request.GET).get("back", ""),
        "back": _back(request),
        "trail": [{"label": _("Tickets"), "url": reverse("tickets")}, {"label": title}],
    }
    return render(request, "manager/bulk.html", context, status=422 if request.method == "POST" else 200)


@both
@managing
def assign_many(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    chosen = _chosen(request, who)
    people = [(str(person.pk), person.name) for person in people_of(who)]
    form = AssignForm(request.POST or None, people=people)
    title = _("Change who is responsible")
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, chosen, title, _("Save"))
    person = form.cleaned_data["person"]
    changed = assign(
        actor=who.actor,
        ticket_ids=[one.pk for one in chosen],
        person_id=None if person == AssignForm.NOBODY else UUID(person),
        now=timezone.now(),
    )
    messages.success(request, _("Changed: %(count)s.") % {"count": words.tickets(changed)})
    return redirect(_back(request))


@both
@managing
def step_many(request: HttpRequest) -> HttpResponseBase:
    """The same step for all that it fits; the others stay as they are and are named."""
    who = reader(request)
    chosen = _chosen(request, who)
    steps = {step.key: step for one in chosen for step in allowed(one.state, By.STAFF)}
    form = BulkStepForm(request.POST or None, steps=[(key, step.title) for key, step in steps.items()])
    title = _("Take a step")
    if request.method == "POST" and form.is_valid():
        step = steps[form.cleaned_data["step"]]
        if step.needs_reason and not form.cleaned_data["reason"].strip():
            form.add_error("reason", _("Please give a reason: the reporter reads it."))
    if request.method != "POST" or form.errors:
        return _page(request, form, chosen, title, _("Take this step"))
    done, left = 0, []
    for one in chosen:
        try:
            with transaction.atomic():
                take_step(
                    actor=who.actor,
                    by=By.STAFF,
                    ticket_id=one.pk,
                    step=form.cleaned_data["step"],
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                )
            done += 1
        except Refusal:
            left.append(one.number)
    messages.success(request, _("Changed: %(count)s.") % {"count": words.tickets(done)})
    if left:
        messages.error(request, _("Not possible for %(numbers)s.") % {"numbers": ", ".join(left[:10])})
    return redirect(_back(request))


@both
@managing
def merge_many(request: HttpRequest) -> HttpResponseBase:
    """One of the chosen leads, the others follow it."""
    who = reader(request)
    chosen = _chosen(request, who)
    leads = [(str(one.pk), f"{one.number} · {one.title} · {words.where_inside(one)}") for one in chosen]
    form = MergeForm(request.POST or None, leads=leads, initial={"lead": leads[0][0]})
    title = _("Put together")
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, chosen, title, _("Put together"))
    try:
        with transaction.atomic():
            lead = put_under(
                actor=who.actor,
                lead_id=UUID(form.cleaned_data["lead"]),
                ticket_ids=[one.pk for one in chosen],
                building_wide=form.cleaned_data["building_wide"] or None,
                now=timezone.now(),
            )
    except Refusal as refusal:
        form.add_error("lead", str(refusal.message))
        return _page(request, form, chosen, title, _("Put together"))
    messages.success(request, _("The tickets are together. Each keeps its number, photos and history."))
    return redirect("ticket", lead.pk)
