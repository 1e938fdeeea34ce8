"""Finds the ERPs: every folder here with a ``manifest.toml`` is one. A new ERP is a new folder, nothing else."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from gewerk_connect.manifests import Manifest, kinds, manifest
from gewerk_connect.settings import SourceSettings
from gewerk_connect.sources.mapping_file import Mapping, load_mapping
from gewerk_connect.sources.source import Place, Source


def open_source(settings: SourceSettings) -> Source:
    """Opens an export with the source's own mapping file or the customer's copy. Reads no row yet."""
    found = manifest(settings.kind)
    package = f"gewerk_connect.sources.{found.folder.name}"
    read = importlib.import_module(f"{package}.read")
    translate = importlib.import_module(f"{package}.translate")
    mapping = load_mapping(settings.mapping or found.folder / "mapping.toml")
    return Source(
        kind=found.kind,
        erp_name=found.erp_name,
        place=Place(settings.path, mapping, settings.encoding),
        read=read.read,
        translate=translate.translate,
        files_of=read.files,
    )


def looks_like(path: Path, kind: str) -> tuple[str, str] | None:
    """(kind, name) of the other ERP most of whose files lie at ``path``; the neutral folder's names are nobody's."""
    if not path.is_dir():
        return None
    present = {file.name.casefold() for file in path.iterdir()}
    for found, mapping in _others(kind):
        tables = mapping.tables.values()
        hits = sum(any(name.casefold() in present for name in table.files) for table in tables)
        if hits * 2 > len(tables):
            return found.kind, found.erp_name
    return None


def recognises(columns: set[str], kind: str) -> tuple[str, str] | None:
    """(kind, name) of the other ERP to one of whose tables these columns belong."""
    for found, mapping in _others(kind):
        for table in mapping.tables.values():
            wanted = {names[0].rpartition(".")[2] for names in table.columns.values()}
            if len(wanted) > 1 and len(wanted & columns) * 3 > len(wanted) * 2:
                return found.kind, found.erp_name
    return None


def _others(kind: str) -> Iterator[tuple[Manifest, Mapping]]:
    for other, found in kinds().items():
        mapping = load_mapping(found.folder / "mapping.toml")
        if other != kind and not mapping.columns_optional:
            yield found, mapping
