"""How records are compared with what is stored and written with their history and journal: one way for one and for 500.

No model instances: a batch is one SELECT, one INSERT or UPDATE per table. Used by upsert, create, change and archive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.journal.operations import record_many
from gewerk.kit import bulk, lookups  # noqa: F401 - registers ``among``
from gewerk.kit.ids import new_ids
from gewerk.portfolio.kinds import KINDS, Kind, empty, party_name
from gewerk.portfolio.leadership import sent
from gewerk.portfolio.models import FieldChange, Property, PropertyGroup, Source, SubProperty, Tenure
from gewerk.portfolio.search_text import SEARCHED, compose

_HEAD = (
    "id",
    "organisation_id",
    "external_id",
    "source",
    "version",
    "created_at",
    "updated_at",
    "archived_at",
    "archive_reason",
    "search",
    "erp_fields",
)
_STATE = ("id", "version", "external_id", "source", "archived_at", "archive_reason", "erp_fields")
"""What is read of a stored record beside its columns."""

_HISTORY = ("organisation_id", "object_type", "object_id", "at", "actor_kind", "actor_id", "field", "old", "new")
_TENURE = ("organisation_id", "party_id", "unit_id")
_MEMBERSHIP = Property.groups.through
_NOTHING: dict[str, Any] = {}
_NONE_HELD: dict[UUID, str | None] = {}


@dataclass(slots=True)
class Links:
    """References of one record, resolved: Gewerk's id and the ERP's. None: not sent. No kind of record has two of them."""

    property: tuple[UUID, str | None] | None = None
    units: dict[UUID, str | None] | None = None
    groups: dict[UUID, str | None] | None = None

    def names(self) -> tuple[str, ...]:
        if self.units is not None:
            return ("units",)
        if self.property is not None:
            return ("property",)
        return () if self.groups is None else ("groups",)


@lru_cache
def _insert_names(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...]]:
    """Field names of an INSERT, the kind's own columns, and the values of those that belong to the other kinds."""
    own = kind.columns
    if kind.model is not SubProperty:
        return (*_HEAD, *own), own, ()
    others = empty(KINDS["tenant"]) if kind.type == "unit" else empty(KINDS["unit"])
    rest = {column: value for column, value in others.items() if column not in own}
    return (*_HEAD, *own, "type", "property_id", *rest), own, tuple(rest.values())


@lru_cache(maxsize=4096)
def _led(names: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    """One shared list per set of names: the batch turns it into JSON once."""
    return list(sent(names, known))


def stored(kind: Kind, actor: Actor, **criteria: Any) -> list[dict[str, Any]]:
    """Rows of this kind as column -> value, locked until the transaction ends where the database can."""
    rows = kind.model.objects.filter(organisation_id=actor.organisation_id, **criteria)  # type: ignore[attr-defined]
    columns: tuple[str, ...] = (*_STATE, *kind.columns)
    if kind.model is SubProperty:
        rows = rows.filter(type=kind.type)
        if kind.type == "unit":
            columns = (*columns, "property_id", "property__external_id")
    return list(rows.select_for_update(of=("self",)).order_by("id").values(*columns))


def stored_units(party_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, str | None]]:
    """The units that each party holds."""
    held: dict[UUID, dict[UUID, str | None]] = {party: {} for party in party_ids}
    if party_ids:
        rows = Tenure.objects.filter(party_id__in=party_ids).values_list("party_id", "unit_id", "unit__external_id")
        for party, unit, external_id in rows:
            held[party][unit] = external_id
    return held


def stored_groups(property_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, str | None]]:
    """The groups in which each property is."""
    held: dict[UUID, dict[UUID, str | None]] = {one: {} for one in property_ids}
    if property_ids:
        rows = _MEMBERSHIP.objects.filter(property_id__in=property_ids).values_list(
            "property_id", "propertygroup_id", "propertygroup__external_id"
        )
        for one, group, external_id in rows:
            held[one][group] = external_id
    return held


def units_by_external_id(actor: Actor, external_ids: Sequence[str]) -> dict[str, UUID]:
    return _by_external_id(SubProperty.objects.filter(type="unit"), actor, external_ids)


