"""The page of one ticket: the next step, the matter, the story."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.config.installation import installation
from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words as order_words
from gewerk.entrypoints.web.manager.orders.order_list import rows_of
from gewerk.entrypoints.web.manager.tickets import words
from gewerk.entrypoints.web.manager.tickets.door import ticket_of
from gewerk.files.models import FileKind, FileLink
from gewerk.files.queries import files_of
from gewerk.journeys.report_damage import BY_REPORTER
from gewerk.projects.models import WorkOrder
from gewerk.projects.queries.by_firm import orders_of_ticket
from gewerk.projects.states import OPEN as OPEN_ORDERS
from gewerk.tickets.catalogue.faults import answered, catalogue
from gewerk.tickets.catalogue.urgency import reason_of
from gewerk.tickets.links import status_token
from gewerk.tickets.models import Ticket
from gewerk.tickets.queries.history import Line, history_of
from gewerk.tickets.queries.reporters import tenants_of_unit
from gewerk.tickets.queries.similar import similar_tickets
from gewerk.tickets.queries.waiting import is_late
from gewerk.tickets.states import OPEN, By, State, Step, allowed

WHO = ("", "steps", "notes", "files")
_NEXT = {
    State.NEW: "review",
    State.REOPENED: "start",
    State.IN_REVIEW: "start",
    State.IN_PROGRESS: "resolve",
    State.WAITING: "start",
    State.RESOLVED: "close",
}
"""The step that usually follows: the one button of the page."""


@managing
def ticket_page(request: HttpRequest, ticket_id: UUID) -> HttpResponseBase:
    who = reader(request)
    ticket = ticket_of(request, ticket_id)
    links = files_of("ticket", ticket.pk)
    steps = allowed(ticket.state, By.STAFF) if who.edits and ticket.incident_id is None else ()
    following = _NEXT.get(State(ticket.state))
    orders = orders_of_ticket(who.actor, ticket.pk)
    gives_order = who.edits and ticket.incident_id is None and ticket.state in OPEN
    return render(
        request,
        "manager/tickets/ticket.html",
        {
            "reader": who,
            "ticket": ticket,
            "trail": [{"label": _("Tickets"), "url": reverse("tickets")}, {"label": ticket.number}],
            "state": words.state(ticket),
            "urgency": words.urgency(ticket.urgency),
            "urgency_reason": reason_of(ticket.urgency_rule, words.language()),
            "where": words.where(ticket),
            "late": is_late(ticket, now=who.formats.now) and ticket.state in OPEN,
            "react_by": who.formats.moment(ticket.react_by_at) if ticket.react_by_at else "",
            "next": _next(who, ticket, [s for s in steps if s.key == following], orders),
            "award_url": reverse("award_ticket", args=[ticket.pk]) if gives_order else "",
            "orders": rows_of(orders),
            "steps": [_button(ticket, step) for step in steps if step.key != following],
            "way": _way(ticket),
            "facts": _facts(who, ticket),
            "questions": _questions(ticket),
            "visit": _visit(ticket),
            "reporter": _reporter(ticket),
            "tenants": _tenants(ticket),
            "photos": [_photo(one) for one in links],
            "members": sorted(ticket.members.select_related("unit", "property"), key=lambda m: (m.created_at, m.pk)),
            "similar": _similar(who, ticket),
            "status_url": f"{installation().base_url.rstrip('/')}{reverse('status', args=[status_token(ticket)])}",
            **_story(request, who, ticket, links),
        },
    )


def _next(reader: Reader, ticket: Ticket, steps: list[Step], orders: list[WorkOrder]) -> dict[str, Any]:
    """The amber panel: one sentence, one button; or whose turn it is."""
    running = [one for one in orders if one.state in OPEN_ORDERS]
    if ticket.incident is None and ticket.state == State.IN_PROGRESS and running:
        return _under_way(running[0])
    if ticket.incident is not None:
        return {
            "who": _("Follows another ticket"),
            "icon": "combine",
            "sentence": _("%(number)s leads: what is done there is told to this reporter, too.")
            % {"number": ticket.incident.number},
            "url": reverse("ticket", args=[ticket.incident_id]),
            "label": _("Open the leading ticket"),
        }
    sentences = {
        State.NEW: _("Look at the report and decide what is to be done."),
        State.REOPENED: _("The reporter says it is not mended. Look at it again."),
        State.IN_REVIEW: _("Begin the work: mend it yourselves or give an order."),
        State.IN_PROGRESS: _("When it is mended, report it as mended; the reporter is asked."),
        State.RESOLVED: _("The reporter has two weeks to object. Then it closes by itself."),
        State.CLOSED: _("Nothing has to be done any more."),
        State.REJECTED: _("The report was rejected. Nothing has to be done any more."),
        State.WAITING: _("It waits for %(what)s.") % {"what": words.WAITS.get(ticket.waiting_for, _("something else"))},
    }
    others = {
        State.RESOLVED: _("The reporter's turn"),
        State.CLOSED: _("Closed"),
        State.REJECTED: _("Rejected"),
        State.WAITING: _("On hold"),
    }
    due = ticket.state == State.WAITING and (
        ticket.waiting_until_date is not None and ticket.waiting_until_date <= reader.formats.today
    )
    sentence = sentences[State(ticket.state)]
    if ticket.state == State.WAITING and ticket.waiting_until_date is not None:
        sentence += " " + _("Until %(day)s.") % {"day": reader.formats.day(ticket.waiting_until_date)}
    return {
        "who": "" if due or not reader.edits else others.get(State(ticket.state), ""),
        "icon": "hand",
        "sentence": sentence,
        "step": _button(ticket, steps[0]) if steps else None,
        "quiet": not reader.edits,
    }


def _under_way(order: WorkOrder) -> dict[str, Any]:
    """Somebody has it, or will: the order's page says what comes next."""
    return {
        "who": _("An order is under way"),
        "icon": "clipboard-list",
        "sentence": _("%(number)s is “%(state)s”. When it is done, the reporter is asked whether it is mended.")
        % {"number": order.number, "state": order_words.state(order).label},
        "url": reverse("order", args=[order.pk]),
        "label": _("Open the order"),
    }


