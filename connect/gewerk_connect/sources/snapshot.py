"""What was fetched from an ERP over a network, whole, as files: one folder per fetch, and a pointer to the one that counts.

A fetch writes beside the former snapshot and takes its place only when it is complete, so that nobody ever reads half of one.
Holds personal data: only the fields that the mapping names, readable by this user alone, replaced by each fetch.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import orjson

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.row_set import row_set
from gewerk_connect.sources.source import Place, RawTable

try:
    import fcntl
except ImportError:  # Windows: there a file that is read cannot be deleted, which serves as well
    fcntl = None  # type: ignore[assignment]

BATCH = 2000
_FORM = 1
_POINTER = "current"
_CONTENTS = "snapshot.json"
_IN_USE = "in-use"

Row = list[Any]
"""Values in the order of ``Contents.columns``, then one list of rows per entry of ``Contents.lists``."""


@dataclass(slots=True)
class Contents:
    """What a snapshot holds of one list of the ERP."""

    rows: int
    columns: list[str]
    """Columns kept, in the order of a row; those that no record had are named in ``absent``."""
    lists: dict[str, list[str]]
    """List inside each record -> its columns."""
    absent: list[str] = field(default_factory=list)
    """Columns (``list.column`` inside a list) that no record had."""
    parts: dict[str, int] = field(default_factory=dict)
    """Where a list is read once per client or company: rows of each."""
    whole_at: str = ""
    """When it was last read whole (ISO 8601)."""
    changed_until: str = ""
    """The latest change of any row, by the ERP's own clock; "" where it does not say."""


class Snapshot:
    """One complete fetch. Stays on disk for as long as it is open."""

    def __init__(self, path: Path, contents: dict[str, Contents], hold: IO[bytes]) -> None:
        self.path = path
        self.contents = contents
        self._hold = hold

    def close(self) -> None:
        self._hold.close()

    def rows(self, resource: str) -> Iterator[Row]:
        with (self.path / file_name(resource)).open("rb") as file:
            for line in file:
                yield orjson.loads(line)


