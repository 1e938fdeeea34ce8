"""What every export can do: hand out its tables, be changed, be seen without some buildings, be told as an estate."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, Self

from gewerk_connect.sim.estate import (
    Building,
    Client,
    Contract,
    ContractParty,
    ContractUnit,
    EconomicUnit,
    Person,
    Unit,
)
from gewerk_connect.sim.table import Key, Row, Table

Place = tuple[str, str]
"""Client and building: unique together in all three exports."""


class Export(ABC):
    """Immutable: a change makes a new export that shares what did not change. The estate's lists are made on first use;
    two threads that ask at the same moment make the same list twice, which does no harm."""

    kind: ClassVar[str]
    """The dialect that serves this export unchanged."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables

    def with_table(self, table: Table) -> Self:
        return type(self)({**self.tables, table.name: table})

    @abstractmethod
    def without(self, places: Collection[Place]) -> Self:
        """The same without these buildings, their units, and the contracts that then have no unit left."""

    @abstractmethod
    def has(self, place: Place) -> bool:
        """Whether there is such a building."""

    @property
    @abstractmethod
    def clients(self) -> list[Client]: ...
    @property
    @abstractmethod
    def economic_units(self) -> list[EconomicUnit]: ...
    @property
    @abstractmethod
    def buildings(self) -> list[Building]: ...
    @property
    @abstractmethod
    def units(self) -> list[Unit]: ...
    @property
    @abstractmethod
    def persons(self) -> list[Person]: ...
    @property
    @abstractmethod
    def contracts(self) -> list[Contract]: ...
    @property
    @abstractmethod
    def contract_units(self) -> list[ContractUnit]: ...
    @property
    @abstractmethod
    def contract_parties(self) -> list[ContractParty]: ...

    @cached_property
    def units_by_contract(self) -> Mapping[Key, Sequence[ContractUnit]]:
        """By client and contract number; a contract without units is not there."""
        return {key: list(rows) for key, rows in groupby(self.contract_units, key=itemgetter(0, 1))}

    @cached_property
    def parties_by_contract(self) -> Mapping[Key, Sequence[ContractParty]]:
        return {key: list(rows) for key, rows in groupby(self.contract_parties, key=itemgetter(0, 1))}

    def _rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The named cells of each row, then when it was changed. At least two columns; one that the export lacks is empty."""
        source = self.tables[table]
        picked = _pick(source, columns)
        if not source.changed:
            return ((*picked(row), None) for row in source.rows)
        key, changed = source.key, source.changed
        return ((*picked(row), changed.get(key(row))) for row in source.rows)


def _pick(table: Table, columns: tuple[str, ...]) -> Callable[[Row], Iterable[Any]]:
    if set(columns) <= set(table.fields):
        return itemgetter(*map(table.fields.index, columns))
    empty = "" if table.text_only else None
    positions = [table.fields.index(name) if name in table.fields else None for name in columns]
    return lambda row: [empty if at is None else row[at] for at in positions]
