"""Golden records of a source: a few of every kind, as they were when somebody last looked at them closely."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from gewerk_connect.canonical import Entity
from gewerk_connect.manifests import kinds, load_manifest
from gewerk_connect.settings import load
from gewerk_connect.sources import open_source
from gewerk_connect.stock import Stock, judge

Records = list[dict[str, Any]]


def chosen_records(stock: Stock) -> Records:
    """Of every entity the first two records, two from the middle and the last, as JSON has them."""
    chosen: Records = []
    for entity in Entity:
        records = list(stock.stream(entity))
        for record in records[:2] + records[len(records) // 2 : len(records) // 2 + 2] + records[-1:]:
            chosen.append(
                {
                    "entity": record.entity,
                    "key": list(record.key),
                    "external_id": record.external_id,
                    "verdict": record.verdict,
                    "reason": record.reason,
                    "payload": record.payload,
                    "file": record.origin.file,
                    "row": record.origin.row,
                }
            )
    plain: Records = json.loads(json.dumps(chosen))
    return plain


def sample_records(folder: Path, as_of: date) -> Records:
    """What a source's folder makes of its own sample (``golden/connection.toml``) on a day.

    The folder may lie outside the installation. Raises ``SettingsError`` and ``SourceError``.
    """
    with _known(folder.resolve()):
        connection = load(folder / "golden" / "connection.toml")
        return chosen_records(judge(open_source(connection.source), connection.settings, as_of))


def golden_records(folder: Path) -> Records:
    records: Records = json.loads(_file(folder).read_text(encoding="utf-8"))
    return records


def write_golden(folder: Path, records: Records) -> None:
    _file(folder).parent.mkdir(exist_ok=True)
    _file(folder).write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _file(folder: Path) -> Path:
    return folder / "golden" / "records.json"


@contextmanager
def _known(folder: Path) -> Iterator[None]:
    """The installation with this source, where ``GEWERK_SOURCES`` does not name it."""
    before = os.environ.get("GEWERK_SOURCES")
    if load_manifest(folder / "manifest.toml").kind not in kinds():
        os.environ["GEWERK_SOURCES"] = os.pathsep.join(filter(None, (before, str(folder.parent))))
    try:
        yield
    finally:
        os.environ.pop("GEWERK_SOURCES", None)
        if before is not None:
            os.environ["GEWERK_SOURCES"] = before
