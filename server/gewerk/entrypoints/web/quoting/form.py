"""What a firm typed into the page of its quote."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.orders.amounts import basis_points_of, minor_of
from gewerk.identity.countries import usual_vat
from gewerk.marketplace.models import Pricing, RequestItem
from gewerk.marketplace.scope import PriceGiven, QuoteGiven


class Typed:
    """The texts of the form, what they mean, and what is wrong with them."""

    def __init__(self, sent: QueryDict, items: Mapping[UUID, RequestItem], *, country: str) -> None:
        self.values = {name: sent.get(name, "").replace("\x00", "").strip()[:10_000] for name in _FIELDS}
        self.values["rate"] = self.values["rate"] or _short(usual_vat(country))
        self.prices = {pk: sent.get(f"price-{pk}", "").strip()[:40] for pk in items}
        self.wrong: list[str] = []
        self.given = self._read(items)

    def _read(self, items: Mapping[UUID, RequestItem]) -> QuoteGiven:
        rate = self._number("rate", basis_points_of, _("VAT rate")) or 0
        prices = []
        for pk, text in self.prices.items():
            if not text:
                continue
            amount = minor_of(text)
            if amount is None:
                self.wrong.append(_("“%(text)s” is no price (item %(n)d).") % {"text": text, "n": items[pk].position})
            else:
                prices.append(PriceGiven(amount, rate, item_id=pk))
        if self.values["own_text"]:
            own = self._number("own_price", minor_of, _("Price of your alternative")) or 0
            prices.append(PriceGiven(own, rate, text=self.values["own_text"]))
        lump_sum = self.values["pricing"] == Pricing.LUMP_SUM
        days = self.values["duration_days"]
        return QuoteGiven(
            pricing=Pricing.LUMP_SUM if lump_sum else Pricing.ITEMS,
            prices=tuple(price for price in prices if not (lump_sum and price.item_id)),
            lump_net_minor=self._number("lump", minor_of, _("Lump sum")) if lump_sum else None,
            lump_vat_basis_points=rate,
            discount_basis_points=self._number("discount", basis_points_of, _("Discount")) or 0,
            start_date=self._day("start_date"),
            duration_days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else None,
            valid_until_date=self._day("valid_until"),
            conditions=self.values["conditions"],
        )

    def _number(self, name: str, reads: Any, label: str) -> int | None:
        text = self.values[name]
        if not text:
            return None
        found: int | None = reads(text)
        if found is None:
            self.wrong.append(_("%(label)s: “%(text)s” is no number.") % {"label": label, "text": text[:40]})
        return found

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.values[name]) if self.values[name] else None
        except ValueError:
            self.wrong.append(_("“%(text)s” is no date.") % {"text": self.values[name][:40]})
            return None


_FIELDS = (
    "pricing",
    "rate",
    "lump",
    "discount",
    "start_date",
    "duration_days",
    "valid_until",
    "conditions",
    "own_text",
    "own_price",
)


def stored(
    given: QuoteGiven | None, items: Mapping[UUID, RequestItem], *, country: str
) -> tuple[dict[str, str], dict[UUID, str]]:
    """A stored quote as the form's texts, and the prices by item; of an empty one the usual rate."""
    values = dict.fromkeys(_FIELDS, "") | {"pricing": "items", "rate": _short(usual_vat(country))}
    if given is None:
        return values, {}
    by_item = {price.item_id: price for price in given.prices if price.item_id is not None}
    own = next((price for price in given.prices if price.item_id is None), None)
    first = next(iter(given.prices), None)
    lump_sum = given.pricing == Pricing.LUMP_SUM
    rate = given.lump_vat_basis_points if lump_sum or first is None else first.vat_basis_points
    values |= {
        "pricing": given.pricing,
        "rate": _short(rate),
        "lump": _amount(given.lump_net_minor) if given.lump_net_minor is not None else "",
        "discount": _short(given.discount_basis_points) if given.discount_basis_points else "",
        "start_date": given.start_date.isoformat() if given.start_date else "",
        "duration_days": str(given.duration_days or ""),
        "valid_until": given.valid_until_date.isoformat() if given.valid_until_date else "",
        "conditions": given.conditions,
        "own_text": own.text if own else "",
        "own_price": _amount(own.unit_price_minor) if own else "",
    }
    return values, {pk: _amount(by_item[pk].unit_price_minor) for pk in items if pk in by_item}


def _amount(minor: int) -> str:
    return _sign(format(Decimal(minor).scaleb(-2), "f"))


def _short(basis_points: int) -> str:
    return _sign(format((Decimal(basis_points) / 100).normalize(), "f"))


def _sign(number: str) -> str:
    """With the reader's decimal sign."""
    return number.replace(".", ",") if (get_language() or "de").startswith("de") else number
