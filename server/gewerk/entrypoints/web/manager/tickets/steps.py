"""What is done on the page of a ticket: steps, notes, files, putting together, the status link."""

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.tickets.door import page_of, ticket_of
from gewerk.files.operations.store import store
from gewerk.files.receive import ANY_KIND, receive
from gewerk.identity.access import require
from gewerk.journeys.keep_ticket_files import add_files, remove_file
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.tickets.access import TicketNotFound
from gewerk.tickets.models import Ticket, WaitingFor
from gewerk.tickets.operations.change import note
from gewerk.tickets.operations.merge import put_under, separate
from gewerk.tickets.operations.status_links import renew_status_link
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.states import BY_KEY, By, Step

both = require_http_methods(["GET", "POST"])


class StepForm(PageForm):
    """Words for the reporter; for a step on hold also what is waited for."""

    reason = forms.CharField(
        label=gettext_lazy("For the reporter"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )
    waiting_for = forms.ChoiceField(label=gettext_lazy("What is waited for?"), required=False)
    waiting_until_date = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: object, step: Step, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = step.needs_reason
        self.fields["reason"].help_text = _HELP.get(step.key, "")
        if step.key == "wait":
            choices = [(one.value, words.WAITS[one]) for one in WaitingFor]
            self.fields["waiting_for"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["waiting_for"], self.fields["waiting_until_date"]


_HELP = {
    "resolve": gettext_lazy("What was done? The reporter reads it and is asked whether it is mended."),
    "reject": gettext_lazy("Why is nothing done? The reporter reads it word by word."),
    "wait": gettext_lazy("Why does it take longer? The reporter reads it word by word."),
    "reopen": gettext_lazy("Why is it opened again? The reporter reads it."),
}


@both
@managing
def step(request: HttpRequest, ticket_id: UUID, step: str) -> HttpResponseBase:
    """One step of the table. Where it needs words, a page asks for them; else it is one click."""
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    require(who.edits)
    wanted = BY_KEY.get(step)
    if wanted is None:
        raise TicketNotFound
    form = StepForm(request.POST if request.method == "POST" else None, step=wanted)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        until: date | None = given.get("waiting_until_date")
        try:
            take_step(
                actor=who.actor,
                by=By.STAFF,
                ticket_id=ticket.pk,
                step=step,
                reason=given["reason"],
                waiting_for=given.get("waiting_for", ""),
                waiting_until_date=until,
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.problems:
                form.refuse(refusal)
                return _step_page(request, ticket, wanted, form)
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("%(number)s: done. The reporter is told.") % {"number": ticket.number})
        return redirect(page_of(ticket.pk))
    return _step_page(request, ticket, wanted, form)


def _step_page(request: HttpRequest, ticket: Ticket, wanted: Step, form: StepForm) -> HttpResponseBase:
    readers = ticket.members.count() + 1
    context = {
        "reader": reader(request),
        "ticket": ticket,
        "form": form,
        "title": wanted.title,
        "danger": wanted.key == "reject",
        "sentence": f"{ticket.number} · {ticket.title}",
        "several": readers if readers > 1 else 0,
        "back": page_of(ticket.pk),
        "trail": [
            {"label": _("Tickets"), "url": reverse("tickets")},
            {"label": ticket.number, "url": page_of(ticket.pk)},
            {"label": wanted.title},
        ],
    }
    return render(request, "manager/tickets/step.html", context, status=422 if form.errors else 200)


@require_POST
@managing
def add_note(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    try:
        note(actor=who.actor, ticket_id=ticket.pk, text=request.POST.get("text", ""), now=timezone.now())
    except TicketNotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The note is kept. Only your organisation sees it."))
    return redirect(page_of(ticket.pk, "story"))


@require_POST
@streamed
@managing
def add(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    """Photos, videos and PDF of the manager. The door opens its transaction itself: the files have arrived before."""
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    require(who.edits)
    try:
        ready = [receive(one, kinds=ANY_KIND) for one in arrived(request, "photos")]
        now = timezone.now()
        with writing_transaction():
            files = [(store(actor=who.actor, received=one, now=now), one.name) for one in ready]
            add_files(actor=who.actor, ticket=ticket, files=files, by_reporter=False, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The files are added.") if ready else _("No file was chosen."))
    return redirect(page_of(ticket.pk, "files"))


@require_POST
@managing
def remove(request: HttpRequest, ticket_id: UUID, file_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    require(who.edits)
    with writing_transaction():
        remove_file(actor=who.actor, ticket=ticket, file_id=file_id, now=timezone.now())
    messages.success(request, _("The file is removed from this ticket."))
    return redirect(page_of(ticket.pk, "files"))


@require_POST
@managing
def follow(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    """Put this ticket under the one named by ``lead``, or that one under this (``turn``)."""
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    try:
        other = UUID(request.POST.get("lead", ""))
    except ValueError:
        raise TicketNotFound from None
    lead, member = (ticket.pk, other) if "turn" in request.POST else (other, ticket.pk)
    wide = True if request.POST.get("building_wide") else None
    try:
        put_under(actor=who.actor, lead_id=lead, ticket_ids=[member], building_wide=wide, now=timezone.now())
    except TicketNotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The tickets are together. Each keeps its number, photos and history."))
    return redirect(page_of(ticket.pk))


@require_POST
@managing
def take_out(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    try:
        separate(actor=who.actor, ticket_id=ticket.pk, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The ticket stands on its own again."))
    return redirect(page_of(ticket.pk))


@require_POST
@managing
def renew_link(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = renew_status_link(actor=who.actor, ticket_id=ticket_id, now=timezone.now())
    messages.success(request, _("The status page has another address now; the old one opens nothing."))
    return redirect(page_of(ticket.pk, "reporter"))
