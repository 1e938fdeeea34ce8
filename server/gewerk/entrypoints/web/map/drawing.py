"""The picture: what a page wants to show, with land, towns and scale around it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gewerk.config.installation import installation
from gewerk.entrypoints.web.map.giving_way import apart
from gewerk.entrypoints.web.map.labels import Box, Label, Name, labels_of
from gewerk.entrypoints.web.map.land import UNITS, inside, land_path
from gewerk.entrypoints.web.map.projection import Frame, aspect_of, frame_of
from gewerk.entrypoints.web.map.scale import Scale, scale_of
from gewerk.entrypoints.web.map.tiles import Tile, tiles_of
from gewerk.places import Position, towns

_NEAR_BY_KM = 80.0
"""Pictures up to this wide name postcodes too: there are few towns then, and what a point means is a postcode."""
_MOST_TOWNS = 40
"""Of which as many are named as find room: where the great ones are hidden, no village stands for them."""
_EDGE = 28
"""Per cent: so near to an edge words do not fit in the middle under their mark."""
_MANY, _RADIUS, _SMALL_RADIUS = 60, 11, 8
"""More bubbles than these are smaller; pixels of the least."""
_MOST_AREAS = 120
_NEAR = 5.0
"""Per cent of the width within which pins become one: nearer ones would lie on each other also in a wide window."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered point."""

    number: int
    position: Position
    label: str
    url: str
    way: str = ""
    """Pins with the same are joined by a line in the order of their numbers; empty: by none."""
    over: bool = False
    """It is done, and drawn quietly."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """So many in a region."""

    count: int
    position: Position
    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What one asks from: the place of work."""

    position: Position
    label: str


class Shape(NamedTuple):
    """How a picture is proportioned: a class of the style sheet, and its width by height."""

    name: str
    aspect: float


WIDE = Shape("wide", 4 / 3)
TALL = Shape("tall", 4 / 5)
_UPRIGHT = 0.95
"""Points that lie in a narrower strip get the tall picture."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where something is drawn, in per cent."""

    x: str
    y: str
    text: str
    label: str
    url: str = ""
    width: int = 0
    """Pixels: of a pin its width, of a bubble its radius."""
    left: int = 0
    """Pixels from the point to a pin's left end."""
    over: bool = False
    anchor: str = "middle"
    """Of a mark's words, which must not leave the picture: near its left edge ``start``, near its right ``end``."""


@dataclass(frozen=True, slots=True)
class Way:
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(slots=True)
class Map:
    label: str
    shape: str
    scale: Scale
    height: int
    """Of the land, 400 units wide."""
    land: str = ""
    """An SVG path of dots."""
    names: list[Label] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    bubbles: list[Point] = field(default_factory=list)
    pins: list[Point] = field(default_factory=list)
    marks: list[Point] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    credit: str = ""
    """Whose tiles they are."""


def drawn(
    *,
    label: str,
    countries: Collection[str],
    pins: Sequence[Pin] = (),
    bubbles: Sequence[Bubble] = (),
    marks: Sequence[Mark] = (),
) -> Map | None:
    """None where nothing has a position. ``countries``: whose land and towns lie under it."""
    shown = [*(pin.position for pin in pins), *(one.position for one in bubbles), *(mark.position for mark in marks)]
    if not shown:
        return None
    shape = TALL if aspect_of(shown) < _UPRIGHT else WIDE
    frame = frame_of(shown, aspect=shape.aspect)
    picture = Map(label, shape.name, scale_of(frame), round(UNITS / shape.aspect))
    picture.ways = _ways(frame, pins)
    picture.pins = _pins(frame, pins, shape)
    picture.bubbles = _bubbles(frame, bubbles, shape)
    picture.marks = [_mark(frame, one) for one in marks]
    if installation().tile_url:
        picture.tiles, picture.credit = tiles_of(frame, installation().tile_url), installation().tile_attribution
    else:
        points = [*picture.pins, *picture.bubbles, *picture.marks]
        taken = [Box.around((float(point.x), float(point.y)), shape.aspect) for point in points]
        taken += [
            Box.under((float(mark.x), float(mark.y)), mark.text, mark.anchor, shape.aspect) for mark in picture.marks
        ]
        taken.append(Box.of_scale(shape.aspect))
        picture.land = land_path(frame, countries, picture.height)
        picture.names = labels_of(_names(frame, countries), taken, shape.aspect)
    return picture


def _mark(frame: Frame, one: Mark) -> Point:
    x, y = frame.place(one.position)
    anchor = "start" if x < _EDGE else "end" if x > 100 - _EDGE else "middle"
    return Point(f"{x:.2f}", f"{y:.2f}", one.label, one.label, anchor=anchor)


def _names(frame: Frame, countries: Iterable[str]) -> list[Name]:
    seen = [town for country in countries for town in towns(country) if frame.shows(town.position)]
    seen.sort(key=lambda town: -town.people)
    found = [Name(town.name, *frame.place(town.position)) for town in seen[:_MOST_TOWNS]]
    if frame.width_km <= _NEAR_BY_KM:
        areas = [Name(postcode, x, y, dot=False) for country in countries for postcode, x, y in inside(frame, country)]
        # Evenly picked: of a thousand the first hundred would all lie in one corner.
        found += areas[:: len(areas) // _MOST_AREAS + 1]
    return found


def _ways(frame: Frame, pins: Sequence[Pin]) -> list[Way]:
    found, last = [], dict[str, tuple[float, float]]()
    for pin in pins:
        if not pin.way:
            continue
        here = frame.place(pin.position)
        before = last.get(pin.way)
        if before and before != here:
            found.append(Way(*(f"{value:.2f}" for value in (*before, *here))))
        last[pin.way] = here
    return found


def _pins(frame: Frame, pins: Sequence[Pin], shape: Shape) -> list[Point]:
    """Drawn last is what stands first, so that it lies on top."""
    groups: list[tuple[tuple[float, float], list[Pin]]] = []
    for pin in pins:
        x, y = frame.place(pin.position)
        for (other_x, other_y), group in groups:
            if abs(x - other_x) < _NEAR and abs(y - other_y) < _NEAR * shape.aspect:
                group.append(pin)
                break
        else:
            groups.append(((x, y), [pin]))
    return [_pin(at, group) for at, group in reversed(groups)]


def _pin(at: tuple[float, float], group: list[Pin]) -> Point:
    first, *others = [pin.number for pin in group]
    text = (
        str(first)
        if not others
        else f"{first}, {others[0]}"
        if others == [others[0]] and others[0] < 10
        else f"{first}+"
    )
    width = max(28, 14 + 8 * len(text))
    label = "; ".join(pin.label for pin in group)
    return Point(
        f"{at[0]:.2f}", f"{at[1]:.2f}", text, label, group[0].url, width, -width // 2, all(pin.over for pin in group)
    )


def _bubbles(frame: Frame, bubbles: Sequence[Bubble], shape: Shape) -> list[Point]:
    """The size says how many; where they would lie on each other they give way."""
    most = max((one.count for one in bubbles), default=1)
    least = _RADIUS if len(bubbles) <= _MANY else _SMALL_RADIUS
    radii = [round(least + 5 * (one.count / most) ** 0.5) for one in bubbles]
    places = apart([frame.place(one.position) for one in bubbles], radii, shape.aspect)
    return [
        Point(f"{x:.2f}", f"{y:.2f}", str(one.count), one.label, one.url, radius)
        for one, radius, (x, y) in zip(bubbles, radii, places, strict=True)
    ]
