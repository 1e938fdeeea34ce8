"""The same bill as a table: CSV as German offices open it (semicolon, comma, UTF-8 with mark), and XLSX.

What a spreadsheet would run as a formula is written with an apostrophe in front, which reading takes away again.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from gewerk.marketplace.gaeb.bill import LONGEST_TEXT, MOST_BYTES, MOST_ITEMS, Bill, BillItem, FileIsBroken
from gewerk.marketplace.gaeb.numbers import german, scaled, typed

COLUMNS = ("OZ", "Abschnitt", "Text", "Menge", "Einheit", "Bedarf", "Alternativ zu", "Einheitspreis netto", "MwSt %")
_NEEDED = ("Text", "Menge", "Einheit")
_BETWEEN = " / "
_RUN = ("=", "+", "-", "@", "\t", "\r", "'")
_MOST_UNPACKED = 60 * 1024 * 1024
_YES = {"ja", "j", "x", "yes", "y", "1", "wahr", "true"}


def write_csv(bill: Bill) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(bill))
    return "\ufeff".encode() + out.getvalue().encode()


def write_xlsx(bill: Bill) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Leistungsverzeichnis")
    sheet.append(COLUMNS)
    for row in _rows(bill):
        sheet.append([_harmless(_printable(cell)) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_csv(file: BinaryIO) -> Bill:
    """Semicolon or comma between the cells. Raises FileIsBroken."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise FileIsBroken(_("The file is too large."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise FileIsBroken(_("The file is no table."))
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    return _bill(_numbered(reader), number=typed)


def read_xlsx(file: BinaryIO) -> Bill:
    """The first sheet. Raises FileIsBroken."""
    _check_archive(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        rows = enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
        return _bill((number, [_cell(value) for value in row]) for number, row in rows)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, SyntaxError) as wrong:
        raise FileIsBroken(_("The file is no XLSX workbook.")) from wrong


def _check_archive(file: BinaryIO) -> None:
    """Neither a bomb nor a document type: the workbook's parts are looked at before any is taken apart."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise FileIsBroken(_("The file is too large."))
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(archive.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as wrong:
        raise FileIsBroken(_("The file is no XLSX workbook.")) from wrong
    file.seek(0)


def _check_part(raw: bytes) -> None:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or b"\x00" in raw[:200]:
        raise FileIsBroken(_("A document type (DOCTYPE) does not belong into a workbook."))


def _rows(bill: Bill) -> Iterator[list[str]]:
    for item in bill.items:
        yield [
            item.number,
            _BETWEEN.join(item.sections),
            item.text,
            german(item.quantity_thousandths, 3),
            item.unit,
            "ja" if item.optional else "",
            item.alternative_to,
            german(item.unit_price_minor, 2) if item.unit_price_minor is not None else "",
            german(item.vat_basis_points, 2) if item.vat_basis_points is not None else "",
        ]


def _numbered(reader: Iterable[list[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    lines = iter(reader)
    while True:
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise FileIsBroken(_("The file is no table."), line=getattr(reader, "line_num", 0)) from wrong
        yield getattr(reader, "line_num", 0), row


def _bill(rows: Iterator[tuple[int, Sequence[str]]], *, number: Callable[[str, int], int] = scaled) -> Bill:
    line, head = next(rows, (1, ()))
    columns = {name.strip().lower(): place for place, name in enumerate(head)}
    missing = [name for name in _NEEDED if name.lower() not in columns]
    if missing:
        raise FileIsBroken(_("The column “%(name)s” is missing.") % {"name": missing[0]}, line=line)
    places = [columns.get(name.lower()) for name in COLUMNS]
    items: list[BillItem] = []
    for line, row in rows:
        cells = [_harmed(row[place]) if place is not None and place < len(row) else "" for place in places]
        if not any(cell.strip() for cell in cells):
            continue
        if len(items) >= MOST_ITEMS:
            raise FileIsBroken(_("At most %(n)d items.") % {"n": MOST_ITEMS}, line=line)
        try:
            items.append(_item(cells, number))
        except ValueError as wrong:
            raise FileIsBroken(str(wrong), line=line) from wrong
    if not items:
        raise FileIsBroken(_("The file holds no items."))
    return Bill(84 if any(item.unit_price_minor is not None for item in items) else 83, items=tuple(items))


def _item(cells: Sequence[str], value: Callable[[str, int], int]) -> BillItem:
    """Raises ValueError with a sentence."""
    number, section, text, quantity, unit, optional, alternative, price, rate = cells
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise ValueError(_("The item has no text, or a very long one."))
    if not unit.strip() or len(unit) > 20:
        raise ValueError(_("The unit is missing or too long."))
    amount = value(quantity, 3)
    if amount <= 0:
        raise ValueError(_("The quantity is not above 0."))
    return BillItem(
        text=text.strip(),
        quantity_thousandths=amount,
        unit=unit.strip(),
        number=number.strip()[:30],
        sections=tuple(section.split(_BETWEEN)) if section.strip() else (),
        optional=optional.strip().lower() in _YES,
        alternative_to=alternative.strip()[:30],
        unit_price_minor=value(price, 2) if price.strip() else None,
        vat_basis_points=value(rate, 2) if rate.strip() else None,
    )


def _cell(value: Any) -> str:
    """A number of a workbook as it would be written; dates are what a spreadsheet makes of ordinal numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, datetime | date):
        raise FileIsBroken(_("A cell holds a date. Format the column “OZ” as text."))
    return str(value)


def _printable(text: str) -> str:
    """Control characters, which a workbook cannot hold, are left out."""
    return "".join(one for one in text if one >= " " or one in "\n\t")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUN) else cell


def _harmed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RUN) else cell
