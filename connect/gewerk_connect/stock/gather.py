"""Reads the source once, table by table, onto shelves: references resolved, texts normalised, nothing judged yet.

What is broken in a row is noted beside it (``Gathered.notes``); only a source broken as a whole is refused here.
"""

from __future__ import annotations  # array[int] as a type, before Python 3.12

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gewerk_connect.canonical.model import PART
from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.rules.contacts import emails
from gewerk_connect.rules.dates import IMPOSSIBLE, Days
from gewerk_connect.rules.numbers import decimal_text, whole_number
from gewerk_connect.rules.usage import UsageTable
from gewerk_connect.settings import USAGES, Settings
from gewerk_connect.sources.source import Columns, Source
from gewerk_connect.stock import verdicts as v
from gewerk_connect.stock.shelf import Shelf, clean_key

Progress = Callable[[str, int, int], None]
"""Called with (the table being read, tables done, tables in all)."""

LEASE, OWNERSHIP, UNKNOWN_KIND = 0, 1, 2
ROLES = ("main_tenant", "co_tenant", "owner", "co_owner", "unmapped")
TENANT_ROLES = frozenset({0, 1})
UNMAPPED_ROLE = 4
UNMAPPED_USAGE = len(USAGES)
JUNK_ROWS = 100
"""A table of which more rows than this, and more than half, are broken is no export of this ERP."""
TABLE_ORDER = (
    *("clients", "economic_entities", "buildings", "units"),
    *("contracts", "contract_units", "contract_parties", "parties"),
)
LEASE_TABLES = ("contract_units", "parties", "contract_parties")
"""Read only where there are contracts, and then needed."""


@dataclass(slots=True)
class Note:
    """Something broken in one row, not yet a finding: whether it counts depends on the client filter."""

    code: str
    table: str
    row: int
    column: str | None
    detail: str | None
    key: str = ""
    """Client and what else names the record, as far as known."""


@dataclass(slots=True)
class Gathered:
    """Everything a run holds in memory. Places are positions on the shelves; -1 is none."""

    columns: dict[str, Columns] = field(default_factory=dict)
    source_rows: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    clients: set[str] = field(default_factory=set)
    economic_entities: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Key -> (name, row)."""
    buildings: Shelf = field(default_factory=Shelf)
    building_from_entity: dict[int, int] = field(default_factory=dict)
    """Place of a property made from an economic entity -> the entity's row."""
    units: Shelf = field(default_factory=Shelf)
    unit_building: array[int] = field(default_factory=lambda: array("i"))
    unit_usage: bytearray = field(default_factory=bytearray)
    """Index into ``USAGES``; ``UNMAPPED_USAGE`` for what no table knows."""
    contract_keys: dict[str, int] = field(default_factory=dict)
    contract_start: array[int] = field(default_factory=lambda: array("i"))
    contract_end: array[int] = field(default_factory=lambda: array("i"))
    contract_kind: bytearray = field(default_factory=bytearray)
    contract_state: bytearray = field(default_factory=bytearray)
    """0, or the verdict that the contract's own row brings."""
    contract_rows: array[int] = field(default_factory=lambda: array("I"))
    contract_unit: array[int] = field(default_factory=lambda: array("i"))
    """The contract's first unit."""
    contract_more_units: dict[int, list[int]] = field(default_factory=dict)
    contract_missing_units: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    """Contract -> (key of the unit that does not exist, row)."""
    parties: Shelf = field(default_factory=Shelf)
    party_has_email: bytearray = field(default_factory=bytearray)
    party_unmapped: set[int] = field(default_factory=set)
    unmapped_roles: dict[int, str] = field(default_factory=dict)
    """Place in ``role_shares`` -> the ERP's code that no mapping knows."""
    link_contract: array[int] = field(default_factory=lambda: array("i"))
    """Per contract party (a link) the place of its contract."""
    link_party: array[int] = field(default_factory=lambda: array("i"))
    link_role: array[int] = field(default_factory=lambda: array("H"))
    """Index into ``role_shares``."""
    link_rows: array[int] = field(default_factory=lambda: array("I"))
    link_lost: dict[int, str] = field(default_factory=dict)
    """Contract party whose contract or party does not exist -> its whole key."""
    role_shares: list[tuple[int, str]] = field(default_factory=list)
    contract_names: list[str] = field(default_factory=list)
    """Keys of contracts in order of their places."""

    def units_of(self, contract: int) -> list[int]:
        first = self.contract_unit[contract]
        if first < 0:
            return []
        more = self.contract_more_units.get(contract)
        return [first, *more] if more else [first]

    def building_place(self, at: int) -> tuple[str, int]:
        """(file, row) of a property."""
        entity_row = self.building_from_entity.get(at)
        if entity_row is not None:
            return self.columns["economic_entities"].file, entity_row
        return self.columns["buildings"].file, self.buildings.rows[at]


