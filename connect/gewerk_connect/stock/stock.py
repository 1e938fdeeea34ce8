"""The judged stock: what the lower river reads. Streams are sorted by ``external_id`` (plain code point order)."""

from __future__ import annotations  # array[int] as a type, before Python 3.12

import gc
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache

from orjson import dumps

from gewerk_connect.canonical import Entity, Finding, FindingCode, Judged, Key, Origin, Verdict
from gewerk_connect.canonical.model import PART
from gewerk_connect.mapping import Ids, Payloads
from gewerk_connect.rules.dates import OPEN
from gewerk_connect.settings import USAGES, Settings
from gewerk_connect.sources.source import Source
from gewerk_connect.stock import verdicts as v
from gewerk_connect.stock.gather import ROLES, Gatherer, Progress
from gewerk_connect.stock.judge import LET, VACANT, Judge

SKIPPED = (
    "tenant_without_email",
    "ended",
    "not_yet",
    "unit_without_building",
    "broken_reference",
    "invalid_date",
    "conflicting_rows",
    "id_collision",
    "parent_held",
)
"""The keys of ``Stock.skipped`` (spec 01, "For scripts")."""
_USAGE_NAMES = (*USAGES, "other")


@dataclass(slots=True, frozen=True)
class Group:
    """A property group made from an economic entity (only with ``economic_entities_as_groups``)."""

    key: Key
    external_id: str
    name: str


