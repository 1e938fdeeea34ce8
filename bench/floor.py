"""The hand-written floor: one script that reads the CSV files, joins, hashes, merges with the stored hashes and posts.

What somebody who knows Python well writes in an afternoon for this one export and this one target. It has no findings, no
held records, no plan, no fuse, no receipts, no resuming, no settings, no explain, and it keeps its state in one transaction at the
end: killed half-way it starts from zero. It posts the same records with the same fields as the connector (the bench compares
them), so the difference between the two is what all of that costs.

``python -m bench.floor --export FOLDER --state FILE --url http://127.0.0.1:PORT --as-of 2026-11-22 --batch 500``
"""

import argparse
import csv
import json
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import orjson
import xxhash

API = "/api/2026-11-01"
LEAD_DAYS = 60
Row = list[str]

USAGES = {"Wohnung": "living", "Wohnraum": "living", "Garage": "parking", "Tiefgarage": "parking", "Lager": "storage"}
USAGES |= {"Stellplatz außen": "parking", "Büro": "commercial", "Praxis": "commercial", "Gastronomie": "commercial"}
ROLES = {"Hauptmieter": "main_tenant", "Mitmieter": "co_tenant", "Eigentümer": "owner"}
POSITIONS = {"links": "links", "rechts": "rechts", "mitte": "mitte", "vorne": "vorne", "re": "rechts", "li": "links"}
EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
HOUSE_NUMBER = re.compile(r"^(.*\S)\s+(\d+(?: ?[a-z])?(?:-\d+)?)$")


