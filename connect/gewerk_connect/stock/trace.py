"""The way of one record through the stages, for ``explain``: personal data, for the screen and never for a log."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gewerk_connect.canonical import Entity, Judged, Verdict
from gewerk_connect.canonical.model import PART
from gewerk_connect.mapping import Ids
from gewerk_connect.rules.dates import OPEN
from gewerk_connect.settings import Settings
from gewerk_connect.sources.source import Source
from gewerk_connect.stock import verdicts as v
from gewerk_connect.stock.gather import Gatherer
from gewerk_connect.stock.judge import Judge
from gewerk_connect.stock.stock import Stock


@dataclass(slots=True, frozen=True)
class RawRow:
    """What the ERP said: one row of one file, column by column."""

    table: str
    file: str
    row: int
    columns: dict[str, str]


@dataclass(slots=True, frozen=True)
class Step:
    """One field: from the ERP's columns by a rule to what is sent."""

    field: str
    columns: tuple[str, ...]
    """``file:column`` the field is fed from; empty when it is worked out from other records."""
    raw: str | None
    rule: str
    """Name of the rule, as the reference lists it (``contacts.emails``, ``floor.gewerk``, ``usage.table`` ...)."""
    value: Any
    """What is sent for this field, or would be if the record were sent."""


@dataclass(slots=True, frozen=True)
class Trace:
    rows: list[RawRow]
    steps: list[Step]
    judged: Judged
    notes: list[str]
    """Sentences on how the verdict came about (time window, e-mail, what held it), German."""

    def field(self, name: str) -> list[Step]:
        """The steps of one field of the payload (``address.street`` or ``email``)."""
        return [step for step in self.steps if step.field == name or step.field.startswith(name + ".")]


_Way = tuple[str, tuple[str, ...], str]
"""Table, canonical fields, rule."""
_ADDRESS = {
    "street": "addresses.house_number",
    "house_number": "addresses.house_number",
    "addition": "copied",
    "postcode": "copied",
    "city": "copied",
    "district": "copied",
    "country": "settings.country",
    "raw": "copied",
}
_WAYS: dict[Entity, dict[str, _Way]] = {
    Entity.PROPERTY: {
        "external_id": ("buildings", ("client", "economic_entity", "number"), "ids.composite"),
        "name": ("buildings", ("name", "street", "number"), "first_filled"),
        "client_number": ("buildings", ("client",), "copied"),
        "construction_year": ("buildings", ("construction_year",), "numbers.whole_number"),
        "storeys": ("buildings", ("storeys",), "numbers.whole_number"),
        "group_external_ids": ("buildings", ("client", "economic_entity"), "ids.composite"),
        **{
            f"address.{name}": (
                "buildings",
                ("street", "house_number") if name in ("street", "house_number", "raw") else (name,),
                rule,
            )
            for name, rule in _ADDRESS.items()
        },
    },
    Entity.UNIT: {
        "external_id": ("units", ("client", "economic_entity", "building", "number"), "ids.composite"),
        "property_external_id": ("units", ("client", "economic_entity", "building"), "ids.composite"),
        "name": ("units", ("name", "usage", "number"), "first_filled"),
        "usage": ("units", ("usage",), "usage.table"),
        "usage_raw": ("units", ("usage",), "copied"),
        "floor": ("units", ("floor",), "floor."),
        "floor_raw": ("units", ("floor",), "copied"),
        "position": ("units", ("position", "floor"), "floor.position"),
        "living_area_m2": ("units", ("living_area_m2",), "numbers.decimal"),
        "usable_area_m2": ("units", ("usable_area_m2",), "numbers.decimal"),
        "rooms": ("units", ("rooms",), "numbers.decimal"),
        "occupancy": ("contracts", ("start", "end"), "occupancy.leases"),
        "client_number": ("units", ("client",), "copied"),
    },
}
_PERSON: dict[str, _Way] = {
    "external_id": ("contract_parties", ("client", "contract", "party"), "ids.composite"),
    "unit_external_ids": ("contract_units", ("client", "economic_entity", "building", "unit"), "ids.composite"),
    "kind": ("parties", ("kind",), "codes.party_kind"),
    "salutation": ("parties", ("salutation",), "copied"),
    "title": ("parties", ("title",), "copied"),
    "first_name": ("parties", ("first_name",), "copied"),
    "last_name": ("parties", ("last_name",), "copied"),
    "company_name": ("parties", ("company_name",), "copied"),
    "email": ("parties", ("email",), "contacts.emails"),
    "further_emails": ("parties", ("email",), "contacts.emails"),
    "phones": ("parties", ("phone", "mobile"), "contacts.phone"),
    "language": ("parties", ("language",), "copied"),
    "contract_number": ("contracts", ("number",), "copied"),
    "contract_start": ("contracts", ("start",), "dates"),
    "contract_end": ("contracts", ("end",), "dates"),
    "role": ("contract_parties", ("role",), "codes.role"),
    "share": ("contract_parties", ("share",), "copied"),
    "party_number": ("parties", ("number",), "copied"),
    "client_number": ("contract_parties", ("client",), "copied"),
}
_REASONS = {
    "tenant_without_email": "Kein gültiges E-Mail-Feld: Mieter ohne E-Mail-Adresse werden nicht übertragen.",
    "ended": "Der Vertrag ist zum Stichtag beendet.",
    "not_yet": "Der Vertrag beginnt erst nach der Vorlaufzeit.",
    "client_filter": "Der Mandant gehört nicht zu den gewählten Mandanten Nummern.",
    "object_filter": "Das Objekt gehört nicht zu den gewählten Objektnummern.",
    "usage_filter": "Die Nutzungsart ist nicht ausgewählt.",
    "vacant_filter": "Leerstehende Einheiten sind abgewählt.",
    "co_tenant_filter": "Nur Hauptmieter sind ausgewählt.",
    "unit_without_building": "Das Objekt der Einheit fehlt in der Quelle.",
    "broken_reference": "Der Vertrag, die Einheit oder der Partner fehlt in der Quelle.",
    "invalid_date": "Der Vertrag hat ein unmögliches Datum.",
    "conflicting_rows": "Zwei Zeilen haben denselben Schlüssel und verschiedenen Inhalt.",
    "id_collision": "Zwei verschiedene Schlüssel ergeben dieselbe ID.",
    "parent_held": "Das übergeordnete Objekt oder die Einheit wird selbst zurückgehalten.",
    "unmapped_value": "Ein Schlüssel des ERP (Vertragsart, Rolle, Typ) steht nicht in der Zuordnung.",
}


