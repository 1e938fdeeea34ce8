"""What is asked for, and what is offered, as somebody enters it: checked, before it becomes rows. Minor units and thousandths."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.kit.money import line_net
from gewerk.kit.refusals import FieldProblem
from gewerk.marketplace.models import Pricing, RequestItem
from gewerk.projects.items import HIGHEST

MOST_ITEMS = 2_000
"""A whole refurbishment has some hundreds."""
MOST_QUANTITY = 10**9
MOST_OWN_ALTERNATIVES = 20
LONGEST_VALIDITY = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class ScopeItem:
    """One position as asked for: quantity in thousandths of ``unit``; price and rate only in a fixed-price offer."""

    text: str
    quantity_thousandths: int
    unit: str
    number: str = ""
    section: str = ""
    optional: bool = False
    alternative_to: str = ""
    unit_price_minor: int | None = None
    vat_basis_points: int | None = None


@dataclass(frozen=True, slots=True)
class PriceGiven:
    """The price of an item (``item_id``), or of something the firm proposes beside what was asked (with its own words)."""

    unit_price_minor: int
    vat_basis_points: int
    item_id: UUID | None = None
    text: str = ""
    quantity_thousandths: int = 1_000
    unit: str = "psch"


@dataclass(frozen=True, slots=True)
class QuoteGiven:
    """A quote as the firm writes it. ``lump_net_minor`` with its rate, or ``prices`` per item."""

    pricing: str = Pricing.ITEMS
    prices: tuple[PriceGiven, ...] = ()
    lump_net_minor: int | None = None
    lump_vat_basis_points: int = 1_900
    discount_basis_points: int = 0
    start_date: date | None = None
    duration_days: int | None = None
    valid_until_date: date | None = None
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quote, ready to be written."""

    item_id: UUID | None
    own_alternative: bool
    text: str
    quantity_thousandths: int
    unit: str
    unit_price_minor: int
    vat_basis_points: int
    counted: bool

    @property
    def net_minor(self) -> int:
        return line_net(quantity_thousandths=self.quantity_thousandths, unit_price_minor=self.unit_price_minor)


def scope_problems(items: Sequence[ScopeItem], *, priced: bool) -> tuple[FieldProblem, ...]:
    """What is wrong, with pointers ``/items/0/text``. ``priced``: a fixed-price offer, each item needs price and rate."""
    found: list[FieldProblem] = []
    if len(items) > MOST_ITEMS:
        return (FieldProblem("/items", "too_many", _("At most %(n)d items.") % {"n": MOST_ITEMS}),)
    numbers = {item.number for item in items if item.number and not item.alternative_to}

    def wrong(index: int, field: str, code: str, message: str) -> None:
        found.append(FieldProblem(f"/items/{index}/{field}", code, message))

    seen: set[str] = set()
    for index, item in enumerate(items):
        if not item.text.strip():
            wrong(index, "text", "required", _("Say what is to be done."))
        for field, value, most in (
            ("text", item.text, 20_000),
            ("unit", item.unit, 20),
            ("number", item.number, 30),
            ("section", item.section, 300),
        ):
            if len(value) > most:
                wrong(index, field, "too_long", _("At most %(n)d characters.") % {"n": most})
        if not item.unit.strip():
            wrong(index, "unit", "required", _("Give a unit."))
        if not 0 < item.quantity_thousandths <= MOST_QUANTITY:
            wrong(index, "quantity", "out_of_range", _("The quantity must be above 0 and at most 1,000,000."))
        if item.number and item.number in seen:
            wrong(index, "number", "twice", _("This number is given twice."))
        seen.add(item.number)
        if item.alternative_to and item.alternative_to not in numbers:
            wrong(
                index, "alternative_to", "unknown", _("There is no item of this number to which it is an alternative.")
            )
        if priced:
            if item.unit_price_minor is None or not 0 <= item.unit_price_minor <= HIGHEST:
                wrong(index, "unit_price_minor", "required", _("A fixed-price offer needs the price of each item."))
            if item.vat_basis_points is None or not 0 <= item.vat_basis_points <= 10_000:
                wrong(index, "vat_rate", "out_of_range", _("The rate must be between 0 and 100 percent."))
    return tuple(found)


def lines_of(given: QuoteGiven, items: Mapping[UUID, RequestItem]) -> list[Line]:
    """The quote's lines, in the order of the request; prices of unknown items are left out (``quote_problems`` names them)."""
    if given.pricing == Pricing.LUMP_SUM:
        lump = given.lump_net_minor or 0
        main = [Line(None, False, "", 1_000, "psch", lump, given.lump_vat_basis_points, counted=True)]
    else:
        by_item = {price.item_id: price for price in given.prices if price.item_id is not None}
        main = [
            Line(
                item.pk,
                False,
                by_item[item.pk].text.strip(),
                item.quantity_thousandths,
                item.unit,
                by_item[item.pk].unit_price_minor,
                by_item[item.pk].vat_basis_points,
                counted=item.counted,
            )
            for item in items.values()
            if item.pk in by_item
        ]
    own = [
        Line(
            None,
            True,
            price.text.strip(),
            price.quantity_thousandths,
            price.unit.strip(),
            price.unit_price_minor,
            price.vat_basis_points,
            counted=False,
        )
        for price in given.prices
        if price.item_id is None
    ]
    return main + own


