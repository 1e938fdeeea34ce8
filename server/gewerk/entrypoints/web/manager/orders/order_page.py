"""The page of one order: its head, the next step, left the matter, right the story."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders import words
from gewerk.entrypoints.web.manager.orders.door import order_of, page_of, trail_to
from gewerk.entrypoints.web.manager.orders.next_step import next_step
from gewerk.entrypoints.web.manager.orders.rating import rating_card
from gewerk.entrypoints.web.manager.tickets.words import urgency
from gewerk.entrypoints.web.visits.card import card_for
from gewerk.entrypoints.web.visits.reports import report_cards
from gewerk.files.models import FileKind, FileLink
from gewerk.files.queries import files_of, files_of_many
from gewerk.firms.trades import trade_name
from gewerk.identity.access import handles_money
from gewerk.projects.access import steps_for
from gewerk.projects.items import split_of, totals_of
from gewerk.projects.models import Approval, ApprovalState, Defect, OrderItem, Variation, VariationState, WorkOrder
from gewerk.projects.queries.history import Line, history_of
from gewerk.projects.queries.waiting import is_late
from gewerk.projects.states import OPEN_FOR_ITEMS, VARIABLE, Need, State, Step, is_final

KINDS = ("", "steps", "money")
_WAY = (State.DRAFT, State.AWARDED, State.BOOKED, State.IN_PROGRESS, State.DONE, State.ACCEPTED, State.PAID)


@managing
def order_page(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    who = reader(request)
    order = order_of(request, order_id)
    items = list(order.items.select_related("framework_price").order_by("position"))
    own = [item for item in items if item.variation_id is None]
    variations = list(order.variations.order_by("number"))
    approval = order.approvals.filter(state=ApprovalState.ASKED).select_related("asked_by").first()
    asked = next((one for one in variations if one.state == VariationState.ASKED), None)
    tickets = [link.ticket for link in order.ticket_links.select_related("ticket").order_by("id")]
    return render(
        request,
        "manager/orders/order.html",
        {
            "reader": who,
            "order": order,
            "trail": trail_to(order),
            "state": words.state(order),
            "urgency": urgency(order.urgency),
            "where": words.where(order),
            "contractor": words.contractor(order),
            "due": who.formats.day(order.due_date) if order.due_date else "",
            "late": is_late(order, as_of=who.formats.today),
            "next": next_step(who, order, approval, asked),
            "way": _way(order),
            "steps": _steps(who, order),
            "tickets": tickets,
            "facts": _facts(who, order),
            "visit": visit_notes(order),
            "photos": _photos(order, [ticket.pk for ticket in tickets]),
            "items": words.item_lines(own, order.currency, who.formats),
            "sums": sums_of(who, order, own),
            "may_set_items": who.edits and order.state in OPEN_FOR_ITEMS,
            "variations": [_variation(who, order, one, items) for one in variations],
            "may_vary": who.edits and order.state in VARIABLE and not order.in_house,
            "approval": _approval(who, order, approval),
            "defects": _defects(who, list(order.defects.order_by("number"))),
            "money": _money(who, order),
            "may_change": who.edits and not is_final(order.state, in_house=order.in_house),
            "pays": handles_money(who.actor),
            "recalls": list(order.recalls.order_by("created_at")),
            "may_recall": who.edits and order.state in {State.ACCEPTED, State.INVOICED, State.PAID},
            "visit_card": card_for(who.actor, order, now=who.formats.now) if contractor_has(order) else None,
            "visit_back": page_of(order.pk, "visits"),
            "reports": report_cards(who.actor, order, who.formats) if contractor_has(order) else [],
            "rating": rating_card(who, order),
            **_story(request, who, order),
        },
    )


def contractor_has(order: WorkOrder) -> bool:
    return order.firm_id is not None or order.crew_id is not None


def _way(order: WorkOrder) -> list[dict[str, Any]]:
    """The bar of the usual way; a cancelled order has none, an in-house one ends with the acceptance."""
    if order.state == State.CANCELLED:
        return []
    early = {State.TENDERING: State.DRAFT, State.QUOTED: State.DRAFT, State.INVOICED: State.ACCEPTED}
    at = early.get(State(order.state), State(order.state))
    way = _WAY[:-1] if order.in_house else _WAY
    titles = {
        State.DRAFT: _("Prepared"),
        State.AWARDED: _("Awarded"),
        State.BOOKED: _("Visit"),
        State.IN_PROGRESS: _("At work"),
        State.DONE: _("Done"),
        State.ACCEPTED: _("Accepted"),
        State.PAID: _("Paid"),
    }
    here = way.index(at)
    over = is_final(order.state, in_house=order.in_house)
    return [
        {"label": titles[state], "status": "done" if n < here or over else "current" if n == here else "later"}
        for n, state in enumerate(way)
    ]


def _steps(reader: Reader, order: WorkOrder) -> list[dict[str, Any]]:
    """What else may be done; the next step has a button of its own."""
    shown = []
    for step in steps_for(reader.actor, order):
        if step.key in {"award", "book"}:
            continue  # the award has its page, visits have their card
        shown.append({"title": step.title, "icon": words.STEP_ICONS[step.key], **step_address(order, step)})
    return shown


def step_address(order: WorkOrder, step: Step) -> dict[str, Any]:
    """Where the step is taken: a page where it needs words, else one click (``post``)."""
    if step.key == "complain":
        return {"url": reverse("order_defects", args=[order.pk]), "post": False}
    if step.key == "tender":
        return {"url": reverse("begin_quote_request", args=[order.pk]), "post": True}
    if step.key == "invoice":
        return {"url": reverse("order_invoice", args=[order.pk]), "post": False}
    asks = Need.REASON in step.needs or step.key == "accept"
    return {"url": reverse("step_order", args=[order.pk, step.key]), "post": not asks}


def _facts(reader: Reader, order: WorkOrder) -> list[tuple[str, str, str]]:
    """(label, value, url) of the matter."""
    formats = reader.formats
    facts = [
        (_("Property"), stock.address_line(order.property), reverse("property", args=[order.property_id])),
    ]
    if order.unit is not None:
        inside = stock.position(order.unit) or stock.unit_title(order.unit)
        facts.append((_("Unit"), inside, reverse("sub_property", args=[order.unit_id])))
    if order.place_note:
        facts.append((_("Place"), order.place_note, ""))
    if order.trade:
        facts.append((_("Trade"), trade_name(order.trade), ""))
    name = words.contractor(order)
    if order.firm_id is not None:
        facts.append((_("Firm"), name, reverse("firm", args=[order.firm_id])))
    elif name:
        facts.append((_("Own people"), name, ""))
    if order.tenant is not None:
        facts.append((_("Tenant"), order.tenant.name, reverse("sub_property", args=[order.tenant_id])))
    if order.contact_name or order.contact_phone:
        facts.append((_("Contact on site"), ", ".join(p for p in (order.contact_name, order.contact_phone) if p), ""))
    facts.append((_("Account"), order.account_code or "–", ""))
    if order.insurance_claim:
        claim = ", ".join(p for p in (order.insurer, order.claim_number) if p)
        facts.append((_("Insurance claim"), claim or _("yes"), ""))
    if order.warranty_until_date is not None:
        facts.append((_("Warranty until"), formats.day(order.warranty_until_date), ""))
    if order.recall_of is not None:
        facts.append((_("Repairs the work of"), order.recall_of.number, page_of(order.recall_of.pk)))
    facts.append((_("Begun"), formats.moment(order.created_at), ""))
    return facts


def visit_notes(order: WorkOrder) -> list[tuple[str, str, str]]:
    """(icon, label, text) of what whoever comes must know."""
    found = []
    if order.access_notes:
        found.append(("key-round", _("Access"), order.access_notes))
    if order.pets:
        found.append(("dog", _("Pets"), order.pets))
    if order.pair_visit:
        found.append(("users", _("Two people"), _("please come in twos")))
    return found


def _photos(order: WorkOrder, ticket_ids: list[UUID]) -> list[dict[str, Any]]:
    """The order's files, and what came to its tickets later."""
    links = files_of("work_order", order.pk)
    known = {link.file_id for link in links}
    for found in files_of_many("ticket", ticket_ids).values():
        links += [link for link in found if link.file_id not in known]
    return [photo(link) for link in links]


