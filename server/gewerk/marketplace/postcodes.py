"""How near two places are, by their postcodes: neither firms nor properties have coordinates.

A postcode lies in areas, from the widest on: 44137 in 4, 44, 441 and itself; B14 7EB in B, B14, B14 7 and itself. The more of
them two places share, the nearer they count. Two places on both sides of a border of areas count as far, however near they are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = {"DE": 5, "AT": 4}
_BRITISH = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?) ?([0-9])([A-Z]{2})")
SAME = 4
"""Steps that the same postcode shares: the widest area, two narrower ones, and itself."""


@dataclass(frozen=True, slots=True)
class Area:
    label: str
    """What people call it: ``44``, ``B14``."""
    pattern: str
    """A regular expression for its postcodes, as databases and Python read it."""


def areas_of(country: str, postcode: str) -> tuple[Area, ...]:
    """Four, the widest first; none for what is no postcode of the country."""
    text = postcode.strip().upper()
    digits = _DIGITS.get(country)
    if digits is not None:
        if not re.fullmatch(rf"[0-9]{{{digits}}}", text):
            return ()
        return (*(Area(text[:n], f"^{text[:n]}") for n in (1, 2, 3)), Area(text, f"^{text}$"))
    found = _BRITISH.fullmatch(text) if country == "GB" else None
    if found is None:
        return ()
    letters, district, sector, rest = found.groups()
    outward = letters + district
    return (
        Area(letters, f"^{letters}[0-9]"),
        Area(outward, f"^{outward} ?[0-9][A-Z][A-Z]$"),
        Area(f"{outward} {sector}", f"^{outward} ?{sector}[A-Z][A-Z]$"),
        Area(f"{outward} {sector}{rest}", f"^{outward} ?{sector}{rest}$"),
    )


def region_of(country: str, postcode: str) -> Area | None:
    """Some 30 to 60 km across: two digits, or the letters of a British postcode. What the map shows as one tile."""
    areas = areas_of(country, postcode)
    if not areas:
        return None
    return areas[0] if country == "GB" else areas[1]


def steps_to(country: str, postcode: str) -> Callable[[str], int]:
    """How many areas another postcode shares with this one, 0 to ``SAME``; none with what is no postcode of the country."""
    inside = [re.compile(area.pattern).search for area in areas_of(country, postcode)]
    return lambda other: sum(1 for found in inside if found(other) is not None)
