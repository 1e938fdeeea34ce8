"""What a source is to the rest of the river: canonical rows in batches, and the way back to the raw row."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Entries
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gewerk_connect.canonical.model import REQUIRED, TABLES
from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.cells import cell_text
from gewerk_connect.sources.mapping_file import Mapping, TableMapping

if TYPE_CHECKING:
    from gewerk_connect.sources.snapshot import Snapshot, Snapshots, Writer

Row = tuple[str, ...]
Batch = tuple[int, list[Row]]
"""Row number of the first row, and rows in the order of the file without gaps."""


@dataclass(slots=True)
class RawTable:
    """One table as it stands in the file: the header and the rows below it, in batches like ``Batch``."""

    file: str
    columns: list[str]
    batches: Iterator[tuple[int, list[Sequence[Any]]]]
    row_set: Callable[[], str | None] = lambda: None
    """Tells which rows the file holds, whatever their order (``row_set.py``); None where its form does not say.

    For readers that make each row of one line alone.
    """


@dataclass(slots=True, frozen=True)
class Place:
    """Where a reader looks: the folder (or one file) of the export, and how the customer says it is written."""

    path: Path
    mapping: Mapping
    encoding: str | None


Reader = Callable[[Place, TableMapping], RawTable | None]
"""A source's ``read.read``: None when the table's file does not exist."""
Translator = Callable[[Mapping, str, list[int | None]], Callable[[list[Sequence[Any]]], list[Row]]]
"""A source's ``translate.translate``: (mapping, table, position of each canonical field's column) -> batch to rows."""


FetchProgress = Callable[[str, int, int | None], None]
"""Told (the list being read, records so far, of how many if known); what it raises stops the fetch."""


class Fetcher(Protocol):
    """How a source across a network is read whole."""

    def fetch(self, writer: "Writer", former: "Snapshot | None", now: datetime, progress: FetchProgress) -> None: ...

    def gone(self, current: "Snapshot", objects: Sequence[Entries[str, str]]) -> list[bool]: ...


@dataclass(slots=True, frozen=True)
class Network:
    """A source across a network: how it is fetched, where the snapshots lie, and the one that is read now."""

    fetcher: Fetcher
    snapshots: "Snapshots"
    current: "Snapshot | None"
    """Kept open, so that a fetch of somebody else does not take it away."""


@dataclass(slots=True, frozen=True)
class Source:
    """One export, opened. Nothing is read before ``batches`` is asked.

    A source across a network is read from its latest snapshot; ``fetched`` makes a new one.
    """

    kind: str
    erp_name: str
    place: Place
    read: Reader
    translate: Translator
    files_of: Callable[[Place], list[Path]]
    network: Network | None = None
    absence_is_doubtful: bool = False
    """An object that is no longer listed may only have been hidden from us."""

    def fetched(self, now: datetime, progress: FetchProgress = lambda _list, _done, _total: None) -> "Source":
        """The source as the ERP has it now, in the place of this object: with a new snapshot; for files, itself.

        Raises ``SourceError`` with the former snapshot untouched, ``SettingsError`` for credentials that are not there.
        """
        if self.network is None:
            return self
        snapshots, former = self.network.snapshots, self.network.snapshots.current()
        try:
            with snapshots.replace(now) as writer:
                self.network.fetcher.fetch(writer, former, now, progress)
        finally:
            if former is not None:
                former.close()
        now_read = self.pinned()
        snapshots.tidy()
        return now_read

    def pinned(self) -> "Source":
        """The source as it was fetched last, held so for as long as this object lives; for files, itself."""
        if self.network is None:
            return self
        if self.network.current is not None:
            self.network.current.close()
        current = self.network.snapshots.current()
        path = current.path if current is not None else self.network.snapshots.folder
        return replace(self, place=replace(self.place, path=path), network=replace(self.network, current=current))

    def forget(self) -> None:
        """Deletes what was fetched, personal data and all; files that the customer put there stay."""
        if self.network is not None:
            self.network.snapshots.forget()

    def in_doubt(self, objects: Sequence[tuple[str, ...]]) -> list[bool]:
        """For each object (building) that is not listed, by its key: whether it may only be hidden from us.

        An ERP that can be asked is asked for each: what it says is not there (404) is in no doubt.
        """
        if not self.absence_is_doubtful or not objects:
            return [False] * len(objects)
        if self.network is None or self.network.current is None:
            return [True] * len(objects)
        columns = self.mapping.tables["buildings"].columns
        levels = [field for field in ("client", "economic_entity", "number") if field in columns]
        asked: list[dict[str, str]] = [
            dict(zip(levels, key, strict=True)) if len(key) == len(levels) else {} for key in objects
        ]
        return [not gone for gone in self.network.fetcher.gone(self.network.current, asked)]

    @property
    def mapping(self) -> Mapping:
        return self.place.mapping

    def files(self) -> list[Path]:
        """The files of the export that exist, for the fingerprint."""
        return self.files_of(self.place)

    def has(self, table: str) -> bool:
        """Whether the source yields the table at all (without reading its rows)."""
        mapped = self.mapping.tables.get(table)
        return mapped is not None and self.read(self.place, mapped) is not None

    def batches(self, table: str) -> tuple["Columns", Iterator[Batch]] | None:
        """The canonical rows of a table; None when the source does not yield it. Raises ``SourceError``."""
        mapped = self.mapping.tables.get(table)
        if mapped is None:
            return None
        raw = self.read(self.place, mapped)
        if raw is None:
            if mapped.optional:
                return None
            raise self.missing(table)
        columns, positions = self._columns(mapped, raw)
        convert = self.translate(self.mapping, table, positions)
        return columns, self._counted(mapped, raw, convert)

    def raw_rows(self, table: str, wanted: set[int] | None) -> list[tuple[int, dict[str, str]]]:
        """The rows with these numbers (None: all) as the file has them, column by column; for ``explain``.

        In nested JSON every element of a record carries the record's number.
        """
        mapped = self.mapping.tables.get(table)
        raw = self.read(self.place, mapped) if mapped is not None else None
        if raw is None:
            return []
        return [
            (
                number,
                {
                    name: cell_text(value)
                    for name, value in zip(raw.columns, values, strict=False)
                    if name and not isinstance(value, list)
                },
            )
            for start, rows in raw.batches
            for number, values in enumerate(rows, start)
            if wanted is None or number in wanted
        ]

    def missing(self, table: str) -> SourceError:
        """Why the table cannot be read: its file is not there."""
        from gewerk_connect.sources.registry import looks_like  # the registry knows this module; asked only on failure

        if self.network is not None:
            return SourceError(
                "list_missing",
                f"Diese Liste liefert die Schnittstelle nicht. Prüfen Sie in der Zuordnung ({self.mapping.file.name}) "
                f"[tables.{table}].",
                f"The interface does not yield this list. Check [tables.{table}] in the mapping ({self.mapping.file.name}).",
                file=self.mapping.tables[table].resource,
            )
        other = looks_like(self.place.path, self.kind)
        hint_de = f' Der Ordner sieht nach {other[1]} aus (kind = "{other[0]}").' if other else ""
        hint_en = f' The folder looks like {other[1]} (kind = "{other[0]}").' if other else ""
        return SourceError(
            "file_missing",
            f"fehlt in {self.place.path.name}. Prüfen Sie [source] path und ob der Export vollständig ist.{hint_de}",
            f"is missing in {self.place.path.name}. Check [source] path and whether the export is complete.{hint_en}",
            file=self.mapping.tables[table].files[0],
        )

    def _columns(self, mapped: TableMapping, raw: RawTable) -> tuple["Columns", list[int | None]]:
        folded = {name.strip().casefold(): index for index, name in reversed(list(enumerate(raw.columns)))}
        positions: list[int | None] = []
        names: dict[str, str] = {}
        for field in TABLES[mapped.table]._fields:  # type: ignore[attr-defined]
            candidates = mapped.columns.get(field, ())
            found = next((folded[name.casefold()] for name in candidates if name.casefold() in folded), None)
            if found is None and candidates and not self._may_miss(mapped, field):
                raise self._column_missing(mapped, raw, candidates[0])
            positions.append(found)
            if found is not None:
                names[field] = raw.columns[found]
        return Columns(mapped.table, raw.file, names), positions

    def _may_miss(self, mapped: TableMapping, field: str) -> bool:
        return self.mapping.columns_optional and field not in REQUIRED[mapped.table]

    def _column_missing(self, mapped: TableMapping, raw: RawTable, column: str) -> SourceError:
        from gewerk_connect.sources.registry import recognises

        if self.network is not None:
            return SourceError(
                "column_missing",
                "Dieses Feld hat kein Satz der Liste. Lassen Sie es im ERP freigeben oder nennen Sie in der Zuordnung "
                f"({self.mapping.file.name}, [tables.{mapped.table}.columns]) das richtige.",
                "No record of the list has this field. Have it released in the ERP or name the right one in the mapping "
                f"({self.mapping.file.name}, [tables.{mapped.table}.columns]).",
                file=raw.file,
                column=column,
            )
        other = recognises(set(raw.columns), self.kind)
        hint_de = f' Die Spalten sehen nach {other[1]} aus (kind = "{other[0]}").' if other else ""
        hint_en = f' The columns look like {other[1]} (kind = "{other[0]}").' if other else ""
        return SourceError(
            "column_missing",
            "Diese Spalte fehlt in der Kopfzeile. Ergänzen Sie sie im Export oder nennen Sie in der Zuordnung "
            f"({self.mapping.file.name}, [tables.{mapped.table}.columns]) die richtige.{hint_de}",
            "This column is missing in the header. Add it to the export or name the right one in the mapping "
            f"({self.mapping.file.name}, [tables.{mapped.table}.columns]).{hint_en}",
            file=raw.file,
            row=1,
            column=column,
        )

    def _counted(
        self, mapped: TableMapping, raw: RawTable, convert: Callable[[list[Sequence[Any]]], list[Row]]
    ) -> Iterator[Batch]:
        empty = True
        for start, rows in raw.batches:
            if rows:
                empty = False
                yield start, convert(rows)
        if empty and not mapped.may_be_empty:
            raise SourceError(
                "table_empty",
                "Die Datei hat keine Datenzeile. Ein leerer Export wird nie übernommen; exportieren Sie neu.",
                "The file has no data row. An empty export is never taken over; export it again.",
                file=raw.file,
                row=2,
            )


@dataclass(slots=True, frozen=True)
class Columns:
    """Where a table's fields come from: for origins, findings and ``explain``."""

    table: str
    file: str
    names: dict[str, str]
    """Canonical field -> the column's name in the file; fields without a column are absent."""
