"""Reads the CSV folder of Neues ERP."""

from pathlib import Path

from gewerk_connect.sources.csv_rows import read_csv
from gewerk_connect.sources.folder import existing, find
from gewerk_connect.sources.mapping_file import TableMapping
from gewerk_connect.sources.source import Place, RawTable


def read(place: Place, mapped: TableMapping) -> RawTable | None:
    path = find(place, mapped)
    if path is None:
        return None
    options = place.mapping.options
    return read_csv(
        path,
        delimiter=str(options.get("delimiter", ";")),
        encoding=place.encoding or str(options.get("encoding", "utf-8")),
    )


def files(place: Place) -> list[Path]:
    return existing(place)
