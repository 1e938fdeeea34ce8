"""Circles that would cover each other give way to each other, a little and together."""

import math
from collections.abc import Sequence

_PIXELS = 400.0
"""Width for which is reckoned: on a narrower phone they touch."""
_ROUNDS = 14


def apart(points: Sequence[tuple[float, float]], radii: Sequence[int], aspect: float) -> list[tuple[float, float]]:
    """``points``: per cent of width and height; ``radii``: pixels. The same in the same order, moved no more than is needed."""
    unit = _PIXELS / 100
    at = [(x * unit, y * unit / aspect) for x, y in points]
    for _ in range(_ROUNDS):
        moved = False
        for n, radius in enumerate(radii):
            for m in range(n):
                x, y = at[n][0] - at[m][0], at[n][1] - at[m][1]
                wanted = radius + radii[m]
                if abs(x) >= wanted or abs(y) >= wanted:
                    continue
                far = math.hypot(x, y)
                if far >= wanted:
                    continue
                # Two at the same place part sideways.
                along, across = (x / far, y / far) if far else (1.0, 0.0)
                push = (wanted - far) / 2
                at[n] = (at[n][0] + along * push, at[n][1] + across * push)
                at[m] = (at[m][0] - along * push, at[m][1] - across * push)
                moved = True
        if not moved:
            break
    height = _PIXELS / aspect
    return [
        (_within(x, radius, _PIXELS) / unit, _within(y, radius, height) / unit * aspect)
        for (x, y), radius in zip(at, radii, strict=True)
    ]


def _within(value: float, radius: int, most: float) -> float:
    """None leaves the picture."""
    return min(max(value, radius), most - radius)
