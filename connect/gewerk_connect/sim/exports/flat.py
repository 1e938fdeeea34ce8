"""What the exports of flat tables (CSV, XLSX) have in common."""

from collections.abc import Callable, Collection, Mapping
from typing import ClassVar, Self

from gewerk_connect.sim.exports.export import Export, Place
from gewerk_connect.sim.table import Key, Row, Table, key_of


class FlatExport(Export):
    """Names of the tables and columns that say what lies below a building."""

    buildings_table: ClassVar[str]
    units_table: ClassVar[str]
    contracts_table: ClassVar[str]
    contract_units_table: ClassVar[str]
    contract_parties_table: ClassVar[str]
    place_columns: ClassVar[tuple[str, str]]
    contract_columns: ClassVar[tuple[str, str]]

    def without(self, places: Collection[Place]) -> Self:
        if not places:
            return self
        tables = dict(self.tables)
        for name in (self.buildings_table, self.units_table, self.contract_units_table):
            tables[name] = _less(tables[name], self.place_columns, places)
        emptied = self._contracts(self.tables) - self._contracts(tables)
        for name in (self.contracts_table, self.contract_parties_table):
            tables[name] = _less(tables[name], self.contract_columns, emptied)
        return type(self)(tables)

    def has(self, place: Place) -> bool:
        table = self.tables[self.buildings_table]
        return place in map(_cells(table, self.place_columns), table.rows)

    def _contracts(self, tables: Mapping[str, Table]) -> set[Key]:
        table = tables[self.contract_units_table]
        return set(map(_cells(table, self.contract_columns), table.rows))


def _less(table: Table, columns: tuple[str, str], gone: Collection[Key]) -> Table:
    cells = _cells(table, columns)
    return table.kept(lambda row: cells(row) not in gone)


def _cells(table: Table, columns: tuple[str, str]) -> Callable[[Row], Key]:
    return key_of([table.fields.index(name) for name in columns])