def trace(source: Source, settings: Settings, as_of: date, entity: Entity, external_id: str) -> Trace | None:
    """Runs the stages again for one record and collects what each made of it; None when the source lacks it."""
    ids = Ids(settings.separator)
    held = Gatherer(source, settings).gather()
    judged = Judge(held, settings, as_of, ids)
    judged.judge()
    stock = Stock(source, settings, judged, ids)
    found = stock.find(entity, external_id)
    if found is None:
        return None
    record, place = found
    would_be = _would_be(stock, judged, entity, external_id, place, record)
    wanted = _rows_of(judged, entity, place)
    rows = [
        RawRow(table, held.columns[table].file, number, columns)
        for table, (numbers, chosen) in wanted.items()
        for number, columns in source.raw_rows(table, numbers or None)
        if _is_chosen(held.columns[table].names, columns, chosen)
    ]
    ways = {**_WAYS.get(entity, _PERSON)}
    steps = _steps(judged, settings, ways, rows, {"external_id": external_id, **_flat(would_be)})
    return Trace(rows, steps, record, _notes(judged, settings, as_of, entity, place, record))


def _would_be(
    stock: Stock, judged: Judge, entity: Entity, external_id: str, place: int, record: Judged
) -> dict[str, Any]:
    """The payload, or what it would be for a record that is left out or held with all its parts present."""
    if record.payload is not None:
        return record.payload
    held = judged.held
    if entity in (Entity.TENANT, Entity.LANDLORD):
        contract = held.link_contract[place]
        if contract < 0 or held.link_party[place] < 0 or held.contract_unit[contract] < 0:
            return {}
        if judged.role_of(place) >= len(("main_tenant", "co_tenant", "owner", "co_owner")):
            return {}
        if min(held.contract_start[contract], held.contract_end[contract]) < OPEN:
            return {}
        verdicts = judged.link_verdicts
    elif entity is Entity.UNIT:
        if held.unit_building[place] < 0:
            return {}
        verdicts = judged.unit_verdicts
    else:
        verdicts = judged.building_verdicts
    before, verdicts[place] = verdicts[place], v.SEND
    shown = stock.find(entity, external_id)
    verdicts[place] = before
    return (shown[0].payload if shown else None) or {}