def table(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="cp1252", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        yield from rows


@cache
def iso(text: str) -> str:
    return f"{text[6:]}-{text[3:5]}-{text[:2]}" if text else ""


@cache
def floor(text: str) -> int | None:
    text = text.lower()
    if found := re.search(r"(\d+)\. ?ug", text):
        return -int(found[1])
    if re.search(r"\bug\b|keller|souterrain", text):
        return -1
    if found := re.search(r"(\d+)\.? ?(?:og|etage|stock|geschoss)", text):
        return int(found[1])
    if re.search(r"\beg\b|erdgeschoss|parterre", text):
        return 0
    return int(text) if text.isdigit() else None


@cache
def position(text: str) -> str | None:
    return next((POSITIONS[word] for word in re.findall(r"\w+", text.lower()) if word in POSITIONS), None)


@cache
def decimal(text: str) -> str | None:
    return text.replace(",", ".") if text else None


def e164(text: str) -> str | None:
    digits = re.sub(r"\D", "", text.split("(", 1)[0])
    return f"+49{digits[1:]}" if digits.startswith("0") else None


def phones(row: Row) -> list[dict[str, Any]]:
    pairs = (("phone", row[7]), ("mobile", row[8]))
    return [{"kind": kind, "e164": e164(raw), "raw": raw} for kind, raw in pairs if raw]


def property_payload(external_id: str, row: Row) -> dict[str, Any]:
    split = HOUSE_NUMBER.match(row[3])
    street, number = split.groups() if split else (row[3], None)
    return {
        "external_id": external_id,
        "name": row[3],
        "address": {
            "street": street,
            "house_number": number,
            "addition": None,
            "postcode": row[4],
            "city": row[5],
            "district": row[6] or None,
            "country": "DE",
            "raw": row[3],
        },
        "client_number": row[0],
        "construction_year": int(row[7]),
        "storeys": int(row[8]),
    }


def unit_payload(external_id: str, made: tuple[Row, str]) -> dict[str, Any]:
    row, occupancy = made
    return {
        "external_id": external_id,
        "type": "unit",
        "property_external_id": external_id.rsplit("-", 1)[0],
        "name": f"{row[5]} {row[3].lstrip('0')}",
        "usage": USAGES.get(row[5], "other"),
        "usage_raw": row[5],
        "floor": floor(row[4]),
        "floor_raw": row[4] or None,
        "position": position(row[4]),
        "living_area_m2": decimal(row[6]),
        "usable_area_m2": decimal(row[7]),
        "rooms": decimal(row[8]),
        "occupancy": occupancy,
        "client_number": row[0],
    }


def party_payload(external_id: str, made: tuple[str, Row, Row, Row, list[str]]) -> dict[str, Any]:
    kind, contract, link, party, units = made
    emails = [found.lower() for found in EMAIL.findall(party[6])]
    firm = party[1] == "J"
    return {
        "external_id": external_id,
        "type": kind,
        "unit_external_ids": units,
        "kind": "legal" if firm else "natural",
        "salutation": party[2] or None,
        "title": party[3] or None,
        "first_name": None if firm else party[4] or None,
        "last_name": None if firm else party[5],
        "company_name": party[5] if firm else None,
        "email": emails[0] if emails else None,
        "further_emails": emails[1:],
        "phones": phones(party),
        "contract_number": contract[1],
        "contract_start": iso(contract[3]),
        "contract_end": iso(contract[4]) or None,
        "role": ROLES[link[3]],
        "share": link[4] or None,
        "party_number": party[0],
        "client_number": link[0],
    }


class Stock:
    """The join: every entity as (external id, text to hash, what the payload is made from)."""

    def __init__(self, folder: Path, as_of: date) -> None:
        self.folder = folder
        today, latest = as_of.isoformat(), (as_of + timedelta(days=LEAD_DAYS)).isoformat()
        self.buildings = {f"{row[0]}-{row[1]}-{row[2]}": row for row in table(folder, "objekte")}
        self.units: dict[str, Row] = {}
        for row in table(folder, "verwaltungseinheiten"):
            building = f"{row[0]}-{row[1]}-{row[2]}"
            if building in self.buildings:
                self.units[f"{building}-{row[3]}"] = row
        contracts = {}
        running = set()
        for row in table(folder, "vertraege"):
            start, end = iso(row[3]), iso(row[4])
            if start <= latest and (not end or end >= today):
                contracts[row[0], row[1]] = row
                if row[2] == "Mietvertrag" and start <= today:
                    running.add((row[0], row[1]))
        self.contracts = contracts
        self.contract_units: dict[tuple[str, str], list[str]] = {}
        self.let: set[str] = set()
        for client, number, entity, place, unit in table(folder, "vertrag_einheiten"):
            key, unit_id = (client, number), f"{client}-{entity}-{place}-{unit}"
            if key in contracts and unit_id in self.units:
                self.contract_units.setdefault(key, []).append(unit_id)
                if key in running:
                    self.let.add(unit_id)
        self.parties = {row[0]: row for row in table(folder, "geschaeftspartner")}

    def properties(self) -> Iterator[tuple[str, str, Row]]:
        for external_id, row in self.buildings.items():
            yield external_id, ";".join(row), row

    def all_units(self) -> Iterator[tuple[str, str, tuple[Row, str]]]:
        for external_id, row in self.units.items():
            occupancy = "let" if external_id in self.let else "vacant"
            yield external_id, ";".join(row) + occupancy, (row, occupancy)

    def all_parties(self, kind: str) -> Iterator[tuple[str, str, Any]]:
        word, tenants = ("Mietvertrag", True) if kind == "tenant" else ("Eigentümervertrag", False)
        for link in table(self.folder, "vertragspartner"):
            key = (link[0], link[1])
            contract, units, party = self.contracts.get(key), self.contract_units.get(key), self.parties.get(link[2])
            if contract is None or units is None or party is None or contract[2] != word:
                continue
            if tenants and not EMAIL.search(party[6]):
                continue
            text = ";".join(contract + link + party + units)
            yield f"{link[0]}-{link[1]}-{link[2]}", text, (kind, contract, link, party, units)


class Poster(threading.Thread):
    """Posts on one connection while the next batch is made."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._queue: queue.Queue[tuple[str, bytes] | None] = queue.Queue(maxsize=4)
        self._client = httpx2.Client(base_url=url + API, timeout=60, verify=False)
        self.failed: Exception | None = None

    def post(self, path: str, records: list[dict[str, Any]]) -> None:
        if self.failed:
            raise self.failed
        self._queue.put((path, orjson.dumps({"records": records})))

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                answer = self._client.post(item[0], content=item[1], headers={"Content-Type": "application/json"})
                answer.raise_for_status()
                for result in orjson.loads(answer.content)["results"]:
                    if result["status"] == "rejected":
                        raise RuntimeError(result)
            except Exception as error:  # noqa: BLE001  (handed over to the main thread)
                self.failed = error

    def finish(self) -> None:
        self._queue.put(None)
        self.join()
        if self.failed:
            raise self.failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--export", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--batch", type=int, default=500)
    given = parser.parse_args()

    state = sqlite3.connect(given.state)
    state.execute(
        "create table if not exists sent (entity text, id text, hash blob, primary key (entity, id)) without rowid"
    )
    poster = Poster(given.url)
    poster.start()
    counts = {"sent": 0, "archived": 0, "unchanged": 0}
    stock = Stock(given.export, given.as_of)
    gone = {}
    streams: tuple[tuple[str, Iterable[tuple[str, str, Any]], Callable[[str, Any], dict[str, Any]]], ...] = (
        ("property", stock.properties(), property_payload),
        ("unit", stock.all_units(), unit_payload),
        ("landlord", stock.all_parties("landlord"), party_payload),
        ("tenant", stock.all_parties("tenant"), party_payload),
    )
    for entity, stream, payload in streams:
        path = "/properties/upsert" if entity == "property" else "/sub-properties/upsert"
        stored = dict(state.execute("select id, hash from sent where entity = ?", (entity,)))
        batch: list[dict[str, Any]] = []
        fresh: list[tuple[str, str, bytes]] = []
        for external_id, text, made in stream:
            digest = xxhash.xxh3_128_digest(text.encode())
            if stored.pop(external_id, None) == digest:
                counts["unchanged"] += 1
                continue
            fresh.append((entity, external_id, digest))
            batch.append(payload(external_id, made))
            if len(batch) == given.batch:
                poster.post(path, batch)
                batch = []
        if batch:
            poster.post(path, batch)
        state.executemany("insert or replace into sent values (?, ?, ?)", fresh)
        counts["sent"] += len(fresh)
        gone[entity] = list(stored)
    for entity in ("tenant", "landlord", "unit", "property"):
        path = "/properties/archive" if entity == "property" else "/sub-properties/archive"
        for at in range(0, len(gone[entity]), given.batch):
            part = gone[entity][at : at + given.batch]
            poster.post(path, [{"external_id": one, "type": entity, "reason": "vanished"} for one in part])
        state.executemany("delete from sent where entity = ? and id = ?", [(entity, one) for one in gone[entity]])
        counts["archived"] += len(gone[entity])
    poster.finish()
    state.commit()
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
