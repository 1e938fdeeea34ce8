"""One table of an export: its rows in key order, never changed in place, so that whoever reads them is not disturbed."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, Self

Row = tuple[Any, ...]
Key = tuple[str, ...]


class WrongChange(Exception):
    """A change by hand that does not fit the table; ``status`` as HTTP has it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    fields: tuple[str, ...]
    key_fields: tuple[str, ...]
    rows: list[Row]
    """In key order, parts compared as text. Rows with one key may stand side by side: exports hold such."""
    text_only: bool = False
    """CSV: every cell is a text, an empty one ``""``. Elsewhere cells have a type, an empty one is ``None``."""
    changed: Mapping[Key, datetime] = field(default_factory=dict)
    """When a key's rows were changed by hand; a key that is not here has been there since the start."""

    @classmethod
    def of(
        cls, name: str, fields: Iterable[str], key_fields: tuple[str, ...], rows: Iterable[Row], *, text_only: bool
    ) -> Self:
        """Sorts the rows. Raises ``ValueError`` for a missing key field, ``TypeError`` for a key that is no text."""
        table = cls(name, tuple(fields), key_fields, list(rows), text_only)
        for position in map(table.fields.index, key_fields):
            if not all(isinstance(row[position], str) for row in table.rows):
                raise TypeError(f"{name}.{table.fields[position]} is not text in every row")
        table.rows.sort(key=table.key)
        return table

    @property
    def key(self) -> Callable[[Row], Key]:
        return key_of([self.fields.index(name) for name in self.key_fields])

    def shown(self, row: Row) -> dict[str, Any]:
        return dict(zip(self.fields, row, strict=True))

    def with_rows(self, rows: list[Row]) -> Self:
        """Rows that are in key order already."""
        return replace(self, rows=rows)

    def kept(self, keep: Callable[[Row], bool]) -> Self:
        return self.with_rows([row for row in self.rows if keep(row)])

    def with_change(self, key: object, values: object, at: datetime) -> Self:
        found = self._key_from(key)
        start, end = self._span(found)
        given = self._fields_from(values)
        if set(given) & set(self.key_fields):
            raise WrongChange(400, f"{self.name}: a key cannot be set; delete the row and post a new one")
        changed = [tuple(({**self.shown(row), **given}).values()) for row in self.rows[start:end]]
        return self._replaced(start, end, changed, found, at)

    def without(self, key: object, at: datetime) -> Self:
        found = self._key_from(key)
        return self._replaced(*self._span(found), [], found, at)

    def with_row(self, values: object, at: datetime) -> Self:
        """Fields that are not named are empty."""
        given = self._fields_from(values)
        key = self._key_from({name: given[name] for name in self.key_fields if name in given})
        place = bisect_left(self.rows, key, key=self.key)
        if place < bisect_right(self.rows, key, key=self.key):
            raise WrongChange(409, f"{self.name}: there is a row with this key already")
        empty = "" if self.text_only else None
        row = tuple(given.get(name, empty) for name in self.fields)
        return self._replaced(place, place, [row], key, at)

    def _replaced(self, start: int, end: int, rows: list[Row], key: Key, at: datetime) -> Self:
        return replace(self, rows=[*self.rows[:start], *rows, *self.rows[end:]], changed={**self.changed, key: at})

    def _span(self, key: Key) -> tuple[int, int]:
        start, end = bisect_left(self.rows, key, key=self.key), bisect_right(self.rows, key, key=self.key)
        if start == end:
            raise WrongChange(404, f"{self.name}: no row with this key")
        return start, end

    def _key_from(self, key: object) -> Key:
        given = self._fields_from(key)
        if set(given) != set(self.key_fields) or not all(isinstance(part, str) for part in given.values()):
            raise WrongChange(400, f"{self.name}: a key has the text fields {', '.join(self.key_fields)}")
        return tuple(given[name] for name in self.key_fields)

    def _fields_from(self, values: object) -> dict[str, Any]:
        if not isinstance(values, dict) or not values or not set(values) <= set(self.fields):
            raise WrongChange(400, f"{self.name}: an object with some of the fields {', '.join(self.fields)} is needed")
        if self.text_only and not all(isinstance(value, str) for value in values.values()):
            raise WrongChange(400, f"{self.name}: every cell of this table is a text")
        return values


def key_of(positions: Sequence[int]) -> Callable[[Row], Key]:
    """The key of a row is always a tuple, also where it has one part."""
    if len(positions) == 1:
        only = positions[0]
        return lambda row: (row[only],)
    return itemgetter(*positions)
