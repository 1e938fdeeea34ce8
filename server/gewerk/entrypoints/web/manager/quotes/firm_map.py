"""Firms that were found, on a map: each where it sits, or, of very many, how many in which region of postcodes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.entrypoints.web.map.drawing import Bubble, Map, Mark, Pin, drawn
from gewerk.marketplace.queries.finding import Found, Wanted
from gewerk.places import Position, position_of
from gewerk.places.table import middle_of, places


@dataclass(frozen=True, slots=True)
class Region:
    name: str
    count: int
    label: str
    url: str
    here: bool
    """It is chosen, or the place of work lies in it."""


@dataclass(slots=True)
class FirmMap:
    picture: Map | None
    regions: list[Region]
    """The other way to choose one, and what a bubble says in words."""
    by_region: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    """The firms of the page that are on the map, as ``firm_rows.looks`` shows them."""
    elsewhere: list[dict[str, Any]] = field(default_factory=list)
    """Their postcode has no position."""


def distances(found: Iterable[Found]) -> list[str]:
    """``12 km`` for each, as the crow flies; empty where a position is missing."""
    return [_said(one.km) for one in found]


def _said(km: float | None) -> str:
    if km is None:
        return ""
    return _("%(km)s km") % {"km": number_format(round(km))} if km >= 1 else _("under 1 km")


def firm_map(
    found: Sequence[Found],
    rows: Sequence[dict[str, Any]],
    wanted: Wanted,
    *,
    counts: Mapping[str, int],
    here: str,
    link: str,
    by_region: bool,
) -> FirmMap:
    """``rows``: the same firms as ``found``, in the same order, with ``place_in_order``. ``link``: a region's name is added to it."""
    country = wanted.manager.country
    known = _regions(counts, country, link, here)
    marks = [Mark(at, _("Work: %(postcode)s") % {"postcode": wanted.postcode})] if (at := _work(wanted)) else []
    if by_region:
        bubbles = [
            Bubble(one.count, middle, one.name, one.label, one.url)
            for one in known
            if (middle := region_middle(country, one.name)) is not None
        ]
        picture = drawn(label=_("Firms by region"), countries=[country], bubbles=bubbles, marks=marks)
        return FirmMap(picture, known, by_region=True)
    shown = FirmMap(None, known, by_region=False)
    pins = []
    for one, row in zip(found, rows, strict=True):
        position = position_of(one.firm.country, one.firm.postcode)
        if position is None:
            shown.elsewhere.append(row)
            continue
        shown.rows.append(row)
        number = row["place_in_order"]
        pins.append(Pin(number, position, f"{number}. {row['name']}, {row['place']}", f"#firm-{number}"))
    shown.picture = drawn(label=_("Firms on the map"), countries=[country], pins=pins, marks=marks)
    return shown


def region_middle(country: str, name: str) -> Position | None:
    """Of a region of postcodes, as ``finding.regions`` counts them; None where none of its postcodes has a position."""
    return _middles(country).get(name)


@lru_cache
def _middles(country: str) -> dict[str, Position]:
    found: dict[str, list[Position]] = defaultdict(list)
    for postcode, place in places(country).items():
        found[_region(country, postcode)].append(place.position)
    return {name: middle_of(positions) for name, positions in found.items()}


def _region(country: str, postcode: str) -> str:
    start = postcode[:2]
    return start.rstrip("0123456789") if country == "GB" else start


def _work(wanted: Wanted) -> Position | None:
    return position_of(wanted.manager.country, wanted.postcode)


def _regions(counts: Mapping[str, int], country: str, link: str, here: str) -> list[Region]:
    """By name; what is no region of the country is none that one could choose."""
    found = []
    for name, count in sorted(counts.items()):
        if name.isascii() and (name.isalpha() if country == "GB" else name.isdigit() and len(name) == 2):
            said = ngettext("Region %(name)s: %(n)s firm", "Region %(name)s: %(n)s firms", count)
            found.append(Region(name, count, said % {"name": name, "n": count}, f"{link}{quote(name)}", name == here))
    return found