class Gatherer:
    def __init__(self, source: Source, settings: Settings, progress: Progress | None = None) -> None:
        self._source = source
        self._settings = settings
        self._progress = progress
        self._decimal = str(source.mapping.options.get("decimal", "auto"))
        self._numbers: dict[str, str] = {"": ""}
        self._broken_again: Counter[str] = Counter()
        """Table -> further rows of records that are broken: a junk row repeated counts as often as it stands there."""
        self._noted: set[tuple[str, ...]] = set()
        self._party_slots: dict[str, int] = {}
        """Number of a party that a contract names -> its slot, in the order of the contract parties."""
        self.usage = UsageTable(settings.usage_table, source.mapping.usage)
        self.held = Gathered()

    def gather(self) -> Gathered:
        """Raises ``SourceError``."""
        steps = (
            *(self._clients, self._economic_entities, self._buildings, self._units),
            *(self._contracts, self._contract_units, self._contract_parties, self._parties),
        )
        for done, (table, step) in enumerate(zip(TABLE_ORDER, steps, strict=True)):
            if self._progress is not None:
                self._progress(table, done, len(steps))
            step()
        if self._progress is not None:
            self._progress("", len(steps), len(steps))
        return self.held

    def _rows(self, table: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        if table in LEASE_TABLES and "contracts" not in self.held.columns:
            return
        opened = self._source.batches(table)
        if opened is None:
            if table in LEASE_TABLES:
                raise self._source.missing(table)
            return
        self.held.columns[table], batches = opened
        self._same_levels(table)
        total = 0
        for start, rows in batches:
            total += len(rows)
            yield from enumerate(rows, start)
        self.held.source_rows[table] = total

    def _same_levels(self, table: str) -> None:
        """Tables that name each other's records must have the same levels, or no reference would ever be found."""
        other = {"units": "buildings", "contract_units": "units"}.get(table)
        if other is None:
            return
        columns = self.held.columns
        for level in ("economic_entity", "building") if other == "units" else ("economic_entity",):
            if (level in columns[table].names) == (level in columns[other].names):
                continue
            lacking, having = (table, other) if level in columns[other].names else (other, table)
            name = columns[having].names[level]
            raise SourceError(
                "column_missing",
                f"Diese Spalte gibt es in {columns[having].file}, hier fehlt sie; ohne sie finden die Zeilen einander "
                "nicht. Ergänzen Sie sie in beiden Dateien oder lassen Sie sie in beiden weg.",
                f"This column is in {columns[having].file} and missing here; without it the rows do not find each other. "
                "Add it to both files or leave it out of both.",
                file=columns[lacking].file,
                row=1,
                column=name,
            )

    def _note(self, code: str, table: str, row: int, field_name: str | None, detail: str | None, key: str = "") -> None:
        columns = self.held.columns[table]
        column = columns.names.get(field_name) if field_name else None
        self.held.notes.append(Note(code, table, row, column, detail, key))

    def _note_once(self, code: str, table: str, row: int, field_name: str, detail: str, key: str) -> None:
        """For texts that many rows share: one note per client and text is enough to mend it."""
        same = (code, table, field_name, detail, key.partition(PART)[0])
        if same not in self._noted:
            self._noted.add(same)
            self._note(code, table, row, field_name, detail, key)

    def _no_key(self, table: str, row: int, values: tuple[str, ...], field_name: str) -> None:
        """A row of empty cells is an empty row; one with content but no number is noted."""
        if any(value.strip() for value in values):
            self._note("missing_key", table, row, field_name, None, values[0].strip())

    def _refuse_junk(self, table: str, codes: frozenset[str]) -> None:
        """Called after a table: an export in which most rows are broken is not this ERP's export at all."""
        broken = [note for note in self.held.notes if note.table == table and note.code in codes]
        count = len(broken) + self._broken_again[table]
        if broken and count > JUNK_ROWS and count * 2 > self.held.source_rows.get(table, 0):
            error = self._junk(table, count, broken[0].row, "")
            error.column = broken[0].column or error.column
            raise error

    def _junk(self, table: str, count: int, first_row: int, field_name: str) -> SourceError:
        columns, rows = self.held.columns[table], self.held.source_rows[table]
        return SourceError(
            "too_many_broken_rows",
            f"Ab hier sind {count} von {rows} Zeilen nicht verwendbar: sie nennen unbekannte Nummern, unmögliche Daten "
            "oder Schlüssel. Die Datei ist beschädigt, gehört nicht zu den anderen oder ist kein Export dieses ERP. "
            "Es wurde nichts übertragen; exportieren Sie alle Dateien neu.",
            f"From here on {count} of {rows} rows cannot be used: they name unknown numbers, impossible dates or codes. "
            "The file is damaged, does not belong to the others or is no export of this ERP. "
            "Nothing was sent; export all files again.",
            file=columns.file,
            row=first_row,
            column=columns.names.get(field_name) or next(iter(columns.names.values())),
        )

    # -- tables -------------------------------------------------------------------------------------------------------

    def _clients(self) -> None:
        for row, values in self._rows("clients"):
            number = values[0].strip()
            if number:
                self.held.clients.add(number)
            else:
                self._no_key("clients", row, values, "number")

    def _economic_entities(self) -> None:
        entities = self.held.economic_entities
        for row, (client, number, name) in self._rows("economic_entities"):
            key = clean_key(client, number)
            if key.endswith(PART) or key.startswith(PART):
                self._no_key("economic_entities", row, (client, number, name), "number")
            elif key not in entities or name.strip() < entities[key][0]:
                entities[key] = (name.strip(), row)  # of two names the first by the alphabet, whichever row comes first

    def _buildings(self) -> None:
        shelf, clients = self.held.buildings, self.held.clients
        listed, strangers, first_stranger = frozenset(clients), 0, 0
        for row, values in self._rows("buildings"):
            client, entity, number, name, street, house, addition, postcode, city, district, country, year, storeys = (
                values
            )
            client, number = client.strip(), number.strip()
            if not client or not number:
                self._no_key("buildings", row, values, "client" if not client else "number")
                continue
            clients.add(client)
            key = f"{client}{PART}{entity.strip()}{PART}{number}"
            if listed and client not in listed:
                strangers += 1
                first_stranger = first_stranger or row
            year_number = self._whole("construction_year", year, row, key)
            storeys_number = self._whole("storeys", storeys, row, key)
            texts = (name, street, house, addition, postcode, city, district, country)
            shelf.put(key, (*texts, year_number, storeys_number), row)
        self._refuse_junk("buildings", frozenset({"missing_key"}))
        if strangers > JUNK_ROWS and strangers * 2 > self.held.source_rows["buildings"]:
            raise self._junk("buildings", strangers, first_stranger, "client")

    def _whole(self, field_name: str, text: str, row: int, key: str) -> str:
        if not text:
            return ""
        number = whole_number(text)
        if number is None:
            self._note_once("invalid_number", "buildings", row, field_name, text[:40], key)
        return "" if number is None else str(number)

    def _units(self) -> None:
        held, shelf = self.held, self.held.units
        buildings = held.buildings.index
        usage_codes: dict[str, int] = {}
        numbers = self._numbers
        for row, values in self._rows("units"):
            client, entity, building, number, name, usage, floor, place, living, usable, rooms = values
            key = f"{client}{PART}{entity}{PART}{building}{PART}{number}"
            if " " in key:
                key = clean_key(client, entity, building, number)
                client, entity, building, number = key.split(PART)
            if not client or not number:
                self._no_key("units", row, values, "client" if not client else "number")
                continue
            code = usage_codes.get(usage)
            if code is None:
                found = self.usage.find(usage)
                code = usage_codes[usage] = UNMAPPED_USAGE if found is None else USAGES.index(found)
            if living not in numbers or usable not in numbers or rooms not in numbers:
                living, usable, rooms = self._learn_numbers(values, row, key)
            fields = (name, usage, floor, place, numbers[living], numbers[usable], numbers[rooms])
            if code == UNMAPPED_USAGE:
                self._note_once("unmapped_usage", "units", row, "usage", usage.strip()[:80], key)
            before = len(shelf.rows)
            found_at = shelf.put(key, fields, row)
            if found_at != before:
                self._broken_again["units"] += held.unit_building[found_at] < 0
                continue
            held.unit_usage.append(code)
            at = buildings.get(f"{client}{PART}{entity}{PART}{building}", -1)
            if at < 0:
                at = self._entity_as_property(client, entity, building)
            held.unit_building.append(at)
            if at < 0:
                self._note("unit_without_building", "units", row, "building", None, key)
        self._refuse_junk("units", frozenset({"missing_key", "unit_without_building"}))

    def _learn_numbers(self, values: tuple[str, ...], row: int, key: str) -> list[str]:
        """The row's numbers as ``_numbers`` knows them from now on; what is none becomes empty, with a note."""
        known = []
        for field_name, text in zip(("living_area_m2", "usable_area_m2", "rooms"), values[8:], strict=True):
            number = self._numbers.get(text)
            if number is None:
                number = decimal_text(text, self._decimal) if text.strip() else ""
            if number is None:
                self._note_once("invalid_number", "units", row, field_name, text[:40], key)
            else:
                self._numbers[text] = number
            known.append("" if number is None else text)
        return known

    def _entity_as_property(self, client: str, entity: str, building: str) -> int:
        """The place of the property that an economic entity becomes (setting), else -1."""
        if building or not entity or not self._settings.economic_entity_as_property:
            return -1
        found = self.held.economic_entities.get(f"{client}{PART}{entity}")
        if found is None:
            return -1
        name, row = found
        at = self.held.buildings.put(f"{client}{PART}{entity}{PART}", (name, *[""] * 9), row)
        self.held.building_from_entity[at] = row
        return at

    def _contracts(self) -> None:
        held, index = self.held, self.held.contract_keys
        days, codes = Days(), self._source.mapping.codes["contract_kind"]
        kinds = {code: (LEASE, OWNERSHIP)[meaning == "ownership"] for code, meaning in codes.items()}
        for row, (client, number, kind, start, end) in self._rows("contracts"):
            key = f"{client}{PART}{number}"
            if " " in key:
                key = clean_key(client, number)
            if key[0] == PART or key[-1] == PART:
                self._no_key("contracts", row, (client, number, kind, start, end), "number")
                continue
            kind_code = kinds.get(kind)
            if kind_code is None:
                kind_code = kinds.get(kind.strip(), UNKNOWN_KIND)
            first, last = days[start], days[end]
            at = len(held.contract_rows)
            found = index.setdefault(key, at)
            if found != at:
                self._broken_again["contracts"] += held.contract_state[found] != v.SEND
                before = (held.contract_kind[found], held.contract_start[found], held.contract_end[found])
                if before != (kind_code, first, last):
                    held.contract_state[found] = v.CONFLICTING_ROWS
                    if kind_code != before[0]:
                        held.contract_kind[found] = UNKNOWN_KIND  # neither row wins, whichever comes first
                    self._note("conflicting_rows", "contracts", row, None, key.split(PART)[1], key)
                continue
            held.contract_rows.append(row)
            held.contract_kind.append(kind_code)
            held.contract_start.append(first)
            held.contract_end.append(last)
            state = v.SEND
            if first == IMPOSSIBLE or last == IMPOSSIBLE:
                state = v.INVALID_DATE
                wrong, text = ("start", start) if first == IMPOSSIBLE else ("end", end)
                self._note("invalid_date", "contracts", row, wrong, text[:40], key)
            elif kind_code == UNKNOWN_KIND:
                state = v.UNMAPPED_VALUE
                self._note("unmapped_value", "contracts", row, "kind", kind[:40], key)
            held.contract_state.append(state)
        held.contract_unit = array("i", [-1]) * len(held.contract_rows)
        self._refuse_junk("contracts", frozenset({"missing_key", "invalid_date", "unmapped_value"}))

    def _contract_units(self) -> None:
        held = self.held
        contracts, units, first_unit = held.contract_keys, held.units.index, held.contract_unit
        more, missing = held.contract_more_units, held.contract_missing_units
        for row, values in self._rows("contract_units"):
            client, contract, entity, building, unit = values
            unit_at = units.get(f"{client}{PART}{entity}{PART}{building}{PART}{unit}", -1)
            contract_at = contracts.get(f"{client}{PART}{contract}", -1)
            if unit_at < 0 or contract_at < 0:  # perhaps only padded with blanks
                unit_key = clean_key(client, entity, building, unit)
                contract_key = clean_key(client, contract)
                unit_at, contract_at = units.get(unit_key, -1), contracts.get(contract_key, -1)
                if contract_at < 0:
                    if any(value.strip() for value in values):
                        self._broken_again["contract_units"] += 1
                        self._note_once(
                            "broken_reference", "contract_units", row, "contract", contract[:40], contract_key
                        )
                    continue
                if unit_at < 0:
                    known = missing.setdefault(contract_at, [])
                    if all(unit_key != other for other, _ in known):
                        known.append((unit_key, row))
                    self._broken_again["contract_units"] += 1
                    continue
            first = first_unit[contract_at]
            if first < 0:
                first_unit[contract_at] = unit_at
            elif first != unit_at:
                others = more.setdefault(contract_at, [])
                if unit_at not in others:
                    others.append(unit_at)
        self._refuse_lost_units()
        held.units.forget_index()
        held.buildings.forget_index()

    def _refuse_lost_units(self) -> None:
        lost_rows = [row for units in self.held.contract_missing_units.values() for _, row in units]
        lost_rows += [note.row for note in self.held.notes if note.table == "contract_units"]
        lost, rows = self._broken_again["contract_units"], self.held.source_rows.get("contract_units", 0)
        if lost > JUNK_ROWS and lost * 2 > rows:
            raise self._junk("contract_units", lost, min(lost_rows), "unit")

    def _contract_parties(self) -> None:
        held = self.held
        contracts, slots = held.contract_keys, self._party_slots
        role_shares: dict[tuple[str, str], int] = {}
        for row, (client, contract, party, role, share) in self._rows("contract_parties"):
            code = role_shares.get((role, share))
            if code is None:
                code = role_shares[role, share] = self._role(role, share)
            if code == IGNORED_ROLE:
                continue
            contract_at = contracts.get(f"{client}{PART}{contract}", -1)
            if contract_at < 0 or not party or " " in party:  # perhaps only padded with blanks
                key = clean_key(client, contract, party)
                if "" in key.split(PART):
                    self._no_key("contract_parties", row, (client, contract, party, role, share), "party")
                    continue
                client, contract, party = key.split(PART)
                contract_at = contracts.get(f"{client}{PART}{contract}", -1)
                if contract_at < 0:
                    held.link_lost[len(held.link_rows)] = key
            held.link_contract.append(contract_at)
            held.link_party.append(slots.setdefault(party, len(slots)))
            held.link_role.append(code)
            held.link_rows.append(row)
        held.contract_names = list(contracts)
        held.contract_keys = {}

    def _parties(self) -> None:
        """Keeps the parties that some contract names; the others are nobody here."""
        held, shelf, slots = self.held, self.held.parties, self._party_slots
        codes, guess = self._source.mapping.codes["party_kind"], self._source.mapping.columns_optional
        numbers = list(slots)
        places = array("i", [-1]) * len(slots)
        slot_of_place = array("i")
        for row, values in self._rows("parties"):
            number, kind, salutation, title, first, last, company, email, phone, mobile, language = values
            meaning = codes.get(kind)
            if meaning is None:
                meaning = codes.get(kind.strip())
                if meaning is None and guess and not kind.strip():
                    meaning = "legal" if company.strip() and not last.strip() else "natural"
                if meaning is None and any(values):
                    self._note("unmapped_value", "parties", row, "kind", kind[:40])
            slot = slots.get(number)
            if slot is None:
                slot = slots.get(number.strip())
                if slot is None:
                    if not number.strip():
                        self._no_key("parties", row, values, "number")
                    continue
            addresses = emails(email) if email else None
            mails = " ".join(addresses) if addresses else ""
            fields = (meaning or "", salutation, title, first, last, company, mails, phone, mobile, language)
            at = places[slot]
            if at >= 0:
                shelf.again(at, fields, row)
                continue
            at = places[slot] = len(slot_of_place)
            slot_of_place.append(slot)
            shelf.add(fields, row)
            held.party_has_email.append(bool(addresses))
            if meaning is None:
                held.party_unmapped.add(at)
        shelf.keys = list(map(numbers.__getitem__, slot_of_place))
        if -1 in places:
            for at, slot in enumerate(held.link_party):
                if places[slot] < 0 and at not in held.link_lost:
                    held.link_lost[at] = f"{held.contract_names[held.link_contract[at]]}{PART}{numbers[slot]}"
        held.link_party = array("i", map(places.__getitem__, held.link_party))
        self._party_slots = {}
        self._refuse_junk("parties", frozenset({"missing_key", "unmapped_value"}))
        self._refuse_lost_parties()

    def _role(self, role: str, share: str) -> int:
        """The place of (role, share) in ``role_shares``."""
        meaning = self._source.mapping.codes["role"].get(role.strip())
        if meaning == "ignore":
            return IGNORED_ROLE
        if meaning is None and not role.strip() and self._source.mapping.columns_optional:
            number = DEFAULT_ROLE
        else:
            number = ROLES.index(meaning) if meaning else UNMAPPED_ROLE
        if number == UNMAPPED_ROLE:
            self.held.unmapped_roles[len(self.held.role_shares)] = role.strip()[:40]
        self.held.role_shares.append((number, share))
        return len(self.held.role_shares) - 1

    def _refuse_lost_parties(self) -> None:
        lost, rows = len(self.held.link_lost), self.held.source_rows.get("contract_parties", 0)
        if lost > JUNK_ROWS and lost * 2 > rows:
            raise self._junk("contract_parties", lost, self.held.link_rows[min(self.held.link_lost)], "party")


IGNORED_ROLE = -1
"""A partner who is neither tenant nor owner (a guarantor): no record of ours."""
DEFAULT_ROLE = 5
"""No role given in the neutral folder: main tenant of a lease, owner of an ownership."""
