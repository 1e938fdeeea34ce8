"""Judges what was gathered: one verdict byte per record, by the rules of spec 01 in their order.

For a tenant or landlord: what is out of scope by a filter, then *held*, then the *time window*, then *e-mail*.
"""

from __future__ import annotations  # array[int] as a type, before Python 3.12

from array import array
from collections.abc import Callable
from datetime import date
from itertools import islice
from operator import eq

from gewerk_connect.canonical import Entity, Finding, FindingCode, Origin
from gewerk_connect.canonical.model import PART
from gewerk_connect.mapping import Ids, separators_in
from gewerk_connect.rules.addresses import house_number
from gewerk_connect.rules.dates import OPEN
from gewerk_connect.rules.scope import EVERYTHING, Scope, scope
from gewerk_connect.rules.window import Window, next_change, running, window
from gewerk_connect.settings import SEPARATORS, USAGES, Settings
from gewerk_connect.stock import verdicts as v
from gewerk_connect.stock.gather import (
    DEFAULT_ROLE,
    LEASE,
    OWNERSHIP,
    TENANT_ROLES,
    UNKNOWN_KIND,
    UNMAPPED_ROLE,
    UNMAPPED_USAGE,
    Gathered,
    Note,
)

VACANT, UNKNOWN, LET = 0, 1, 2
CO_TENANT = 1
_WINDOW = {Window.INSIDE: v.SEND, Window.NOT_YET: v.NOT_YET, Window.ENDED: v.ENDED}


