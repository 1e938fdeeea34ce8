"""One stock of buildings in the simulator's own words, between any export and any dialect. Knows no ERP.

Keys are the export's texts; a level that the export lacks is ``""``. Kinds and roles are Sigma's words. Dates are
``JJJJ-MM-TT`` by position (also such as cannot be), an empty text is ``""``. ``changed_at`` is ``None`` for what has
been there since the start. Every list is in key order, and its rows' first fields are the key.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from gewerk_connect.sim.writing import Number

LEASE, OWNERSHIP = "Mietvertrag", "Eigentümervertrag"
MAIN_TENANT, TENANT, OWNER = "Hauptmieter", "Mitmieter", "Eigentümer"
PERSON, FIRM = "N", "J"


class Client(NamedTuple):
    number: str
    name: str
    changed_at: datetime | None


class EconomicUnit(NamedTuple):
    """A Wirtschaftseinheit."""

    client: str
    number: str
    name: str
    changed_at: datetime | None


class Building(NamedTuple):
    client: str
    economic_unit: str
    number: str
    street: str
    """The whole line, house number and all."""
    postcode: str
    city: str
    district: str
    year: Number
    storeys: Number
    changed_at: datetime | None


class Unit(NamedTuple):
    client: str
    economic_unit: str
    building: str
    number: str
    floor: str
    usage: str
    living_area: Number
    usable_area: Number
    rooms: Number
    changed_at: datetime | None


class Person(NamedTuple):
    number: str
    kind: str
    salutation: str
    title: str
    first_name: str
    name: str
    """The last name, or a firm's name."""
    email: str
    phone: str
    mobile: str
    changed_at: datetime | None


class Contract(NamedTuple):
    client: str
    number: str
    kind: str
    start: str
    end: str
    usage: str
    changed_at: datetime | None


class ContractUnit(NamedTuple):
    client: str
    contract: str
    economic_unit: str
    building: str
    unit: str
    changed_at: datetime | None


class ContractParty(NamedTuple):
    client: str
    contract: str
    person: str
    role: str
    share: str
    changed_at: datetime | None


KEY_LENGTH = {
    "clients": 1,
    "economic_units": 2,
    "buildings": 3,
    "units": 4,
    "persons": 1,
    "contracts": 2,
    "contract_units": 5,
    "contract_parties": 3,
}
"""How many of a row's first fields are its key."""


Keyed = TypeVar("Keyed", bound=tuple[Any, ...])


def below(rows: Sequence[Keyed], *key: str) -> Sequence[Keyed]:
    """The rows whose key begins with these parts; found by bisection, for the rows are in key order."""
    depth = len(key)
    start_of: Callable[[Keyed], tuple[Any, ...]] = lambda row: row[:depth]  # noqa: E731
    return rows[bisect_left(rows, key, key=start_of) : bisect_right(rows, key, key=start_of)]
