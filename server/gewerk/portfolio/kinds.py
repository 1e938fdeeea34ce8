"""The five kinds of record and their columns: what the API calls a field, and where it lies."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from gewerk.portfolio.models import Property, PropertyGroup, SubProperty
from gewerk.portfolio.models.record import Record

ADDRESS = {
    "street": "street",
    "house_number": "house_number",
    "addition": "addition",
    "postcode": "postcode",
    "city": "city",
    "district": "district",
    "country": "country",
    "raw": "address_raw",
}
"""Parts of ``address`` and their columns."""

_PARTY = (
    "kind",
    "salutation",
    "title",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "further_emails",
    "phones",
    "language",
    "contract_number",
    "contract_start",
    "contract_end",
    "role",
    "share",
    "party_number",
    "client_number",
    "custom",
)
_UNIT = (
    "name",
    "usage",
    "usage_raw",
    "floor",
    "floor_raw",
    "position",
    "living_area_m2",
    "usable_area_m2",
    "rooms",
    "occupancy",
    "client_number",
    "custom",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    type: str
    """As the API and the journal's data name it."""
    model: builtins.type[Record]
    event: str
    """Begins the journal's events: ``sub_property.updated``."""
    fields: tuple[str, ...]
    """Plain fields: the API's name is the column's."""
    named_by: tuple[str, ...] = ()
    """Columns from which ``name`` is composed (parties)."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that an API call can change, references apart."""
        own = (*self.fields, *ADDRESS.values()) if self.type == "property" else self.fields
        return ("name", *own) if self.named_by else own

    def __hash__(self) -> int:
        return hash(self.type)


KINDS: dict[str, Kind] = {
    "property_group": Kind("property_group", PropertyGroup, "property_group", ("name", "client_number", "custom")),
    "property": Kind(
        "property",
        Property,
        "property",
        ("name", "property_type", "client_number", "construction_year", "storeys", "custom"),
    ),
    "unit": Kind("unit", SubProperty, "sub_property", _UNIT),
    "tenant": Kind("tenant", SubProperty, "sub_property", _PARTY, ("company_name", "first_name", "last_name")),
    "landlord": Kind("landlord", SubProperty, "sub_property", _PARTY, ("company_name", "first_name", "last_name")),
}

SUB_PROPERTY_TYPES = ("unit", "landlord", "tenant")
"""In the order in which they depend on each other."""

RESOURCES = {
    "property-groups": ("property_group",),
    "properties": ("property",),
    "sub-properties": SUB_PROPERTY_TYPES,
}
"""The API's collections, each with its kinds."""


@lru_cache
def empty(kind: Kind) -> dict[str, Any]:
    """What each column holds when nothing is known. The values are shared: never changed in place."""
    return {column: _empty(kind.model._meta.get_field(column)) for column in kind.columns}


def _empty(field: Any) -> Any:
    if isinstance(field, models.JSONField):
        return field.get_default()
    return None if field.null else ""


def flatten(kind: Kind, record: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields that ``record`` sends as columns; ``None`` becomes what the column calls empty."""
    nothing = empty(kind)
    flat = {}
    for field, value in record.items():
        if field in nothing:
            flat[field] = nothing[field] if value is None else value
        elif field == "address":
            if value is None:
                flat.update(dict.fromkeys(ADDRESS.values(), ""))
            else:
                for part, text in value.items():
                    flat[ADDRESS[part]] = text or ""
    return flat


def party_name(row: Mapping[str, Any]) -> str:
    """Company, else first and last name; at most 300 characters."""
    return (row["company_name"] or f"{row['first_name']} {row['last_name']}".strip())[:300]
