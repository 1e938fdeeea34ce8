"""Opened quotes side by side: prices per item, outliers marked. Asked through the seal, so before the opening it is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.marketplace.access import quotes
from gewerk.marketplace.gate import GateAnswer, may_take_each
from gewerk.marketplace.models import Quote, QuoteLine, QuoteRequest, RequestItem

FEWEST = 3
"""From so many prices on there is a middle from which one can lie far."""
FAR_PERCENT = 50
"""An outlier lies this far above or below the median. A hint where to ask, no verdict."""


@dataclass(frozen=True, slots=True)
class Cell:
    line: QuoteLine | None
    mark: str = ""
    """``high``, ``low`` or empty."""


@dataclass(frozen=True, slots=True)
class Row:
    item: RequestItem
    cells: tuple[Cell, ...]
    """One per column."""


@dataclass(frozen=True, slots=True)
class Column:
    quote: Quote
    mark: str
    """Of the gross sum."""
    cheapest: bool
    expired: bool
    gate: GateAnswer
    lines: dict[UUID, QuoteLine]
    alternatives: tuple[QuoteLine, ...]
    percent_of_highest: int
    """Of the gross sum, for the bar."""


@dataclass(frozen=True, slots=True)
class Comparison:
    columns: tuple[Column, ...] = ()
    """By rising gross sum."""
    rows: tuple[Row, ...] = field(default=())


def compare(
    actor: Actor, request: QuoteRequest, *, today: date, gates: Mapping[UUID, GateAnswer] | None = None
) -> Comparison:
    """Ten queries, whatever the number of quotes; one more for each firm with an override.

    ``gates``: of all invited firms, where somebody asked for them already.
    """
    found = list(
        quotes(actor)
        .filter(request=request)
        .select_related("firm")
        .prefetch_related("lines")
        .order_by("gross_minor", "submitted_at", "id")
    )
    if not found:
        return Comparison()
    sums = [quote.gross_minor for quote in found]
    if gates is None:
        gates = may_take_each(
            organisation_id=request.organisation_id,
            firm_ids=[quote.firm_id for quote in found],
            service=request.service,
            country=request.organisation.country,
            on=today,
        )
    columns = tuple(
        Column(
            quote=quote,
            mark=mark_of(quote.gross_minor, sums),
            cheapest=quote.gross_minor == sums[0],
            expired=quote.valid_until_date is None or quote.valid_until_date < today,
            gate=gates[quote.firm_id],
            lines={line.item_id: line for line in quote.lines.all() if line.item_id is not None},
            alternatives=tuple(line for line in quote.lines.all() if line.own_alternative),
            percent_of_highest=max(1, quote.gross_minor * 100 // max(sums)) if max(sums) else 1,
        )
        for quote in found
    )
    return Comparison(columns, tuple(_row(item, columns) for item in request.items.all()))


def mark_of(value: int, all_values: list[int]) -> str:
    """Exact, in whole numbers: twice the median of an even count is the sum of the two in the middle."""
    if len(all_values) < FEWEST:
        return ""
    ranked = sorted(all_values)
    middle = len(ranked) // 2
    twice = 2 * ranked[middle] if len(ranked) % 2 else ranked[middle - 1] + ranked[middle]
    if 200 * value > (100 + FAR_PERCENT) * twice:
        return "high"
    return "low" if 200 * value < (100 - FAR_PERCENT) * twice else ""


def _row(item: RequestItem, columns: tuple[Column, ...]) -> Row:
    lines = [column.lines.get(item.pk) for column in columns]
    prices = [line.unit_price_minor for line in lines if line is not None]
    return Row(
        item,
        tuple(Cell(line, mark_of(line.unit_price_minor, prices)) if line is not None else Cell(None) for line in lines),
    )
