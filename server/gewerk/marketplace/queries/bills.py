"""Requests and quotes as bills of quantities, and files as what may be asked or offered."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor
from gewerk.marketplace.access import quote_for
from gewerk.marketplace.gaeb import reader, tables, writer
from gewerk.marketplace.gaeb.bill import Bill, BillItem, FileIsBroken
from gewerk.marketplace.models import QuoteRequest, RequestItem
from gewerk.marketplace.scope import PriceGiven, ScopeItem

_BETWEEN = " / "
MEDIA_TYPES = {
    "x83": "application/xml",
    "x84": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def bill_of_request(request: QuoteRequest) -> Bill:
    """What is asked, without any price that a firm gave."""
    items = tuple(_bill_item(item) for item in request.items.all())
    return Bill(83, request.title, request.currency, items=items)


def bill_of_quote(actor: Actor, quote_id: UUID) -> Bill:
    """What was offered per item, through the seal. Raises RequestNotFound."""
    quote = quote_for(actor, quote_id)
    lines = quote.lines.select_related("item").filter(item__isnull=False).order_by("item__position")
    items = tuple(
        _bill_item(line.item, price=line.unit_price_minor, rate=line.vat_basis_points)
        for line in lines
        if line.item is not None
    )
    return Bill(84, quote.request.title, quote.currency, quote.discount_basis_points, items)


def written(bill: Bill, kind: str, *, now: datetime) -> bytes:
    """``kind``: x83, x84, csv or xlsx."""
    if kind == "csv":
        return tables.write_csv(bill)
    if kind == "xlsx":
        return tables.write_xlsx(bill)
    return "".join(writer.write(bill, now=now)).encode()


def read_bill(file: BinaryIO, name: str) -> Bill:
    """By the ending of the file's name. Raises FileIsBroken."""
    ending = PurePath(name.replace("\\", "/")).suffix.lower()
    if ending in {".x83", ".x84", ".xml"}:
        return reader.read(file)
    if ending == ".csv":
        return tables.read_csv(file)
    if ending == ".xlsx":
        return tables.read_xlsx(file)
    raise FileIsBroken(_("Send a file ending in .x83, .x84, .csv or .xlsx."))


def scope_of(bill: Bill) -> list[ScopeItem]:
    """As items of a request; prices are left out, they are the firms' to give."""
    return [
        ScopeItem(
            text=item.text,
            quantity_thousandths=item.quantity_thousandths,
            unit=item.unit,
            number=item.number,
            section=_BETWEEN.join(item.sections)[:300],
            optional=item.optional,
            alternative_to=item.alternative_to,
        )
        for item in bill.items
    ]


def prices_of(bill: Bill, request: QuoteRequest, *, usual_vat_basis_points: int) -> tuple[PriceGiven, ...]:
    """A firm's file as prices for the items of the request, found by their numbers. Raises FileIsBroken for an unknown number."""
    known = dict(_numbered(request))
    found = []
    for item in bill.items:
        if item.unit_price_minor is None:
            continue
        if item.number not in known:
            raise FileIsBroken(_("The request has no item %(number)s.") % {"number": item.number or "?"})
        rate = item.vat_basis_points if item.vat_basis_points is not None else usual_vat_basis_points
        found.append(PriceGiven(item.unit_price_minor, rate, item_id=known[item.number]))
    return tuple(found)


def _numbered(request: QuoteRequest) -> Iterator[tuple[str, UUID]]:
    for item in request.items.all():
        yield number_of(item), item.pk


def number_of(item: RequestItem) -> str:
    """Its own, else one by its place."""
    return item.number or f"{item.position * 10:04d}"


def _bill_item(item: RequestItem, *, price: int | None = None, rate: int | None = None) -> BillItem:
    return BillItem(
        text=item.text,
        quantity_thousandths=item.quantity_thousandths,
        unit=item.unit,
        number=number_of(item),
        sections=tuple(item.section.split(_BETWEEN)) if item.section else (),
        optional=item.optional,
        alternative_to=item.alternative_to,
        unit_price_minor=price,
        vat_basis_points=rate,
    )