class Stock:
    """Everything is final as soon as ``judge`` returns; streams render their records while they are read."""

    def __init__(self, source: Source, settings: Settings, judged: Judge, ids: Ids) -> None:
        self._judged = judged
        self._held = judged.held
        self._ids = ids
        self._country = settings.country
        columns = {table: found.names for table, found in self._held.columns.items()}
        self._payloads = Payloads(settings, columns, source.mapping.floor)
        self._group_ids: dict[str, str] = {}
        self.groups: list[Group] = self._make_groups() if settings.economic_entities_as_groups else []
        self.skipped: dict[str, int] = self._count_skipped()
        """Every key of ``SKIPPED``; ``unmapped_value`` as well when there is one."""
        has_leases = "contracts" in self._held.columns
        occupied = Counter(
            occupancy for occupancy, code in zip(judged.occupancy, judged.unit_verdicts, strict=True) if code == v.SEND
        )
        self.let_units: int | None = occupied[LET] if has_leases else None
        """Units sent with a lease running on ``as_of``; None when the source has no leases."""
        self.vacant_units: int | None = occupied[VACANT] if has_leases else None
        self.complete: dict[Entity, bool] = {
            Entity.PROPERTY: True,
            Entity.UNIT: True,
            Entity.LANDLORD: has_leases,
            Entity.TENANT: has_leases,
        }
        """False: the source does not yield this entity, so nothing of it may be archived as vanished."""
        self.valid_until: date | None = None if judged.valid_until == OPEN else date.fromordinal(judged.valid_until)
        """Earliest date after ``as_of`` on which a time window or an occupancy changes; None when none does."""
        self.safe_separators = judged.safe_separators
        """Separators that occur in no key part of a record to be sent."""
        self.source_rows: dict[str, int] = self._held.source_rows
        """Rows read per table, for ``check-source``."""
        self.clients: list[str] = sorted(self._held.clients)
        """Every client number of the source, for the settings' type-ahead."""

    def note_hidden(self, objects: Iterable[str]) -> None:
        """Adds a finding for each object (external id) that is kept although the source does not list it."""
        self._judged.findings += [
            Finding(FindingCode.OBJECT_HIDDEN, Entity.PROPERTY, external_id, None) for external_id in objects
        ]

    # -- counts and findings ------------------------------------------------------------------------------------------

    def _count_skipped(self) -> dict[str, int]:
        judged, held = self._judged, self._held
        counts = dict.fromkeys(SKIPPED, 0)
        for verdicts in (judged.building_verdicts, judged.unit_verdicts, judged.link_verdicts):
            for code, reason in v.REASONS.items():
                if (reason in counts or code >= v.FIRST_HELD) and (number := verdicts.count(code)):
                    counts[reason] = counts.get(reason, 0) + number
        for shelf, verdicts in ((held.buildings, judged.building_verdicts), (held.units, judged.unit_verdicts)):
            for place, rows in shelf.conflicts.items():
                if verdicts[place] == v.CONFLICTING_ROWS:
                    counts["conflicting_rows"] += len(rows)  # both rows are held, and each is counted
        return counts

    @property
    def finding_counts(self) -> dict[str, int]:
        """Findings by code, without building them."""
        counts = Counter(str(finding.code) for finding in self._judged.findings)
        without_email = self._judged.link_verdicts.count(v.TENANT_WITHOUT_EMAIL)
        if without_email:
            counts["tenant_without_email"] += without_email
        return dict(sorted(counts.items()))

    @property
    def findings(self) -> Iterator[Finding]:
        """Every finding, the breaks first; made anew at each reading (a million units have hundreds of thousands)."""
        yield from self._judged.findings
        held = self._held
        columns = held.columns.get("parties")
        for place in self._judged.tenant_order:
            if self._judged.link_verdicts[place] == v.TENANT_WITHOUT_EMAIL and columns is not None:
                origin = Origin(columns.file, held.parties.rows[held.link_party[place]])
                yield Finding(
                    FindingCode.TENANT_WITHOUT_EMAIL,
                    Entity.TENANT,
                    self._judged.link_id(place),
                    origin,
                    columns.names.get("email"),
                    None,
                )

    def _make_groups(self) -> list[Group]:
        """Groups of the properties that are sent. Two entities under one id make no group, and a finding."""
        names: dict[str, tuple[str, str]] = {}
        collided = set()
        for place, key in enumerate(self._held.buildings.keys):
            client, entity, _ = key.split(PART)
            if not entity or self._judged.building_verdicts[place] != v.SEND:
                continue
            entity_key = f"{client}{PART}{entity}"
            rendered = self._ids.render(entity_key)
            name = self._held.economic_entities.get(entity_key, ("", 0))[0] or rendered
            if names.setdefault(rendered, (entity_key, name))[0] != entity_key:
                collided.add(rendered)
        for rendered in sorted(collided):
            del names[rendered]
            self._judged.findings.append(
                Finding(FindingCode.ID_COLLISION, "property_group", rendered, None, None, None)
            )
        self._group_ids = {entity_key: rendered for rendered, (entity_key, _) in names.items()}
        return [
            Group(self._ids.parts(entity_key), rendered, name) for rendered, (entity_key, name) in sorted(names.items())
        ]

    # -- streams ------------------------------------------------------------------------------------------------------

    def stream(self, entity: Entity) -> Iterator[Judged]:
        """The entity's records, sorted by ``external_id``, each id once; may be read any number of times."""
        if entity is Entity.PROPERTY:
            return self._properties(self._judged.building_order)
        if entity is Entity.UNIT:
            return self._units(self._judged.unit_order)
        order = self._judged.tenant_order if entity is Entity.TENANT else self._judged.landlord_order
        return self._people(entity, order)

    def find(self, entity: Entity, external_id: str) -> tuple[Judged, int] | None:
        """One record and its place in the memory of ``judge``, for ``trace``."""
        judged = self._judged
        order = {
            Entity.PROPERTY: judged.building_order,
            Entity.UNIT: judged.unit_order,
            Entity.LANDLORD: judged.landlord_order,
            Entity.TENANT: judged.tenant_order,
        }[entity]
        for place in order:
            one = array("I", [place])
            if self._id_of(entity, place) == external_id:
                streams = {Entity.PROPERTY: self._properties, Entity.UNIT: self._units}
                found = streams[entity](one) if entity in streams else self._people(entity, one)
                record = next(found, None)
                if record is not None:
                    return record, place
        return None

    def _id_of(self, entity: Entity, place: int) -> str:
        if entity is Entity.PROPERTY:
            return self._ids.render(self._held.buildings.keys[place])
        if entity is Entity.UNIT:
            return self._ids.render(self._held.units.keys[place])
        return self._judged.link_id(place)

    def _properties(self, order: array[int]) -> Iterator[Judged]:
        held, ids, verdicts = self._held, self._ids, self._judged.building_verdicts
        previous = None
        for place in order:
            code = verdicts[place]
            key = held.buildings.keys[place]
            external_id = ids.render(key)
            if code == v.NOT_SHOWN or external_id == previous:
                continue
            previous = external_id
            record = None
            if code == v.SEND:
                client, entity, number = key.split(PART)
                group = self._group_ids.get(f"{client}{PART}{entity}") if entity else None
                fields = held.buildings.get(place)
                record = dumps(self._payloads.property_(external_id, client, number or entity, fields, group))
            yield Judged(
                Entity.PROPERTY,
                ids.parts(key),
                external_id,
                v.verdict_of(code),
                v.REASONS.get(code),
                record,
                Origin(*held.building_place(place)),
            )

    def _units(self, order: array[int]) -> Iterator[Judged]:
        held, separator, verdicts = self._held, self._ids.separator, self._judged.unit_verdicts
        occupancy, keys, rows, get = self._judged.occupancy, held.units.keys, held.units.rows, held.units.get
        usages, buildings, unit = held.unit_usage, held.unit_building, self._payloads.unit
        property_ids, file = [self._ids.render(key) for key in held.buildings.keys], held.columns["units"].file
        previous = None
        for place in order:
            code = verdicts[place]
            parts = keys[place].split(PART)
            key = tuple([part for part in parts if part] if "" in parts else parts)
            external_id = separator.join(key)
            if code == v.NOT_SHOWN or external_id == previous:
                continue
            previous = external_id
            origin = Origin(file, rows[place])
            if code == v.SEND:
                record = unit(
                    external_id,
                    parts[0],
                    parts[3],
                    property_ids[buildings[place]],
                    _USAGE_NAMES[usages[place]],
                    get(place),
                    occupancy[place],
                )
                yield Judged(Entity.UNIT, key, external_id, Verdict.SEND, None, dumps(record), origin)
            else:
                yield Judged(Entity.UNIT, key, external_id, v.verdict_of(code), v.REASONS[code], None, origin)

    def _people(self, entity: Entity, order: array[int]) -> Iterator[Judged]:
        if not order:
            return
        held, judged, render, separator = self._held, self._judged, self._ids.render, self._ids.separator
        verdicts, get, person = judged.link_verdicts, held.parties.get, self._payloads.person
        unit_keys, unit_verdicts, first_unit = held.units.keys, judged.unit_verdicts, held.contract_unit
        starts, ends, more_units = held.contract_start, held.contract_end, held.contract_more_units
        file, day = held.columns["contract_parties"].file, cache(_iso)
        contracts, parties, link_role = held.link_contract, held.link_party, held.link_role
        names, party_numbers, link_rows = held.contract_names, held.parties.keys, held.link_rows
        shares = [share.strip() for _, share in held.role_shares]
        type_ = entity.value
        roles = {at: ROLES[role] for at, (role, _) in enumerate(held.role_shares) if role < len(ROLES)}
        previous = None
        for place in order:
            code = verdicts[place]
            contract, party = contracts[place], parties[place]
            if contract >= 0 and party >= 0:
                client, number = names[contract].split(PART)
                key: tuple[str, ...] = (client, number, party_numbers[party])
            else:
                key = tuple(judged.link_key(place).split(PART))
            external_id = separator.join(key)
            if code == v.NOT_SHOWN or external_id == previous:
                continue
            previous = external_id
            origin = Origin(file, link_rows[place])
            if code != v.SEND:
                yield Judged(entity, key, external_id, v.verdict_of(code), v.REASONS[code], None, origin)
                continue
            if contract in more_units:
                units = sorted(
                    render(unit_keys[unit]) for unit in held.units_of(contract) if unit_verdicts[unit] == v.SEND
                )
            else:
                units = [render(unit_keys[first_unit[contract]])]
            record = person(
                external_id,
                type_,
                client,
                number,
                day(starts[contract]),
                day(ends[contract]),
                roles[place_role] if (place_role := link_role[place]) in roles else ROLES[judged.role_of(place)],
                shares[place_role],
                key[2],
                units,
                get(party),
            )
            yield Judged(entity, key, external_id, Verdict.SEND, None, dumps(record), origin)


def _iso(day: int) -> str | None:
    return None if day == OPEN else date.fromordinal(day).isoformat()


def judge(source: Source, settings: Settings, as_of: date, *, progress: Progress | None = None) -> Stock:
    """Reads the source whole and judges every record.

    Raises ``SourceError`` when the source cannot be used, ``SettingsError`` when a number in the settings could mean two.
    """
    ids = Ids(settings.separator)
    with _without_cycle_search():
        held = Gatherer(source, settings, progress).gather()
        judged = Judge(held, settings, as_of, ids)
        judged.judge()
        return Stock(source, settings, judged, ids)


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Millions of short-lived rows make Python look for cycles all the time, and there are none (a sixth of the time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
