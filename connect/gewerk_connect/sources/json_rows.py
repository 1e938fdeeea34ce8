"""JSON exports of the form ``{"anzahl": n, "daten": [...]}``. A row's number is the record's place in the list, from 1."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import RawTable

BATCH = 2000


def read_json(path: Path, mapped: TableMapping, *, count: str, records: str) -> RawTable:
    """Columns of a list inside each record (``each``) are called ``list.column``. Raises ``SourceError``."""
    data = _load(path)
    if not isinstance(data, dict) or not isinstance(data.get(records), list):
        raise _form(path, f"{{{count}, {records}}}")
    rows: list[Any] = data[records]
    if data.get(count) != len(rows):
        raise SourceError(
            "count_wrong",
            f"Die Datei nennt {_number(data.get(count))} Sätze und enthält {len(rows)}: "
            "sie ist unvollständig. Exportieren Sie neu.",
            f"The file announces {_number(data.get(count))} records and holds {len(rows)}: "
            "it is incomplete. Export it again.",
            file=path,
            row=len(rows),
            column=count,
        )
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise _form(path, "{...}", number)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if mapped.each is None:
        return RawTable(path.name, columns, _flat(rows, columns))
    if mapped.each not in columns and rows:
        raise SourceError(
            "column_missing",
            "Diese Liste fehlt in den Sätzen. Exportieren Sie neu oder passen Sie die Zuordnung an.",
            "This list is missing in the records. Export again or change the mapping.",
            file=path,
            row=1,
            column=mapped.each,
        )
    inner = list(dict.fromkeys(name for element in _elements(path, rows, mapped.each) for name in element[1]))
    return RawTable(
        path.name,
        columns + [f"{mapped.each}.{name}" for name in inner],
        _nested(path, rows, mapped.each, columns, inner),
    )


def _load(path: Path) -> Any:
    import orjson  # C library; only JSON sources pay for it

    content = path.read_bytes()
    if not content.strip():
        raise SourceError(
            "file_empty",
            "Die Datei ist leer. Ein leerer Export wird nie übernommen; exportieren Sie neu.",
            "The file is empty. An empty export is never taken over; export it again.",
            file=path,
            row=1,
        )
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise SourceError(
                "encoding",
                "Die Zeichenkodierung ist nicht UTF-8. Exportieren Sie neu in UTF-8.",
                "The encoding is not UTF-8. Export again as UTF-8.",
                file=path,
                row=content[: wrong.start].count(b"\n") + 1,
            ) from None
        raise SourceError(
            "not_json",
            f"Ab dieser Stelle kein gültiges JSON (Zeichen {error.colno}): abgeschnitten, beschädigt oder ein anderes "
            "Format. Exportieren Sie neu.",
            f"No valid JSON from here on (character {error.colno}): cut off, damaged or another format. Export again.",
            file=path,
            row=error.lineno,
        ) from None


def _form(path: Path, wanted: str, row: int = 1) -> SourceError:
    return SourceError(
        "not_this_form",
        f"Die Datei hat nicht die Form {wanted}. Ist es der richtige Export?",
        f"The file has not the form {wanted}. Is it the right export?",
        file=path,
        row=row,
    )


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) else "?"


def _flat(rows: list[Any], columns: list[str]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    for start in range(0, len(rows), BATCH):
        yield start + 1, [[row.get(name) for name in columns] for row in rows[start : start + BATCH]]


def _elements(path: Path, rows: list[Any], each: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in enumerate(rows, 1):
        for element in row.get(each) or ():
            if not isinstance(element, dict):
                raise _form(path, f"{each}: [{{...}}]", number)
            yield number, element


def _nested(
    path: Path, rows: list[Any], each: str, columns: list[str], inner: list[str]
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """One row per element; elements of one record share its number, so each makes its own batch."""
    outer_values: list[Any] = []
    outer_number = 0
    for number, element in _elements(path, rows, each):
        if number != outer_number:
            outer_number = number
            outer_values = [None if name == each else rows[number - 1].get(name) for name in columns]
        yield number, [outer_values + [element.get(name) for name in inner]]
