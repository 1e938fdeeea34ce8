"""CSV files as ERPs write them: whole, in the encoding they claim, every row as wide as the header, or a clear refusal.

Nothing is guessed and nothing skipped but rows in which every cell is empty.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.row_set import csv_row_set
from gewerk_connect.sources.source import RawTable

BATCH = 64
"""Rows at a time: few enough to stay in the processor's cache (2,000 took twice as long)."""
_CHUNK = 1 << 20
_UTF8_IN_CP1252 = re.compile(rb"\xc3[\x80-\xbf]")
"""An umlaut of UTF-8 read as cp1252 (``Ã¤``): never found in real cp1252 text."""
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252 (cp1252)"}


def read_csv(path: Path, *, delimiter: str, encoding: str) -> RawTable:
    """Opens a CSV file with a header. Raises ``SourceError`` with the row, at once or while the rows are read."""
    codec = _inspect(path, encoding)
    file = path.open(encoding=codec, newline="")  # closed with the last row, or when the table is dropped
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
    except UnicodeDecodeError:
        raise _undecodable(path, encoding) from None
    except csv.Error as error:
        raise _broken(path, 1, error) from None
    if header is None or not any(cell.strip() for cell in header):
        raise _empty(path)
    columns = [name.strip() for name in header]
    batches = _batches(path, file, reader, columns, encoding)
    return RawTable(path.name, columns, batches, lambda: csv_row_set(path, delimiter) if encoding in _NAMES else None)


def _batches(
    path: Path, file: IO[str], reader: Iterator[list[str]], header: list[str], encoding: str
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    number, width = 2, len(header)
    while True:
        batch: list[Sequence[Any]] = []
        try:
            batch.extend(islice(reader, BATCH))
        except UnicodeDecodeError:
            raise _undecodable(path, encoding) from None
        except csv.Error as error:
            raise _broken(path, number + len(batch), error) from None
        if not batch:
            file.close()
            break
        if set(map(len, batch)) == {width}:
            yield number, batch
        else:
            yield from _whole_rows(path, number, batch, header)
        number += len(batch)
    _check_end(path)


def _whole_rows(
    path: Path, number: int, batch: list[Sequence[Any]], header: list[str]
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Splits a batch at its empty rows; a row of another width ends the run."""
    width = len(header)
    start = number
    part: list[Sequence[Any]] = []
    for row_number, row in enumerate(batch, number):
        if len(row) == width:
            part.append(row)
            continue
        if any(cell.strip() for cell in row):
            raise SourceError(
                "row_width",
                f"Die Zeile hat {len(row)} statt {width} Spalten. Die Datei ist abgeschnitten oder beschädigt, "
                "oder ein Text enthält das Trennzeichen. Exportieren Sie neu.",
                f"The row has {len(row)} columns instead of {width}. The file is cut off or damaged, "
                "or a text holds the delimiter. Export it again.",
                file=path,
                row=row_number,
                column=header[min(len(row), width) - 1],
            )
        if part:
            yield start, part
        start, part = row_number + 1, []
    if part:
        yield start, part


def _inspect(path: Path, encoding: str) -> str:
    """The codec to read with. A byte order mark wins; otherwise the bytes must fit what was said."""
    with path.open("rb") as file:
        head = file.read(4)
        if not head:
            raise _empty(path)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _encoding(path, 1, "UTF-16", encoding)
        if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
            raise SourceError(
                "not_csv",
                "Das ist keine CSV-Datei (eher Excel oder PDF). Exportieren Sie sie als CSV.",
                "This is no CSV file (rather Excel or PDF). Export it as CSV.",
                file=path,
            )
        marked = head.startswith(codecs.BOM_UTF8)
        file.seek(0)
        tail, rows_before = b"", 0
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                row = rows_before + chunk[: chunk.index(b"\0")].count(b"\n") + 1
                raise _encoding(path, row, "UTF-16 oder keine Textdatei", encoding)
            if encoding == "cp1252" and not marked and not chunk.isascii():
                hit = _UTF8_IN_CP1252.search(tail + chunk)
                if hit:
                    row = rows_before + (tail + chunk)[: hit.start()].count(b"\n") + 1
                    raise _encoding(path, row, "UTF-8", encoding)
            tail = chunk[-1:]
            rows_before += chunk.count(b"\n")
    if marked:
        return "utf-8-sig"
    return encoding


def _encoding(path: Path, row: int, seen: str, wanted: str) -> SourceError:
    fix = ' oder setzen Sie [source] encoding = "utf-8"' if seen == "UTF-8" else ""
    fix_en = ' or set [source] encoding = "utf-8"' if seen == "UTF-8" else ""
    return SourceError(
        "encoding",
        f"Die Zeichenkodierung ist nicht {_NAMES.get(wanted, wanted)}, sondern {seen}. Exportieren Sie neu{fix}.",
        f"The encoding is not {_NAMES.get(wanted, wanted)} but {seen}. Export the file again{fix_en}.",
        file=path,
        row=row,
    )


def _broken(path: Path, row: int, error: csv.Error) -> SourceError:
    return SourceError(
        "row_broken",
        f"Die Anführungszeichen oder Trennzeichen stimmen ab hier nicht ({error}). Exportieren Sie neu.",
        f"Quotes or delimiters are wrong from here on ({error}). Export the file again.",
        file=path,
        row=row,
    )


def _undecodable(path: Path, encoding: str) -> SourceError:
    """Finds the row on the way out only, so that the good case pays nothing."""
    with path.open("rb") as file:
        row = next(number for number, line in enumerate(file, 1) if not _decodes(line, encoding))
    other = "cp1252" if encoding == "utf-8" else "utf-8"
    return SourceError(
        "encoding",
        f"Diese Zeile ist kein gültiges {_NAMES.get(encoding, encoding)}. Exportieren Sie neu oder setzen Sie "
        f'[source] encoding = "{other}".',
        f"This row is no valid {_NAMES.get(encoding, encoding)}. Export the file again or set "
        f'[source] encoding = "{other}".',
        file=path,
        row=row,
    )


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_end(path: Path) -> None:
    """A file cut inside its last cell still has whole rows. It shows where that cell is the beginning of a known value."""
    with path.open("rb") as file:
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - 65536))
        end = file.read()
    if not end or end.endswith((b"\n", b"\r")) or end.count(b"\n") < 2:
        return
    lines = [line.rstrip(b"\r") for line in end.split(b"\n")][1 if size > 65536 else 0 :]
    last_cells = [re.split(rb"[;,\t|]", line)[-1] for line in lines]
    last, before = last_cells[-1], set(last_cells[:-1])
    if last and last not in before and any(cell.startswith(last) for cell in before):
        row = sum(1 for _ in path.open("rb"))
        raise SourceError(
            "cut_off",
            "Die letzte Zeile ist abgeschnitten (kein Zeilenende, letzter Wert unvollständig). Exportieren Sie neu.",
            "The last row is cut off (no line end, last value incomplete). Export the file again.",
            file=path,
            row=row,
        )


def _empty(path: Path) -> SourceError:
    return SourceError(
        "file_empty",
        "Die Datei ist leer. Ein leerer Export wird nie übernommen; exportieren Sie neu.",
        "The file is empty. An empty export is never taken over; export it again.",
        file=path,
        row=1,
    )
