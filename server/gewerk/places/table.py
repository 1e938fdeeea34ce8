"""The positions of one country's postcodes, read once per process from a file of lines ``postcode,latitude,longitude``."""

import csv
import gzip
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from gewerk.config.installation import installation

DELIVERED = Path(__file__).parent / "data"
_OUTWARD = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)(?:[0-9][A-Z]{2})?")
_OF_COUNTRY = re.compile(r"^[A-Z]{1,2}-(?=[0-9])")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Position(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float

    @property
    def vector(self) -> tuple[float, float, float]:
        """On the unit sphere: differences of vectors are quick to reckon with."""
        phi, lam = math.radians(self.latitude), math.radians(self.longitude)
        return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


@dataclass(frozen=True, slots=True)
class Place:
    """One postcode (in Great Britain one outward code) and the middle of what bears it."""

    position: Position
    vector: tuple[float, float, float]


def middle_of(positions: list[Position]) -> Position:
    """The median, so that one that lies astray moves nothing."""
    return Position(median(one.latitude for one in positions), median(one.longitude for one in positions))


def written(country: str, postcode: str) -> str:
    """As the table writes it: without spaces and country letters; of a British one the outward code (``B14``). Empty: no postcode."""
    text = "".join(postcode.upper().split())
    if country == "GB":
        found = _OUTWARD.fullmatch(text)
        return found[1] if found else ""
    return _OF_COUNTRY.sub("", text)


def key_of(country: str, postcode: str) -> str:
    """Under what the table of the country has the postcode; empty where it has not. What ``nearby`` names."""
    known = places(country)
    text = written(country, postcode)
    if text in known:
        return text
    # The table has few of the districts into which inner London is cut: SE1A is found as SE1.
    shorter = text[:-1] if country == "GB" and text[-1:].isalpha() else ""
    return shorter if shorter in known else ""


def place_of(country: str, postcode: str) -> Place | None:
    return places(country).get(key_of(country, postcode))


def position_of(country: str, postcode: str) -> Position | None:
    """None where the country has no table or the table no such postcode."""
    found = place_of(country, postcode)
    return found.position if found else None


def places(country: str) -> dict[str, Place]:
    """Of a country, by postcode as ``written``; empty where there is no table. Not to be changed: it is everybody's."""
    if not _COUNTRY.fullmatch(country):
        return {}
    return _read(country, installation().data)


def own_folder(data: Path) -> Path:
    """Where tables lie that this installation took in itself."""
    return data / "places"


def write(folder: Path, country: str, rows: Iterable[tuple[str, Position]]) -> Path:
    """Put a country's table in place of the one before; whoever reads meanwhile sees the old one or the new one, whole."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for postcode, position in sorted(rows):
        lines.writerow([postcode, f"{position.latitude:.3f}", f"{position.longitude:.3f}"])
    path = folder / _name(country)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    # Without a time inside: the same table is the same file.
    draft.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    draft.replace(path)
    return path


def read_file(path: Path) -> dict[str, Place]:
    """What ``write`` wrote."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return {row[0]: _place(row) for row in csv.reader(lines)}


@lru_cache
def _read(country: str, data: Path) -> dict[str, Place]:
    for folder in (own_folder(data), DELIVERED):
        path = folder / _name(country)
        if path.exists():
            return read_file(path)
    return {}


def _place(row: list[str]) -> Place:
    position = Position(float(row[1]), float(row[2]))
    return Place(position, position.vector)


def _name(country: str) -> str:
    return f"{country}.csv.gz"