def _button(ticket: Ticket, step: Step) -> dict[str, Any]:
    """A step is one click; where it needs or takes words, its page asks for them."""
    asks = step.needs_reason or step.key == "resolve"
    return {
        "key": step.key,
        "title": step.title,
        "icon": words.STEP_ICONS[step.key],
        "url": reverse("step_ticket", args=[ticket.pk, step.key]),
        "asks": asks,
        "danger": step.key == "reject",
    }


_WAY = (State.NEW, State.IN_REVIEW, State.IN_PROGRESS, State.RESOLVED, State.CLOSED)


def _way(ticket: Ticket) -> list[dict[str, Any]]:
    at = {State.REOPENED: State.NEW, State.WAITING: State.IN_PROGRESS}.get(State(ticket.state), State(ticket.state))
    if at not in _WAY:
        return []
    here = _WAY.index(at)
    titles = [_("Reported"), _("Review"), _("In progress"), _("Mended"), _("Closed")]
    return [
        {"label": title, "status": "done" if i < here or at == State.CLOSED else "current" if i == here else "later"}
        for i, title in enumerate(titles)
    ]


def _facts(reader: Reader, ticket: Ticket) -> list[tuple[str, str, str]]:
    """(label, value, url) of the matter."""
    facts = [
        (_("Category"), f"{words.group(ticket)}: {words.fault(ticket)}", ""),
        (_("Property"), stock.address_line(ticket.property), reverse("property", args=[ticket.property_id])),
    ]
    inside = words.where_inside(ticket)
    if ticket.unit_id is not None:
        facts.append((_("Unit"), inside, reverse("sub_property", args=[ticket.unit_id])))
    elif inside:
        facts.append((_("Place"), inside, ""))
    facts.append((_("Reported on"), f"{reader.formats.moment(ticket.created_at)} · {words.channel(ticket)}", ""))
    if ticket.external_number:
        facts.append((_("Number in the ERP"), ticket.external_number, ""))
    return facts


def _questions(ticket: Ticket) -> list[tuple[str, str]]:
    fault = catalogue().faults.get(ticket.category)
    if fault is None:
        return []
    language = words.language()
    return [(q.title.in_(language), o.title.in_(language)) for q, o in answered(fault, ticket.answers)]


