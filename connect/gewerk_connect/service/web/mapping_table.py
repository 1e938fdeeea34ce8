"""The mapping file as tables: which column feeds which field, and what the ERP's codes mean, with those it does not know."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gewerk_connect.canonical.model import REQUIRED, TABLES
from gewerk_connect.messages import table as table_name
from gewerk_connect.service.web.said import Said
from gewerk_connect.service.web.words import FIELDS, VALUES
from gewerk_connect.sources.mapping_edit import Entry, with_entries
from gewerk_connect.sources.mapping_file import CODES

_BETWEEN = ";"
"""Between several column names of one field: the first that exists is read."""
_LONGEST = 400
_LABELS: Mapping[str, Said] = {
    "number": Said("Nummer", "Number"),
    "client": Said("Mandant", "Client"),
    "economic_entity": Said("Wirtschaftseinheit", "Economic entity"),
    "building": Said("Gebäude", "Building"),
    "unit": Said("Einheit", "Unit"),
    "contract": Said("Vertrag", "Contract"),
    "party": Said("Person oder Firma", "Person or company"),
    "start": Said("Beginn", "Start"),
    "end": Said("Ende", "End"),
    "floor": Said("Etage und Lage", "Floor and position"),
    "phone": Said("Telefon", "Phone"),
    "mobile": Said("Handy", "Mobile"),
}
_CODES: Mapping[str, tuple[str, str, Said, Mapping[str, Said]]] = {
    "contract_kind": (
        "contracts",
        "kind",
        Said("Vertragsarten", "Kinds of contract"),
        {"lease": Said("Mietvertrag", "lease"), "ownership": Said("Eigentümervertrag", "ownership contract")},
    ),
    "role": (
        "contract_parties",
        "role",
        Said("Rollen am Vertrag", "Roles in a contract"),
        {**VALUES["role"], "ignore": Said("nicht übertragen", "not sent")},
    ),
    "party_kind": ("parties", "kind", Said("Arten von Personen", "Kinds of party"), VALUES["kind"]),
}
"""Table of codes -> the table and field whose column holds them, what they are called, what they may mean."""


class Sent(Protocol):
    """What a visit says of a form (``door.Visit``)."""

    form: Mapping[str, Any]

    @property
    def language(self) -> str: ...
    def text(self, name: str) -> str: ...


@dataclass(slots=True, frozen=True)
class Cell:
    """One field of a table."""

    name: str
    """Of the input."""
    label: Said
    value: str
    required: bool


@dataclass(slots=True, frozen=True)
class Section:
    """One table of the mapping file."""

    title: Said
    source: str
    cells: list[Cell]

    @property
    def filled(self) -> int:
        return sum(bool(cell.value) for cell in self.cells)


@dataclass(slots=True, frozen=True)
class Code:
    """A code of the ERP; ``meaning`` is "" for one that nobody has told the meaning of."""

    text: str
    meaning: str


@dataclass(slots=True, frozen=True)
class Codes:
    name: str
    title: Said
    meanings: Mapping[str, Said]
    rows: list[Code] = field(default_factory=list)


def sections_of(text: str) -> list[Section]:
    """``text`` is a mapping file that can be read."""
    sections = []
    for name, entry in tomllib.loads(text).get("tables", {}).items():
        columns = entry.get("columns", {})
        files = entry.get("file", entry.get("query", ""))
        sections.append(
            Section(
                Said(table_name("de", name), table_name("en", name)),
                files if isinstance(files, str) else files[0],
                [
                    Cell(f"column_{name}_{one}", _label(one), _shown(columns.get(one)), one in REQUIRED[name])
                    for one in TABLES[name]._fields  # type: ignore[attr-defined]
                ],
            )
        )
    return sections


def codes_of(text: str, unknown: Iterable[tuple[str, str]]) -> list[Codes]:
    """What the codes mean, those that are ``unknown`` first: (column, value) as the last run found them."""
    data = tomllib.loads(text)
    found = []
    for name, (table, column, title, meanings) in _CODES.items():
        known: dict[str, str] = data.get("codes", {}).get(name, {})
        columns = _names(data.get("tables", {}).get(table, {}).get("columns", {}).get(column))
        missing = [value for where, value in unknown if where in columns and value not in known]
        rows = [*(Code(value, "") for value in dict.fromkeys(missing)), *(Code(*pair) for pair in known.items())]
        found.append(Codes(name, title, meanings, rows))
    return found


def edited(text: str, sent: Sent) -> tuple[str, dict[str, str]]:
    """The text with what was typed into the tables, and what is wrong, input by input.

    Raises ``ValueError`` where the text is written so that only a person can change it.
    """
    errors: dict[str, str] = {}
    data = tomllib.loads(text)
    for table, entry in data.get("tables", {}).items():
        columns = entry.get("columns", {})
        wanted: dict[str, Entry] = {}
        for one in TABLES[table]._fields:  # type: ignore[attr-defined]
            name = f"column_{table}_{one}"
            names = [part.strip() for part in sent.text(name)[:_LONGEST].split(_BETWEEN) if part.strip()]
            if name not in sent.form or names == _names(columns.get(one)):
                continue
            if not names and one in REQUIRED[table]:
                label = f"{table_name(sent.language, table)}, {_label(one).in_(sent.language)}"
                errors[name] = (
                    f"{label}: Nennen Sie die Spalte, ohne sie lässt sich die Tabelle nicht lesen."
                    if sent.language == "de"
                    else f"{label}: name the column, without it the table cannot be read."
                )
                continue
            wanted[one] = None if not names else names[0] if len(names) == 1 else names
        if wanted:
            text = with_entries(text, ("tables", table, "columns"), wanted)
    for name in CODES:
        if chosen := _chosen_codes(sent, name, data.get("codes", {}).get(name, {})):
            text = with_entries(text, ("codes", name), chosen)
    return text, errors


def _chosen_codes(sent: Sent, name: str, known: Mapping[str, str]) -> dict[str, Entry]:
    chosen: dict[str, Entry] = {}
    place = 0
    while code := sent.text(f"code_{name}_{place}"):
        meaning = sent.text(f"meaning_{name}_{place}")
        if meaning != known.get(code, "") and (not meaning or meaning in CODES[name]):
            chosen[code[:_LONGEST]] = meaning or None
        place += 1
    further, meaning = sent.text(f"code_{name}_further"), sent.text(f"meaning_{name}_further")
    if further and meaning in CODES[name]:
        chosen[further[:_LONGEST]] = meaning
    return chosen


def _label(name: str) -> Said:
    return _LABELS.get(name) or FIELDS.get(name) or FIELDS.get(f"address.{name}") or Said(name, name)


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _shown(value: Any) -> str:
    return f"{_BETWEEN} ".join(_names(value))
