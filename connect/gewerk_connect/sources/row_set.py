"""Which rows a file holds, whatever their order: equal for an export that was only sorted anew, another for any other edit.

The rows' hashes are added up, so that a row counts as often as it stands there. A hash is hashed once more before it is
added: two rows that exchange a cell change both hashes, and the sum must not even that out.
"""

import csv
from pathlib import Path

from xxhash import xxh3_128_digest, xxh3_128_intdigest

_AT_A_TIME = 1 << 16
"""Bytes, in whole lines."""


def row_set(path: Path, *, has_header: bool = False) -> str:
    """Of a file in which every line is a row by itself; a header is no row and keeps its place."""
    with path.open("rb") as file:
        header = file.readline() if has_header else b""
        end = b"\r\n" if header.endswith(b"\r\n") else b"\n"
        count = total = 0
        while lines := file.readlines(_AT_A_TIME):
            if not lines[-1].endswith(b"\n"):  # the last line of the file; in another order it is one in the middle
                lines[-1] += end
            count += len(lines)
            total += sum(map(xxh3_128_intdigest, map(xxh3_128_digest, lines)))
    return f"{xxh3_128_digest(header).hex()}.{count}.{total:x}"


def csv_row_set(path: Path, delimiter: str) -> str | None:
    """Of a CSV file in UTF-8 or cp1252; None where a row goes on in the next line, so that lines do not tell the rows."""
    if _quotes(path) and not (delimiter.isascii() and _a_row_a_line(path, delimiter)):
        return None
    return row_set(path, has_header=True)


def _quotes(path: Path) -> bool:
    """Whether any cell may be quoted: only then can a row have several lines."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if b'"' in chunk:
                return True
    return False


def _a_row_a_line(path: Path, delimiter: str) -> bool:
    # in both encodings quotes, delimiters and line ends are the bytes that latin-1 shows, and it is the quickest
    with path.open(encoding="latin-1", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            return sum(1 for _ in reader) == reader.line_num
        except csv.Error:
            return False
