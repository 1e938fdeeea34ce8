"""The report of a run as an XLSX file: counts, what was left out, and every finding with its place.

Written row by row, so that memory does not grow with the findings. Every value is a text or a number and never a formula:
what stands in an ERP must not be carried out in somebody's spreadsheet. No personal data, as in the findings themselves.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from gewerk_connect.ledger import RunRow, StoredFinding
from gewerk_connect.messages import FINDINGS, say
from gewerk_connect.report.outcome import COUNTED

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_LONGEST = 32_767
"""Characters that a cell can hold."""
Value = str | int | None


def write_workbook(path: Path, run: RunRow, findings: Iterable[StoredFinding], name: str, language: str) -> None:
    """Replaces the file at once when it is whole. Raises ``OSError``."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        try:
            book = Workbook(write_only=True)
            _overview(book, run, name, language)
            _findings(book, findings, language)
            book.save(file)
            file.close()
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _overview(book: Workbook, run: RunRow, name: str, language: str) -> None:
    sheet = _sheet(book, say(language, "sheet_overview"), (24, 14, 14, 14, 14, 14, 14))
    _add(sheet, [say(language, "connection"), name], bold=(0,))
    _add(sheet, [say(language, "as_of"), run.as_of.isoformat()], bold=(0,))
    _add(sheet, [say(language, "started"), run.started_at.isoformat(" ", "minutes")], bold=(0,))
    if run.finished_at is not None:
        _add(sheet, [say(language, "finished"), run.finished_at.isoformat(" ", "minutes")], bold=(0,))
    _add(sheet, [say(language, "result"), say(language, run.status)], bold=(0,))
    if run.message:
        _add(sheet, [say(language, "message"), run.message], bold=(0,))
    outcome = run.outcome or {}
    counts: dict[str, dict[str, int]] = outcome.get("counts", {})
    names = list(next(iter(counts.values()), {}))
    if names:
        _add(sheet, [])
        _add(sheet, ["", *(say(language, column) for column in names)], bold=range(len(names) + 1))
        for entity in COUNTED:
            of = counts.get(entity, {})
            _add(sheet, [say(language, entity), *(of.get(column, 0) for column in names)])
    if outcome.get("let_units") is not None:
        _add(sheet, [])
        _add(sheet, [say(language, "occupancy", let=outcome["let_units"], vacant=outcome["vacant_units"])])
    left_out = {reason: count for reason, count in outcome.get("skipped", {}).items() if count}
    if left_out:
        _add(sheet, [])
        _add(sheet, [say(language, "skipped")], bold=(0,))
        for reason, count in left_out.items():
            _add(sheet, [say(language, reason), count])


def _findings(book: Workbook, findings: Iterable[StoredFinding], language: str) -> None:
    heads = ("finding", "code", "entity", "external_id", "file", "row_head", "column", "detail", "todo_head")
    sheet = _sheet(book, say(language, "sheet_findings"), (36, 22, 14, 28, 24, 8, 20, 28, 60))
    sheet.freeze_panes = "A2"
    _add(sheet, [say(language, head) for head in heads], bold=range(len(heads)))
    for row in _rows(findings, language):
        _add(sheet, row)


def _rows(findings: Iterable[StoredFinding], language: str) -> Iterator[list[Value]]:
    for one in findings:
        text = FINDINGS.get(one.code)
        title = text.title(language) if text else one.code
        todo = text.todo(language) if text else None
        entity = say(language, one.entity) if one.entity else None
        yield [title, one.code, entity, one.external_id, one.file, one.row, one.column, one.detail, todo]


def _sheet(book: Workbook, title: str, widths: Iterable[float]) -> Any:
    sheet: Any = book.create_sheet(title)
    for letter, width in zip("ABCDEFGHI", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    return sheet


def _add(sheet: Any, values: Iterable[Value], bold: Iterable[int] = ()) -> None:
    strong = set(bold)
    sheet.append([_cell(sheet, value, place in strong) for place, value in enumerate(values)])


def _cell(sheet: Any, value: Value, bold: bool) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=_UNPRINTABLE.sub("", value)[:_LONGEST] if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
