"""What a record may hold when it comes from outside, field by field (spec 02, fields). The doors check with these types.

A field left out stays as it is, ``null`` empties it. Lengths are those of the columns. No text may hold NUL, which
PostgreSQL cannot store: the doors look for it in the whole body, for a pattern on every field would cost more than all
other checks together.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Required

from pydantic import ConfigDict, Field, StringConstraints, with_config
from typing_extensions import TypedDict

_STRICT = ConfigDict(extra="forbid", strict=True)

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text2 = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Text12 = Annotated[str, StringConstraints(max_length=12)]
Text20 = Annotated[str, StringConstraints(max_length=20)]
Text30 = Annotated[str, StringConstraints(max_length=30)]
Text40 = Annotated[str, StringConstraints(max_length=40)]
Text60 = Annotated[str, StringConstraints(max_length=60)]
Text100 = Annotated[str, StringConstraints(max_length=100)]
Text200 = Annotated[str, StringConstraints(max_length=200)]
Text300 = Annotated[str, StringConstraints(max_length=300)]
Text400 = Annotated[str, StringConstraints(max_length=400)]
Text1000 = Annotated[str, StringConstraints(max_length=1000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{4,14}$")]
AreaM2 = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
Rooms = Annotated[Decimal, Field(ge=0, max_digits=5, decimal_places=2)]
Floor = Annotated[int, Field(ge=-99, le=999)]
Storeys = Annotated[int, Field(ge=0, le=999)]
Year = Annotated[int, Field(ge=0, le=9999)]
Custom = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=60)], Text1000],
    Field(max_length=50),
]
ExternalIds = Annotated[list[ExternalId], Field(max_length=500)]

BATCH = 500
"""Records per call (spec 02, master data)."""


@with_config(_STRICT)
class Address(TypedDict, total=False):
    """A postal address. ``raw`` is the street line as the ERP holds it; ``country`` is ISO 3166, two letters."""

    street: Text200 | None
    house_number: Text30 | None
    addition: Text100 | None
    postcode: Text12 | None
    city: Text100 | None
    district: Text100 | None
    country: Text2 | None
    raw: Text400 | None


@with_config(_STRICT)
class Phone(TypedDict, total=False):
    """A telephone number: ``e164`` when it could be read, ``raw`` as the ERP holds it."""

    kind: Text20 | None
    e164: E164 | None
    raw: Text100 | None


@with_config(_STRICT)
class GroupFields(TypedDict, total=False):
    name: Text300 | None
    client_number: Text40 | None
    custom: Custom | None


@with_config(_STRICT)
class PropertyFields(TypedDict, total=False):
    name: Text300 | None
    address: Address | None
    property_type: Text100 | None
    group_external_ids: ExternalIds | None
    client_number: Text40 | None
    construction_year: Year | None
    storeys: Storeys | None
    custom: Custom | None


@with_config(_STRICT)
class UnitFields(TypedDict, total=False):
    property_external_id: ExternalId
    name: Text300 | None
    usage: Literal["living", "commercial", "parking", "storage", "other"] | None
    usage_raw: Text200 | None
    floor: Floor | None
    floor_raw: Text200 | None
    position: Text40 | None
    living_area_m2: AreaM2 | None
    usable_area_m2: AreaM2 | None
    rooms: Rooms | None
    occupancy: Literal["let", "vacant", "unknown"] | None
    client_number: Text40 | None
    custom: Custom | None


@with_config(_STRICT)
class PartyFields(TypedDict, total=False):
    """A tenant or a landlord: one contract x one party. The property follows from the units."""

    unit_external_ids: Annotated[ExternalIds, Field(min_length=1)]
    kind: Literal["natural", "legal", "association"] | None
    salutation: Text40 | None
    title: Text60 | None
    first_name: Text200 | None
    last_name: Text200 | None
    company_name: Text300 | None
    email: Email | None
    further_emails: Annotated[list[Email], Field(max_length=20)] | None
    phones: Annotated[list[Phone], Field(max_length=20)] | None
    language: Language | None
    contract_number: Text60 | None
    contract_start: date | None
    contract_end: date | None
    role: Literal["main_tenant", "co_tenant", "owner", "co_owner"] | None
    share: Text40 | None
    party_number: Text60 | None
    client_number: Text40 | None
    custom: Custom | None


# As the ERP sends them: keyed by its own id.


class GroupUpsert(GroupFields, total=False):
    external_id: Required[ExternalId]
    type: Literal["property_group"]


class PropertyUpsert(PropertyFields, total=False):
    external_id: Required[ExternalId]
    type: Literal["property"]


class UnitUpsert(UnitFields, total=False):
    external_id: Required[ExternalId]
    type: Required[Literal["unit"]]


class TenantUpsert(PartyFields, total=False):
    external_id: Required[ExternalId]
    type: Required[Literal["tenant"]]


class LandlordUpsert(PartyFields, total=False):
    external_id: Required[ExternalId]
    type: Required[Literal["landlord"]]


# Made one by one; the ERP's id may be missing.


class GroupCreate(GroupFields, total=False):
    external_id: ExternalId | None
    type: Literal["property_group"]
    name: Required[Text300]  # type: ignore[misc]  # pydantic lets a child require more


class PropertyCreate(PropertyFields, total=False):
    external_id: ExternalId | None
    type: Literal["property"]


class UnitCreate(UnitFields, total=False):
    external_id: ExternalId | None
    type: Required[Literal["unit"]]
    property_external_id: Required[ExternalId]  # type: ignore[misc]


class TenantCreate(PartyFields, total=False):
    external_id: ExternalId | None
    type: Required[Literal["tenant"]]
    unit_external_ids: Required[Annotated[ExternalIds, Field(min_length=1)]]  # type: ignore[misc]


class LandlordCreate(PartyFields, total=False):
    external_id: ExternalId | None
    type: Required[Literal["landlord"]]
    unit_external_ids: Required[Annotated[ExternalIds, Field(min_length=1)]]  # type: ignore[misc]


# Changed by Gewerk's id. ``external_id`` may be changed too: so a connection moves to another separator without doubles.


class GroupChange(GroupFields, total=False):
    external_id: ExternalId | None


class PropertyChange(PropertyFields, total=False):
    external_id: ExternalId | None


class UnitChange(UnitFields, total=False):
    external_id: ExternalId | None


class PartyChange(PartyFields, total=False):
    external_id: ExternalId | None


Reason = Literal["vanished", "lease_ended", "filtered", "manual"]


@with_config(_STRICT)
class Archive(TypedDict, total=False):
    """Why the record is no longer current."""

    reason: Required[Reason]


class GroupArchive(Archive, total=False):
    external_id: Required[ExternalId]
    type: Literal["property_group"]


class PropertyArchive(Archive, total=False):
    external_id: Required[ExternalId]
    type: Literal["property"]


class SubPropertyArchive(Archive, total=False):
    external_id: Required[ExternalId]
    type: Required[Literal["unit", "tenant", "landlord"]]


@with_config(_STRICT)
class Rename(TypedDict, total=False):
    """Another external id for a record that stays the same."""

    external_id: Required[ExternalId]
    new_external_id: Required[ExternalId]


class GroupRename(Rename, total=False):
    type: Literal["property_group"]


class PropertyRename(Rename, total=False):
    type: Literal["property"]


class SubPropertyRename(Rename, total=False):
    type: Required[Literal["unit", "tenant", "landlord"]]
