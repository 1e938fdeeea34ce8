"""Whether a source is as it was: by its files, byte for byte, or by its rows in whatever order they stand.

With the same fingerprint, the same settings and a day before ``Stock.valid_until`` a run would judge exactly as the one
before; with the same rows only the row numbers in its findings may be others.
"""

from pathlib import Path
from typing import Any

from xxhash import xxh3_128

from gewerk_connect.canonical.model import TABLES
from gewerk_connect.sources.source import Source

_CHUNK = 1 << 20


def fingerprint(source: Source) -> str:
    """Of the source's files, its mapping and the rules' own code; cheap, before anything is read as rows."""
    digest = _circumstances(source)
    for path in source.files():
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return str(digest.hexdigest())


def row_fingerprint(source: Source) -> str | None:
    """The same of the rows, whatever their order; None where a file's form does not tell. Raises ``SourceError``."""
    digest = _circumstances(source)
    sets: dict[str, str | None] = {}
    for table in TABLES:
        mapped = source.mapping.tables.get(table)
        raw = source.read(source.place, mapped) if mapped is not None else None
        if raw is None:
            digest.update(f"{table}\0".encode())
            continue
        if raw.file not in sets:  # several tables may be fed from one file
            sets[raw.file] = raw.row_set()
        rows = sets[raw.file]
        if rows is None:
            return None
        digest.update(f"{table}\0{raw.file}\0{raw.columns!r}\0{rows}\0".encode())
    return str(digest.hexdigest())


def _circumstances(source: Source) -> Any:
    """What else a judgement depends on, as the beginning of a hash."""
    digest = xxh3_128()
    package = Path(__file__).parent.parent
    code = sorted(package.glob("*/*.py")) + sorted(package.glob("*.py"))
    for path in (*code, *sorted(package.glob("sources/*/*.py")), source.mapping.file):
        digest.update(path.read_bytes())
    digest.update(repr((source.kind, source.place.encoding)).encode())
    return digest