def photo(link: FileLink) -> dict[str, Any]:
    return {
        "name": link.caption or link.name,
        "is_image": link.file.kind == FileKind.IMAGE,
        "icon": "video" if link.file.kind == FileKind.VIDEO else "file-text",
        "large": reverse("file", args=[link.file_id, "large"]),
        "original": reverse("file", args=[link.file_id, "original"]),
        "at": link.linked_at,
    }


def sums_of(reader: Reader, order: WorkOrder, items: list[OrderItem]) -> dict[str, Any]:
    """Net, tax per rate, gross and the split of section 35a EStG, as the foot of the items shows them."""
    money = reader.formats.money
    totals, split = totals_of(items), split_of(items)
    return {
        "net": money(totals.net, order.currency),
        "taxes": [
            (words.rate(group.vat_basis_points, reader.formats), money(group.vat, order.currency))
            for group in totals.groups
        ],
        "gross": money(totals.gross, order.currency),
        "labour": money(split.labour_gross, order.currency),
        "other": money(split.other_gross, order.currency),
    }


def _money(reader: Reader, order: WorkOrder) -> list[dict[str, str]]:
    """Budget, committed, approved and invoiced, gross: always in view."""
    money = reader.formats.money
    stats = [
        {
            "number": money(order.committed_minor, order.currency),
            "label": _("committed"),
            "note": _varied(reader, order),
        },
        {"number": money(order.approved_minor, order.currency), "label": _("approved"), "note": ""},
        {"number": money(order.invoiced_minor, order.currency), "label": _("invoiced"), "note": ""},
    ]
    if order.budget_minor is not None:
        stats.insert(0, {"number": money(order.budget_minor, order.currency), "label": _("budget"), "note": ""})
    return stats


