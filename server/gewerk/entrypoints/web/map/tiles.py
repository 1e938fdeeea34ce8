"""Raster tiles under a picture, where the operator has set a server for them."""

import math
from dataclasses import dataclass

from gewerk.entrypoints.web.map.projection import Frame

_SIDE = 256
_WIDTH = 640
"""About how many pixels wide a picture is shown."""
_DEEPEST = 19
_HAIR = 0.05
"""Per cent by which tiles overlap, so that no seam shows between them."""


@dataclass(frozen=True, slots=True)
class Tile:
    url: str
    x: str
    y: str
    width: str
    height: str


def tiles_of(frame: Frame, template: str) -> list[Tile]:
    """Those that the frame touches, at the depth whose tiles are shown near their own size; a dozen to two."""
    depth = max(0, min(_DEEPEST, round(math.log2(_WIDTH / _SIDE / frame.width))))
    count = 2**depth
    columns = range(math.floor(frame.left * count), math.floor((frame.left + frame.width) * count) + 1)
    rows = range(math.floor(frame.top * count), math.floor((frame.top + frame.height) * count) + 1)
    width, height = 100 / count / frame.width, 100 / count / frame.height
    found = []
    for row in rows:
        if not 0 <= row < count:
            continue
        for column in columns:
            x, y = frame.at(column / count, row / count)
            url = template.replace("{z}", str(depth)).replace("{x}", str(column % count)).replace("{y}", str(row))
            found.append(Tile(url, f"{x:.3f}", f"{y:.3f}", f"{width + _HAIR:.3f}", f"{height + _HAIR:.3f}"))
    return found
