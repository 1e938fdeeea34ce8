"""Reads GAP immotion from what was fetched, and makes two parties of an address record that holds two persons.

The first person keeps the record's number, the second gets it with ``~2`` behind: a character that is no separator and
stands in any URL as it is. On a contract the second person stands with the record's role, likewise with ``~2`` behind.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.snapshot import numbered_batches, read_snapshot
from gewerk_connect.sources.snapshot import snapshot_files as files
from gewerk_connect.sources.source import Place, RawTable

__all__ = ["files", "read"]

SECOND = "~2"


def read(place: Place, mapped: TableMapping) -> RawTable | None:
    raw = read_snapshot(place, mapped)
    if raw is None:
        return None
    if mapped.table == "parties":
        return _persons(raw, mapped)
    if mapped.table == "contract_parties":
        return _partners(raw, mapped, _records_of_two(place))
    return raw


def _persons(raw: RawTable, mapped: TableMapping) -> RawTable:
    """One row per person. A column ``name`` is added that holds ``name1`` of the first and ``name2`` of the second."""
    number = _place(raw, mapped, "number")
    named = {name for names in mapped.columns.values() for name in names}
    bases = [name[:-1] for name in raw.columns if name.endswith("1") and name[:-1] in named]
    firsts = [raw.columns.index(f"{base}1") for base in bases]
    seconds = [raw.columns.index(f"{base}2") if f"{base}2" in raw.columns else None for base in bases]

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        for at, row in _numbered(raw):
            yield at, [*row, *(row[place] for place in firsts)]
            second = ["" if place is None else row[place] for place in seconds]
            if any(second) and number is not None:
                yield at, [*_marked(row, number), *second]

    return RawTable(raw.file, [*raw.columns, *bases], numbered_batches(rows()))


def _partners(raw: RawTable, mapped: TableMapping, of_two: set[str]) -> RawTable:
    """A second row for the second person of a record that stands on a contract."""
    party, role = _place(raw, mapped, "party"), _place(raw, mapped, "role")

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        for at, row in _numbered(raw):
            yield at, row
            if party is not None and row[party] in of_two:
                yield at, _marked(row, *(place for place in (party, role) if place is not None))

    return RawTable(raw.file, raw.columns, numbered_batches(rows()))


def _records_of_two(place: Place) -> set[str]:
    """Numbers of the address records with a second person."""
    mapped = place.mapping.tables["parties"]
    raw = read(place, mapped)
    number = _place(raw, mapped, "number") if raw is not None else None
    if raw is None or number is None:
        return set()
    numbers = (str(row[number]) for _, row in _numbered(raw))
    return {name.removesuffix(SECOND) for name in numbers if name.endswith(SECOND)}


def _numbered(raw: RawTable) -> Iterator[tuple[int, Sequence[Any]]]:
    for start, batch in raw.batches:
        yield from enumerate(batch, start)


def _marked(row: Sequence[Any], *places: int) -> list[Any]:
    """The row with ``~2`` behind the values at these places."""
    return [f"{value}{SECOND}" if at in places else value for at, value in enumerate(row)]


def _place(raw: RawTable, mapped: TableMapping, field: str) -> int | None:
    """Where a field's column stands; None where the list lacks it, which is found out and told by others."""
    return next((raw.columns.index(name) for name in mapped.columns.get(field, ()) if name in raw.columns), None)
