"""Requests and quotes as bills of quantities, and files as what may be asked or offered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.journal.actor import Actor
from gewerk.marketplace.access import quote_for
from gewerk.marketplace.gaeb import reader, tables, writer
from gewerk.marketplace.gaeb.bill import Bill, BillItem, FileIsBroken
from gewerk.marketplace.models import Pricing, QuoteRequest, RequestItem
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem

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


def with_prices(bill: Bill, request: QuoteRequest, given: QuoteGiven, *, usual_vat_basis_points: int) -> QuoteGiven:
    """A firm's file laid over what it wrote so far: prices per item, found by their numbers, and the discount of the file.

    Items that the file does not price keep their price. Raises FileIsBroken for an unknown number, for another currency,
    for two rates of VAT (a quote by the form has one) and for a file without any price.
    """
    if bill.currency != request.currency:
        raise FileIsBroken(
            _("The prices are in %(theirs)s, the request is in %(ours)s.")
            % {"theirs": bill.currency, "ours": request.currency}
        )
    known = dict(_numbered(request))
    kept = {price.item_id: price for price in given.prices if price.item_id is not None}
    rate_so_far = next((price.vat_basis_points for price in given.prices), usual_vat_basis_points)
    found: dict[UUID | None, PriceGiven] = {}
    for item in bill.items:
        if item.unit_price_minor is None:
            continue
        if item.number not in known:
            raise FileIsBroken(_("The request has no item %(number)s.") % {"number": item.number or "?"})
        rate = item.vat_basis_points if item.vat_basis_points is not None else rate_so_far
        item_id = known[item.number]
        found[item_id] = PriceGiven(item.unit_price_minor, rate, item_id=item_id)
    if not found:
        raise FileIsBroken(_("The file has no price."))
    rates = {price.vat_basis_points for price in found.values()}
    if len(rates) > 1:
        raise FileIsBroken(
            _("The file names several rates of VAT. A quote has one rate for all items: please make them alike.")
        )
    rate = rates.pop()
    others = [price for price in given.prices if price.item_id is None]
    prices = [replace(price, vat_basis_points=rate) for price in (*(kept | found).values(), *others)]
    discount = bill.discount_basis_points or given.discount_basis_points
    return replace(
        given, pricing=Pricing.ITEMS, lump_net_minor=None, prices=tuple(prices), discount_basis_points=discount
    )


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
