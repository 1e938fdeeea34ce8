"""Reads ``mapping.toml``: which file and column feeds which canonical field. The customer may edit a copy of it.

Vendors publish no field lists (spec 01, "Sources"): this file is where a site's own column names are told.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gewerk_connect.canonical.model import REQUIRED, TABLES
from gewerk_connect.canonical.refusals import SourceError

USAGES = frozenset({"living", "commercial", "parking", "storage", "other"})
CODES: dict[str, frozenset[str]] = {
    "contract_kind": frozenset({"lease", "ownership"}),
    "role": frozenset({"main_tenant", "co_tenant", "owner", "co_owner", "ignore"}),
    "party_kind": frozenset({"natural", "legal", "association"}),
}
"""What a code of the ERP may be translated to."""


@dataclass(slots=True, frozen=True)
class TableMapping:
    table: str
    files: tuple[str, ...]
    """File names (sheet names in a workbook); the first that exists is read."""
    columns: dict[str, tuple[str, ...]]
    """Canonical field -> column names; the first that exists is read."""
    optional: bool
    """The table may be missing as a whole."""
    may_be_empty: bool
    each: str | None
    """In JSON: the list inside each record of which every element is a row of this table."""
    resource: str
    """What the table is called where it is fetched over a network: a list of the interface; default is the file's name."""
    query: str | None
    """In a database: the SELECT that yields the table."""


@dataclass(slots=True, frozen=True)
class Mapping:
    file: Path
    tables: dict[str, TableMapping]
    columns_optional: bool
    """A mapped column may be missing unless its field is required (the neutral folder)."""
    codes: dict[str, dict[str, str]]
    usage: dict[str, str]
    floor: dict[str, int]
    options: dict[str, Any] = field(default_factory=dict)
    """``[format]``: delimiter, encoding, decimal ... as the source's reader understands them."""
    http: dict[str, Any] = field(default_factory=dict)
    """``[http]`` as it stands: how the interface is asked (``sources/http/rules.py``)."""
    resources: dict[str, Any] = field(default_factory=dict)
    """``[resources.NAME]`` as they stand: what is particular about one list of the interface."""

    def tables_of(self, resource: str) -> list[TableMapping]:
        """The tables that one list of the interface feeds."""
        return [table for table in self.tables.values() if table.resource == resource]

    def resource_names(self) -> list[str]:
        """The lists of the interface that feed some table, in the order of the mapping file."""
        return list(dict.fromkeys(table.resource for table in self.tables.values()))


def load_mapping(path: Path) -> Mapping:
    """Raises ``SourceError`` that names the entry which cannot be used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise unusable(path, "die Datei ist nicht lesbar", "the file cannot be read", "mapping_unreadable") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        detail = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "UTF-8"
        raise unusable(path, f"kein gültiges TOML ({detail})", f"no valid TOML ({detail})") from None
    known = {"format", "http", "resources", "tables", "codes", "usage", "floor"}
    if unknown := sorted(set(data) - known):
        raise unusable(path, f"[{unknown[0]}] gibt es nicht", f"[{unknown[0]}] does not exist")
    options = dict(data.get("format", {}))
    tables = {name: _table(path, name, entry) for name, entry in data.get("tables", {}).items()}
    for name in ("buildings", "units"):
        if name not in tables:
            raise unusable(path, f"[tables.{name}] fehlt", f"[tables.{name}] is missing")
    return Mapping(
        file=path,
        tables=tables,
        columns_optional=bool(options.pop("columns_optional", False)),
        codes={name: _codes(path, name, data.get("codes", {}).get(name, {})) for name in CODES},
        usage=_choices(path, "usage", data.get("usage", {})),
        floor=_floors(path, data.get("floor", {})),
        options=options,
        http=_section(path, "http", data),
        resources=_section(path, "resources", data),
    )


def _section(path: Path, name: str, data: dict[str, Any]) -> dict[str, Any]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise unusable(path, f"[{name}] muss eine Tabelle sein", f"[{name}] must be a table")
    return section


def unusable(path: Path, de: str, en: str, code: str = "mapping_invalid") -> SourceError:
    return SourceError(
        code, f"Die Zuordnung ist nicht verwendbar: {de}.", f"The mapping cannot be used: {en}.", file=path
    )


def _texts(value: Any) -> tuple[str, ...] | None:
    values = [value] if isinstance(value, str) else value
    if isinstance(values, list) and values and all(isinstance(text, str) and text for text in values):
        return tuple(values)
    return None


def _table(path: Path, name: str, entry: Any) -> TableMapping:
    place = f"[tables.{name}]"
    if name not in TABLES or not isinstance(entry, dict):
        raise unusable(path, f"{place} gibt es nicht", f"{place} does not exist")
    query = entry.get("query")
    files = _texts(entry.get("file", name if isinstance(query, str) else None))
    if files is None:
        raise unusable(path, f"{place} braucht file oder query", f"{place} needs file or query")
    resource = entry.get("resource", _without_ending(files[0]))
    if not isinstance(resource, str) or not isinstance(query, str | None):
        raise unusable(
            path, f"{place} resource und query müssen Texte sein", f"{place} resource and query must be texts"
        )
    fields = TABLES[name]._fields  # type: ignore[attr-defined]
    columns: dict[str, tuple[str, ...]] = {}
    for field_name, value in entry.get("columns", {}).items():
        names = _texts(value)
        if field_name not in fields or names is None:
            raise unusable(
                path,
                f"{place} columns.{field_name} ist kein Feld oder nennt keine Spalte (Felder: {', '.join(fields)})",
                f"{place} columns.{field_name} is no field or names no column (fields: {', '.join(fields)})",
            )
        columns[field_name] = names
    for field_name in REQUIRED[name]:
        if field_name not in columns:
            raise unusable(path, f"{place} braucht columns.{field_name}", f"{place} needs columns.{field_name}")
    each = entry.get("each")
    return TableMapping(
        table=name,
        files=files,
        columns=columns,
        optional=bool(entry.get("optional", False)),
        may_be_empty=bool(entry.get("may_be_empty", False)),
        each=each if isinstance(each, str) else None,
        resource=resource,
        query=query,
    )


def _without_ending(file: str) -> str:
    return next((file[: -len(end)] for end in (".csv", ".json", ".xlsx") if file.casefold().endswith(end)), file)


def _codes(path: Path, name: str, entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict) or not set(entry.values()) <= CODES[name]:
        allowed = ", ".join(sorted(CODES[name]))
        raise unusable(path, f"[codes.{name}] erlaubt nur {allowed}", f"[codes.{name}] allows only {allowed}")
    return {str(code): str(meaning) for code, meaning in entry.items()}


def _choices(path: Path, name: str, entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict) or not set(entry.values()) <= USAGES:
        allowed = ", ".join(sorted(USAGES))
        raise unusable(path, f"[{name}] erlaubt nur {allowed}", f"[{name}] allows only {allowed}")
    return {str(text): str(meaning) for text, meaning in entry.items()}


def _floors(path: Path, entry: Any) -> dict[str, int]:
    if not isinstance(entry, dict) or not all(type(value) is int for value in entry.values()):
        raise unusable(path, "[floor] erlaubt nur ganze Zahlen", "[floor] allows only whole numbers")
    return {str(text): value for text, value in entry.items()}