def _rows_of(judged: Judge, entity: Entity, place: int) -> dict[str, tuple[set[int], dict[str, str]]]:
    """Table -> (row numbers, none for all; values that a row must have besides: nested rows share numbers)."""
    held = judged.held
    if entity is Entity.PROPERTY:
        _, row = held.building_place(place)
        table = "economic_entities" if place in held.building_from_entity else "buildings"
        return {table: ({row, *held.buildings.rows_of(place)[1:]}, {})}
    if entity is Entity.UNIT:
        rows: dict[str, tuple[set[int], dict[str, str]]] = {"units": (set(held.units.rows_of(place)), {})}
        building = held.unit_building[place]
        if building >= 0:
            rows |= _rows_of(judged, Entity.PROPERTY, building)
        leases = {held.contract_rows[at] for at in range(len(held.contract_rows)) if place in held.units_of(at)}
        if leases:
            rows["contracts"] = (leases, {})
        return rows
    client, contract_number, party_number = judged.link_key(place).split(PART)
    of_contract = {"client": client, "contract": contract_number}
    rows = {"contract_parties": ({held.link_rows[place]}, {**of_contract, "party": party_number})}
    contract, party = held.link_contract[place], held.link_party[place]
    if contract >= 0:
        rows["contracts"] = ({held.contract_rows[contract]}, {})
        rows["contract_units"] = (set(), of_contract)
        units = held.units_of(contract)
        if units:
            rows["units"] = ({held.units.rows[unit] for unit in units}, {})
    if party >= 0:
        rows["parties"] = (set(held.parties.rows_of(party)), {})
    return rows


def _is_chosen(names: dict[str, str], columns: dict[str, str], chosen: dict[str, str]) -> bool:
    return all(columns.get(names[field], "").strip() == value for field, value in chosen.items() if field in names)


def _flat(payload: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in payload.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{part}": inner for part, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _steps(
    judged: Judge, settings: Settings, ways: dict[str, _Way], rows: list[RawRow], values: dict[str, Any]
) -> list[Step]:
    by_table: dict[str, list[RawRow]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    steps = []
    for field, (table, fields, rule) in ways.items():
        columns = judged.held.columns.get(table)
        if columns is None or (field not in values and field not in ("email", "external_id")):
            continue
        names = list(dict.fromkeys(columns.names[name] for name in fields if name in columns.names))
        texts = [" | ".join(row.columns.get(name, "") for name in names) for row in by_table.get(table, ())]
        rule = f"floor.{settings.floor_rule}" if rule == "floor." else rule
        places = tuple(f"{columns.file}:{name}" for name in names)
        steps.append(Step(field, places, "; ".join(texts) if texts and names else None, rule, values.get(field)))
    return steps


def _notes(judged: Judge, settings: Settings, as_of: date, entity: Entity, place: int, record: Judged) -> list[str]:
    notes = []
    held = judged.held
    if entity in (Entity.TENANT, Entity.LANDLORD) and (contract := held.link_contract[place]) >= 0:
        start, end = held.contract_start[contract], held.contract_end[contract]
        if min(start, end) >= OPEN:
            notes.append(
                f"Vertrag läuft von {_day(start, 'jeher')} bis {_day(end, 'auf Weiteres')}; Stichtag {_german(as_of)}, "
                f"Vorlauf {settings.lead_days} Tage, Nachlauf {settings.grace_days} Tage."
            )
    if record.reason is not None:
        verb = "Zurückgehalten" if record.verdict is Verdict.HELD else "Nicht übertragen"
        notes.append(f"{verb}: {_REASONS.get(record.reason, record.reason)}")
    else:
        notes.append("Wird übertragen.")
    return notes


def _day(day: int, otherwise: str) -> str:
    return otherwise if day == OPEN else _german(date.fromordinal(day))


def _german(day: date) -> str:
    return f"{day:%d.%m.%Y}"
