"""What a source holds, for the settings page: clients and objects with counts, separators that are safe, ids as they would be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from gewerk_connect.canonical import Entity, FindingCode, Judged, Verdict
from gewerk_connect.settings import SEPARATORS, Settings
from gewerk_connect.sources import Source
from gewerk_connect.stock import Stock, judge
from gewerk_connect.stock.gather import Progress

_LONGEST_TEXT = 80
"""Characters of a usage that a finding names."""


class Building(NamedTuple):
    """One object of the source for the type-ahead."""

    client: str
    number: str
    label: str
    units: int


@dataclass(slots=True, frozen=True)
class Inventory:
    document: dict[str, Any]
    """``clients`` [{number, name, property, unit, tenant, landlord, without_email}], ``separators`` {"/": {"count": 12,
    "example": "104/001"}} of the unsafe ones, ``ids`` {"property": ["1", "9", "66"]}, ``rows`` per table, ``findings``,
    ``usages`` [{text, usage, known, units}] and ``floors`` [{text, floor, units}], the commonest first."""
    buildings: list[Building]


def take_inventory(source: Source, as_of: date, progress: Progress) -> Inventory:
    """Reads the whole source with the settings' defaults. Raises ``Refusal``."""
    stock = judge(source, Settings(separator="-"), as_of, progress=progress)
    counts: dict[str, Counter[str]] = {}
    unsafe: Counter[str] = Counter()
    examples: dict[str, str] = {}
    ids: dict[str, list[str]] = {}
    labels: dict[str, tuple[str, str, str]] = {}
    units: Counter[str] = Counter()
    usages: Counter[tuple[str, str]] = Counter()
    floors: Counter[tuple[str, int | None]] = Counter()
    looked_for = [separator for separator in SEPARATORS if separator not in stock.safe_separators]
    for entity in (Entity.PROPERTY, Entity.UNIT, Entity.LANDLORD, Entity.TENANT):
        for record in stock.stream(entity):
            of_client = counts.setdefault(record.key[0], Counter())
            if record.reason == "tenant_without_email":
                of_client["without_email"] += 1
            if record.verdict is not Verdict.SEND or record.payload is None:
                continue
            of_client[entity.value] += 1
            ids.setdefault(entity.value, list(record.key))
            if entity is Entity.PROPERTY:
                labels[record.external_id] = (record.key[0], record.key[-1], _label(record))
            if entity is Entity.UNIT:
                units[record.payload["property_external_id"]] += 1
                usages[record.payload.get("usage_raw") or "", record.payload["usage"]] += 1
                floors[record.payload.get("floor_raw") or "", record.payload.get("floor")] += 1
            for separator in looked_for:
                part = next((part for part in record.key if separator in part), None)
                if part is not None:
                    unsafe[separator] += 1
                    examples.setdefault(separator, part)
    names = dict(_client_names(source))
    unmapped = _unmapped_usages(stock)
    document = {
        "clients": [{"number": number, "name": names.get(number, ""), **counts[number]} for number in sorted(counts)],
        "separators": {s: {"count": unsafe[s], "example": examples.get(s, "")} for s in looked_for},
        "ids": ids,
        "rows": stock.source_rows,
        "let_units": stock.let_units,
        "vacant_units": stock.vacant_units,
        "findings": stock.finding_counts,
        "usages": [
            {"text": text, "usage": usage, "known": text[:_LONGEST_TEXT] not in unmapped, "units": count}
            for (text, usage), count in usages.most_common()
            if text
        ],
        "floors": [{"text": text, "floor": n, "units": count} for (text, n), count in floors.most_common() if text],
    }
    buildings = [Building(*labels[key], units[key]) for key in sorted(labels)]
    return Inventory(document, buildings)


def _label(record: Judged) -> str:
    payload = record.payload or {}
    address = payload.get("address") or {}
    street = " ".join(part for part in (address.get("street"), address.get("house_number")) if part)
    place = " ".join(part for part in (address.get("postcode"), address.get("city")) if part)
    return ", ".join(part for part in (street or payload.get("name"), place) if part)


def _client_names(source: Source) -> Iterator[tuple[str, str]]:
    found = source.batches("clients") if "clients" in source.mapping.tables else None
    if found is not None:
        for _, rows in found[1]:
            yield from ((number.strip(), name.strip()) for number, name in rows)


def _unmapped_usages(stock: Stock) -> set[str]:
    return {found.detail for found in stock.findings if found.code == FindingCode.UNMAPPED_USAGE and found.detail}
