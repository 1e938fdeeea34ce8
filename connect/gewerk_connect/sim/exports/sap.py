"""SAP Blue Eagle (RE-FX): one workbook, one sheet per table, keys padded with zeros."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gewerk_connect.sim.estate import (
    FIRM,
    LEASE,
    MAIN_TENANT,
    OWNER,
    OWNERSHIP,
    PERSON,
    TENANT,
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
from gewerk_connect.sim.writing import iso_date

KEYS: dict[str, tuple[str, ...]] = {
    "Buchungskreise": ("BUKRS",),
    "Wirtschaftseinheiten": ("BUKRS", "SWENR"),
    "Gebaeude": ("BUKRS", "SWENR", "SGENR"),
    "Mietobjekte": ("BUKRS", "SWENR", "SGENR", "SMENR"),
    "Geschaeftspartner": ("PARTNER",),
    "Vertraege": ("BUKRS", "RECNNR"),
    "Vertragsobjekte": ("BUKRS", "RECNNR", "SWENR", "SGENR", "SMENR"),
    "Vertragspartner": ("BUKRS", "RECNNR", "PARTNER"),
}
KINDS = {LEASE: "MV", OWNERSHIP: "EV"}
ROLES = {MAIN_TENANT: "TR0600", TENANT: "TR0603", OWNER: "TR0602"}
PERSON_KINDS = {PERSON: "1", FIRM: "2"}
_KINDS_READ = {code: kind for kind, code in KINDS.items()}
_ROLES_READ = {code: role for role, code in ROLES.items()}
_PERSON_KINDS_READ = {code: kind for kind, code in PERSON_KINDS.items()}


class SapExport(FlatExport):
    kind = "sap-blue-eagle"
    buildings_table = "Gebaeude"
    units_table = "Mietobjekte"
    contracts_table = "Vertraege"
    contract_units_table = "Vertragsobjekte"
    contract_parties_table = "Vertragspartner"
    place_columns = ("BUKRS", "SGENR")
    contract_columns = ("BUKRS", "RECNNR")

    @cached_property
    def clients(self) -> list[Client]:
        return [Client(number, name or "", at) for number, name, at in self._rows("Buchungskreise", "BUKRS", "BUTXT")]

    @cached_property
    def economic_units(self) -> list[EconomicUnit]:
        columns = ("BUKRS", "SWENR", "XWETEXT")
        return [
            EconomicUnit(client, number, name or "", at)
            for client, number, name, at in self._rows("Wirtschaftseinheiten", *columns)
        ]

    @cached_property
    def buildings(self) -> list[Building]:
        columns = ("BUKRS", "SWENR", "SGENR", "STREET_HOUSE", "POST_CODE1", "CITY1", "BAUJAHR")
        return [
            Building(client, entity, number, street or "", postcode or "", city or "", "", year, None, at)
            for client, entity, number, street, postcode, city, year, at in self._rows("Gebaeude", *columns)
        ]

    @cached_property
    def units(self) -> list[Unit]:
        columns = ("BUKRS", "SWENR", "SGENR", "SMENR", "LOCFLOOR", "USAGETYPE", "WOHNFL", "NUTZFL")
        return [
            Unit(client, entity, building, number, floor or "", usage or "", living, usable, None, at)
            for client, entity, building, number, floor, usage, living, usable, at in self._rows(
                "Mietobjekte", *columns
            )
        ]

    @cached_property
    def persons(self) -> list[Person]:
        columns = ("TITLE", "NAME_FIRST", "NAME_LAST", "NAME_ORG1", "SMTP_ADDR", "TEL_NUMBER", "MOB_NUMBER")
        return [
            Person(
                number,
                _PERSON_KINDS_READ.get(kind, kind),
                salutation or "",
                "",
                first or "",
                last or firm or "",
                email or "",
                phone or "",
                mobile or "",
                at,
            )
            for number, kind, salutation, first, last, firm, email, phone, mobile, at in self._rows(
                "Geschaeftspartner", "PARTNER", "TYPE", *columns
            )
        ]

    @cached_property
    def contracts(self) -> list[Contract]:
        columns = ("BUKRS", "RECNNR", "RECNTYPE", "RECNBEG", "RECNENDABS")
        return [
            Contract(client, number, _KINDS_READ.get(kind, kind), iso_date(start or ""), iso_date(end or ""), "", at)
            for client, number, kind, start, end, at in self._rows("Vertraege", *columns)
        ]

    @cached_property
    def contract_units(self) -> list[ContractUnit]:
        columns = ("BUKRS", "RECNNR", "SWENR", "SGENR", "SMENR")
        return [ContractUnit(*row) for row in self._rows("Vertragsobjekte", *columns)]

    @cached_property
    def contract_parties(self) -> list[ContractParty]:
        columns = ("BUKRS", "RECNNR", "PARTNER", "ROLE", "SHARE")
        return [
            ContractParty(client, contract, person, _ROLES_READ.get(role, role), share or "", at)
            for client, contract, person, role, share, at in self._rows("Vertragspartner", *columns)
        ]


def load(path: Path) -> SapExport:
    import openpyxl  # takes a quarter of a second, which the other exports need not wait for

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return SapExport({name: _table(name, book[name], key) for name, key in KEYS.items()})
    finally:
        book.close()


def _table(name: str, sheet: Any, key: tuple[str, ...]) -> Table:
    fields, *rows = sheet.iter_rows(values_only=True)
    return Table.of(name, fields, key, (tuple(map(_cell, row)) for row in rows), text_only=False)


def _cell(value: Any) -> Any:
    """A date cell as JSON writes dates; every other cell as it is."""
    return value.date().isoformat() if isinstance(value, datetime) else value