def _varied(reader: Reader, order: WorkOrder) -> str:
    if not order.variations_gross_minor:
        return ""
    return _("of it variations %(amount)s") % {
        "amount": reader.formats.money(order.variations_gross_minor, order.currency)
    }


def _variation(reader: Reader, order: WorkOrder, one: Variation, items: list[OrderItem]) -> dict[str, Any]:
    return {
        "number": one.number,
        "reason": one.reason,
        "amount": reader.formats.money(one.gross_minor, order.currency),
        "state": words.variation_state(one.state),
        "url": reverse("variation", args=[one.pk]),
        "items": len([item for item in items if item.variation_id == one.pk]),
    }


def _approval(reader: Reader, order: WorkOrder, approval: Approval | None) -> dict[str, Any] | None:
    if approval is None:
        return None
    return {
        "url": reverse("approval", args=[approval.pk]),
        "amount": reader.formats.money(approval.amount_minor, order.currency),
        "note": approval.note,
    }


def _defects(reader: Reader, defects: list[Defect]) -> list[dict[str, Any]]:
    today = reader.formats.today
    return [
        {
            "number": one.number,
            "text": one.text,
            "due": reader.formats.day(one.due_date),
            "late": one.mended_at is None and one.due_date < today,
            "mended": one.mended_at is not None,
            "accepted": one.accepted_at is not None,
        }
        for one in defects
    ]


def _story(request: HttpRequest, reader: Reader, order: WorkOrder) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    found = history_of(reader.actor, order, kind=kind, before=before)
    titles = {"": _("All"), "steps": _("Steps"), "money": _("Money")}
    return {
        "story_chips": [
            {"label": title, "url": f"?kind={key}#story" if key else "?#story", "active": key == kind}
            for key, title in titles.items()
        ],
        "events": [event_line(line, order, reader) for line in found.lines],
        "older": f"?{f'kind={kind}&' if kind else ''}before={found.older}#story" if found.older else "",
    }


def event_line(line: Line, order: WorkOrder, reader: Reader) -> dict[str, Any]:
    text, icon = words.event(line.entry)
    return {
        "icon": icon,
        "initials": line.initials,
        "me": line.mine,
        "name": line.name,
        "text": text,
        "told": words.told(line.entry, reader.formats),
        "reason": line.entry.reason,
        "changes": words.changes(line.entry, order.currency, reader.formats),
        "when": reader.formats.when(line.entry.at),
    }
