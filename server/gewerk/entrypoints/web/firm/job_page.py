"""One job as the firm, the caretaker or the crew meets it; its steps and variations."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.firm.door import job_of, reader, working
from gewerk.entrypoints.web.firm.jobs import state_for
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.door import version_of
from gewerk.entrypoints.web.manager.orders.forms import ReasonForm
from gewerk.entrypoints.web.manager.orders.item_rows import read_rows
from gewerk.entrypoints.web.manager.orders.order_page import event_line, photo, sums_of, visit_notes
from gewerk.entrypoints.web.manager.orders.steps import HELP
from gewerk.entrypoints.web.manager.tickets.words import urgency
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.entrypoints.web.visits.card import card_for
from gewerk.entrypoints.web.visits.reports import report_cards
from gewerk.files.operations.store import store
from gewerk.files.queries import files_of
from gewerk.files.receive import ANY_KIND, receive
from gewerk.identity.access import dispatches, is_caretaker, require
from gewerk.journal.actor import Actor
from gewerk.journeys.keep_order_files import keep_order_files
from gewerk.journeys.step_order import step_order
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.projects.access import contact_of, parties_of, steps_for
from gewerk.projects.items import USUAL_UNITS
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.contact_looks import note_contact_look
from gewerk.projects.operations.take_step import OF_THEIR_OWN
from gewerk.projects.operations.variations import ask_for_variation
from gewerk.projects.queries.history import history_of
from gewerk.projects.queries.waiting import is_late
from gewerk.projects.states import BY_KEY, CONTACT_SHOWN, VARIABLE, By, Need, State

both = require_http_methods(["GET", "POST"])


@working
@require_safe
def job(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Next step, matter, story. That the contact was shown is noted, without the contact."""
    who = reader(request)
    order = job_of(request, order_id)
    contact = contact_of(who.actor, order)
    if contact is not None and (contact.name or contact.phone or contact.email):
        with transaction.atomic():
            note_contact_look(actor=who.actor, order=order, now=who.formats.now)
    items = list(order.items.order_by("position"))
    own = [item for item in items if item.variation_id is None]
    speaks = dispatches(who.actor) or is_caretaker(who.actor)
    allowed = {step.key for step in steps_for(who.actor, order)}
    defects = list(order.defects.order_by("number"))
    context = {
        "reader": who,
        "order": order,
        "state": state_for(order, speaks=speaks),
        "urgency": urgency(order.urgency),
        "where": words.where(order),
        "manager": order.organisation,
        "due": who.formats.day(order.due_date) if order.due_date else "",
        "late": is_late(order, as_of=who.formats.today),
        "next": _next(order, allowed, speaks=speaks),
        "steps": _steps(order, allowed),
        "contact": contact,
        "contact_hidden": order.state not in CONTACT_SHOWN,
        "visit": visit_notes(order) if contact is not None else [],
        "map_url": _map(order),
        "photos": [photo(link) for link in files_of("work_order", order.pk)],
        "items": words.item_lines(own, order.currency, who.formats),
        "sums": sums_of(who, order, own),
        "variations": [
            {
                "number": one.number,
                "reason": one.reason,
                "amount": who.formats.money(one.gross_minor, order.currency),
                "state": words.variation_state(one.state),
                "decision": one.decision_reason,
            }
            for one in order.variations.order_by("number")
        ],
        "may_vary": order.state in VARIABLE and not order.in_house,
        "may_add": order.state in CONTACT_SHOWN,
        "defects": [
            {"number": one.number, "text": one.text, "due": who.formats.day(one.due_date), "mended": one.mended_at}
            for one in defects
        ],
        "visit_card": card_for(who.actor, order, now=who.formats.now),
        "visit_back": reverse("firm_job", args=[order.pk]) + "#visits",
        "reports": report_cards(who.actor, order, who.formats),
        "events": [event_line(line, order, who) for line in history_of(who.actor, order).lines],
        "trail": [{"label": _("Jobs"), "url": reverse("firm_jobs")}, {"label": order.number}],
    }
    return render(request, "firm/job.html", context)


def _next(order: WorkOrder, allowed: set[str], *, speaks: bool) -> dict[str, str] | None:
    """One sentence, one button; ``who`` where others act."""
    step = reverse("firm_job_step", args=[order.pk, "x"]).rsplit("x", 1)[0]
    manager = order.organisation.name
    if order.state == State.AWARDED and order.confirmed_at is None:
        if not speaks:
            return {"sentence": _("The office has to accept the job first."), "who": _("The office's turn")}
        return {
            "sentence": _("%(name)s gives you this job. Accept it or decline it.") % {"name": manager},
            "post": f"{step}confirm/",
            "label": _("Accept the job"),
            "other": f"{step}decline/",
            "other_label": _("Decline"),
        }
    if order.state == State.AWARDED:
        return {"sentence": _("Arrange a visit with the tenant."), "url": "#visits", "label": _("To the visits")}
    if order.state == State.BOOKED and "start" in allowed:
        return {"sentence": _("A visit is agreed."), "post": f"{step}start/", "label": _("Begin the work")}
    if order.state == State.IN_PROGRESS and "finish" in allowed:
        return {
            "sentence": _("Report the work when it is done."),
            "post": f"{step}finish/",
            "label": _("Report as done"),
        }
    if order.state == State.DONE:
        return {"sentence": _("The manager looks at the work."), "who": _("%(name)s's turn") % {"name": manager}}
    if order.state == State.ACCEPTED and not order.in_house:
        sentence = _("The work is accepted. Send your invoice to the manager; name order number %(number)s.")
        return {"sentence": sentence % {"number": order.number}, "who": _("Invoice")}
    if order.state == State.INVOICED:
        return {
            "sentence": _("Your invoice is there and will be paid."),
            "who": _("%(name)s's turn") % {"name": manager},
        }
    return None


