"""The canonical model as tables: every source yields these rows, whatever its ERP calls them (spec 01).

Values are the ERP's text, ``""`` for nothing, so keys keep their zeros and every normalised field has its raw text beside it;
decimals carry a point or the source's comma. What the text means is the rules' business.
Tuples, not objects with behaviour: an export of a million units has six and a half million of them.
"""

from typing import NamedTuple

PART = "\x1f"
"""Joins the parts of a key inside the river: client, economic entity, building, unit, each ``""`` where the ERP has none."""


class Client(NamedTuple):
    """Mandant."""

    number: str
    name: str


class EconomicEntity(NamedTuple):
    """Wirtschaftseinheit."""

    client: str
    number: str
    name: str


class Building(NamedTuple):
    """Gebäude, Objekt."""

    client: str
    economic_entity: str
    number: str
    name: str
    street: str
    """The whole street line, unless the source has the house number apart."""
    house_number: str
    addition: str
    postcode: str
    city: str
    district: str
    country: str
    construction_year: str
    storeys: str


class Unit(NamedTuple):
    """Verwaltungseinheit."""

    client: str
    economic_entity: str
    building: str
    number: str
    name: str
    usage: str
    floor: str
    position: str
    living_area_m2: str
    usable_area_m2: str
    rooms: str


class Party(NamedTuple):
    """Geschäftspartner, Adresse."""

    number: str
    kind: str
    """A code of the ERP; the mapping file says which is natural, legal or association."""
    salutation: str
    title: str
    first_name: str
    last_name: str
    company_name: str
    email: str
    phone: str
    mobile: str
    language: str


class Contract(NamedTuple):
    """Mietvertrag, Eigentümervertrag."""

    client: str
    number: str
    kind: str
    """A code of the ERP; the mapping file says which is lease or ownership."""
    start: str
    end: str


class ContractUnit(NamedTuple):
    client: str
    contract: str
    economic_entity: str
    building: str
    unit: str


class ContractParty(NamedTuple):
    client: str
    contract: str
    party: str
    role: str
    """A code of the ERP; the mapping file says which is main_tenant, co_tenant, owner, co_owner or ``ignore``."""
    share: str


TABLES: dict[str, type] = {
    "clients": Client,
    "economic_entities": EconomicEntity,
    "buildings": Building,
    "units": Unit,
    "parties": Party,
    "contracts": Contract,
    "contract_units": ContractUnit,
    "contract_parties": ContractParty,
}
"""Table name in the mapping files -> row."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "clients": ("number",),
    "economic_entities": ("client", "number"),
    "buildings": ("client", "number"),
    "units": ("client", "number"),
    "parties": ("number",),
    "contracts": ("client", "number"),
    "contract_units": ("client", "contract", "unit"),
    "contract_parties": ("client", "contract", "party"),
}
"""Columns without which a table cannot be read."""
