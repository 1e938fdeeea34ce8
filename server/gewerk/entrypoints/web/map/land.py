"""What lies under the points where there are no tiles: the land as it is settled, without the border of anybody's map."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from gewerk.entrypoints.web.map.projection import Frame, plane
from gewerk.places.table import places

UNITS = 400
"""Of the drawing's width."""
STEP = 4
"""Of the grid of its dots, in those units; the style sheet dashes the lines by it."""
_HAIR = ".1"
"""By which a line outlasts its last dot, or nothing is drawn of a single one."""


def land_path(frame: Frame, countries: Iterable[str], height: int) -> str:
    """An SVG path: a dot for every postcode, on a grid; dots side by side are one dashed line."""
    dots = {
        (round(y * height / 100 / STEP), round(x * UNITS / 100 / STEP))
        for country in countries
        for _, x, y in inside(frame, country)
    }
    lines = []
    for row, of_row in groupby(sorted(dots), key=lambda dot: dot[0]):
        # Neighbours are as far from each other as they are in the order.
        for _, run in groupby(enumerate(column for _, column in of_row), key=lambda pair: pair[1] - pair[0]):
            columns = [column for _, column in run]
            length = (len(columns) - 1) * STEP
            lines.append(f"M{columns[0] * STEP} {row * STEP}h{length or ''}{_HAIR}")
    return "".join(lines)


def inside(frame: Frame, country: str) -> Iterator[tuple[str, float, float]]:
    """Postcodes that the frame shows, each with its place in per cent."""
    right, bottom = frame.left + frame.width, frame.top + frame.height
    for postcode, x, y in _on_the_plane(country):
        if frame.left <= x <= right and frame.top <= y <= bottom:
            yield postcode, *frame.at(x, y)


@lru_cache
def _on_the_plane(country: str) -> list[tuple[str, float, float]]:
    return [(postcode, *plane(place.position)) for postcode, place in places(country).items()]
