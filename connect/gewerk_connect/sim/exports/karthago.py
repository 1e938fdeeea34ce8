"""UTS KARTHAGO: JSON files ``{anzahl, daten}``; contracts hold their units and parties. No Wirtschaftseinheit."""

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import orjson

from gewerk_connect.sim.estate import (
    FIRM,
    LEASE,
    OWNERSHIP,
    PERSON,
    Building,
    Client,
    Contract,
    ContractParty,
    ContractUnit,
    EconomicUnit,
    Person,
    Unit,
)
from gewerk_connect.sim.exports.export import Export, Place
from gewerk_connect.sim.table import Table
from gewerk_connect.sim.writing import iso_date

KEYS: dict[str, tuple[str, ...]] = {
    "firmen": ("firmaNr",),
    "objekte": ("firmaNr", "objektNr"),
    "einheiten": ("firmaNr", "objektNr", "einheitNr"),
    "adressen": ("adressNr",),
    "vertraege": ("firmaNr", "vertragNr"),
}
KINDS = {LEASE: "MIETER", OWNERSHIP: "EIGENTUEMER"}
_KINDS_READ = {word: kind for kind, word in KINDS.items()}


class KarthagoExport(Export):
    kind = "uts-karthago"

    def without(self, places: Collection[Place]) -> Self:
        if not places:
            return self
        tables = dict(self.tables)
        for name in ("objekte", "einheiten"):
            key = tables[name].key
            tables[name] = tables[name].kept(lambda row, key=key: key(row)[:2] not in places)  # type: ignore[misc]
        contracts = self.tables["vertraege"]
        left = []
        for row in contracts.rows:
            contract = contracts.shown(row)
            units = [u for u in contract["einheiten"] if (contract["firmaNr"], u["objektNr"]) not in places]
            if units or not contract["einheiten"]:
                left.append(tuple({**contract, "einheiten": units}.values()))
        tables["vertraege"] = contracts.with_rows(left)
        return type(self)(tables)

    def has(self, place: Place) -> bool:
        return place in map(self.tables["objekte"].key, self.tables["objekte"].rows)

    @cached_property
    def clients(self) -> list[Client]:
        return [Client(number, name or "", at) for number, name, at in self._rows("firmen", "firmaNr", "bezeichnung")]

    @property
    def economic_units(self) -> list[EconomicUnit]:
        return []

    @cached_property
    def buildings(self) -> list[Building]:
        columns = ("firmaNr", "objektNr", "strasse", "plz", "ort", "baujahr")
        return [
            Building(client, "", number, street or "", postcode or "", city or "", "", year, None, at)
            for client, number, street, postcode, city, year, at in self._rows("objekte", *columns)
        ]

    @cached_property
    def units(self) -> list[Unit]:
        columns = ("firmaNr", "objektNr", "einheitNr", "lage", "nutzung", "wohnflaeche", "nutzflaeche")
        return [
            Unit(client, "", building, number, floor or "", usage or "", living, usable, None, at)
            for client, building, number, floor, usage, living, usable, at in self._rows("einheiten", *columns)
        ]

    @cached_property
    def persons(self) -> list[Person]:
        columns = ("anrede", "titel", "vorname", "name", "email", "telefon", "mobil")
        return [
            Person._make((number, PERSON if natural else FIRM, *(text or "" for text in texts), at))
            for number, natural, *texts, at in self._rows("adressen", "adressNr", "natuerlichePerson", *columns)
        ]

    @cached_property
    def contracts(self) -> list[Contract]:
        columns = ("firmaNr", "vertragNr", "art", "beginn", "ende")
        return [
            Contract(client, number, _KINDS_READ.get(kind, kind), iso_date(start or ""), iso_date(end or ""), "", at)
            for client, number, kind, start, end, at in self._rows("vertraege", *columns)
        ]

    @cached_property
    def contract_units(self) -> list[ContractUnit]:
        return sorted(
            ContractUnit(client, contract, "", unit["objektNr"], unit["einheitNr"], at)
            for client, contract, units, at in self._rows("vertraege", "firmaNr", "vertragNr", "einheiten")
            for unit in units
        )

    @cached_property
    def contract_parties(self) -> list[ContractParty]:
        return sorted(
            ContractParty(client, contract, party["adressNr"], party["rolle"], party["anteil"] or "", at)
            for client, contract, parties, at in self._rows("vertraege", "firmaNr", "vertragNr", "personen")
            for party in parties
        )


def load(folder: Path) -> KarthagoExport:
    return KarthagoExport({name: _table(folder / f"{name}.json", key) for name, key in KEYS.items()})


def _table(path: Path, key: tuple[str, ...]) -> Table:
    rows: list[dict[str, Any]] = orjson.loads(path.read_bytes())["daten"]
    fields = tuple(rows[0]) if rows else key
    if any(tuple(row) != fields for row in rows):
        raise ValueError("the objects differ in their fields")
    return Table.of(path.stem, fields, key, (tuple(row.values()) for row in rows), text_only=False)
