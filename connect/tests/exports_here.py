"""Opens the sample exports, and small exports written by a test, for the tests of the upper river."""

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from gewerk_connect.canonical import Entity, Judged, Verdict
from gewerk_connect.settings import Settings, SourceSettings
from gewerk_connect.sources import Source, open_source
from gewerk_connect.stock import Stock, judge

EXPORTS = Path(__file__).parent / "exports"
AS_OF = date(2026, 11, 22)
SAMPLES = {"wodis-sigma": "sigma", "uts-karthago": "karthago", "sap-blue-eagle": "sap"}

HEADERS: dict[str, list[str]] = {
    "clients": ["number", "name"],
    "economic_entities": ["client", "number", "name"],
    "buildings": ["client", "economic_entity", "number", "street", "postcode", "city", "construction_year"],
    "units": ["client", "economic_entity", "building", "number", "usage", "floor", "living_area_m2"],
    "parties": ["number", "kind", "first_name", "last_name", "company_name", "email", "phone"],
    "contracts": ["client", "number", "kind", "start", "end"],
    "contract_units": ["client", "contract", "economic_entity", "building", "unit"],
    "contract_parties": ["client", "contract", "party", "role", "share"],
}
SMALL: dict[str, list[list[str]]] = {
    "clients": [["1", "Eins"], ["2", "Zwei"]],
    "economic_entities": [["1", "9", "Süd"], ["2", "9", "Nord"]],
    "buildings": [
        ["1", "9", "66", "Anger 5", "99084", "Erfurt", "1990"],
        ["1", "9", "67", "Anger 6 a", "99084", "Erfurt", ""],
        ["2", "9", "66", "Ring 7", "99084", "Erfurt", ""],
    ],
    "units": [
        ["1", "9", "66", "1", "Wohnung", "EG links", "50,5"],
        ["1", "9", "66", "2", "Wohnung", "1. OG", "60"],
        ["1", "9", "67", "1", "Lager", "Keller", ""],
        ["2", "9", "66", "1", "Büro", "2. OG", ""],
    ],
    "parties": [
        ["100", "natural", "Anna", "Alt", "", "anna@web.de", "0176 1234 5678"],
        ["101", "natural", "Bert", "Bau", "", "", ""],
        ["102", "legal", "", "", "Firma C", "c@firma.de; d@firma.de", ""],
    ],
    "contracts": [
        ["1", "700", "lease", "01.01.2020", ""],
        ["1", "701", "lease", "01.01.2020", ""],
        ["2", "700", "ownership", "01.01.2010", ""],
    ],
    "contract_units": [
        ["1", "700", "9", "66", "1"],
        ["1", "701", "9", "66", "2"],
        ["2", "700", "9", "66", "1"],
    ],
    "contract_parties": [
        ["1", "700", "100", "main_tenant", ""],
        ["1", "701", "101", "main_tenant", ""],
        ["2", "700", "102", "owner", "1/1"],
    ],
}
"""A stock of two clients: three buildings, four units, one tenant with e-mail, one without, one owner."""


def sample(kind: str) -> Source:
    return open_source(SourceSettings(kind=kind, path=EXPORTS / SAMPLES[kind]))


def copied(kind: str, folder: Path) -> Path:
    """A copy of a sample to damage."""
    return Path(shutil.copytree(EXPORTS / SAMPLES[kind], folder / SAMPLES[kind]))


def small(**changes: list[list[str]]) -> dict[str, list[list[str]]]:
    """The small stock with whole tables replaced."""
    return {**{table: [list(row) for row in rows] for table, rows in SMALL.items()}, **changes}


def write_tables(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    """Writes a neutral folder (UTF-8, semicolon)."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([HEADERS[table], *rows])
    return folder


def judged(path: Path, *, kind: str = "table-folder", as_of: date = AS_OF, **settings: Any) -> Stock:
    settings.setdefault("separator", "-")
    return judge(open_source(SourceSettings(kind=kind, path=path)), Settings(**settings), as_of)


def sent(stock: Stock, entity: Entity) -> dict[str, dict[str, Any]]:
    """Payloads by external id."""
    return {record.external_id: record.payload or {} for record in stock.stream(entity) if record.payload is not None}


def verdicts(stock: Stock, entity: Entity) -> dict[str, tuple[str, str | None]]:
    return {record.external_id: (str(record.verdict), record.reason) for record in stock.stream(entity)}


def counted(stock: Stock) -> dict[str, int]:
    return {str(entity): sum(record.verdict is Verdict.SEND for record in stock.stream(entity)) for entity in Entity}


def codes(stock: Stock) -> list[str]:
    return [str(finding.code) for finding in stock.findings]


def everything(stock: Stock) -> list[tuple[Any, ...]]:
    """All records without their place in the file, to compare two stocks."""
    return [_bare(record) for entity in Entity for record in stock.stream(entity)]


def _bare(record: Judged) -> tuple[Any, ...]:
    return (record.entity, record.key, record.external_id, record.verdict, record.reason, record.payload)
