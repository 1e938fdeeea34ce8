"""Wodis Sigma: one CSV file per table (``;``, cp1252)."""

import csv
from functools import cached_property
from pathlib import Path

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
from gewerk_connect.sim.exports.flat import FlatExport
from gewerk_connect.sim.table import Table
from gewerk_connect.sim.writing import iso_date, number

KEYS: dict[str, tuple[str, ...]] = {
    "mandanten": ("Mandant",),
    "wirtschaftseinheiten": ("Mandant", "WIE-Nr"),
    "objekte": ("Mandant", "WIE-Nr", "Objekt-Nr"),
    "verwaltungseinheiten": ("Mandant", "WIE-Nr", "Objekt-Nr", "VE-Nr"),
    "geschaeftspartner": ("GP-Nr",),
    "vertraege": ("Mandant", "Vertragsnummer"),
    "vertrag_einheiten": ("Mandant", "Vertragsnummer", "WIE-Nr", "Objekt-Nr", "VE-Nr"),
    "vertragspartner": ("Mandant", "Vertragsnummer", "GP-Nr"),
}


class SigmaExport(FlatExport):
    kind = "wodis-sigma"
    buildings_table = "objekte"
    units_table = "verwaltungseinheiten"
    contracts_table = "vertraege"
    contract_units_table = "vertrag_einheiten"
    contract_parties_table = "vertragspartner"
    place_columns = ("Mandant", "Objekt-Nr")
    contract_columns = ("Mandant", "Vertragsnummer")

    @cached_property
    def clients(self) -> list[Client]:
        return [Client(*row) for row in self._rows("mandanten", "Mandant", "Name")]

    @cached_property
    def economic_units(self) -> list[EconomicUnit]:
        return [EconomicUnit(*row) for row in self._rows("wirtschaftseinheiten", "Mandant", "WIE-Nr", "Bezeichnung")]

    @cached_property
    def buildings(self) -> list[Building]:
        rows = self._rows(
            *("objekte", "Mandant", "WIE-Nr", "Objekt-Nr", "Straße", "PLZ", "Ort", "Ortsteil", "Baujahr", "Geschosse")
        )
        return [Building._make((*texts, number(year), number(storeys), at)) for *texts, year, storeys, at in rows]

    @cached_property
    def units(self) -> list[Unit]:
        rows = self._rows(
            *("verwaltungseinheiten", "Mandant", "WIE-Nr", "Objekt-Nr", "VE-Nr", "Etage/Lage", "Nutzungsart"),
            *("Wohnfläche", "Nutzfläche", "Zimmer"),
        )
        return [
            Unit._make((*texts, number(living), number(usable), number(rooms), at))
            for *texts, living, usable, rooms, at in rows
        ]

    @cached_property
    def persons(self) -> list[Person]:
        columns = ("GP-Nr", "Typ", "Anrede", "Titel", "Vorname", "Name", "E-Mail", "Telefon", "Handy")
        return [Person(*row) for row in self._rows("geschaeftspartner", *columns)]

    @cached_property
    def contracts(self) -> list[Contract]:
        columns = ("Mandant", "Vertragsnummer", "Vertragsart", "Beginn", "Ende", "Nutzungsart")
        return [
            Contract(client, contract, kind, iso_date(start), iso_date(end), usage, at)
            for client, contract, kind, start, end, usage, at in self._rows("vertraege", *columns)
        ]

    @cached_property
    def contract_units(self) -> list[ContractUnit]:
        columns = ("Mandant", "Vertragsnummer", "WIE-Nr", "Objekt-Nr", "VE-Nr")
        return [ContractUnit(*row) for row in self._rows("vertrag_einheiten", *columns)]

    @cached_property
    def contract_parties(self) -> list[ContractParty]:
        columns = ("Mandant", "Vertragsnummer", "GP-Nr", "Rolle", "Anteil")
        return [ContractParty(*row) for row in self._rows("vertragspartner", *columns)]


def load(folder: Path) -> SigmaExport:
    return SigmaExport({name: _table(folder / f"{name}.csv", key) for name, key in KEYS.items()})


def _table(path: Path, key: tuple[str, ...]) -> Table:
    # the same few words stand in most cells of a large export: one object each saves half of the memory
    once: dict[str, str] = {}
    with path.open(encoding="cp1252", newline="") as file:
        reader = csv.reader(file, delimiter=";", strict=True)
        fields = next(reader)
        rows = [tuple([once.setdefault(cell, cell) for cell in row]) for row in reader]
    if any(len(row) != len(fields) for row in rows):
        raise ValueError("a row is not as wide as the header")
    return Table.of(path.stem, fields, key, rows, text_only=True)
