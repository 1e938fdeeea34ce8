"""Sheets of an XLSX workbook. Text stays text (leading zeros), dates stay dates; rows count as Excel counts them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.cells import cell_text
from gewerk_connect.sources.source import RawTable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

BATCH = 2000


def read_sheet(path: Path, names: tuple[str, ...] | None) -> RawTable | None:
    """The first of the named sheets that exists (``None``: the first sheet). Raises ``SourceError``."""
    book = open_workbook(path)
    sheet_name = _find(book.sheet_names, names)
    if sheet_name is None:
        return None
    rows = enumerate(book.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False), 1)
    place = f"{path.name} [{sheet_name}]"
    for number, header in rows:
        columns = [cell_text(cell).strip() for cell in header]
        if any(columns):
            return RawTable(place, columns, _batches(number + 1, rows))
    raise SourceError(
        "file_empty",
        "Das Tabellenblatt ist leer. Ein leerer Export wird nie übernommen; exportieren Sie neu.",
        "The sheet is empty. An empty export is never taken over; export it again.",
        file=place,
        row=1,
    )


def open_workbook(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineError, CalamineWorkbook  # 40 ms that only XLSX sources shall pay

    if path.stat().st_size == 0:
        raise SourceError(
            "file_empty",
            "Die Datei ist leer. Exportieren Sie neu.",
            "The file is empty. Export it again.",
            file=path,
        )
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError):
        raise SourceError(
            "not_xlsx",
            "Das ist keine vollständige XLSX-Arbeitsmappe (abgeschnitten, beschädigt oder ein anderes Format). "
            "Exportieren Sie neu.",
            "This is no whole XLSX workbook (cut off, damaged or another format). Export it again.",
            file=path,
        ) from None


def _find(present: list[str], names: tuple[str, ...] | None) -> str | None:
    if names is None:
        return present[0] if present else None
    folded = {name.strip().casefold(): name for name in reversed(present)}
    return next((folded[name.casefold()] for name in names if name.casefold() in folded), None)


def _batches(first: int, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    start = first
    part: list[Sequence[Any]] = []
    for number, row in rows:
        if any(cell != "" and cell is not None for cell in row):
            part.append(row)
            if len(part) < BATCH:
                continue
        if part:
            yield start, part
        start, part = number + 1, []
    if part:
        yield start, part
