"""Reads the workbook of SAP Blue Eagle: ``path`` is the file, or a folder that holds exactly one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import Place, RawTable
from gewerk_connect.sources.xlsx_rows import read_sheet

KEY_FIELDS = frozenset({"client", "economic_entity", "building", "unit", "contract", "party", "number"})


def read(place: Place, mapped: TableMapping) -> RawTable | None:
    raw = read_sheet(workbook(place), mapped.files)
    if raw is not None:
        keys = {name for field in KEY_FIELDS for name in mapped.columns.get(field, ())}
        raw.batches = _text_keys(raw, raw.batches, [at for at, name in enumerate(raw.columns) if name in keys])
    return raw


def files(place: Place) -> list[Path]:
    return [workbook(place)]


def workbook(place: Place) -> Path:
    path = place.path
    if path.is_file():
        return path
    found = sorted(path.glob("*.xlsx")) if path.is_dir() else []
    found = [file for file in found if not file.name.startswith("~$")]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(
            "file_ambiguous",
            "In dem Ordner liegen mehrere XLSX-Dateien. Nennen Sie die Datei in [source] path.",
            "The folder holds several XLSX files. Name the file in [source] path.",
            file=path,
        )
    raise SourceError(
        "file_missing",
        "Hier liegt keine XLSX-Datei. Prüfen Sie [source] path.",
        "There is no XLSX file here. Check [source] path.",
        file=path,
    )


def _text_keys(
    raw: RawTable, batches: Iterator[tuple[int, list[Sequence[Any]]]], keys: list[int]
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """A key stored as a number has lost its zeros, and with them every id: refused, never repaired."""
    for start, rows in batches:
        for number, row in enumerate(rows, start):
            for at in keys:
                if at < len(row) and not isinstance(row[at], str) and row[at] is not None:
                    raise SourceError(
                        "key_is_number",
                        "Der Schlüssel ist als Zahl gespeichert, seine führenden Nullen fehlen. "
                        "Exportieren Sie die Spalte als Text.",
                        "The key is stored as a number, its leading zeros are lost. Export the column as text.",
                        file=raw.file,
                        row=number,
                        column=raw.columns[at],
                    )
        yield start, rows
