"""The picture: what a page wants to show, with land, towns and scale around it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gewerk.config.installation import installation
from gewerk.entrypoints.web.map.labels import Box, Label, Name, labels_of
from gewerk.entrypoints.web.map.projection import Frame, frame_of
from gewerk.entrypoints.web.map.scale import Scale, scale_of
from gewerk.entrypoints.web.map.tiles import Tile, tiles_of
from gewerk.places import Position, towns
from gewerk.places.table import places

LAND_STEP = 4
"""Grid of the dots of land, in units of a picture 400 wide."""
_UNITS = 400
_NEAR_BY_KM = 80.0
"""Pictures up to this wide name postcodes too: there are few towns then, and what a point means is a postcode."""
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
    shape: Shape = WIDE,
) -> Map | None:
    """None where nothing has a position. ``countries``: whose land and towns lie under it."""
    shown = [*(pin.position for pin in pins), *(one.position for one in bubbles), *(mark.position for mark in marks)]
    if not shown:
        return None
    frame = frame_of(shown, aspect=shape.aspect)
    picture = Map(label, shape.name, scale_of(frame), round(_UNITS / shape.aspect))
    picture.ways = _ways(frame, pins)
    picture.pins = _pins(frame, pins)
    picture.bubbles = _bubbles(frame, bubbles)
    picture.marks = [_point(frame, one.position, one.label, one.label) for one in marks]
    if installation().tile_url:
        picture.tiles, picture.credit = tiles_of(frame, installation().tile_url), installation().tile_attribution
    else:
        taken = [Box.around(frame.place(position), shape.aspect) for position in shown]
        picture.land = _land(frame, countries, picture.height)
        picture.names = labels_of(frame, _names(frame, countries), taken, shape.aspect)
    return picture


def _point(frame: Frame, position: Position, text: str, label: str) -> Point:
    x, y = frame.place(position)
    return Point(f"{x:.2f}", f"{y:.2f}", text, label)


def _land(frame: Frame, countries: Iterable[str], height: int) -> str:
    """A dot for every postcode, on a grid: the land as it is settled, without the border of anybody's map."""
    dots = set()
    for country in countries:
        for place in places(country).values():
            x, y = frame.place(place.position)
            if 0 <= x <= 100 and 0 <= y <= 100:
                dots.add((round(y * height / 100 / LAND_STEP), round(x * _UNITS / 100 / LAND_STEP)))
    return "".join(f"M{x * LAND_STEP} {y * LAND_STEP}h0" for y, x in sorted(dots))


def _names(frame: Frame, countries: Iterable[str]) -> list[Name]:
    known = sorted((town for country in countries for town in towns(country)), key=lambda town: -town.people)
    found = [Name(town.name, town.position) for town in known]
    if frame.width_km <= _NEAR_BY_KM:
        found += [
            Name(postcode, place.position, dot=False)
            for country in countries
            for postcode, place in places(country).items()
        ]
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


def _pins(frame: Frame, pins: Sequence[Pin]) -> list[Point]:
    """Drawn last is what stands first, so that it lies on top."""
    groups: list[tuple[tuple[float, float], list[Pin]]] = []
    for pin in pins:
        x, y = frame.place(pin.position)
        for (other_x, other_y), group in groups:
            if abs(x - other_x) < _NEAR and abs(y - other_y) < _NEAR:
                group.append(pin)
                break
        else:
            groups.append(((x, y), [pin]))
    return [_pin(at, group) for at, group in reversed(groups)]


def _pin(at: tuple[float, float], group: list[Pin]) -> Point:
    numbers = [pin.number for pin in group]
    text = ", ".join(map(str, numbers)) if len(numbers) <= 3 else f"{numbers[0]} … {numbers[-1]}"
    width = max(28, 14 + 8 * len(text))
    label = "; ".join(pin.label for pin in group)
    return Point(
        f"{at[0]:.2f}", f"{at[1]:.2f}", text, label, group[0].url, width, -width // 2, all(pin.over for pin in group)
    )


def _bubbles(frame: Frame, bubbles: Sequence[Bubble]) -> list[Point]:
    """The area says how many; the greatest are drawn first, so that no smaller one is hidden."""
    most = max((one.count for one in bubbles), default=1)
    found = []
    for one in sorted(bubbles, key=lambda one: (-one.count, one.name)):
        x, y = frame.place(one.position)
        radius = round(12 + 10 * (one.count / most) ** 0.5)
        found.append(Point(f"{x:.2f}", f"{y:.2f}", str(one.count), one.label, one.url, radius))
    return found
