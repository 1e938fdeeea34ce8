"""The ERP's door: take up to 500 records keyed by the ERP's id, and answer for each of them (spec 02, master data)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.ids import new_ids
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.kinds import KINDS, RESOURCES, Kind, flatten
from gewerk.portfolio.models import Source
from gewerk.portfolio.operations.outcome import (
    MESSAGES,
    Outcome,
    Problem,
    Sent,
    by_type,
    problem,
    without_duplicates,
)
from gewerk.portfolio.operations.writing import (
    Links,
    Writing,
    groups_by_external_id,
    properties_by_external_id,
    stored,
    stored_groups,
    stored_units,
    units_by_external_id,
)

LOCK = "portfolio"
"""Calls that make or match records by the ERP's id take turns, per organisation."""

_Placed = list[tuple[int, dict[str, Any]]]


def upsert(*, actor: Actor, resource: str, records: Sequence[Sent], now: datetime) -> list[Outcome]:
    """One outcome per record, in the order sent. ``records`` are checked (``records``) or already ``Rejected``.

    A field left out stays as it is, None empties it; an archived record is revived; the record's source becomes ``erp``.
    Whatever the order within the batch, units are taken before the tenants and landlords who name them.
    """
    require(edits_stock(actor))
    types = RESOURCES[resource]
    outcomes, placed = by_type(without_duplicates(records, default_type=types[0]), types)
    one_at_a_time(LOCK, actor.organisation_id)
    for one in types:
        if placed[one]:
            _Batch(actor, KINDS[one], now).take(placed[one], outcomes)
    return [outcome for outcome in outcomes if outcome is not None]


@dataclass(slots=True)
class _Known:
    """What the records of a batch refer to, by the ERP's ids."""

    properties: dict[str, UUID]
    units: dict[str, UUID]
    groups: dict[str, UUID]


class _Batch:
    """The records of one kind."""

    def __init__(self, actor: Actor, kind: Kind, now: datetime) -> None:
        self.actor = actor
        self.kind = kind
        self.writing = Writing(actor, kind, now, Source.ERP.value)

    def take(self, placed: _Placed, outcomes: list[Outcome | None]) -> None:
        kind, writing = self.kind, self.writing
        wanted = [record["external_id"] for _, record in placed]
        current = {row["external_id"]: row for row in stored(kind, self.actor, external_id__among=frozenset(wanted))}
        known = referred(self.actor, kind, [record for _, record in placed])
        held_units, held_groups = self._held(placed, current)
        writing.spare_ids = new_ids(len(placed) - len(current))[::-1]
        for index, record in placed:
            external_id = record["external_id"]
            row = current.get(external_id)
            flat = flatten(kind, record)
            links, wrong = resolve(kind, record, known, at=f"/records/{index}", new=row is None)
            wrong = wrong or keep_to_client(self.actor, flat, row, at=f"/records/{index}")
            if wrong is not None:
                outcomes[index] = Outcome(external_id, kind.type, "rejected", None, wrong)
            elif row is None:
                outcomes[index] = Outcome(external_id, kind.type, "created", writing.create(external_id, flat, links))
            else:
                changed = writing.change(
                    row,
                    flat,
                    links,
                    held_units=held_units.get(row["id"], {}),
                    held_groups=held_groups.get(row["id"], {}),
                    revive=True,
                )
                outcomes[index] = Outcome(external_id, kind.type, "updated" if changed else "unchanged", row["id"])
        writing.write()

    def _held(
        self, placed: _Placed, current: dict[str, dict[str, Any]]
    ) -> tuple[dict[UUID, dict[UUID, str | None]], dict[UUID, dict[UUID, str | None]]]:
        def ids(field: str) -> list[UUID]:
            return [current[r["external_id"]]["id"] for _, r in placed if field in r and r["external_id"] in current]

        return stored_units(ids("unit_external_ids")), stored_groups(ids("group_external_ids"))


def referred(actor: Actor, kind: Kind, records: Sequence[dict[str, Any]]) -> _Known:
    """Everything that ``records`` refer to, in one question."""
    known = _Known({}, {}, {})
    if kind.type == "unit":
        wanted = {r["property_external_id"] for r in records if "property_external_id" in r}
        known.properties = properties_by_external_id(actor, list(wanted))
    elif kind.type == "property":
        wanted = {group for r in records for group in r.get("group_external_ids") or ()}
        known.groups = groups_by_external_id(actor, list(wanted))
    elif kind.named_by:
        wanted = {unit for r in records for unit in r.get("unit_external_ids") or ()}
        known.units = units_by_external_id(actor, list(wanted))
    return known


def resolve(kind: Kind, record: dict[str, Any], known: _Known, *, at: str, new: bool) -> tuple[Links, Problem | None]:
    """The references of ``record`` as Gewerk's ids, or what is wrong with them. ``at`` is the pointer of the record."""
    links = Links()
    if kind.type == "unit":
        name = record.get("property_external_id")
        if name is None:
            return links, problem("required", f"{at}/property_external_id", as_code="invalid_record") if new else None
        found = known.properties.get(name)
        if found is None:
            return links, problem("unknown_property", f"{at}/property_external_id")
        links.property = (found, name)
    elif kind.type == "property" and "group_external_ids" in record:
        links.groups, wrong = _all_of(
            record["group_external_ids"] or (), known.groups, "unknown_group", f"{at}/group_external_ids"
        )
        return links, wrong
    elif kind.named_by:
        if "unit_external_ids" not in record:
            return links, problem("required", f"{at}/unit_external_ids", as_code="invalid_record") if new else None
        links.units, wrong = _all_of(
            record["unit_external_ids"], known.units, "unknown_unit", f"{at}/unit_external_ids"
        )
        return links, wrong
    return links, None


def _all_of(
    names: Sequence[str], known: dict[str, UUID], code: str, at: str
) -> tuple[dict[UUID, str | None], Problem | None]:
    missing = [
        FieldProblem(f"{at}/{place}", code, str(MESSAGES[code])) for place, n in enumerate(names) if n not in known
    ]
    if missing:
        return {}, Problem(code, tuple(missing))
    return {known[name]: name for name in names}, None


def keep_to_client(actor: Actor, flat: dict[str, Any], current: dict[str, Any] | None, *, at: str) -> Problem | None:
    """A key limited to one client writes only that client's records; a new record without a number becomes the client's."""
    own = actor.client_number
    if not own:
        return None
    if current is None:
        flat.setdefault("client_number", own)
    elif current["client_number"] != own:
        return problem("outside_client", f"{at}/external_id")
    if flat.get("client_number", own) != own:
        return problem("outside_client", f"{at}/client_number")
    return None
