"""How many firms sit in which postcode region, as tiles in the order of the numbers.

No map of the land: neither firms nor properties have coordinates, and none are guessed. A tile says what is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

TILE = 30
"""Units of the drawing per tile, with its gap."""
_PER_ROW = 10


@dataclass(frozen=True, slots=True)
class Tile:
    x: int
    y: int
    label: str
    count: int
    depth: str
    """How dark it is, 0.12 to 0.6."""
    here: bool
    """The place that was asked for lies in it."""
    url: str


@dataclass(frozen=True, slots=True)
class Tiles:
    width: int
    height: int
    tiles: tuple[Tile, ...]
    elsewhere: int
    """Firms whose postcode is none of the country."""


def tiles_of(counts: Mapping[str, int], *, country: str, here: str, link: str) -> Tiles | None:
    """``link``: the address to which a tile's label is added. None where there is nothing to draw."""
    numbered = country in {"DE", "AT"}
    known = {
        label: n
        for label, n in counts.items()
        if (label.isdigit() and len(label) == 2 if numbered else label.isalpha() and label.isascii())
    }
    if not known:
        return None
    if numbered:
        firsts = sorted({label[0] for label in [*known, here] if label})
        places = {
            f"{first}{second}": (second * TILE, row * TILE)
            for row, first in enumerate(firsts)
            for second in range(_PER_ROW)
        }
    else:
        labels = sorted({*known, here} - {""})
        places = {label: (n % _PER_ROW * TILE, n // _PER_ROW * TILE) for n, label in enumerate(labels)}
    most = max(known.values())
    tiles = tuple(
        Tile(
            x=x,
            y=y,
            label=label,
            count=known.get(label, 0),
            depth=f"{0.12 + 0.48 * known[label] / most:.2f}" if label in known else "0",
            here=label == here,
            url=f"{link}{quote(label)}" if label in known else "",
        )
        for label, (x, y) in places.items()
    )
    height = max(tile.y for tile in tiles) + TILE
    return Tiles(_PER_ROW * TILE, height, tiles, sum(counts.values()) - sum(known.values()))
