"""The numbers that GAP immotion gives itself: of units within their Objekt, and of address records of two persons.

Given in key order, never given twice, never taken back; so they do not change when rows come, go or are hidden.
"""

import threading
from collections import Counter
from collections.abc import Iterable

from gewerk_connect.sim.estate import MAIN_TENANT, PERSON, ContractParty, ContractUnit, Unit
from gewerk_connect.sim.exports import Export


class Numbers:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Export | None = None
        self._units: dict[tuple[str, ...], str] = {}
        self._units_of: Counter[tuple[str, str]] = Counter()
        self._records: dict[tuple[str, str], str] = {}
        self._last_record = 0
        self._width = 0

    def extend(self, export: Export) -> None:
        """Gives a number to whatever has none yet."""
        with self._lock:
            if self._seen is export:
                return
            for unit in export.units:
                self._give_unit(unit)
            for used in export.contract_units:
                self._give_unit(used)
            if self._seen is None:
                texts = [person.number for person in export.persons] + [p.person for p in export.contract_parties]
                self._last_record = max((int(text) for text in texts if text.isdecimal()), default=0)
                self._width = max(map(len, texts), default=0)
            natural = natural_persons(export)
            for parties in export.parties_by_contract.values():
                pair, _ = paired(parties, natural)
                if pair and (pair[0].person, pair[1].person) not in self._records:
                    self._last_record += 1
                    record = str(self._last_record).zfill(self._width)
                    self._records[pair[0].person, pair[1].person] = record
            self._seen = export

    def unit(self, row: Unit | ContractUnit) -> str:
        return self._units[_unit_key(row)]

    def record(self, first: ContractParty, second: ContractParty) -> str:
        return self._records[first.person, second.person]

    def _give_unit(self, row: Unit | ContractUnit) -> None:
        # a unit that a lease names but nobody has comes after all units, so it gets a number that no unit has
        if (key := _unit_key(row)) not in self._units:
            place = (row.client, objekt_of(row))
            self._units_of[place] += 1
            self._units[key] = f"{self._units_of[place]:04}"


def objekt_of(row: Unit | ContractUnit) -> str:
    """The Wirtschaftseinheit; the building where the export has none."""
    return row.economic_unit or row.building


def natural_persons(export: Export) -> set[str]:
    return {person.number for person in export.persons if person.kind == PERSON}


def paired(
    parties: Iterable[ContractParty], natural: set[str]
) -> tuple[tuple[ContractParty, ContractParty] | None, list[ContractParty]]:
    """The first two natural persons of one contract, the main tenant before the others, and who stays alone."""
    ordered = sorted(parties, key=lambda party: party.role != MAIN_TENANT)
    persons: list[ContractParty] = []
    for party in ordered:
        if party.person in natural and party.person not in {p.person for p in persons} and len(persons) < 2:
            persons.append(party)
    if len(persons) < 2:
        return None, ordered
    return (persons[0], persons[1]), [party for party in ordered if party not in persons]


def _unit_key(row: Unit | ContractUnit) -> tuple[str, ...]:
    number = row.number if isinstance(row, Unit) else row.unit
    return row.client, row.economic_unit, row.building, number
