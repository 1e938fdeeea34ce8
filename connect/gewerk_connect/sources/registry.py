"""Opens a source: the ERP's folder says how, the configuration says where. A new ERP is a new folder, nothing else."""

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.manifests import BUILT_IN, NETWORK, Manifest, kinds, manifest
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources.mapping_file import Mapping, load_mapping
from gewerk_connect.sources.snapshot import Snapshots, read_snapshot, snapshot_files
from gewerk_connect.sources.source import Fetcher, Network, Place, Source


def open_source(settings: SourceSettings, snapshots: Path | None = None) -> Source:
    """Opens an export, or what was fetched last over a network, with the source's own mapping file or the customer's copy.

    ``snapshots`` is the folder for what is fetched; a source across a network needs it. Reads no row and asks nobody yet.
    Raises ``SettingsError`` and ``SourceError``.
    """
    found = manifest(settings.kind)
    own = load_mapping(found.folder / "mapping.toml")
    mapping = own if settings.mapping is None else load_mapping(settings.mapping)
    read, translate = _module(found, "read"), _module(found, "translate")
    source = Source(
        kind=found.kind,
        erp_name=found.erp_name,
        place=Place(settings.path or Path(), mapping, settings.encoding),
        read=read.read,
        translate=translate.translate,
        files_of=read.files,
        absence_is_doubtful=found.absence_is_doubtful,
    )
    if settings.path is not None:
        return source
    if problems := settings.problems():
        raise SettingsError(
            "configuration_invalid",
            "; ".join(f"{problem.place}: {problem.de}" for problem in problems) + ".",
            "; ".join(f"{problem.place}: {problem.en}" for problem in problems) + ".",
        )
    if snapshots is None:
        raise ValueError("a source across a network needs a folder for its snapshots")
    # a customer's copy from before, or one made for files, says nothing of the interface: there the source's own holds
    mapping = replace(mapping, http=mapping.http or own.http, resources=mapping.resources or own.resources)
    return replace(
        source,
        place=replace(source.place, mapping=mapping),
        # what reads an ERP's files cannot read a snapshot; a source that has no files reads snapshots itself
        read=read_snapshot if set(found.access) - NETWORK else read.read,
        files_of=snapshot_files,
        network=Network(_fetcher(found, settings, mapping), Snapshots(snapshots), None),
    ).pinned()


def _fetcher(found: Manifest, settings: SourceSettings, mapping: Mapping) -> Fetcher:
    if settings.access(found) == "database":
        from gewerk_connect.sources.database.fetch import DatabaseFetch

        return DatabaseFetch(settings, mapping)
    from gewerk_connect.sources.http.fetch import HttpFetch
    from gewerk_connect.sources.http.rules import http_rules

    return HttpFetch(settings, mapping, http_rules(mapping))


def _module(found: Manifest, name: str) -> ModuleType:
    """A module of the source's folder, which may lie outside this package."""
    if found.folder.parent == BUILT_IN:
        return importlib.import_module(f"gewerk_connect.sources.{found.folder.name}.{name}")
    spec = importlib.util.spec_from_file_location(
        f"gewerk_source_{found.folder.name}_{name}", found.folder / f"{name}.py"
    )
    if spec is None or spec.loader is None or not (found.folder / f"{name}.py").exists():
        raise SettingsError(
            "source_incomplete",
            f"Im Ordner der Quelle {found.kind} fehlt {name}.py.",
            f"{name}.py is missing in the folder of the source {found.kind}.",
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
