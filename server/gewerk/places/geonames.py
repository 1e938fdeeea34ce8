"""Reads postal codes as GeoNames publishes them, whole or not at all.

One place per line, UTF-8, twelve columns between tabs (https://download.geonames.org/export/zip/, readme.txt): country, postal code,
place, three regions as name and code, latitude, longitude, accuracy. A postcode has as many lines as places bear it.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gewerk.places.table import Position, middle_of, written

COLUMNS = 12
_MOST_SHOWN = 10
_COUNTRY = re.compile(r"[A-Z]{2}")
_POSTCODE = re.compile(r"[A-Z0-9][A-Z0-9 \-]{0,19}")


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    words: str


class NotGeoNames(Exception):
    """The file cannot be taken in. ``faults``: the first ten; ``count``: all."""

    def __init__(self, faults: list[Fault], count: int) -> None:
        self.faults = faults
        self.count = count
        super().__init__(f"{count} faults")


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    position: Position


def read(lines: Iterable[bytes], *, only: Collection[str] = ()) -> dict[str, list[tuple[str, Position]]]:
    """Country -> rows for ``table.write``. ``only``: these countries, empty for all that the file has. Raises NotGeoNames."""
    found: dict[str, list[_Line]] = defaultdict(list)
    faults: list[Fault] = []
    count = number = 0
    for number, raw in enumerate(lines, start=1):
        try:
            country, line = _line(raw)
        except ValueError as wrong:
            count += 1
            if len(faults) < _MOST_SHOWN:
                faults.append(Fault(number, str(wrong)))
            continue
        if not only or country in only:
            found[country].append(line)
    if faults:
        raise NotGeoNames(faults, count)
    missing = sorted(set(only) - set(found))
    if missing or not found:
        named = ", ".join(missing)
        words = (
            _("the file has no postcode of %(countries)s") % {"countries": named} if named else _("the file is empty")
        )
        raise NotGeoNames([Fault(number, words)], 1)
    return {country: _rows(rows) for country, rows in found.items()}


def _line(raw: bytes) -> tuple[str, _Line]:
    """Raises ValueError with what is wrong."""
    try:
        cells = raw.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError as wrong:
        raise ValueError(_("not UTF-8")) from wrong
    if len(cells) != COLUMNS:
        raise ValueError(_("%(n)s columns between tabs instead of %(wanted)s") % {"n": len(cells), "wanted": COLUMNS})
    country, postcode = cells[0].strip(), cells[1].strip().upper()
    if not _COUNTRY.fullmatch(country):
        raise ValueError(_("column 1 is no country of two capital letters (ISO 3166-1)"))
    key = written(country, postcode) if _POSTCODE.fullmatch(postcode) else ""
    if not key:
        raise ValueError(_("column 2 is no postcode of %(country)s") % {"country": country})
    return country, _Line(
        key,
        Position(_degrees(cells[9], 90, _("column 10, latitude")), _degrees(cells[10], 180, _("column 11, longitude"))),
    )


def _degrees(text: str, most: int, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        raise ValueError(_("%(column)s: no number from -%(most)s to %(most)s") % {"column": column, "most": most})
    return value


def _rows(lines: list[_Line]) -> list[tuple[str, Position]]:
    """One per postcode: the middle of the places that bear it."""
    bearing: dict[str, list[Position]] = defaultdict(list)
    for line in lines:
        bearing[line.key].append(line.position)
    return [(key, middle_of(positions)) for key, positions in bearing.items()]