def _visit(ticket: Ticket) -> list[tuple[str, str, str]]:
    """(icon, label, text) of what whoever comes must know."""
    found = []
    if ticket.vulnerable:
        found.append(("accessibility", _("Vulnerable person"), ticket.vulnerable_note or _("lives there")))
    if ticket.access_notes:
        found.append(("key-round", _("Access"), ticket.access_notes))
    if ticket.pets:
        found.append(("dog", _("Pets"), ticket.pets))
    if ticket.pair_visit:
        found.append(("users", _("Two people"), _("please come in twos")))
    return found


def _reporter(ticket: Ticket) -> dict[str, Any]:
    return {
        "name": ticket.reporter_name or _("unknown"),
        "kind": words.reporter_kind(ticket),
        "phone": ticket.reporter_phone,
        "email": ticket.reporter_email,
        "url": reverse("sub_property", args=[ticket.reporter_id]) if ticket.reporter_id else "",
    }


def _tenants(ticket: Ticket) -> list[dict[str, str]]:
    if ticket.unit_id is None or ticket.reporter_id is not None:
        return []
    return [
        {"name": one.name, "url": reverse("sub_property", args=[one.pk])} for one in tenants_of_unit(ticket.unit_id)
    ]


def _photo(link: FileLink) -> dict[str, Any]:
    return {
        "id": link.file_id,
        "name": link.name,
        "is_image": link.file.kind == FileKind.IMAGE,
        "small": reverse("file", args=[link.file_id, "small"]),
        "large": reverse("file", args=[link.file_id, "large"]),
        "original": reverse("file", args=[link.file_id, "original"]),
        "by": _("Reporter") if link.purpose == BY_REPORTER else _("Manager"),
        "at": link.linked_at,
    }


def _similar(reader: Reader, ticket: Ticket) -> list[dict[str, Any]]:
    if not reader.edits or ticket.state not in OPEN or ticket.incident_id is not None:
        return []
    return [
        {
            "ticket": found.ticket,
            "url": reverse("ticket", args=[found.ticket.pk]),
            "place": words.where_inside(found.ticket),
            "kind": _("one cause in the building") if found.likeness.kind == "incident" else _("the same matter"),
            "incident": found.likeness.kind == "incident",
            "reasons": ", ".join(str(words.ALIKE[one]) for one in found.likeness.reasons),
        }
        for found in similar_tickets(reader.actor, ticket)
    ]


def _story(request: HttpRequest, reader: Reader, ticket: Ticket, links: list[FileLink]) -> dict[str, Any]:
    chosen = request.GET.get("story", "")
    chosen = chosen if chosen in WHO else ""
    lines = history_of(ticket, internal=True)
    titles = {"": _("All"), "steps": _("Steps"), "notes": _("Notes"), "files": _("Files")}
    by_id = {str(one.file_id): one for one in links}
    return {
        "story_count": len(lines),
        "story_chips": [
            {"label": title, "url": f"?story={key}#story" if key else "?#story", "active": key == chosen}
            for key, title in titles.items()
        ],
        "events": [_event(reader, line, by_id) for line in lines if _is_shown(line, chosen)],
    }


def _is_shown(line: Line, chosen: str) -> bool:
    entry = line.entry
    if chosen == "steps":
        return bool(entry.to_state)
    if chosen == "notes":
        return entry.event == "noted"
    return entry.event.startswith("file_") or bool(entry.data.get("files")) if chosen == "files" else True


def _event(reader: Reader, line: Line, links: dict[str, FileLink]) -> dict[str, Any]:
    entry = line.entry
    text, icon = words.event(entry)
    if line.by_reporter:
        name = _("Reporter")
    elif line.name:
        name = line.name if entry.actor_kind == "person" else _("Program “%(name)s”") % {"name": line.name}
    else:
        name = _("Gewerk")
    return {
        "icon": icon,
        "initials": line.initials if entry.event == "noted" else "",
        "me": entry.actor_id == reader.person.pk,
        "name": name,
        "text": text,
        "changes": words.changes(entry),
        "reason": entry.reason,
        "bubble": entry.event == "noted",
        "other": entry.data.get("incident") or entry.data.get("member") or "",
        "other_url": _other(entry.data),
        "files": [links[one].name for one in entry.data.get("files", []) if one in links],
        "when": reader.formats.when(entry.at),
    }


def _other(data: dict[str, Any]) -> str:
    other = data.get("incident_id") or data.get("member_id")
    return reverse("ticket", args=[other]) if other else ""