def properties_by_external_id(actor: Actor, external_ids: Sequence[str]) -> dict[str, UUID]:
    return _by_external_id(Property.objects.all(), actor, external_ids)


def groups_by_external_id(actor: Actor, external_ids: Sequence[str]) -> dict[str, UUID]:
    return _by_external_id(PropertyGroup.objects.all(), actor, external_ids)


def _by_external_id(rows: Any, actor: Actor, external_ids: Sequence[str]) -> dict[str, UUID]:
    """What this actor may refer to: only its organisation's, and only its client's for a limited key."""
    if not external_ids:
        return {}
    rows = rows.filter(organisation_id=actor.organisation_id)
    if actor.client_number:
        rows = rows.filter(client_number=actor.client_number)
    return bulk.ids_by_text(rows.filter(external_id__among=frozenset(external_ids)), "external_id")


@dataclass(slots=True)
class Writing:
    """Gathers what one call writes of one kind; ``write`` brings it to the database."""

    actor: Actor
    kind: Kind
    now: datetime
    source: str
    """Who sends: ``erp`` takes the lead for what it sends, ``manual`` leaves the record's source alone."""
    spare_ids: list[UUID] = field(default_factory=list)
    _own: Any = field(init=False)
    _rest: tuple[Any, ...] = field(init=False)
    _empty: dict[str, Any] = field(init=False)
    _created: list[tuple[Any, ...]] = field(default_factory=list)
    _created_ids: list[UUID] = field(default_factory=list)
    _updated: list[tuple[Sequence[Any], UUID]] = field(default_factory=list)
    _led_grown: list[tuple[list[str], UUID]] = field(default_factory=list)
    _history: list[tuple[Any, ...]] = field(default_factory=list)
    _changed: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    _archived: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    _tenures: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)
    _tenures_ended: list[tuple[UUID, UUID]] = field(default_factory=list)
    _memberships: list[tuple[UUID, UUID]] = field(default_factory=list)
    _memberships_ended: list[tuple[UUID, UUID]] = field(default_factory=list)

    def __post_init__(self) -> None:
        _names, own, self._rest = _insert_names(self.kind)
        self._own = itemgetter(*own)
        self._empty = empty(self.kind)

    def create(self, external_id: str | None, flat: Mapping[str, Any], links: Links) -> UUID:
        """A record that did not exist."""
        kind, now = self.kind, self.now
        new_id = self.spare_ids.pop() if self.spare_ids else new_ids(1)[0]
        row = {**self._empty, **flat}
        if kind.named_by:
            row["name"] = party_name(row)
        led = _led((*flat, *links.names()), ()) if self.source == Source.ERP else _led((), ())
        row["external_id"] = external_id
        search = compose(kind.type, row)
        organisation = self.actor.organisation_id
        head = (new_id, organisation, external_id, self.source, 1, now, now, None, "", search, led)
        values = (*head, *self._own(row))
        if kind.model is SubProperty:
            values = (*values, kind.type, links.property[0] if links.property else None, *self._rest)
        self._created.append(values)
        self._created_ids.append(new_id)
        for unit in links.units or ():
            self._tenures.append((organisation, new_id, unit))
        for group in links.groups or ():
            self._memberships.append((new_id, group))
        return new_id

    def change(
        self,
        current: dict[str, Any],
        flat: Mapping[str, Any],
        links: Links,
        *,
        held_units: Mapping[UUID, str | None] = _NONE_HELD,
        held_groups: Mapping[UUID, str | None] = _NONE_HELD,
        revive: bool = False,
    ) -> bool:
        """Compares with ``current`` and takes over what differs; False when nothing does. ``external_id`` may stand in ``flat``."""
        changes = {column: value for column, value in flat.items() if current[column] != value}
        fields: dict[str, tuple[Any, Any]] = {column: (current[column], value) for column, value in changes.items()}
        if self.kind.named_by and changes.keys() & set(self.kind.named_by):
            name = party_name({**current, **changes})
            if name != current["name"]:
                changes["name"] = name
        if links.property is not None and links.property[0] != current["property_id"]:
            changes["property_id"] = links.property[0]
            fields["property_external_id"] = (current["property__external_id"], links.property[1])
        if links.units is not None and links.units.keys() != held_units.keys():
            fields["unit_external_ids"] = (_sorted(held_units), _sorted(links.units))
            organisation, party = self.actor.organisation_id, current["id"]
            self._tenures += [(organisation, party, unit) for unit in links.units.keys() - held_units.keys()]
            self._tenures_ended += [(party, unit) for unit in held_units.keys() - links.units.keys()]
        if links.groups is not None and links.groups.keys() != held_groups.keys():
            fields["group_external_ids"] = (_sorted(held_groups), _sorted(links.groups))
            self._memberships += [(current["id"], group) for group in links.groups.keys() - held_groups.keys()]
            self._memberships_ended += [(current["id"], group) for group in held_groups.keys() - links.groups.keys()]
        if revive and current["archived_at"] is not None:
            fields["archive_reason"] = (current["archive_reason"], None)
            changes |= {"archived_at": None, "archive_reason": ""}
        if self.source == Source.ERP:
            if current["source"] != Source.ERP:
                fields["source"] = (current["source"], Source.ERP.value)
                changes["source"] = Source.ERP.value
            known = tuple(current["erp_fields"])
            led = _led((*flat, *links.names()), known)
            if len(led) > len(known):
                if not fields:
                    self._led_grown.append((led, current["id"]))
                changes["erp_fields"] = led
        if not fields:
            return False
        self._update({**current, **changes}, recompose=bool(changes.keys() & _searched(self.kind)))
        self._tell(current["id"], fields)
        self._changed.append((current["id"], {"fields": sorted(fields)}))
        return True

    def archive(self, current: dict[str, Any], reason: str) -> None:
        self._update({**current, "archived_at": self.now, "archive_reason": reason}, recompose=False)
        self._tell(current["id"], {"archive_reason": (current["archive_reason"], reason)})
        self._archived.append((current["id"], {"reason": reason}))

    def _update(self, row: dict[str, Any], *, recompose: bool) -> None:
        # None keeps the text that is there.
        row["search"] = compose(self.kind.type, row) if recompose else None
        row["updated_at"] = self.now
        self._updated.append((itemgetter(*_update_names(self.kind))(row), row["id"]))

    def _tell(self, record_id: UUID, fields: Mapping[str, tuple[Any, Any]]) -> None:
        actor = self.actor
        for name, (old, new) in fields.items():
            self._history.append(
                (
                    actor.organisation_id,
                    self.kind.type,
                    record_id,
                    self.now,
                    actor.kind.value,
                    actor.id,
                    name,
                    None if old == "" else old,
                    None if new == "" else new,
                )
            )

    def write(self) -> None:
        """All of it: rows, references, history, journal."""
        kind = self.kind
        bulk.insert(kind.model, _insert_names(kind)[0], self._created)
        bulk.update(kind.model, _update_names(kind), self._updated, kept_if_none=frozenset({"search"}))
        if self._led_grown:
            bulk.update(kind.model, ("erp_fields",), [((led,), pk) for led, pk in self._led_grown], version=False)
        bulk.delete_pairs(Tenure, ("party_id", "unit_id"), self._tenures_ended)
        bulk.insert(Tenure, _TENURE, self._tenures)
        bulk.delete_pairs(_MEMBERSHIP, ("property_id", "propertygroup_id"), self._memberships_ended)
        bulk.insert(_MEMBERSHIP, ("property_id", "propertygroup_id"), self._memberships)
        bulk.insert(FieldChange, _HISTORY, self._history)
        created = [(one, _NOTHING) for one in self._created_ids]
        for verb, objects in (("created", created), ("updated", self._changed), ("archived", self._archived)):
            if objects:
                record_many(
                    actor=self.actor, event=f"{kind.event}.{verb}", object_type=kind.type, objects=objects, now=self.now
                )


@lru_cache
def _searched(kind: Kind) -> frozenset[str]:
    return frozenset(SEARCHED[kind.type])


@lru_cache
def _update_names(kind: Kind) -> tuple[str, ...]:
    own = (*kind.columns, "property_id") if kind.type == "unit" else kind.columns
    return (*own, "external_id", "source", "erp_fields", "archived_at", "archive_reason", "updated_at", "search")


def _sorted(held: Mapping[UUID, str | None]) -> list[str]:
    return sorted(external_id or str(record_id) for record_id, external_id in held.items())
