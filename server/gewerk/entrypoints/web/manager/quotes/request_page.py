"""The list of requests, and one request: what is asked, of whom, what they ask back; after the opening the quotes side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gewerk.catalogue.queries import NoCatalogue, ServiceNotFound, service
from gewerk.entrypoints.downloads import bill_download
from gewerk.entrypoints.web.evidence_words import file_look
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.rating_words import from_ratings
from gewerk.files.queries import files_of, files_of_many
from gewerk.firms.access import listed_firms
from gewerk.firms.models import Standing
from gewerk.identity.access import edits_orders, owns_privately, require, sees_orders
from gewerk.marketplace.access import (
    QUOTE_FILES,
    REQUEST_FILES,
    award_records,
    quote_for,
    quotes,
    request_for,
    steps_for,
)
from gewerk.marketplace.gate import gate_words, may_take_each
from gewerk.marketplace.models import OwnerApproval, QuoteRequest
from gewerk.marketplace.queries import bills
from gewerk.marketplace.queries.comparison import Comparison, compare
from gewerk.marketplace.queries.listed import requests_listed
from gewerk.marketplace.queries.scores import scores
from gewerk.marketplace.states import InvitationState, State

ROWS_PER_PAGE = 50
_LOOKS = {
    State.DRAFT: ("turn", "pencil"),
    State.OPEN: ("run", "hourglass"),
    State.OPENED: ("turn", "scale"),
    State.AWARDED: ("done", "circle-check"),
    State.ENDED: ("line", "ban"),
}


def look(state: str) -> dict[str, str]:
    kind, icon = _LOOKS[State(state)]
    return {"kind": kind, "icon": icon, "label": str(State(state).label)}


@dataclass(frozen=True, slots=True)
class _Line:
    """Of the list. What is written of the record is asked for once (``remember``)."""

    record: QuoteRequest
    formats: Formats

    @property
    def url(self) -> str:
        return reverse("quote_request", args=[self.record.pk])

    @property
    def state(self) -> dict[str, str]:
        return look(self.record.state)

    @property
    def until(self) -> str:
        return self.formats.moment(self.record.deadline_at) if self.record.deadline_at else ""


@managing
@require_safe
def request_list(request: HttpRequest) -> HttpResponseBase:
    """All requests, the last changed first. Nothing here depends on quotes that are sealed."""
    who = reader(request)
    wanted = request.GET.get("state", "")
    rows = requests_listed(who.actor, wanted if wanted in State.values else "")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page", "1"))
    base = reverse("quote_requests")
    context = {
        "reader": who,
        "page": page,
        "requests": [_Line(one, who.formats) for one in page],
        "chips": [
            {"label": _("All"), "url": base, "active": not wanted},
            *(
                {"label": state.label, "url": f"{base}?state={state.value}", "active": wanted == state.value}
                for state in State
            ),
        ],
    }
    return render(request, "manager/quotes/list.html", context)


@managing
@require_safe
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    who = reader(request)
    return page_of(request, who, request_id)


def page_of(
    request: HttpRequest, who: Reader, request_id: UUID, *, refused: str = "", values: Any = None
) -> HttpResponseBase:
    """The page; ``refused`` and ``values`` after a form that did not go through."""
    found = request_for(who.actor, request_id)
    prefetch_related_objects([found], "items")
    record = award_records(who.actor).filter(request=found).select_related("person", "firm").first()
    steps = {step.key for step in steps_for(who.actor, found)}
    invited = list(found.invitations.select_related("firm"))
    gates = may_take_each(
        organisation_id=found.organisation_id,
        firm_ids=[one.firm_id for one in invited],
        service=found.service,
        country=found.organisation.country,
        on=who.formats.today,
    )
    comparison = compare(who.actor, found, today=who.formats.today, gates=gates)
    files = files_of_many(QUOTE_FILES, [column.quote.pk for column in comparison.columns])
    over = found.deadline_at is not None and timezone.now() >= found.deadline_at
    known = {one.firm_id for one in invited}
    own = listed_firms(who.actor).filter(firm_id__in=known).values_list("firm_id", flat=True)
    addresses = {firm_id: reverse("gates_of_firm", args=[firm_id]) for firm_id in own}
    others = listed_firms(who.actor).exclude(standing=Standing.BLOCKED).order_by("firm__name")
    more = [
        {"firm_id": firm_id, "name": name}
        for firm_id, name in others.values_list("firm_id", "firm__name")[:200]
        if firm_id not in known
    ]
    context = {
        "reader": who,
        "found": found,
        "order_url": reverse("order", args=[found.order_id]),
        "state": look(found.state),
        "steps": steps,
        "edits": edits_orders(who.actor),
        "deadline": who.formats.moment(found.deadline_at) if found.deadline_at else "",
        "over": over,
        "sealed": found.state == State.OPEN,
        "budget": who.formats.money(found.budget_minor, found.currency) if found.budget_minor is not None else "",
        "start": who.formats.day(found.start_date) if found.start_date else "",
        "items": [
            {
                "number": item.number or str(item.position),
                "section": item.section,
                "text": item.text,
                "quantity": f"{who.formats.number(item.quantity_thousandths / 1000)} {item.unit}",
                "optional": item.optional,
                "alternative_to": item.alternative_to,
            }
            for item in found.items.all()
        ],
        "service": service_name(found),
        "invited": [
            {
                "name": one.firm.name,
                "gates": addresses.get(one.firm_id, ""),
                "missing": gate_words(gates[one.firm_id], found.organisation.country),
                "position": one.position,
                "why": one.why,
                "declined": one.state == InvitationState.DECLINED,
                "reason": one.decline_reason,
            }
            for one in invited
        ],
        "more_firms": more,
        "photos": [file_look(one) for one in files_of(REQUEST_FILES, found.pk)],
        "questions": list(found.questions.select_related("invitation__firm")),
        "table": _table(who, found, comparison, files, addresses),
        "record": _record(who, record) if record else None,
        "owner": OwnerApproval.objects.filter(request=found)
        .select_related("quote__firm")
        .order_by("-asked_at")
        .first(),
        "own_money": owns_privately(who.actor),
        "refused": refused,
        "values": values or {},
        "trail": [{"label": _("Requests for quotes"), "url": reverse("quote_requests")}, {"label": found.title}],
    }
    return render(request, "manager/quotes/request.html", context, status=422 if refused else 200)


def service_name(found: QuoteRequest) -> str:
    """In the reader's language; a code that the catalogue does not know any more as it is."""
    if not found.service:
        return ""
    try:
        return str(service(found.organisation.country, found.service).names)
    except (NoCatalogue, ServiceNotFound):
        return found.service


