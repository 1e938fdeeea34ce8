"""The order sheet (Auftragsschein): what is to be done where, how to get in, at which price; for the firm or the own crew."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import translation
from django.utils.translation import gettext as _

from gewerk.identity.models import Organisation
from gewerk.kit.typesetting import pdf
from gewerk.portfolio.models import Property, SubProperty
from gewerk.projects.access import Contact
from gewerk.projects.items import split_of, totals_of
from gewerk.projects.models import OrderItem, VariationState, WorkOrder

TEMPLATE = Path(__file__).parent / "order_sheet.typ"


def language_of(order: WorkOrder) -> str:
    """The contractor's: the firm's own, else the manager's."""
    return order.firm.language if order.firm is not None else order.organisation.language


def order_sheet(order: WorkOrder, *, contact: Contact | None, language: str, at: datetime) -> bytes:
    """The PDF. ``contact`` None: the reader may not see it (any more), and the sheet says so."""
    with translation.override(language):
        return pdf(TEMPLATE, content(order, contact=contact, at=at), at=at)


def content(order: WorkOrder, *, contact: Contact | None, at: datetime) -> dict[str, Any]:
    """Every text of the sheet, in the active language."""
    manager, firm = order.organisation, order.firm
    locale = _locale(manager.country)
    items = list(order.items.select_related("variation").order_by("variation__number", "position"))
    shown = [one for one in items if one.variation is None or one.variation.state == VariationState.APPROVED]
    day = at.astimezone(ZoneInfo(manager.time_zone)).date()
    responsible = order.responsible
    head = [
        (_("Order"), order.number),
        (_("Date"), _day(day, locale)),
        (_("Deadline"), _day(order.due_date, locale) if order.due_date else ""),
        (_("Handled by"), responsible.name if responsible else ""),
        (_("Account"), order.account_code),
        (_("Claim number"), order.claim_number if order.insurance_claim else ""),
    ]
    return {
        "language": (translation.get_language() or "de")[:2],
        "title": _("Order %(number)s") % {"number": order.number},
        "subject": order.title,
        "notice": _("Emergency: please come at once.") if order.urgency == "emergency" else "",
        "sender": {
            "name": manager.name,
            "line": " · ".join(p for p in (manager.name, manager.street, _town(manager)) if p),
            "lines": [p for p in (manager.street, _town(manager), manager.phone, manager.email) if p],
        },
        "recipient": _recipient(order, firm),
        "head": [pair for pair in head if pair[1]],
        "place": _place(order),
        "access": _access(order, contact),
        "text": order.text.splitlines(),
        "columns": [_("No."), _("Work"), _("Quantity"), _("Price"), _("VAT"), _("Net")],
        "items": [_item(one, order.currency, locale) for one in shown],
        "sums": _sums(shown, order.currency, locale),
        "remarks": _remarks(order),
        "signatures": [_("Place, date, contractor"), _("Work accepted: place, date, tenant or manager")],
        "footer": " · ".join(p for p in (manager.name, order.number, order.title) if p),
        "labels": {
            "place": _("Where"),
            "access": _("Access and contact on site"),
            "no_access": _("The contact is shown after the award and until the acceptance.")
            if contact is None
            else _("Nothing was given."),
            "text": _("What is to be done"),
            "items": _("Items"),
            "page": _("Page"),
        },
    }


def _recipient(order: WorkOrder, firm: Organisation | None) -> list[str]:
    if firm is not None:
        return [p for p in (firm.name, firm.street, _town(firm)) if p]
    return [order.crew.name, _("In-house crew")] if order.crew is not None else [_("not awarded yet")]


def _town(one: Organisation | Property) -> str:
    parts = (one.city, one.postcode) if one.country == "GB" else (one.postcode, one.city)
    return " ".join(p for p in parts if p)


