"""A report taken by phone: find the place or the tenant, type what is wrong, done; and changing a ticket later."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import LONGEST_SEARCH
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.tickets.door import page_of, ticket_of
from gewerk.entrypoints.web.manager.tickets.forms import ChangeForm, WhatForm
from gewerk.identity.access import require
from gewerk.journeys.report_damage import report_damage
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.access import NotFound, properties, property_for, sub_properties, sub_property_for
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType
from gewerk.portfolio.queries.property_page import natural
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.models import Channel, ReporterKind, Ticket
from gewerk.tickets.operations.change import ChangeIsInvalid, change
from gewerk.tickets.operations.report import NewTicket
from gewerk.tickets.operations.take_step import TicketIsStale
from gewerk.tickets.queries.places import Found, places
from gewerk.tickets.queries.reporters import tenants_of_unit

both = require_http_methods(["GET", "POST"])


@both
@managing
def new_ticket(request: HttpRequest) -> HttpResponseBase:
    """First the place (search over units, tenants and addresses), then the rest on one page."""
    who = reader(request)
    require(who.edits)
    asked = request.POST if request.method == "POST" else request.GET
    place = _place(who, asked)
    if place is None:
        return _search(request, who)
    one, unit, part, reporter = place
    initial = _initial(unit, reporter)
    form = WhatForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answers = _answers(request, given["category"])
        try:
            ticket = report_damage(
                actor=who.actor,
                organisation=who.organisation,
                given=NewTicket(
                    property=one,
                    unit=unit,
                    common_part=part,
                    channel=Channel.PHONE,
                    language=(reporter.language if reporter and reporter.language else who.organisation.language),
                    reporter=reporter,
                    answers=answers,
                    **given,
                ),
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(number)s is taken.") % {"number": ticket.number})
            return redirect(page_of(ticket.pk))
    title = ", ".join(p for p in (stock.street_line(one), _inside(unit, part)) if p)
    context = {
        "reader": who,
        "form": form,
        "place": title,
        "city": stock.place_line(one),
        "kept": {
            "property": one.pk,
            "unit": unit.pk if unit else "",
            "part": part,
            "reporter": reporter.pk if reporter else "",
        },
        "tenants": _tenants(unit, reporter, one),
        "questions": _questions(request, form["category"].value()),
        "trail": [{"label": _("Tickets"), "url": reverse("tickets")}, {"label": _("Take a report")}],
    }
    return render(request, "manager/tickets/new.html", context, status=422 if form.errors else 200)


def _inside(unit: SubProperty | None, part: str) -> str:
    if unit is not None:
        return stock.position(unit) or stock.unit_title(unit)
    return words.part(part) if part else ""


def _place(who: Reader, asked: Any) -> tuple[Property, SubProperty | None, str, SubProperty | None] | None:
    """Property, unit, common part and reporter as the address names them. Raises NotFound for foreign ids."""
    unit = _fetched(who, asked.get("unit", ""))
    reporter = _fetched(who, asked.get("reporter", ""))
    if reporter is not None and reporter.type == SubPropertyType.UNIT:
        raise NotFound
    if unit is not None:
        if unit.type != SubPropertyType.UNIT or unit.property_id is None:
            raise NotFound
        return property_for(who.actor, unit.property_id), unit, "", reporter
    property_id = _uuid(asked.get("property", ""))
    if property_id is None:
        return None
    part = asked.get("part", "")
    return property_for(who.actor, property_id), None, part if part in catalogue().parts else "", reporter


def _fetched(who: Reader, text: str) -> SubProperty | None:
    found = _uuid(text)
    return sub_property_for(who.actor, found) if found else None


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _initial(unit: SubProperty | None, reporter: SubProperty | None) -> dict[str, Any]:
    """A tenant who is known need not spell their name."""
    known = reporter
    if known is None and unit is not None:
        tenants = tenants_of_unit(unit.pk)
        known = tenants[0] if len(tenants) == 1 else None
    if known is None:
        return {"reporter_kind": ReporterKind.TENANT if unit else ReporterKind.OTHER}
    phones = [one.get("e164") or one.get("raw") or "" for one in known.phones]
    return {
        "reporter_kind": ReporterKind.OWNER if known.type == SubPropertyType.LANDLORD else ReporterKind.TENANT,
        "reporter_name": known.name,
        "reporter_email": known.email,
        "reporter_phone": phones[0] if phones else "",
    }


def _tenants(unit: SubProperty | None, chosen: SubProperty | None, one: Property) -> list[dict[str, Any]]:
    """Several live there: which one calls?"""
    if unit is None:
        return []
    found = tenants_of_unit(unit.pk)
    if chosen is None and len(found) < 2:
        return []
    return [
        {
            "name": tenant.name,
            "url": f"{reverse('new_ticket')}?unit={unit.pk}&reporter={tenant.pk}",
            "active": chosen is not None and tenant.pk == chosen.pk,
        }
        for tenant in found
        if one.pk == unit.property_id
    ]


def _questions(request: HttpRequest, category: str | None) -> list[dict[str, Any]]:
    """What the guided report would ask about this fault: the rules of urgency need the answers."""
    fault = catalogue().faults.get(category or "")
    if fault is None:
        return []
    language = words.language()
    return [
        {
            "name": f"q-{question.key}",
            "title": question.title.in_(language),
            "options": [
                {
                    "key": option.key,
                    "title": option.title.in_(language),
                    "chosen": request.POST.get(f"q-{question.key}") == option.key,
                }
                for option in question.options
            ],
        }
        for question in fault.questions
    ]


def _answers(request: HttpRequest, category: str) -> list[dict[str, str]]:
    fault = catalogue().faults.get(category)
    found = []
    for question in fault.questions if fault else ():
        if value := request.POST.get(f"q-{question.key}"):
            found.append({"question": question.key, "answer": value})
    return found


@managing
def questions(request: HttpRequest) -> HttpResponseBase:
    """The questions of the fault just chosen, for the form to put in."""
    require(reader(request).edits)
    context = {"questions": _questions(request, request.GET.get("category"))}
    return render(request, "manager/tickets/questions.html", context)


def _search(request: HttpRequest, who: Reader) -> HttpResponseBase:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    found = places(who.actor, text) if text else []
    context = {
        "reader": who,
        "text": text,
        "hits": [_hit(one) for one in found],
        "trail": [{"label": _("Tickets"), "url": reverse("tickets")}, {"label": _("Take a report")}],
        "any_property": properties(who.actor).filter(archived_at__isnull=True).exists(),
    }
    return render(request, "manager/tickets/new_place.html", context)


def _hit(one: Found) -> dict[str, Any]:
    base = reverse("new_ticket")
    line = stock.address_line(one.property)
    if one.unit is not None:
        query = f"?unit={one.unit.pk}" + (f"&reporter={one.tenant.pk}" if one.tenant else "")
        return {
            "icon": "user-round" if one.tenant else "house",
            "title": one.tenant.name if one.tenant else stock.position(one.unit) or stock.unit_title(one.unit),
            "note": f"{line} · {stock.position(one.unit) or stock.unit_title(one.unit)}" if one.tenant else line,
            "number": one.unit.external_id or "",
            "url": base + query,
        }
    return {
        "icon": "building-2",
        "title": stock.street_line(one.property),
        "note": f"{stock.place_line(one.property)} · " + _("the building itself"),
        "number": one.property.external_id or "",
        "url": f"{base}?property={one.property.pk}",
        "parts": [
            {"label": text.in_(words.language()), "url": f"{base}?property={one.property.pk}&part={key}"}
            for key, text in catalogue().parts.items()
        ],
    }


@both
@managing
def edit_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    require(who.edits)
    initial = {name: getattr(ticket, name) for name in ChangeForm.base_fields if hasattr(ticket, name)}
    units = _units(who, ticket)
    form = ChangeForm(request.POST if request.method == "POST" else None, units=units, initial=initial)
    stale = False
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        version, reason = given.pop("version"), given.pop("reason")
        given["unit_id"] = UUID(given["unit_id"]) if given["unit_id"] else None
        try:
            change(
                actor=who.actor,
                ticket_id=ticket.pk,
                fields=given,
                reason=reason,
                version=version,
                now=timezone.now(),
            )
        except TicketIsStale:
            stale = True
        except ChangeIsInvalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(page_of(ticket.pk))
    context = {
        "reader": who,
        "ticket": ticket,
        "form": form,
        "stale": stale,
        "back": page_of(ticket.pk),
        "sections": _sections(form),
        "trail": [
            {"label": _("Tickets"), "url": reverse("tickets")},
            {"label": ticket.number, "url": page_of(ticket.pk)},
            {"label": _("Edit")},
        ],
    }
    status = 412 if stale else 422 if form.errors else 200
    return render(request, "manager/tickets/edit.html", context, status=status)


def _sections(form: ChangeForm) -> list[tuple[str, list[Any]]]:
    parts = (
        (_("What it is about"), ("title", "category", "text", "urgency", "reason")),
        (_("Where"), ("unit_id", "common_part", "place_note", "building_wide")),
        (_("Who reported it"), ("reporter_name", "reporter_phone", "reporter_email")),
        (_("For the visit"), ("access_notes", "pets", "vulnerable", "vulnerable_note", "pair_visit")),
    )
    return [(title, [form[name] for name in names]) for title, names in parts]


def _units(who: Reader, ticket: Ticket) -> list[tuple[str, str]]:
    rows = sub_properties(who.actor).filter(property_id=ticket.property_id, type=SubPropertyType.UNIT)
    listed = [one for one in rows if one.archived_at is None or one.pk == ticket.unit_id]
    listed.sort(key=lambda one: natural(one.external_id or one.name))
    return [(str(one.pk), " · ".join(p for p in (stock.position(one), stock.unit_title(one)) if p)) for one in listed]