def _table(
    who: Reader, found: QuoteRequest, comparison: Comparison, files: Any, gates: Mapping[UUID, str]
) -> dict[str, Any] | None:
    """``gates``: firm -> the page of its evidence, for those of the own list."""
    if not comparison.columns:
        return None

    rated = scores([column.quote.firm_id for column in comparison.columns], now=who.formats.now)

    def money(minor: int) -> str:
        return who.formats.money(minor, found.currency)

    def day(value: Any) -> str:
        return who.formats.day(value) if value else "–"

    return {
        "columns": [
            {
                "id": column.quote.pk,
                "firm": column.quote.firm.name,
                "gross": money(column.quote.gross_minor),
                "net": money(column.quote.net_minor),
                "vat": money(column.quote.vat_minor),
                "discount": money(column.quote.discount_minor) if column.quote.discount_minor else "",
                "start": day(column.quote.start_date),
                "days": column.quote.duration_days or "–",
                "valid": day(column.quote.valid_until_date),
                "conditions": column.quote.conditions,
                "lump": column.quote.pricing == "lump_sum",
                "points": rated[column.quote.firm_id].points,
                "ratings": from_ratings(rated[column.quote.firm_id]),
                "mark": column.mark,
                "cheapest": column.cheapest,
                "expired": column.expired,
                "missing": gate_words(column.gate, found.organisation.country),
                "gates": gates.get(column.quote.firm_id, ""),
                "awardable": column.gate.open and not column.expired and found.state == State.OPENED,
                "state": column.quote.get_state_display(),
                "percent": column.percent_of_highest,
                "alternatives": [(line.text, money(line.net_minor)) for line in column.alternatives],
                "files": files.get(column.quote.pk, []),
                "x84": reverse("quote_bill", args=[column.quote.pk, "x84"]),
            }
            for column in comparison.columns
        ],
        "rows": [
            {
                "number": row.item.number or str(row.item.position),
                "text": row.item.text,
                "counted": row.item.counted,
                "cells": [
                    {"price": money(cell.line.unit_price_minor) if cell.line else "–", "mark": cell.mark}
                    for cell in row.cells
                ],
            }
            for row in comparison.rows
        ],
    }


def _record(who: Reader, record: Any) -> dict[str, Any]:
    names = {
        str(one.firm_id): one.firm.name
        for one in quotes(who.actor).filter(request_id=record.request_id).select_related("firm")
    }
    return {
        "firm": record.firm.name,
        "gross": who.formats.money(record.gross_minor, record.currency),
        "by": record.person.name if record.person else _("A program"),
        "at": who.formats.moment(record.at),
        "reason": record.reason,
        "others": [
            {
                "firm": names.get(one["firm_id"], "–"),
                "gross": who.formats.money(one["gross_minor"], record.currency),
                "reason": one["reason"],
            }
            for one in record.others
        ],
    }


@managing
@require_safe
def request_bill(request: HttpRequest, request_id: UUID, variant: str) -> HttpResponse:
    """The scope as a file: x83, csv or xlsx."""
    who = reader(request)
    require(sees_orders(who.actor))
    found = request_for(who.actor, request_id)
    return bill_download(bills.bill_of_request(found), variant, found.order.number)


@managing
@require_safe
def quote_bill(request: HttpRequest, quote_id: UUID, variant: str) -> HttpResponse:
    """An opened quote as a file: x84, csv or xlsx."""
    who = reader(request)
    bill = bills.bill_of_quote(who.actor, quote_id)
    number = quote_for(who.actor, quote_id).request.order.number
    return bill_download(bill, variant, number)
