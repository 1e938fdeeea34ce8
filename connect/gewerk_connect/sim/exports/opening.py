"""Finds out which ERP's export lies at a path, and loads it."""

import csv
from collections.abc import Callable
from pathlib import Path

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.sim.exports import karthago, sap, sigma
from gewerk_connect.sim.exports.export import Export


def open_export(path: Path) -> Export:
    """Raises ``SettingsError`` when nothing there is one of the three exports, or when a file cannot be used."""
    load, place = _loader(path)
    try:
        return load(place)
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        # the message of a key or type error names tables and columns, never a cell
        reason = f"{type(error).__name__}: {error}" if not isinstance(error, UnicodeError) else "not cp1252"
        raise SettingsError(
            "simulate_data_unusable",
            f"Die Daten unter {place} lassen sich nicht lesen ({reason}). Nehmen Sie einen vollständigen Export.",
            f"The data at {place} cannot be read ({reason}). Take a complete export.",
        ) from error


def _loader(path: Path) -> tuple[Callable[[Path], Export], Path]:
    if (path / "mandanten.csv").is_file():
        return sigma.load, path
    if (path / "firmen.json").is_file():
        return karthago.load, path
    books = sorted(path.glob("*.xlsx")) if path.is_dir() else [path] if path.suffix == ".xlsx" else []
    if len(books) == 1 and books[0].is_file():
        return sap.load, books[0]
    raise SettingsError(
        "simulate_data_unknown",
        f"Unter {path} liegt kein Export von Wodis Sigma (mandanten.csv ...), UTS KARTHAGO (firmen.json ...) oder SAP "
        "(genau eine XLSX-Datei). Nennen Sie mit --data einen solchen Ordner oder die XLSX-Datei.",
        f"At {path} there is no export of Wodis Sigma (mandanten.csv ...), UTS KARTHAGO (firmen.json ...) or SAP "
        "(exactly one XLSX file). Name such a folder or the XLSX file with --data.",
    )
