"""From degrees to per cent of a picture, as map tiles do it (spherical Mercator, EPSG:3857)."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from gewerk.places import Position

_EQUATOR_KM = 40075.017
_MOST_LATITUDE = 85.05
_LEAST_KM = 6.0
"""A picture is at least so wide: a postcode is known to a few kilometres, and a closer look would promise more."""
_EDGE = 0.12
"""Share of the picture that stays free on each side."""


def plane(position: Position) -> tuple[float, float]:
    """The world as a square: x eastward and y southward, each 0 to 1."""
    latitude = math.radians(max(-_MOST_LATITUDE, min(_MOST_LATITUDE, position.latitude)))
    return (position.longitude + 180) / 360, (1 - math.asinh(math.tan(latitude)) / math.pi) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that a picture shows."""

    left: float
    top: float
    width: float
    height: float

    def place(self, position: Position) -> tuple[float, float]:
        """Per cent of the picture's width and height, from its left upper corner."""
        x, y = plane(position)
        return self.at(x, y)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) / self.width * 100, (y - self.top) / self.height * 100

    def shows(self, position: Position) -> bool:
        x, y = self.place(position)
        return 0 <= x <= 100 and 0 <= y <= 100

    @property
    def width_km(self) -> float:
        """Through the middle of the picture."""
        middle = math.pi * (1 - 2 * (self.top + self.height / 2))
        return self.width * _EQUATOR_KM / math.cosh(middle)


def aspect_of(positions: Collection[Position]) -> float:
    """Width by height of the strip in which they lie; 1 of a single one."""
    points = [plane(position) for position in positions]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    return width / height if height else 1.0 if not width else math.inf


def frame_of(positions: Collection[Position], *, aspect: float) -> Frame:
    """The smallest that shows all of them with room around. ``aspect``: width by height. Raises ValueError for none."""
    points = [plane(position) for position in positions]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    least = _LEAST_KM / _EQUATOR_KM * math.cosh(math.pi * (1 - 2 * y))
    width = max((max(xs) - min(xs)) / (1 - 2 * _EDGE), (max(ys) - min(ys)) / (1 - 2 * _EDGE) * aspect, least)
    return Frame(x - width / 2, y - width / aspect / 2, width, width / aspect)