def _steps(order: WorkOrder, allowed: set[str]) -> list[dict[str, Any]]:
    shown = []
    for key in ("start", "finish", "unbook", "decline"):
        if key in allowed:
            step = BY_KEY[key]
            shown.append(
                {
                    "title": step.title,
                    "icon": words.STEP_ICONS[key],
                    "url": reverse("firm_job_step", args=[order.pk, key]),
                    "post": Need.REASON not in step.needs,
                }
            )
    return shown


def _map(order: WorkOrder) -> str:
    """A link that the phone's own map opens; nothing is fetched from elsewhere."""
    place = order.property
    words_ = f"{place.street} {place.house_number}, {place.postcode} {place.city}"
    return f"geo:0,0?q={quote(words_)}" if place.street else ""


@both
@working
def take_step(request: HttpRequest, order_id: UUID, step: str) -> HttpResponseBase:
    """Accept, decline, begin, report as done. Where it needs words, a page asks for them; else it is one click."""
    who = reader(request)
    order = job_of(request, order_id)
    wanted = BY_KEY.get(step)
    parties = parties_of(who.actor, order)
    require(
        wanted is not None and step not in OF_THEIR_OWN and bool(parties & wanted.by & {By.CONTRACTOR, By.DISPATCH})
    )
    assert wanted is not None
    back = reverse("firm_job", args=[order.pk])
    form = None
    if Need.REASON in wanted.needs:
        form = ReasonForm(request.POST if request.method == "POST" else None, help_text=HELP.get(step, ""))
    if request.method == "POST" and (form is None or form.is_valid()):
        now = timezone.now()
        try:
            moved = step_order(
                actor=who.actor,
                order_id=order.pk,
                step=step,
                reason=form.cleaned_data["reason"] if form is not None else "",
                version=version_of(request),
                now=now,
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            messages.error(request, str(refusal.message))
            return redirect(back)
        gone = moved.firm_id is None and moved.crew_id is None
        text = _("%(number)s is given back.") if gone else _("%(number)s: done. The manager is told.")
        messages.success(request, text % {"number": order.number})
        return redirect("firm_jobs" if gone else back)
    if form is None:
        return redirect(back)
    context = {
        "reader": who,
        "order": order,
        "form": form,
        "title": wanted.title,
        "back": back,
        "trail": [
            {"label": _("Jobs"), "url": reverse("firm_jobs")},
            {"label": order.number, "url": back},
            {"label": wanted.title},
        ],
    }
    return render(request, "firm/job_step.html", context, status=422 if form.errors else 200)


@both
@working
def new_variation(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """What turned out to be needed beyond the order, with its price."""
    who = reader(request)
    order = job_of(request, order_id)
    back = reverse("firm_job", args=[order.pk])
    rows = read_rows(request.POST)
    reason = request.POST.get("reason", "").replace("\x00", "")[:4000]
    left: list[str] = []
    if request.method == "POST" and not rows.wrong and "more" not in request.POST:
        try:
            made = ask_for_variation(
                actor=who.actor, order_id=order.pk, reason=reason, lines=rows.lines, now=timezone.now()
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            left = rows.blame(refusal.problems) or ([] if refusal.problems else [str(refusal.message)])
        else:
            messages.success(request, _("Variation %(n)d is asked for; the manager decides.") % {"n": made.number})
            return redirect(back)
    context = {
        "reader": who,
        "order": order,
        "rows": rows,
        "left": left,
        "reason": reason,
        "units": USUAL_UNITS,
        "back": back,
        "trail": [
            {"label": _("Jobs"), "url": reverse("firm_jobs")},
            {"label": order.number, "url": back},
            {"label": _("New variation")},
        ],
    }
    wrong = bool(rows.wrong or left) and "more" not in request.POST
    return render(request, "manager/orders/new_variation.html", context, status=422 if wrong else 200)


@streamed
@working
def add_files(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Photos of the work; the manager sees them. The door opens its transaction itself: the files have arrived before."""
    who = reader(request)
    order = job_of(request, order_id)
    require(request.method == "POST" and order.state in CONTACT_SHOWN)
    try:
        ready = [receive(one, kinds=ANY_KIND) for one in arrived(request, "photos")]
        now = timezone.now()
        with writing_transaction():
            files = [(store(actor=_keeping(who, order), received=one, now=now), one.name) for one in ready]
            keep_order_files(actor=who.actor, order_id=order.pk, files=files, purpose="work", now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The files are added.") if ready else _("No file was chosen."))
    return redirect(reverse("firm_job", args=[order.pk]) + "#files")


def _keeping(who: Reader, order: WorkOrder) -> Actor:
    """Files of an order belong to its manager's organisation."""
    return replace(who.actor, organisation_id=order.organisation_id)
