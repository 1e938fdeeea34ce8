"""A bill of quantities (Leistungsverzeichnis) as plain values, and what is said of a file that is none."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gewerk.kit.refusals import Refusal

MOST_ITEMS = 5_000
DEEPEST = 8
"""Levels of sections above an item; GAEB knows five."""
LONGEST_TEXT = 20_000
"""Characters of one item's text."""
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BillItem:
    """One position. Quantity in thousandths of ``unit``, price in minor units per unit, rate in basis points."""

    text: str
    quantity_thousandths: int
    unit: str
    number: str = ""
    """Ordnungszahl: the parts of its sections and its own, joined by dots."""
    sections: tuple[str, ...] = ()
    """Headings, outermost first."""
    optional: bool = False
    """Bedarfsposition without total."""
    alternative_to: str = ""
    """Number of the item in whose place it may come."""
    unit_price_minor: int | None = None
    vat_basis_points: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """``phase``: 83 asks, 84 offers."""

    phase: int
    title: str = ""
    currency: str = "EUR"
    discount_basis_points: int = 0
    items: tuple[BillItem, ...] = field(default=())


class FileIsBroken(Refusal):
    """Not what it says it is. Names the line, where there is one, and the reason."""

    code = "file_broken"

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        self.line = line
        self.reason = reason
        text = _("Line %(line)d: %(reason)s") % {"line": line, "reason": reason} if line is not None else reason
        super().__init__(text, line=line)