class Snapshots:
    """The snapshots of one connection: at most one counts, others are being written or still being read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Snapshot | None:
        """The snapshot that counts; None before the first fetch, and where it was damaged."""
        for _ in range(5):  # between looking and holding it a fetch may have put another in its place
            name = self._current_name()
            if name is None:
                return None
            path = self.folder / name
            try:
                hold = (path / _IN_USE).open("rb")
            except OSError:
                continue
            _lock(hold, shared=True)
            contents = _read_contents(path)
            if contents is not None:
                return Snapshot(path, contents, hold)
            hold.close()
        return None

    @contextmanager
    def replace(self, now: datetime) -> Iterator["Writer"]:
        """A new snapshot to write. It becomes the current one when the block ends well, and leaves no trace otherwise."""
        _make_private(self.folder)
        path = self.folder / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        _make_private(path)
        with open(os.open(path / _IN_USE, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as hold:
            _lock(hold, shared=True)
            writer = Writer(path)
            try:
                yield writer
                writer.finish()
                _write(self.folder / _POINTER, path.name.encode())
            except BaseException:
                shutil.rmtree(path, ignore_errors=True)
                raise

    def forget(self) -> None:
        """Deletes everything that was fetched; the next run fetches anew."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Drops every snapshot but the current one and those that somebody still reads or writes."""
        for path in self.folder.iterdir():
            if path.is_dir() and path.name != self._current_name():
                with suppress(OSError):  # somebody holds it: a later fetch drops it
                    self._drop(path)

    def _drop(self, path: Path) -> None:
        """Raises ``OSError`` when somebody holds it."""
        if fcntl is None:
            (path / _IN_USE).unlink()
            shutil.rmtree(path)
            return
        with open(os.open(path / _IN_USE, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as hold:
            _lock(hold, shared=False)
            # whoever wrote it let go of it only after it had become the current one
            if path.name != self._current_name():
                shutil.rmtree(path)

    def _current_name(self) -> str | None:
        try:
            return (self.folder / _POINTER).read_text(encoding="ascii").strip() or None
        except (OSError, UnicodeDecodeError):
            return None


class Writer:
    """Takes the rows of each list; safe for one thread per list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.contents: dict[str, Contents] = {}

    @contextmanager
    def resource(self, name: str) -> Iterator["ResourceWriter"]:
        """The file of one list, empty; opening it again throws away what an earlier try wrote."""
        with (
            _writing(self.path.parent),
            open(os.open(self.path / file_name(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        ):
            yield ResourceWriter(file)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        told = {"form": _FORM, "resources": {name: asdict(of) for name, of in sorted(self.contents.items())}}
        _write(self.path / _CONTENTS, json.dumps(told, ensure_ascii=False, indent=1).encode())


class ResourceWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, rows: Sequence[Row]) -> None:
        self._file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def read_snapshot(place: Place, mapped: TableMapping) -> RawTable | None:
    """A table from what was fetched. A row's number is the record's place in the ERP's list, from 1."""
    contents = _read_contents(place.path)
    if contents is None:
        raise SourceError(
            "not_fetched",
            "Aus dem ERP wurde noch nichts gelesen. Prüfen Sie zuerst die Quelle: gewerk-connect check-source.",
            "Nothing has been read from the ERP yet. Check the source first: gewerk-connect check-source.",
        )
    found = contents.get(mapped.resource)
    if found is None:
        return None
    batches = numbered_batches(_rows(place.path, found, mapped))
    file = place.path / file_name(mapped.resource)
    return RawTable(mapped.resource, columns_of(found, mapped), batches, lambda: row_set(file))


def columns_of(found: Contents, mapped: TableMapping) -> list[str]:
    """The names of a row's values as ``read_snapshot`` yields them; what no record had has no name, so nobody finds it."""
    names = [*found.columns]
    if mapped.each is not None:
        names += [f"{mapped.each}.{name}" for name in found.lists.get(mapped.each, ())]
    absent = set(found.absent)
    return ["" if name in absent else name for name in names]


def snapshot_files(place: Place) -> list[Path]:
    """The files of the snapshot that feed a table, for the fingerprint."""
    names = map(file_name, place.mapping.resource_names())
    return [path for path in (place.path / name for name in names) if path.exists()]


def numbered_batches(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Batches of rows that bring their numbers: a batch's numbers have no gap, so rows that share one are parted."""
    start = 1
    part: list[Sequence[Any]] = []
    for number, row in rows:
        if part and (number != start + len(part) or len(part) == BATCH):
            yield start, part
            part = []
        if not part:
            start = number
        part.append(row)
    if part:
        yield start, part


def _rows(path: Path, found: Contents, mapped: TableMapping) -> Iterator[tuple[int, Sequence[Any]]]:
    """A list's rows with the numbers of their records; with ``each``, one row per element."""
    width = len(found.columns)
    at = None if mapped.each is None else width + list(found.lists).index(mapped.each)
    with (path / file_name(mapped.resource)).open("rb") as file:
        for number, line in enumerate(file, 1):
            row = orjson.loads(line)
            if at is None:
                yield number, row[:width]
            else:
                yield from ((number, row[:width] + element) for element in row[at])


def file_name(resource: str) -> str:
    return f"{quote(resource, safe='')}.ndjson"


def _read_contents(path: Path) -> dict[str, Contents] | None:
    try:
        told = json.loads((path / _CONTENTS).read_bytes())
        if told["form"] != _FORM:
            return None
        contents = {name: Contents(**of) for name, of in told["resources"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return contents if all((path / file_name(name)).exists() for name in contents) else None


def _write(path: Path, data: bytes) -> None:
    """The whole file or the one before, whatever happens meanwhile."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _make_private(folder: Path) -> None:
    with _writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(
            "snapshot_unwritable",
            f"In den Ordner {folder.name} neben der Konfiguration lässt sich nicht schreiben ({error.strerror}). "
            "Prüfen Sie Rechte und freien Platz. Es wurde nichts übertragen.",
            f"The folder {folder.name} beside the configuration cannot be written to ({error.strerror}). "
            "Check rights and free space. Nothing was sent.",
        ) from None


def _lock(file: IO[bytes], *, shared: bool) -> None:
    """Raises ``OSError`` when it is to be held alone and somebody else holds it."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
