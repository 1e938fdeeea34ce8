"""Records as the API shows them: pages, one by one, and all as a stream. Plain dicts, no model instances; two queries per page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import NotFound, properties, property_groups, sub_properties
from gewerk.portfolio.kinds import ADDRESS
from gewerk.portfolio.models import Property, Tenure

_COMMON = (
    "id",
    "version",
    "external_id",
    "client_number",
    "name",
    "source",
    "custom",
    "created_at",
    "updated_at",
    "archived_at",
    "archive_reason",
)
_UNIT = (
    "property_id",
    "property__external_id",
    "usage",
    "usage_raw",
    "floor",
    "floor_raw",
    "position",
    "living_area_m2",
    "usable_area_m2",
    "rooms",
    "occupancy",
)
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
)
_PROPERTY = (*ADDRESS.values(), "property_type", "construction_year", "storeys")
_COLUMNS = {
    "property-groups": _COMMON,
    "properties": (*_COMMON, *_PROPERTY),
    "sub-properties": (*_COMMON, "type", *_UNIT, *_PARTY),
}
_ROWS: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "property-groups": property_groups,
    "properties": properties,
    "sub-properties": sub_properties,
}
_CHUNK = 1000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records. ``archived`` None: both."""

    external_id: str | None = None
    type: str | None = None
    client_number: str | None = None
    archived: bool | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: pages follow (updated_at, id)."""

    updated_at: datetime
    id: UUID


def page(
    actor: Actor, resource: str, wanted: Wanted, *, after: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Up to ``limit`` records and where to go on; None at the end. A record that changes meanwhile comes again, none is missed."""
    rows = _matching(actor, resource, wanted)
    if after is not None:
        rows = rows.filter(Q(updated_at__gt=after.updated_at) | Q(updated_at=after.updated_at, id__gt=after.id))
    found = list(rows.order_by("updated_at", "id").values(*_COLUMNS[resource])[: limit + 1])
    more = len(found) > limit
    shown = found[:limit]
    last = Place(shown[-1]["updated_at"], shown[-1]["id"]) if more else None
    return _shapes(resource, shown), last


def one(actor: Actor, resource: str, record_id: UUID) -> tuple[Row, int]:
    """The record and its version (the ETag). Raises ``NotFound``, for a foreign one too."""
    found = list(_ROWS[resource](actor).filter(pk=record_id).values(*_COLUMNS[resource]))
    if not found:
        raise NotFound
    return _shapes(resource, found)[0], found[0]["version"]


def every(actor: Actor, resource: str, wanted: Wanted) -> Iterator[Row]:
    """All records by id, read 1,000 at a time: constant memory, and no cursor stays open while the reader is slow."""
    last: UUID | None = None
    while True:
        rows = _matching(actor, resource, wanted)
        if last is not None:
            rows = rows.filter(id__gt=last)
        chunk = list(rows.order_by("id").values(*_COLUMNS[resource])[:_CHUNK].iterator(chunk_size=_CHUNK))
        yield from _shapes(resource, chunk)
        if len(chunk) < _CHUNK:
            return
        last = chunk[-1]["id"]


def _matching(actor: Actor, resource: str, wanted: Wanted) -> QuerySet[Any]:
    rows = _ROWS[resource](actor)
    if wanted.external_id is not None:
        rows = rows.filter(external_id=wanted.external_id)
    if wanted.type is not None:
        rows = rows.filter(type=wanted.type)
    if wanted.client_number is not None:
        rows = rows.filter(client_number=wanted.client_number)
    if wanted.archived is not None:
        rows = rows.filter(archived_at__isnull=not wanted.archived)
    if wanted.updated_since is not None:
        rows = rows.filter(updated_at__gte=wanted.updated_since)
    return rows


def _shapes(resource: str, rows: Sequence[Row]) -> list[Row]:
    if resource == "property-groups":
        return [_common(row, "property_group") | {"name": row["name"] or None} for row in rows]
    if resource == "properties":
        groups = _groups([row["id"] for row in rows])
        return [_property(row, groups.get(row["id"], [])) for row in rows]
    units = _units([row["id"] for row in rows if row["type"] != "unit"])
    return [_unit(row) if row["type"] == "unit" else _party(row, units.get(row["id"], [])) for row in rows]


def _common(row: Row, type: str) -> Row:
    return {
        "id": row["id"],
        "type": type,
        "external_id": row["external_id"],
        "client_number": row["client_number"] or None,
        "source": row["source"],
        "custom": row["custom"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "archived_at": row["archived_at"],
        "archive_reason": row["archive_reason"] or None,
    }


def _property(row: Row, groups: list[str]) -> Row:
    return {
        **_common(row, "property"),
        "name": row["name"] or None,
        "address": {part: row[column] or None for part, column in ADDRESS.items()},
        "property_type": row["property_type"] or None,
        "group_external_ids": groups,
        "construction_year": row["construction_year"],
        "storeys": row["storeys"],
    }


def _unit(row: Row) -> Row:
    return {
        **_common(row, "unit"),
        "property_id": row["property_id"],
        "property_external_id": row["property__external_id"],
        "name": row["name"] or None,
        "usage": row["usage"] or None,
        "usage_raw": row["usage_raw"] or None,
        "floor": row["floor"],
        "floor_raw": row["floor_raw"] or None,
        "position": row["position"] or None,
        "living_area_m2": _plain(row["living_area_m2"]),
        "usable_area_m2": _plain(row["usable_area_m2"]),
        "rooms": _plain(row["rooms"]),
        "occupancy": row["occupancy"] or None,
    }


def _party(row: Row, units: list[tuple[UUID, str | None]]) -> Row:
    return {
        **_common(row, row["type"]),
        "name": row["name"] or None,
        "unit_ids": [unit for unit, _ in units],
        "unit_external_ids": [external_id for _, external_id in units if external_id is not None],
        "kind": row["kind"] or None,
        "salutation": row["salutation"] or None,
        "title": row["title"] or None,
        "first_name": row["first_name"] or None,
        "last_name": row["last_name"] or None,
        "company_name": row["company_name"] or None,
        "email": row["email"] or None,
        "further_emails": row["further_emails"],
        "phones": row["phones"],
        "language": row["language"] or None,
        "contract_number": row["contract_number"] or None,
        "contract_start": row["contract_start"],
        "contract_end": row["contract_end"],
        "role": row["role"] or None,
        "share": row["share"] or None,
        "party_number": row["party_number"] or None,
    }


def _plain(value: Decimal | None) -> str | None:
    """Decimals travel as text, without exponent and without zeros at the end: ``64.35``, ``3``."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _units(party_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str | None]]]:
    held: dict[UUID, list[tuple[UUID, str | None]]] = {}
    if party_ids:
        rows = Tenure.objects.filter(party_id__in=party_ids).order_by("unit__external_id", "unit_id")
        for party, unit, external_id in rows.values_list("party_id", "unit_id", "unit__external_id"):
            held.setdefault(party, []).append((unit, external_id))
    return held


def _groups(property_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    held: dict[UUID, list[str]] = {}
    if property_ids:
        rows = Property.groups.through.objects.filter(
            property_id__in=property_ids, propertygroup__external_id__isnull=False
        ).order_by("propertygroup__external_id")
        for one_id, external_id in rows.values_list("property_id", "propertygroup__external_id"):
            held.setdefault(one_id, []).append(str(external_id))
    return held
