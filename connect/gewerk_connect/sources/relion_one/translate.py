"""Business Central has no empty date and no empty number: 1 January of year 1 and 0 mean nothing, and become nothing here."""

from collections.abc import Callable, Sequence
from typing import Any

from gewerk_connect.canonical.model import TABLES
from gewerk_connect.sources.mapping_file import Mapping
from gewerk_connect.sources.pick import pick_cells
from gewerk_connect.sources.source import Row

_NO_DATE = "0001-01-01"
_NUMBERS = frozenset({"construction_year", "storeys", "living_area_m2", "usable_area_m2", "rooms"})
_DATES = frozenset({"start", "end"})


def translate(mapping: Mapping, table: str, positions: list[int | None]) -> Callable[[list[Sequence[Any]]], list[Row]]:
    del mapping
    pick = pick_cells(positions)
    fields = TABLES[table]._fields  # type: ignore[attr-defined]
    nothing = ["0" if name in _NUMBERS else _NO_DATE if name in _DATES else None for name in fields]
    if not any(nothing):
        return pick

    def convert(rows: list[Sequence[Any]]) -> list[Row]:
        return [
            tuple("" if value == none else value for value, none in zip(row, nothing, strict=True))
            for row in pick(rows)
        ]

    return convert
