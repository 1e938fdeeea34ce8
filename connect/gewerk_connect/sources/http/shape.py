"""From an ERP's record to a row of the snapshot: only the fields that the mapping names, as text, in a fixed order."""

from collections.abc import Sequence
from typing import Any

from xxhash import xxh3_128_digest

from gewerk_connect.canonical.model import PART
from gewerk_connect.sources.cells import cell_text
from gewerk_connect.sources.http import errors
from gewerk_connect.sources.http.rules import HttpRules, Resource
from gewerk_connect.sources.mapping_file import Mapping, TableMapping
from gewerk_connect.sources.snapshot import Contents, Row

_KEYS: dict[str, tuple[str, ...]] = {
    "clients": ("number",),
    "economic_entities": ("client", "number"),
    "buildings": ("client", "economic_entity", "number"),
    "units": ("client", "economic_entity", "building", "number"),
    "parties": ("number",),
    "contracts": ("client", "number"),
    "contract_units": ("client", "contract", "economic_entity", "building", "unit"),
    "contract_parties": ("client", "contract", "party"),
}
"""The canonical fields that name a row of a table."""


class Shape:
    """What is kept of one list. Birth dates, bank data and rents never reach the disk: no mapping names them."""

    def __init__(self, mapping: Mapping, rules: HttpRules, resource: Resource) -> None:
        self._resource = resource
        tables = mapping.tables_of(resource.name)
        columns: dict[str, None] = {}
        lists: dict[str, dict[str, None]] = {}
        for table in tables:
            for names in table.columns.values():
                for name in names:
                    inner = _inside(table, name)
                    if inner is None:
                        columns.update(dict.fromkeys([name, *(name + ending for ending in resource.persons)]))
                    else:
                        lists.setdefault(table.each or "", {})[inner] = None
        changed = [resource.changed] if resource.changed else []
        columns.update(dict.fromkeys([*resource.key, *resource.add, *changed, *rules.asked_of(resource)]))
        self.columns = list(columns)
        self.lists = {name: list(inner) for name, inner in lists.items()}
        key = resource.key or tuple(_canonical_key(tables)) or tuple(self.columns)
        self._key = [self.columns.index(name) for name in dict.fromkeys((*key, *resource.add))]
        self._part = [self.columns.index(name) for name in resource.add]
        self._changed = self.columns.index(resource.changed) if resource.changed else None
        self._seen: set[str] = set()

    def row(self, record: dict[str, Any]) -> Row:
        """Raises ``ErpError`` for a field that holds something else than a value."""
        row: Row = []
        for name in self.columns:
            value = self._value(record, name, name)
            if isinstance(value, list | dict):
                raise errors.wrong_form(self._resource.name, f"ein Wert in {name}")
            row.append(cell_text(value))
        for name, inner in self.lists.items():
            elements = self._value(record, name, name) or []
            if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
                raise errors.wrong_form(self._resource.name, f"eine Liste in {name}")
            row.append([[cell_text(self._value(element, of, f"{name}.{of}")) for of in inner] for element in elements])
        return row

    def _value(self, record: dict[str, Any], name: str, full: str) -> Any:
        if name in record:
            self._seen.add(full)
            return record[name]
        if "." in name:
            value: Any = record
            for part in name.split("."):
                if not isinstance(value, dict) or part not in value:
                    return None
                value = value[part]
            self._seen.add(full)
            return value
        return None

    def key(self, row: Row) -> bytes:
        """Names the row, in 16 bytes."""
        return xxh3_128_digest(PART.join([row[at] for at in self._key]).encode())

    def part(self, row: Row) -> str:
        """The client or company whose list the row stands in; "" where there is one list."""
        return PART.join([row[at] for at in self._part])

    def changed_at(self, row: Row) -> str:
        return row[self._changed] if self._changed is not None else ""

    def named(self, row: Row) -> dict[str, str]:
        """The row's values by their columns."""
        return dict(zip(self.columns, row, strict=False))

    def fits(self, contents: Contents) -> bool:
        """Whether a former snapshot kept the same fields."""
        return contents.columns == self.columns and contents.lists == self.lists

    def contents(self, rows: int, parts: dict[str, int], whole_at: str, changed_until: str) -> Contents:
        every = [*self.columns, *(f"{name}.{of}" for name, inner in self.lists.items() for of in inner)]
        absent = [name for name in every if name not in self._seen] if rows else []
        return Contents(rows, self.columns, self.lists, absent, parts, whole_at, changed_until)


def _inside(table: TableMapping, name: str) -> str | None:
    """The column's name inside the elements of ``each``; None for a column of the record itself."""
    if table.each is None or not name.startswith(f"{table.each}."):
        return None
    return name.removeprefix(f"{table.each}.")


def _canonical_key(tables: Sequence[TableMapping]) -> dict[str, None]:
    """The columns that name a record, from every table whose rows are whole records."""
    fields = [(table, field) for table in tables if table.each is None for field in _KEYS[table.table]]
    return dict.fromkeys(name for table, field in fields for name in table.columns.get(field, ()))
