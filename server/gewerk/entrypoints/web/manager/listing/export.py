"""The list as a file: exactly what the page shows, in its order, all rows."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.listing.pieces import Exported

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).

    Phone numbers begin with a plus sign and are texts all the same, so they get it too.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _as_text(value: Exported, formats: Formats) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal | float):
        return str(value).replace(".", "," if formats.number(Decimal("0.5"))[1:2] == "," else ".")
    return formats.day(value)


class _Lines:
    """A file that keeps the line just written, for the csv module to write into."""

    line = ""

    def write(self, text: str) -> None:
        self.line = text


def csv_lines(head: list[str], rows: Iterator[list[Exported]], formats: Formats) -> Iterator[bytes]:
    """Semicolons, CRLF and a byte order mark: what Excel in Germany opens by a double click."""
    lines = _Lines()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(title) for title in head])
    yield b"\xef\xbb\xbf" + lines.line.encode()
    for row in rows:
        writer.writerow([_as_text(value, formats) for value in row])
        yield lines.line.encode()


def as_csv(name: str, head: list[str], rows: Iterator[list[Exported]], formats: Formats) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(head, rows, formats), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.csv"))
    return response


def as_xlsx(name: str, head: list[str], rows: Iterator[list[Exported]], formats: Formats) -> HttpResponseBase:
    """Written row by row to a temporary file: memory does not grow with the list. Texts are texts, never formulas."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    titles = []
    for title in head:
        cell = WriteOnlyCell(sheet, value=title)
        cell.font = Font(bold=True)
        titles.append(cell)
    sheet.append(titles)
    for row in rows:
        sheet.append([_xlsx_value(sheet, value, formats) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _xlsx_value(sheet: Any, value: Exported, formats: Formats) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(formats.zone).replace(tzinfo=None)
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value="".join(c for c in value if c >= " " or c in "\t\n"))
        cell.data_type = "s"
        return cell
    return value
