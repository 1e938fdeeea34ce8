"""Items as a form of rows: what was typed, what is wrong with it, and the lines that the operations take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.listing.state import chosen_ids
from gewerk.entrypoints.web.manager.orders.amounts import basis_points_of, minor_of, thousandths_of
from gewerk.firms.models import CostKind, FrameworkPrice
from gewerk.kit.refusals import FieldProblem
from gewerk.projects.items import MOST_ITEMS, Line, problems_of
from gewerk.projects.models import OrderItem

SPARE = 3
"""Empty rows below the filled ones."""
NAMES = ("text", "quantity", "unit", "price", "rate", "kind", "agreed")
_OF_POINTER = {"unit_price": "price", "vat_rate": "rate", "framework_price_id": "text"}


@dataclass
class Row:
    """One row as typed."""

    number: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not any(self.values[name].strip() for name in ("text", "quantity", "price"))


@dataclass
class Rows:
    """All rows of a form, ``kinds`` for the menu of each."""

    rows: list[Row]
    lines: list[Line] = field(default_factory=list)

    @property
    def wrong(self) -> list[tuple[int, str, str]]:
        """(row, field, message), for the summary on top."""
        return [(row.number, name, text) for row in self.rows for name, text in row.errors.items()]

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return [(kind.value, kind.label) for kind in CostKind]

    def blame(self, problems: Iterable[FieldProblem]) -> list[str]:
        """Put what an operation refused at its cells; returns what belongs to none."""
        filled = [row for row in self.rows if not row.empty]
        left = []
        for problem in problems:
            parts = problem.pointer.strip("/").split("/")
            if len(parts) == 3 and parts[0] == "items" and parts[1].isdigit() and int(parts[1]) < len(filled):
                filled[int(parts[1])].errors[_OF_POINTER.get(parts[2], parts[2])] = problem.message
            else:
                left.append(problem.message)
        return left


def rows_of(items: Iterable[OrderItem], formats: Formats, *, spare: int = SPARE) -> Rows:
    """The items as they stand, with empty rows below."""
    return _with_spare([_typed(item, formats) for item in items], spare)


def rows_with(price: FrameworkPrice, formats: Formats, typed: Rows) -> Rows:
    """The rows with one more, taken from a framework price."""
    kept = [row.values for row in typed.rows if not row.empty]
    line = {
        "text": price.text,
        "quantity": "1",
        "unit": price.unit,
        "price": _number(price.net_minor, 2, formats),
        "rate": _number(price.vat_basis_points, 2, formats),
        "kind": price.kind,
        "agreed": str(price.pk),
    }
    return _with_spare([*kept, line], SPARE)


def read_rows(sent: QueryDict, *, spare: int = SPARE) -> Rows:
    """What was typed; ``lines`` holds the filled rows where every number could be read, ``errors`` say what could not."""
    count = min(MOST_ITEMS, max((len(sent.getlist(f"item-{name}")) for name in NAMES), default=0))
    columns = {name: sent.getlist(f"item-{name}") for name in NAMES}
    values = [{name: _at(columns[name], n) for name in NAMES} for n in range(count)]
    found = _with_spare([one for one in values if not Row(0, one).empty], spare)
    lines = []
    for row in found.rows:
        if row.empty:
            continue
        line = _line(row)
        if line is not None:
            lines.append(line)
    found.lines = lines
    if not found.wrong:
        found.blame(problems_of(lines))
    return found


def _line(row: Row) -> Line | None:
    typed = row.values
    amounts: dict[str, int | None] = {
        "quantity": thousandths_of(typed["quantity"] or "1"),
        "price": minor_of(typed["price"]),
        "rate": basis_points_of(typed["rate"] or "0"),
    }
    messages: Mapping[str, str] = {
        "quantity": _("This is no quantity. Write it like 1.5."),
        "price": _("This is no amount. Write it like 1,234.56."),
        "rate": _("This is no rate. Write it like 19."),
    }
    for name, amount in amounts.items():
        if amount is None:
            row.errors[name] = messages[name]
    quantity, price, rate = amounts["quantity"], amounts["price"], amounts["rate"]
    if quantity is None or price is None or rate is None:
        return None
    agreed: list[UUID] = chosen_ids([typed["agreed"]])
    return Line(
        text=typed["text"],
        quantity_thousandths=quantity,
        unit=typed["unit"],
        unit_price_minor=price,
        vat_basis_points=rate,
        kind=typed["kind"] if typed["kind"] in CostKind.values else CostKind.LABOUR,
        framework_price_id=agreed[0] if agreed else None,
    )


def _typed(item: OrderItem, formats: Formats) -> dict[str, str]:
    return {
        "text": item.text,
        "quantity": _number(item.quantity_thousandths, 3, formats),
        "unit": item.unit,
        "price": _number(item.unit_price_minor, 2, formats),
        "rate": _number(item.vat_basis_points, 2, formats),
        "kind": item.kind,
        "agreed": str(item.framework_price_id or ""),
    }


def _number(value: int, places: int, formats: Formats) -> str:
    """Without grouping, so that it is read back as it was written."""
    text = format(Decimal(value).scaleb(-places), "f")
    text = text.rstrip("0").rstrip(".") if places == 3 or text.endswith(".00") else text
    return text.replace(".", ",") if formats.number(Decimal("0.5"))[1:2] == "," else text


def _with_spare(values: list[dict[str, str]], spare: int) -> Rows:
    empty = {"text": "", "quantity": "", "unit": "", "price": "", "rate": "", "kind": "labour", "agreed": ""}
    listed = [*values, *(dict(empty) for _one in range(spare))]
    return Rows([Row(number, one) for number, one in enumerate(listed, start=1)])


def _at(column: list[str], place: int) -> str:
    return column[place].replace("\x00", "") if place < len(column) else ""
