"""The canonical model. Every normalised field keeps its raw text beside it; decimals stay decimals."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from gewerk_connect.canonical.findings import Origin


@dataclass(slots=True)
class Address:
    street: str | None = None
    house_number: str | None = None
    addition: str | None = None
    postcode: str | None = None
    city: str | None = None
    district: str | None = None
    country: str | None = None
    raw: str | None = None
    """The street line as the ERP holds it."""


@dataclass(slots=True)
class Client:
    number: str
    name: str | None
    origin: Origin


@dataclass(slots=True)
class EconomicEntity:
    client: str
    number: str
    name: str | None
    origin: Origin


@dataclass(slots=True)
class Building:
    client: str
    economic_entity: str | None
    number: str
    name: str | None
    address: Address
    construction_year: int | None
    storeys: int | None
    origin: Origin


@dataclass(slots=True)
class Unit:
    client: str
    economic_entity: str | None
    building: str | None
    number: str
    usage_raw: str | None
    floor_raw: str | None
    living_area_m2: Decimal | None
    usable_area_m2: Decimal | None
    rooms: Decimal | None
    origin: Origin
    usage: str | None = None
    floor: int | None = None
    position: str | None = None


@dataclass(slots=True)
class ContractParty:
    party: str
    role: Literal["main_tenant", "co_tenant", "owner", "co_owner"]
    share: str | None
    is_primary: bool
    origin: Origin


@dataclass(slots=True)
class Contract:
    client: str
    kind: Literal["lease", "ownership"]
    number: str
    units: list[tuple[str, ...]]
    """Keys of units: (client, economic entity, building, unit), levels that the ERP lacks left out."""
    start_raw: str | date | None
    end_raw: str | date | None
    parties: list[ContractParty]
    origin: Origin
    start: date | None = None
    end: date | None = None
    status: Literal["future", "active", "ended"] | None = None


@dataclass(slots=True)
class Party:
    number: str
    kind: Literal["natural", "legal", "association"]
    salutation: str | None
    title: str | None
    first_name: str | None
    last_name: str | None
    company_name: str | None
    email_raw: str | None
    phones_raw: list[tuple[str, str]]
    """(kind, text) with kind ``phone`` or ``mobile``."""
    origin: Origin
    language: str | None = None
    emails: list[str] = field(default_factory=list)