def quote_problems(
    given: QuoteGiven, items: Mapping[UUID, RequestItem], *, today: date, whole: bool
) -> tuple[FieldProblem, ...]:
    """What is wrong. ``whole``: it is to be submitted, nothing that counts may be missing."""
    found: list[FieldProblem] = []

    def wrong(pointer: str, code: str, message: str) -> None:
        found.append(FieldProblem(pointer, code, message))

    impossible = _("This amount is not possible.")
    if given.pricing not in Pricing.values:
        wrong("/pricing", "not_allowed", _("Please choose one."))
    if len(given.prices) > MOST_ITEMS + MOST_OWN_ALTERNATIVES:
        return (FieldProblem("/prices", "too_many", _("At most %(n)d items.") % {"n": MOST_ITEMS}),)
    if sum(price.item_id is None for price in given.prices) > MOST_OWN_ALTERNATIVES:
        wrong("/prices", "too_many", _("At most %(n)d alternatives of your own.") % {"n": MOST_OWN_ALTERNATIVES})
    seen: set[UUID] = set()
    for index, price in enumerate(given.prices):
        where = f"/prices/{index}"
        quantity = price.quantity_thousandths
        if price.item_id is not None:
            if price.item_id not in items or price.item_id in seen:
                wrong(f"{where}/item_id", "unknown", _("There is no such item in this request."))
                continue
            seen.add(price.item_id)
            quantity = items[price.item_id].quantity_thousandths
        elif not price.text.strip():
            wrong(f"{where}/text", "required", _("Say what you propose."))
        if len(price.text) > 5_000:
            wrong(f"{where}/text", "too_long", _("At most %(n)d characters.") % {"n": 5_000})
        if price.item_id is None and (
            not price.unit.strip() or len(price.unit) > 20 or not 0 < quantity <= MOST_QUANTITY
        ):
            wrong(f"{where}/quantity", "out_of_range", _("Give a quantity above 0 and its unit."))
        net = line_net(quantity_thousandths=quantity, unit_price_minor=price.unit_price_minor)
        if not 0 <= price.unit_price_minor <= HIGHEST or net > HIGHEST:
            wrong(f"{where}/unit_price_minor", "out_of_range", impossible)
        if not 0 <= price.vat_basis_points <= 10_000:
            wrong(f"{where}/vat_rate", "out_of_range", _("The rate must be between 0 and 100 percent."))
    if given.lump_net_minor is not None and not 0 <= given.lump_net_minor <= HIGHEST:
        wrong("/lump_net_minor", "out_of_range", impossible)
    if not 0 <= given.lump_vat_basis_points <= 10_000:
        wrong("/lump_vat_rate", "out_of_range", _("The rate must be between 0 and 100 percent."))
    if not 0 <= given.discount_basis_points < 10_000:
        wrong("/discount", "out_of_range", _("The discount must be at least 0 and less than 100 percent."))
    if given.duration_days is not None and not 0 < given.duration_days <= 1_000:
        wrong("/duration_days", "out_of_range", _("Give the working days, at most 1,000."))
    if len(given.conditions) > 10_000:
        wrong("/conditions", "too_long", _("At most %(n)d characters.") % {"n": 10_000})
    if given.valid_until_date is not None and not today <= given.valid_until_date <= today + LONGEST_VALIDITY:
        wrong("/valid_until", "out_of_range", _("The quote must be valid from today on, at most two years."))
    if whole:
        _missing(given, items, seen, wrong)
    return tuple(found)


def _missing(
    given: QuoteGiven, items: Mapping[UUID, RequestItem], seen: set[UUID], wrong: Callable[[str, str, str], None]
) -> None:
    if given.valid_until_date is None:
        wrong("/valid_until", "required", _("Until when are you bound by this quote?"))
    if given.pricing == Pricing.LUMP_SUM:
        if not given.lump_net_minor:
            wrong("/lump_net_minor", "required", _("Enter the lump sum."))
        return
    unpriced = [item for item in items.values() if item.counted and item.pk not in seen]
    if unpriced:
        wrong(
            "/prices",
            "incomplete",
            _("%(n)d items have no price yet, the first is “%(text)s”. A price of 0 is possible.")
            % {"n": len(unpriced), "text": unpriced[0].text[:80]},
        )
