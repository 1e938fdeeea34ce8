"""Steps of an order, its defects, its invoice, and who is responsible for chosen ones."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to, version_of
from gewerk.entrypoints.web.manager.orders.forms import AcceptForm, AmountForm, AssignForm, ReasonForm, usual_warranty
from gewerk.entrypoints.web.manager.property_list import people_of
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.identity.access import edits_orders, handles_money, require
from gewerk.journeys.complain_of_work import complain_of_work
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import OrderNotFound, orders
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.complain import DefectsAreInvalid, Found
from gewerk.projects.operations.draft_order import change_order
from gewerk.projects.operations.note_invoice import note_invoice
from gewerk.projects.operations.take_step import OF_THEIR_OWN
from gewerk.projects.states import BY_KEY, Need, Step

both = require_http_methods(["GET", "POST"])
MOST_CHOSEN = 500
DEFECT_ROWS = 3

HELP = {
    "end_tender": gettext_lazy("Why is nothing awarded?"),
    "decline": gettext_lazy("Why is the order given back? The manager reads it."),
    "withdraw_award": gettext_lazy("Why is the award withdrawn? The contractor reads it word by word."),
    "unbook": gettext_lazy("Why is a new visit needed?"),
    "reject_invoice": gettext_lazy("What is wrong with the invoice? The firm reads it word by word."),
    "cancel": gettext_lazy("Why is the order cancelled? Contractor and tenant read it word by word."),
}


@both
@managing
def take_step(request: HttpRequest, order_id: UUID, step: str) -> HttpResponseBase:
    """One step of the table. Where it needs words, a page asks for them; else it is one click."""
    who = reader(request)
    order = order_of(request, order_id)
    wanted = BY_KEY.get(step)
    if wanted is None or step in OF_THEIR_OWN:
        raise OrderNotFound
    require(handles_money(who.actor))
    form = _form(request, who, wanted)
    if request.method == "POST" and (form is None or form.is_valid()):
        given: dict[str, Any] = form.cleaned_data if form is not None else {}
        now = timezone.now()
        try:
            moved = step_order(
                actor=who.actor,
                order_id=order.pk,
                step=step,
                reason=given.get("reason", ""),
                warranty_until=given.get("warranty_until"),
                version=version_of(request),
                now=now,
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            if form is not None and refusal.problems:
                form.refuse(refusal)
                return _step_page(request, order, wanted, form)
            messages.error(request, str(refusal.message))
        else:
            messages.success(
                request, _("%(number)s: %(state)s.") % {"number": order.number, "state": words.state(moved).label}
            )
        return redirect(page_of(order.pk))
    if form is None:
        # A step of one click has no page of its own.
        return redirect(page_of(order.pk))
    return _step_page(request, order, wanted, form)


def _form(request: HttpRequest, who: Reader, step: Step) -> PageForm | None:
    sent = request.POST if request.method == "POST" else None
    if step.key == "accept":
        return AcceptForm(sent, initial={"warranty_until": usual_warranty(who.formats.today)})
    if Need.REASON in step.needs:
        return ReasonForm(sent, help_text=HELP.get(step.key, ""))
    return None


def _step_page(request: HttpRequest, order: WorkOrder, step: Step, form: PageForm) -> HttpResponseBase:
    context = {
        "form": form,
        "title": step.title,
        "action": step.title,
        "danger": step.key in {"cancel", "withdraw_award", "reject_invoice"},
        "more": {"url": reverse("order_defects", args=[order.pk]), "label": _("Report defects instead")}
        if step.key == "accept"
        else None,
    }
    return _page(request, order, str(step.title), context, wrong=bool(form.errors))


def _page(
    request: HttpRequest, order: WorkOrder, title: str, context: dict[str, Any], *, wrong: bool
) -> HttpResponseBase:
    page = {
        "reader": reader(request),
        "order": order,
        "sentence": f"{order.number} · {order.title}",
        "back": page_of(order.pk),
        "trail": trail_to(order, title),
        **context,
    }
    return render(request, "manager/orders/step.html", page, status=422 if wrong else 200)


@both
@managing
def defects(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """What is wrong, each with its deadline; the order goes back to work."""
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    usual = (who.formats.today.toordinal() + 14, who.formats.today)
    rows = _defect_rows(request, date.fromordinal(usual[0]))
    refused = ""
    if request.method == "POST":
        named = [row for row in rows if row["text"].strip()]
        found = [Found(row["text"], row["day"]) for row in named if row["day"]]
        try:
            if len(found) < len(named):
                raise DefectsAreInvalid
            complain_of_work(
                actor=who.actor,
                order_id=order.pk,
                defects=found,
                version=version_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            refused = refusal.problems[0].message if refusal.problems else str(refusal.message)
        else:
            messages.success(request, _("The defects are reported; the contractor is told by mail."))
            return redirect(page_of(order.pk, "defects"))
    context = {"rows": rows, "refused": refused, "reader": who, "order": order, "back": page_of(order.pk)}
    context |= {"trail": trail_to(order, _("Report defects")), "sentence": f"{order.number} · {order.title}"}
    return render(request, "manager/orders/defects.html", context, status=422 if refused else 200)


def _defect_rows(request: HttpRequest, usual: date) -> list[dict[str, Any]]:
    texts, days = request.POST.getlist("text"), request.POST.getlist("due")
    rows = []
    for number in range(max(DEFECT_ROWS, min(50, len(texts)))):
        typed = days[number] if number < len(days) else usual.isoformat()
        try:
            day: date | None = date.fromisoformat(typed)
        except ValueError:
            day = None
        text = texts[number].replace("\x00", "")[:4000] if number < len(texts) else ""
        rows.append({"number": number + 1, "text": text, "day": day})
    return rows


@both
@managing
def invoice(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Note the firm's invoice by its gross sum."""
    who = reader(request)
    order = order_of(request, order_id)
    require(handles_money(who.actor))
    form = AmountForm(
        request.POST if request.method == "POST" else None,
        initial={"amount": who.formats.number(order.committed_minor / 100)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            note_invoice(
                actor=who.actor,
                order_id=order.pk,
                gross_minor=form.cleaned_data["amount"],
                version=version_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.kind is RefusalKind.NOT_FOUND:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("The invoice is noted."))
            return redirect(page_of(order.pk))
    committed = who.formats.money(order.committed_minor, order.currency)
    context = {
        "form": form,
        "title": _("Note the invoice"),
        "action": _("Note the invoice"),
        "hint": _("Committed are %(amount)s gross, with the approved variations.") % {"amount": committed},
    }
    return _page(request, order, _("Note the invoice"), context, wrong=bool(form.errors))


@both
@managing
def assign(request: HttpRequest) -> HttpResponseBase:
    """Who is responsible for the chosen orders."""
    who = reader(request)
    require(edits_orders(who.actor))
    sent = request.POST if request.method == "POST" else request.GET
    ids = chosen_ids(sent.getlist("id")[:MOST_CHOSEN])
    chosen = list(orders(who.actor).filter(pk__in=ids).select_related("property", "unit").order_by("created_at", "id"))
    if not chosen:
        raise OrderNotFound
    people = [(str(person.pk), person.name) for person in people_of(who)]
    form = AssignForm(request.POST if request.method == "POST" else None, people=people)
    query = sent.get("back", "")
    back = page_of(chosen[0].pk) if len(chosen) == 1 else reverse("orders") + (f"?{query}" if query else "")
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        wanted = None if person == AssignForm.NOBODY else UUID(person)
        with transaction.atomic():
            for order in chosen:
                fields = {"responsible_id": wanted}
                change_order(actor=who.actor, order_id=order.pk, fields=fields, now=timezone.now())
        messages.success(request, _("Changed: %(count)s.") % {"count": words.orders(len(chosen))})
        return redirect(back)
    title = _("Change who is responsible")
    context = {
        "reader": who,
        "form": form,
        "title": title,
        "action": _("Save"),
        "chosen": [{"id": one.pk, "title": f"{one.number} · {one.title} · {words.where(one)}"} for one in chosen],
        "sentence": words.orders(len(chosen)),
        "list_query": query,
        "back": back,
        "trail": [{"label": _("Orders"), "url": reverse("orders")}, {"label": title}],
    }
    return render(request, "manager/bulk.html", context, status=422 if request.method == "POST" else 200)
