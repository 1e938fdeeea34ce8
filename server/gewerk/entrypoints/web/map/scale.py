"""The bar that says how long a kilometre is."""

import math
from dataclasses import dataclass

from django.utils.formats import number_format

from gewerk.entrypoints.web.map.projection import Frame

_MOST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Scale:
    width: str
    """Per cent of the picture's width."""
    label: str


def scale_of(frame: Frame) -> Scale:
    """1, 2 or 5 of a power of ten, at most three tenths of the picture."""
    most = frame.width_km * _MOST_SHARE
    power = 10 ** math.floor(math.log10(most))
    km = next(step * power for step in (5, 2, 1) if step * power <= most)
    label = f"{number_format(round(km))} km" if km >= 1 else f"{number_format(round(km * 1000))} m"
    return Scale(f"{km / frame.width_km * 100:.2f}", label)