class Judge:
    """After ``judge`` every array is final; places are those of ``Gathered``."""

    def __init__(self, held: Gathered, settings: Settings, as_of: date, ids: Ids) -> None:
        self.held = held
        self.findings: list[Finding] = []
        self._settings = settings
        self._today = as_of.toordinal()
        self._ids = ids
        self.building_verdicts = bytearray(len(held.buildings))
        self.unit_verdicts = bytearray(len(held.units))
        self.occupancy = bytearray(len(held.units))
        self.contract_verdicts = bytearray(len(held.contract_rows))
        self.link_verdicts = bytearray(len(held.link_rows))
        self.building_order = array("I")
        self.unit_order = array("I")
        self.landlord_order = array("I")
        self.tenant_order = array("I")
        self.valid_until = OPEN
        self.clients: Scope = EVERYTHING
        self.objects: Scope = EVERYTHING
        self.safe_separators: tuple[str, ...] = ()
        self._contract_notes: dict[str, Note] = {}

    def judge(self) -> None:
        """Raises ``SettingsError`` where a client or object number could mean two."""
        self._scope()
        self._buildings()
        self._units()
        self._occupancy()
        self._vacant_filter()
        self._contracts()
        self._links()
        self._separators()

    # -- findings -----------------------------------------------------------------------------------------------------

    def _find(
        self,
        code: FindingCode,
        entity: str | None,
        external_id: str | None,
        table: str,
        row: int | None,
        field_name: str | None = None,
        detail: str | None = None,
    ) -> None:
        columns = self.held.columns.get(table)
        origin = Origin(columns.file, row) if columns is not None else None
        column = columns.names.get(field_name) if columns is not None and field_name else None
        self.findings.append(Finding(code, entity, external_id, origin, column, detail))

    def _scope(self) -> None:
        held, settings = self.held, self._settings
        self.clients = scope("clients", settings.clients, held.clients, exact=settings.exact_numbers)
        objects = {key.rpartition(PART)[2] for key in held.buildings.keys}
        objects |= {key.split(PART)[1] for at, key in enumerate(held.buildings.keys) if at in held.building_from_entity}
        self.objects = scope("objects", settings.objects, objects, exact=settings.exact_numbers)
        for code, unknown in (
            (FindingCode.UNKNOWN_CLIENT, self.clients.unknown),
            (FindingCode.UNKNOWN_OBJECT, self.objects.unknown),
        ):
            for number in unknown:
                table = "clients" if code is FindingCode.UNKNOWN_CLIENT else "buildings"
                self._find(code, None, None, table, None, "number", number)
        entities = {"buildings": Entity.PROPERTY, "units": Entity.UNIT}
        seen_usages: set[str] = set()
        for note in held.notes:
            if note.key and note.key.split(PART, 1)[0] not in self.clients:
                continue
            if note.code == "unit_without_building":
                continue  # found again with the record, in its place in the order of judgement
            if note.code == "unmapped_value" and note.table == "parties":
                continue  # told with the tenants and owners that are this party
            if note.table == "contracts" and note.code != "missing_key":  # told with the tenants and owners it holds
                if note.code == "conflicting_rows" or note.key not in self._contract_notes:
                    self._contract_notes[note.key] = note
                continue
            if note.code == "unmapped_usage":
                if (note.detail or "") in seen_usages:
                    continue
                seen_usages.add(note.detail or "")
            entity = entities.get(note.table)
            external_id = self._ids.render(note.key) if entity and note.code != "missing_key" else None
            origin = Origin(held.columns[note.table].file, note.row)
            self.findings.append(Finding(FindingCode(note.code), entity, external_id, origin, note.column, note.detail))
        held.notes = []

    # -- properties and units -----------------------------------------------------------------------------------------

    def _buildings(self) -> None:
        held, shelf, verdicts = self.held, self.held.buildings, self.building_verdicts
        for at, key in enumerate(shelf.keys):
            client, entity, number = key.split(PART)
            if client not in self.clients:
                verdicts[at] = v.CLIENT_FILTER
            elif (number or entity) not in self.objects:
                verdicts[at] = v.OBJECT_FILTER
            elif at in shelf.conflicts:
                verdicts[at] = v.CONFLICTING_ROWS
                for row in shelf.rows_of(at):
                    self._find(
                        FindingCode.CONFLICTING_ROWS, Entity.PROPERTY, self._ids.render(key), "buildings", row, "number"
                    )
            else:
                self._house_number(at, key)
        ids = [self._ids.render(key) for key in shelf.keys]
        self.building_order = self._ordered(
            ids, range(len(ids)), verdicts, Entity.PROPERTY, lambda at: held.building_place(at)
        )

    def _house_number(self, at: int, key: str) -> None:
        """A street line without house number stays whole and is marked."""
        shelf = self.held.buildings
        _, street, apart, *_, country, _, _ = shelf.get(at)
        if (
            street.strip()
            and not apart.strip()
            and house_number(street, country.strip() or self._settings.country)[1] is None
        ):
            external_id = self._ids.render(key)
            self._find(
                FindingCode.HOUSE_NUMBER_MISSING, Entity.PROPERTY, external_id, "buildings", shelf.rows[at], "street"
            )

    def _units(self) -> None:
        held, shelf, verdicts = self.held, self.held.units, self.unit_verdicts
        usages = self._settings.usages
        wanted = {USAGES.index(usage) for usage in usages} if usages else set(range(len(USAGES)))
        if "other" in usages or not usages:
            wanted.add(UNMAPPED_USAGE)
        everything = self.clients.wanted is None and self.objects.wanted is None
        file = held.columns["units"].file
        for at, building in enumerate(held.unit_building):
            if not everything and (out := self._unit_scope(shelf.keys[at])):
                verdicts[at] = out
            elif building < 0:
                verdicts[at] = v.UNIT_WITHOUT_BUILDING
                self._unit_finding(FindingCode.UNIT_WITHOUT_BUILDING, at, shelf.rows[at], "building")
            elif at in shelf.conflicts:
                verdicts[at] = v.CONFLICTING_ROWS
                for row in shelf.rows_of(at):
                    self._unit_finding(FindingCode.CONFLICTING_ROWS, at, row, "number")
            elif self.building_verdicts[building] >= v.FIRST_HELD:
                verdicts[at] = v.PARENT_HELD
                self._unit_finding(FindingCode.PARENT_HELD, at, shelf.rows[at], "building")
            elif held.unit_usage[at] not in wanted:
                verdicts[at] = v.USAGE_FILTER
        render = self._ids.render
        ids = [render(key) for key in shelf.keys]
        self.unit_order = self._ordered(ids, range(len(ids)), verdicts, Entity.UNIT, lambda at: (file, shelf.rows[at]))

    def _unit_scope(self, key: str) -> int:
        client, entity, building, _ = key.split(PART)
        if client not in self.clients:
            return v.CLIENT_FILTER
        return v.SEND if (building or entity) in self.objects else v.OBJECT_FILTER

    def _unit_finding(self, code: FindingCode, at: int, row: int, field_name: str) -> None:
        key = self.held.units.keys[at]
        self._find(code, Entity.UNIT, self._ids.render(key), "units", row, field_name, key.split(PART)[2] or None)

    def _ordered(
        self,
        ids: list[str],
        places: range | array[int],
        verdicts: bytearray,
        entity: Entity,
        origin: Callable[[int], tuple[str, int]],
    ) -> array[int]:
        """Sorts ``places`` by their ids; two keys under one id are both held, unless a filter excludes one of them."""
        by_id = sorted(range(len(ids)), key=ids.__getitem__)
        order = array("I", map(places.__getitem__, by_id))
        if not any(map(eq, map(ids.__getitem__, by_id), map(ids.__getitem__, islice(by_id, 1, None)))):
            return order
        start = 0
        for at in range(1, len(order) + 1):
            if at < len(order) and ids[by_id[at]] == ids[by_id[start]]:
                continue
            if at - start > 1:  # by key as well, so that the order of the rows decides nothing
                order[start:at] = array("I", sorted(order[start:at], key=lambda place: self._key(entity, place)))
                self._collided(order[start:at], verdicts, entity, ids[by_id[start]], origin)
            start = at
        return order

    def _key(self, entity: Entity, place: int) -> str:
        if entity is Entity.PROPERTY:
            return self.held.buildings.keys[place]
        return self.held.units.keys[place] if entity is Entity.UNIT else self.link_key(place)

    def _collided(
        self,
        group: array[int],
        verdicts: bytearray,
        entity: Entity,
        external_id: str,
        origin: Callable[[int], tuple[str, int]],
    ) -> None:
        """``group`` are places with one id. Properties and units differ by key; links may be the same row twice."""
        if entity in (Entity.TENANT, Entity.LANDLORD):
            different = self._different_links(group)
        else:
            different = list(group)
        meant = [place for place in different if verdicts[place] not in v.OUT_OF_SCOPE]
        for place in different if meant else different[1:]:
            if place not in meant:
                verdicts[place] = v.NOT_SHOWN
        if len(meant) > 1:
            for place in meant:
                verdicts[place] = v.ID_COLLISION
                self.findings.append(
                    Finding(FindingCode.ID_COLLISION, entity, external_id, Origin(*origin(place)), None, None)
                )

    def _different_links(self, group: array[int]) -> list[int]:
        """One place per key. The same partner twice on a contract with another role or share is held (rule 4)."""
        held, verdicts = self.held, self.link_verdicts
        first: dict[str, int] = {}
        for place in group:
            known = first.setdefault(self.link_key(place), place)
            if known == place:
                continue
            if held.link_role[known] != held.link_role[place] and verdicts[known] not in v.OUT_OF_SCOPE:
                verdicts[known] = v.CONFLICTING_ROWS
            verdicts[place] = v.NOT_SHOWN
        return list(first.values())

    # -- contracts ----------------------------------------------------------------------------------------------------

    def _occupancy(self) -> None:
        """Rule 9, from every lease of the source, whoever the tenant is."""
        held, occupancy, today = self.held, self.occupancy, self._today
        if "contracts" not in held.columns:
            self.occupancy = bytearray([UNKNOWN]) * len(occupancy)
            return
        lead, grace = self._settings.lead_days, self._settings.grace_days
        valid_until = OPEN
        for at, unit in enumerate(held.contract_unit):
            state = held.contract_state[at]
            start, end = held.contract_start[at], held.contract_end[at]
            if (start > today - 1 or end >= today - grace) and state < v.FIRST_HELD:  # else nothing changes any more
                change = next_change(start, end, today, lead, grace)
                if change != OPEN and (valid_until == OPEN or change < valid_until):
                    valid_until = change
            if unit < 0 or held.contract_kind[at] == OWNERSHIP:
                continue
            if state >= v.FIRST_HELD:
                says = UNKNOWN
            elif running(start, end, today):
                says = LET
            else:
                continue
            for place in held.units_of(at):
                if occupancy[place] < says:
                    occupancy[place] = says
        self.valid_until = valid_until

    def _vacant_filter(self) -> None:
        if self._settings.vacant_units:
            return
        held, expected = self.held, set()
        for at, kind in enumerate(held.contract_kind):
            if kind == LEASE and held.contract_state[at] == v.SEND and self._window(at) is Window.INSIDE:
                expected.update(held.units_of(at))
        for at, occupancy in enumerate(self.occupancy):
            if occupancy == VACANT and self.unit_verdicts[at] == v.SEND and at not in expected:
                self.unit_verdicts[at] = v.VACANT_FILTER

    def _window(self, contract: int) -> Window:
        settings, held = self._settings, self.held
        return window(
            held.contract_start[contract],
            held.contract_end[contract],
            self._today,
            settings.lead_days,
            settings.grace_days,
        )

    def _contracts(self) -> None:
        held, units, verdicts = self.held, self.unit_verdicts, self.contract_verdicts
        all_clients = self.clients.wanted is None
        today = self._today
        lead, grace = self._settings.lead_days, self._settings.grace_days
        for at, unit in enumerate(held.contract_unit):
            if not all_clients and held.contract_names[at].partition(PART)[0] not in self.clients:
                verdicts[at] = v.CLIENT_FILTER
                continue
            start, end = held.contract_start[at], held.contract_end[at]
            if held.contract_state[at] == v.SEND and unit >= 0 and units[unit] == v.SEND:
                if at in held.contract_missing_units or at in held.contract_more_units:
                    self._partial(at)
                if (end and end + grace < today) or (start and start - lead > today):
                    verdicts[at] = _WINDOW[window(start, end, today, lead, grace)]
                continue
            verdicts[at] = self._contract_problem(at)
            if verdicts[at] == v.SEND:
                verdicts[at] = _WINDOW[window(start, end, today, lead, grace)]
                if verdicts[at] == v.SEND and not any(units[place] == v.SEND for place in held.units_of(at)):
                    verdicts[at] = units[unit]

    def _contract_problem(self, at: int) -> int:
        """What keeps the contract from being sent by scope or by a break; 0 when only the window is left to ask."""
        held = self.held
        codes = {self.unit_verdicts[place] for place in held.units_of(at)}
        missing = held.contract_missing_units.get(at, ())
        if codes and codes <= {v.OBJECT_FILTER, v.NOT_SHOWN}:
            return v.OBJECT_FILTER
        if not codes and missing and all(self._unit_scope(key) == v.OBJECT_FILTER for key, _ in missing):
            return v.OBJECT_FILTER
        if held.contract_state[at] != v.SEND:
            return held.contract_state[at]
        if v.SEND in codes:
            self._partial(at)
            return v.SEND
        if any(code >= v.FIRST_HELD for code in codes):
            return v.PARENT_HELD
        if not codes:
            return v.BROKEN_REFERENCE
        return v.SEND

    def _partial(self, at: int) -> None:
        """A contract sent with its good units only gets a finding that names the others."""
        held = self.held
        number = held.contract_names[at].partition(PART)[2]
        for _key, row in held.contract_missing_units.get(at, ()):
            self._find(FindingCode.PARTIAL_CONTRACT, None, None, "contract_units", row, "unit", number)
        for place in held.units_of(at):
            if self.unit_verdicts[place] >= v.FIRST_HELD and self.unit_verdicts[place] != v.NOT_SHOWN:
                self._find(
                    FindingCode.PARTIAL_CONTRACT, None, None, "contracts", held.contract_rows[at], "number", number
                )

    # -- tenants and landlords ----------------------------------------------------------------------------------------

    def role_of(self, link: int) -> int:
        """The role as an index into ``gather.ROLES``."""
        held = self.held
        role = held.role_shares[held.link_role[link]][0]
        if role == DEFAULT_ROLE:
            contract = held.link_contract[link]
            return 2 if contract >= 0 and held.contract_kind[contract] == OWNERSHIP else 0
        return role

    def is_tenant(self, link: int) -> bool:
        """By the contract's kind; where that is not known, by the role."""
        contract = self.held.link_contract[link]
        if contract >= 0 and self.held.contract_kind[contract] != UNKNOWN_KIND:
            return self.held.contract_kind[contract] == LEASE
        role = self.role_of(link)
        return role in TENANT_ROLES or role == UNMAPPED_ROLE

    def _links(self) -> None:
        held, verdicts = self.held, self.link_verdicts
        contracts, has_email = self.contract_verdicts, held.party_has_email
        skip_without = self._settings.tenants_without_email == "skip"
        lease_order, ownership_order = array("I"), array("I")
        families = [_family(role) for role, _ in held.role_shares]
        kinds, names_bad = held.contract_kind, bool(held.parties.conflicts or held.party_unmapped)
        main_only = self._settings.main_tenants_only
        for at, (contract, party, role_share) in enumerate(
            zip(held.link_contract, held.link_party, held.link_role, strict=True)
        ):
            if contract >= 0 and party >= 0 and not names_bad and kinds[contract] == families[role_share]:
                code, tenant = contracts[contract], kinds[contract] == LEASE
            else:
                code, tenant = self._unusual_link(at, contract, party), self.is_tenant(at)
            if main_only and code < v.FIRST_HELD and code not in v.OUT_OF_SCOPE and self.role_of(at) == CO_TENANT:
                code = v.CO_TENANT_FILTER
            if tenant:
                lease_order.append(at)
                if code == v.SEND and skip_without and not has_email[party]:
                    code = v.TENANT_WITHOUT_EMAIL
            else:
                ownership_order.append(at)
            verdicts[at] = code
        columns = held.columns.get("contract_parties")
        file = columns.file if columns else ""
        for entity, places in ((Entity.LANDLORD, ownership_order), (Entity.TENANT, lease_order)):
            ids = list(map(self.link_id, places))
            order = self._ordered(ids, places, verdicts, entity, lambda at: (file, held.link_rows[at]))
            if entity is Entity.TENANT:
                self.tenant_order = order
            else:
                self.landlord_order = order
        self._link_findings()

    def _unusual_link(self, at: int, contract: int, party: int) -> int:
        """The verdict of a link of which a part is missing, unmapped, in conflict, or does not fit the other."""
        held = self.held
        if contract < 0:
            client = held.link_lost[at].partition(PART)[0]
            return v.BROKEN_REFERENCE if client in self.clients else v.CLIENT_FILTER
        out = self.contract_verdicts[contract]
        if out in v.OUT_OF_SCOPE or out >= v.FIRST_HELD:
            return out
        if party < 0:
            return v.BROKEN_REFERENCE
        if party in held.parties.conflicts:
            return v.CONFLICTING_ROWS
        if party in held.party_unmapped or self.is_tenant(at) != (self.role_of(at) in TENANT_ROLES):
            return v.UNMAPPED_VALUE
        return v.UNMAPPED_VALUE if self.role_of(at) == UNMAPPED_ROLE else out

    def link_key(self, at: int) -> str:
        held = self.held
        lost = held.link_lost.get(at)
        if lost is not None:
            return lost
        return f"{held.contract_names[held.link_contract[at]]}{PART}{held.parties.keys[held.link_party[at]]}"

    def link_id(self, at: int) -> str:
        """Rendered whenever it is asked for: a million of them would cost a hundred megabytes."""
        held, separator = self.held, self._settings.separator
        contract, party = held.link_contract[at], held.link_party[at]
        if contract < 0 or party < 0:
            return held.link_lost[at].replace(PART, separator)
        return f"{held.contract_names[contract].replace(PART, separator)}{separator}{held.parties.keys[party]}"

    def _link_findings(self) -> None:
        """One finding per held tenant or landlord; those without e-mail are made when they are read."""
        held, told = self.held, set()
        for at, code in enumerate(self.link_verdicts):
            if code < v.FIRST_HELD or code in (v.NOT_SHOWN, v.ID_COLLISION):
                continue
            entity = Entity.TENANT if self.is_tenant(at) else Entity.LANDLORD
            contract = held.link_contract[at]
            note = self._contract_notes.get(held.contract_names[contract]) if contract >= 0 else None
            if note is not None and note.code == v.REASONS[code]:
                told.add(note.key)
                origin = Origin(held.columns[note.table].file, note.row)
                self.findings.append(
                    Finding(FindingCode(note.code), entity, self.link_id(at), origin, note.column, note.detail)
                )
                continue
            table, row, field_name, detail = self._break(at, code)
            self._find(FindingCode(v.REASONS[code]), entity, self.link_id(at), table, row, field_name, detail)
        for key, note in self._contract_notes.items():
            if key not in told:  # nobody stands on this contract
                origin = Origin(held.columns[note.table].file, note.row)
                number = key.partition(PART)[2]
                self.findings.append(Finding(FindingCode(note.code), None, None, origin, note.column, number))

    def _break(self, at: int, code: int) -> tuple[str, int, str, str | None]:
        """(table, row, field, detail) of what holds a tenant or landlord."""
        held, contract, party = self.held, self.held.link_contract[at], self.held.link_party[at]
        own = ("contract_parties", held.link_rows[at])
        if contract < 0:
            return (*own, "contract", held.link_lost[at].split(PART)[1])
        if code == v.BROKEN_REFERENCE and self.contract_verdicts[contract] == code:
            missing = held.contract_missing_units.get(contract)
            if not missing:
                return "contracts", held.contract_rows[contract], "number", None
            key, row = missing[0]
            return "contract_units", row, "unit", self._ids.render(key)
        if code == v.PARENT_HELD:
            return "contracts", held.contract_rows[contract], "number", None
        if party >= 0 and party in held.parties.conflicts and code == v.CONFLICTING_ROWS:
            return "parties", held.parties.rows[party], "number", held.parties.keys[party]
        if party in held.party_unmapped and code == v.UNMAPPED_VALUE:
            return "parties", held.parties.rows[party], "kind", None
        if code == v.UNMAPPED_VALUE:
            return (*own, "role", held.unmapped_roles.get(held.link_role[at]))
        return (*own, "party", self.link_key(at).rpartition(PART)[2])

    # -- preflight ----------------------------------------------------------------------------------------------------

    def _separators(self) -> None:
        """Warns where a part of a record to be sent contains the separator, and names those that are safe."""
        held = self.held
        unsafe: dict[str, tuple[Entity, str]] = {}
        for separator in separators_in(held.buildings.keys):
            if key := _first(held.buildings.keys, separator, self._sends(self.building_verdicts)):
                unsafe.setdefault(separator, (Entity.PROPERTY, key))
        for separator in separators_in(held.units.keys):
            if key := _first(held.units.keys, separator, self._sends(self.unit_verdicts)):
                unsafe.setdefault(separator, (Entity.UNIT, key))
        for keys, links in ((held.contract_names, held.link_contract), (held.parties.keys, held.link_party)):
            for separator in separators_in(keys):
                sent = {at for at, code in zip(links, self.link_verdicts, strict=True) if code == v.SEND}
                if key := _first(keys, separator, sent.__contains__):
                    unsafe.setdefault(separator, (Entity.TENANT, key))
        self.safe_separators = tuple(separator for separator in SEPARATORS if separator not in unsafe)
        own = unsafe.get(self._settings.separator)
        if own is None:
            return
        entity, key = own
        part = next(part for part in key.split(PART) if self._settings.separator in part)
        safe = " ".join(self.safe_separators) or "-"
        detail = f"{part}; sicher / safe: {safe}"
        self.findings.append(Finding(FindingCode.SEPARATOR_IN_KEY, entity, self._ids.render(key), None, None, detail))

    @staticmethod
    def _sends(verdicts: bytearray) -> Callable[[int], bool]:
        return lambda at: verdicts[at] in (v.SEND, v.ID_COLLISION)


def _first(keys: list[str], separator: str, is_sent: Callable[[int], bool]) -> str | None:
    return next((key for at, key in enumerate(keys) if separator in key and is_sent(at)), None)


def _family(role: int) -> int:
    """The kind of contract that the role belongs to; ``UNKNOWN_KIND`` with more for what must be looked at."""
    if role >= UNMAPPED_ROLE:
        return UNKNOWN_KIND + 1
    return LEASE if role in TENANT_ROLES else OWNERSHIP