def _place(order: WorkOrder) -> list[tuple[str, str]]:
    place, unit = order.property, order.unit
    parts = (place.house_number, place.street) if place.country == "GB" else (place.street, place.house_number)
    street = " ".join(p for p in parts if p) or place.name
    rows = [
        (_("Address"), ", ".join(p for p in (street, place.addition, _town(place)) if p)),
        (_("Unit"), _unit(unit) if unit is not None else ""),
        (_("Place"), order.place_note),
        (_("Property no."), place.external_id or ""),
    ]
    return [row for row in rows if row[1]]


def _unit(unit: SubProperty) -> str:
    floor = unit.floor_raw
    if unit.floor is not None:
        floor = _("ground floor") if unit.floor == 0 else _("floor %(n)d") % {"n": unit.floor}
        floor = _("basement") if unit.floor < 0 else floor
    where = " ".join(p for p in (floor, unit.position) if p)
    return ", ".join(dict.fromkeys(p for p in (where, unit.name or unit.external_id or "") if p))


def _access(order: WorkOrder, contact: Contact | None) -> list[tuple[str, str]]:
    if contact is None:
        return []
    rows = [
        (_("Contact"), contact.name),
        (_("Phone"), contact.phone),
        (_("E-mail"), contact.email),
        (_("Access"), contact.access_notes),
        (_("Pets"), contact.pets),
        (_("Please note"), _("Two people have to come.") if order.pair_visit else ""),
    ]
    return [row for row in rows if row[1]]


def _item(one: OrderItem, currency: str, locale: Locale) -> dict[str, str]:
    added = _("Variation %(n)d: ") % {"n": one.variation.number} if one.variation is not None else ""
    quantity = numbers.format_decimal((Decimal(one.quantity_thousandths) / 1000).normalize(), locale=locale)
    rate = numbers.format_decimal((Decimal(one.vat_basis_points) / 100).normalize(), locale=locale)
    return {
        "position": str(one.position),
        "text": f"{added}{one.text} ({one.get_kind_display()})",
        "quantity": f"{quantity} {one.unit}",
        "price": money(one.unit_price_minor, currency, locale),
        "rate": f"{rate} %",
        "net": money(one.net_minor, currency, locale),
    }


def _sums(items: Sequence[OrderItem], currency: str, locale: Locale) -> list[tuple[str, str, bool]]:
    """(label, amount, strong)."""
    if not items:
        return []
    totals, split = totals_of(items), split_of(items)
    rows = [(_("Net"), money(totals.net, currency, locale), False)]
    for group in totals.groups:
        rate = numbers.format_decimal((Decimal(group.vat_basis_points) / 100).normalize(), locale=locale)
        rows.append((_("VAT %(rate)s %%") % {"rate": rate}, money(group.vat, currency, locale), False))
    rows.append((_("Gross"), money(totals.gross, currency, locale), True))
    rows.append((_("of it labour, travel and machines"), money(split.labour_gross, currency, locale), False))
    rows.append((_("of it material and other"), money(split.other_gross, currency, locale), False))
    return rows


def _remarks(order: WorkOrder) -> list[str]:
    if order.in_house:
        return []
    remarks = [
        _(
            "Please name our order number on the invoice and show labour, travel and machines apart from material "
            "(section 35a EStG)."
        ),
        _("More than this is paid only when a variation was approved before."),
    ]
    if order.insurance_claim:
        remarks.append(_("An insurer pays: please take photos before, during and after the work."))
    return remarks


def money(minor: int, currency: str, locale: Locale) -> str:
    """``1.234,56 €``."""
    return str(numbers.format_currency(Decimal(minor).scaleb(-2), currency, locale=locale))


def _day(value: Any, locale: Locale) -> str:
    pattern = str(dates.get_date_format("short", locale=locale).pattern)
    full = pattern if "yyyy" in pattern else pattern.replace("yy", "y").replace("y", "yyyy")
    return str(dates.format_date(value, format=full, locale=locale))


def _locale(country: str) -> Locale:
    language = (translation.get_language() or "de")[:2]
    for name in (f"{language}_{country}", language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("de_DE")
