"""Reads the neutral folder: CSV or XLSX, whichever a table has; a single workbook with one sheet per table does as well."""

from pathlib import Path

from gewerk_connect.sources.csv_rows import read_csv
from gewerk_connect.sources.folder import existing, find
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import Place, RawTable
from gewerk_connect.sources.xlsx_rows import read_sheet


def read(place: Place, mapped: TableMapping) -> RawTable | None:
    if place.path.is_file():
        return read_sheet(place.path, tuple(dict.fromkeys(Path(name).stem for name in mapped.files)))
    path = find(place, mapped)
    if path is None:
        return None
    if path.suffix.casefold() == ".xlsx":
        return read_sheet(path, None)
    options = place.mapping.options
    delimiter = str(options.get("delimiter", "auto"))
    encoding = place.encoding or str(options.get("encoding", "utf-8"))
    return read_csv(path, delimiter=_delimiter(path) if delimiter == "auto" else delimiter, encoding=encoding)


def files(place: Place) -> list[Path]:
    return [place.path] if place.path.is_file() else existing(place)


def _delimiter(path: Path) -> str:
    """The one of semicolon, comma and tabulator that the header line holds most often."""
    with path.open("rb") as file:
        header = file.readline(65536)
    return max((";", ",", "\t"), key=lambda mark: header.count(mark.encode()))
