"""Reads the JSON files of UTS KARTHAGO."""

from pathlib import Path

from gewerk_connect.sources.folder import existing, find
from gewerk_connect.sources.json_rows import read_json
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import Place, RawTable


def read(place: Place, mapped: TableMapping) -> RawTable | None:
    path = find(place, mapped)
    if path is None:
        return None
    options = place.mapping.options
    return read_json(
        path, mapped, count=str(options.get("count", "anzahl")), records=str(options.get("records", "daten"))
    )


def files(place: Place) -> list[Path]:
    return existing(place)
