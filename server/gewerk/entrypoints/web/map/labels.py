"""What is named: the greatest towns of which none covers another, from near also postcodes; few on a phone, more in a wide window."""

from collections.abc import Sequence
from dataclasses import dataclass

_PHONE, _WINDOW = 330.0, 640.0
"""Pixels for which is reckoned."""
_LETTER, _LINE, _PIN = 6.4, 16.0, 30.0
_MOST = 28


@dataclass(frozen=True, slots=True)
class Name:
    """What may be named."""

    text: str
    x: float
    """Per cent of the picture's width."""
    y: float
    """Per cent of its height."""
    dot: bool = True
    """A town is a dot with its name beside it, an area its name alone."""


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    x: str
    y: str
    anchor: str
    """``start``: the name stands right of its dot; ``end``: left; ``middle``: it has none."""
    only_wide: bool


@dataclass(frozen=True, slots=True)
class Box:
    """Per cent of the width, both ways."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, at: tuple[float, float], aspect: float) -> "Box":
        """A pin's, as a phone shows it."""
        half, x, y = _PIN / _PHONE * 50, at[0], at[1] / aspect
        return cls(x - half, y - half, x + half, y + half)

    @classmethod
    def under(cls, at: tuple[float, float], text: str, anchor: str, aspect: float) -> "Box":
        """A mark's words, which stand below its ring."""
        length, x, y = len(text) * _LETTER / _PHONE * 100, at[0], at[1] / aspect
        left = x - length * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        return cls(left, y + 20 / _PHONE * 100, left + length, y + 42 / _PHONE * 100)

    @classmethod
    def of_scale(cls, aspect: float) -> "Box":
        """The scale, in the lower left corner."""
        return cls(0, 100 / aspect - 32 / _PHONE * 100, 36, 100 / aspect)

    def leaves(self, aspect: float) -> bool:
        """It is not wholly in the picture."""
        return self.left < 0 or self.right > 100 or self.top < 0 or self.bottom > 100 / aspect

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def labels_of(names: Sequence[Name], taken: list[Box], aspect: float) -> list[Label]:
    """``names``: what the picture shows, the most important first. ``taken``: where none may lie."""
    found: dict[Name, Label] = {}
    # First for a phone; what finds room there has it in a wide window too, where some more follow.
    for pixels, most in ((_PHONE, _MOST // 2), (_WINDOW, _MOST)):
        boxes = list(taken)
        for name in [*found, *(one for one in names if one not in found)]:
            if len(boxes) - len(taken) >= most:
                break
            label, box = _set(name, aspect, pixels, only_wide=pixels > _PHONE)
            if box.leaves(aspect) or any(box.meets(other) for other in boxes):
                continue
            boxes.append(box)
            found.setdefault(name, label)
    return list(found.values())


def _set(name: Name, aspect: float, pixels: float, *, only_wide: bool) -> tuple[Label, Box]:
    x, y = name.x, name.y
    length = len(name.text) * _LETTER / pixels * 100
    beside = 10 / pixels * 100
    half = _LINE / pixels * 50
    if not name.dot:
        anchor, left, right = "middle", x - length / 2, x + length / 2
    elif x + beside + length > 100:
        anchor, left, right = "end", x - beside - length, x + 1
    else:
        anchor, left, right = "start", x - 1, x + beside + length
    label = Label(name.text, f"{x:.2f}", f"{y:.2f}", anchor, only_wide)
    return label, Box(left, y / aspect - half, right, y / aspect + half)
