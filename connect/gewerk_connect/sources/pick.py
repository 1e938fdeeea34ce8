"""Turns raw rows into canonical ones: each field from its column, ``""`` where the source has none."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from gewerk_connect.sources.cells import cell_text
from gewerk_connect.sources.source import Row


def pick_text(positions: list[int | None]) -> Callable[[list[Sequence[Any]]], list[Row]]:
    """For sources whose cells are text already (CSV). The rows are lists; an empty cell is added for missing columns."""
    picked: Callable[[Sequence[Any]], Row] = itemgetter(*(-1 if at is None else at for at in positions))
    if None not in positions:
        return lambda rows: list(map(picked, rows))

    def convert(rows: list[Sequence[Any]]) -> list[Row]:
        for row in rows:
            row.append("")  # type: ignore[attr-defined]
        return list(map(picked, rows))

    return convert


def pick_cells(positions: list[int | None]) -> Callable[[list[Sequence[Any]]], list[Row]]:
    """For sources whose cells carry a type (XLSX, JSON)."""

    def convert(rows: list[Sequence[Any]]) -> list[Row]:
        return [tuple("" if at is None or at >= len(row) else cell_text(row[at]) for at in positions) for row in rows]

    return convert
