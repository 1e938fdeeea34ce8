"""Looks up a table's file in an export folder, whatever the case of its name."""

from pathlib import Path

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import Place


def find(place: Place, mapped: TableMapping) -> Path | None:
    """The first of the table's files that lies in the folder. Raises ``SourceError`` when there is no folder."""
    present = _present(place)
    return next((present[name.casefold()] for name in mapped.files if name.casefold() in present), None)


def existing(place: Place) -> list[Path]:
    """The files of all tables that exist, each once, in the order of the mapping file."""
    present = _present(place)
    names = dict.fromkeys(name.casefold() for mapped in place.mapping.tables.values() for name in mapped.files)
    return [present[name] for name in names if name in present]


def _present(place: Place) -> dict[str, Path]:
    if not place.path.is_dir():
        raise SourceError(
            "folder_missing",
            "Der Ordner des Exports fehlt oder ist kein Ordner. Prüfen Sie [source] path.",
            "The export's folder is missing or no folder. Check [source] path.",
            file=place.path,
        )
    return {path.name.casefold(): path for path in sorted(place.path.iterdir()) if path.is_file()}
