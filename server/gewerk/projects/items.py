"""Items as somebody enters them, checked; and what an order adds up to. Minor units and thousandths throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.firms.models import CostKind
from gewerk.kit.money import Totals, line_net, split_gross, totals
from gewerk.kit.refusals import FieldProblem
from gewerk.projects.models import OrderItem

MOST_ITEMS = 300
HIGHEST = 10**12
"""Of price and net sum of one line, in minor units."""
USUAL_UNITS = ("h", "Stk", "m", "m²", "m³", "psch", "km", "kg", "l", "Tag")


@dataclass(frozen=True, slots=True)
class Line:
    """One item as entered: quantity in thousandths of ``unit``, price per unit net."""

    text: str
    quantity_thousandths: int
    unit: str
    unit_price_minor: int
    vat_basis_points: int
    kind: str = CostKind.LABOUR
    framework_price_id: UUID | None = None

    @property
    def net_minor(self) -> int:
        return line_net(quantity_thousandths=self.quantity_thousandths, unit_price_minor=self.unit_price_minor)


def problems_of(lines: Sequence[Line]) -> tuple[FieldProblem, ...]:
    """What is wrong, with pointers ``/items/0/text``. A price may be negative (a discount), a quantity may not."""
    found: list[FieldProblem] = []
    if len(lines) > MOST_ITEMS:
        found.append(FieldProblem("/items", "too_many", _("At most %(n)d items.") % {"n": MOST_ITEMS}))

    def wrong(index: int, field: str, code: str, message: str) -> None:
        found.append(FieldProblem(f"/items/{index}/{field}", code, message))

    for index, line in enumerate(lines):
        if not line.text.strip():
            wrong(index, "text", "required", _("Say what is to be done."))
        elif len(line.text) > 500:
            wrong(index, "text", "too_long", _("At most %(n)d characters.") % {"n": 500})
        if not line.unit.strip():
            wrong(index, "unit", "required", _("Give a unit."))
        elif len(line.unit) > 20:
            wrong(index, "unit", "too_long", _("At most %(n)d characters.") % {"n": 20})
        if not 0 < line.quantity_thousandths <= 10**9:
            wrong(index, "quantity", "out_of_range", _("The quantity must be above 0 and at most 1,000,000."))
        if abs(line.unit_price_minor) > HIGHEST or abs(line.net_minor) > HIGHEST:
            wrong(index, "unit_price", "out_of_range", _("This amount is not possible."))
        if not 0 <= line.vat_basis_points <= 10_000:
            wrong(index, "vat_rate", "out_of_range", _("The rate must be between 0 and 100 percent."))
        if line.kind not in CostKind.values:
            wrong(index, "kind", "not_allowed", _("Please choose one."))
    return tuple(found)


def totals_of(items: Iterable[Line | OrderItem]) -> Totals:
    """Net, tax per rate and gross of these items."""
    return totals((item.net_minor, item.vat_basis_points) for item in items)


@dataclass(frozen=True, slots=True)
class Split:
    """§35a EStG: what of the gross sum is labour (with travel and machines), what material and the rest."""

    labour_gross: int
    other_gross: int


def split_of(items: Iterable[Line | OrderItem]) -> Split:
    """Both parts add up to the gross sum."""
    favoured: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    for item in items:
        part = favoured if item.kind in {CostKind.LABOUR, CostKind.TRAVEL} else others
        part.append((item.net_minor, item.vat_basis_points))
    labour, rest = split_gross([favoured, others])
    return Split(labour, rest)
