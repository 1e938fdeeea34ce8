"""Makes a Wodis Sigma export of any size: the sample's tables, columns, encoding and dirt, about 2.5 records a unit.

``python -m bench.make_export FOLDER --units 100000 --seed 1`` writes the eight CSV files. The same seed gives the same files.
"""

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

UNITS_PER_BUILDING = 14
BUILDINGS_PER_ENTITY = 40
CLIENTS = (
    ("1", "Baugenossenschaft Lindenhof eG"),
    ("2", "Stadtwohnen Süd GmbH"),
    ("7", "Hanse Hausverwaltung KG (WEG)"),
)

HEADERS = {
    "mandanten": ("Mandant", "Name"),
    "wirtschaftseinheiten": ("Mandant", "WIE-Nr", "Bezeichnung"),
    "objekte": ("Mandant", "WIE-Nr", "Objekt-Nr", "Straße", "PLZ", "Ort", "Ortsteil", "Baujahr", "Geschosse"),
    "verwaltungseinheiten": (
        *("Mandant", "WIE-Nr", "Objekt-Nr", "VE-Nr", "Etage/Lage", "Nutzungsart", "Wohnfläche", "Nutzfläche", "Zimmer"),
    ),
    "geschaeftspartner": ("GP-Nr", "Typ", "Anrede", "Titel", "Vorname", "Name", "E-Mail", "Telefon", "Handy"),
    "vertraege": ("Mandant", "Vertragsnummer", "Vertragsart", "Beginn", "Ende", "Nutzungsart"),
    "vertrag_einheiten": ("Mandant", "Vertragsnummer", "WIE-Nr", "Objekt-Nr", "VE-Nr"),
    "vertragspartner": ("Mandant", "Vertragsnummer", "GP-Nr", "Rolle", "Anteil"),
}

_PLACES = (
    ("44287", "Dortmund", "Schüruferstraße"),
    ("24103", "Kiel", "Kleiner Kuhberg"),
    ("80339", "München", "Gollierplatz"),
    ("04277", "Leipzig", "Bornaische Straße"),
    ("70376", "Stuttgart", "Überkinger Straße"),
    ("68161", "Mannheim", "Augustaanlage"),
    ("99084", "Erfurt", "Anger"),
    ("28199", "Bremen", "Neustadtswall"),
)
_LIVING_FLOORS = (
    *("EG", "EG links", "1. OG", "1. OG mitte", "2.OG re.", "3. Etage, links", "4", "5. Stock vorne", "DG", "1. UG"),
    *("Erdgeschoss, rechts", "Hochparterre", "Souterrain", "Wohnung 12, 2. OG", "Hinterhof", ""),
)
_OTHER = (
    ("Garage", "Garage 3"),
    ("Tiefgarage", "TG 12"),
    ("Stellplatz außen", "Stellplatz 7"),
    ("Lager", "Keller, links"),
    ("Büro", "EG"),
    ("Praxis", "1. OG"),
    ("Gastronomie", "Erdgeschoss"),
    ("Atelier", "Hinterhof"),
)
_FIRST = (
    "Anna",
    "Bernd",
    "Käthe",
    "Dietmar",
    "Elif",
    "Françoise",
    "Günther",
    "Nuria",
    "Petra",
    "Søren",
    "Thi-Lan",
    "Ursula",
)
_LAST = ("Schmidt", "Jäger", "Özdemir", "O'Connor", "Kowalczyk", "Steimann", "Böhm", "Ångström", "d'Angelo", "Nguyen")
_FIRMS = ("Stadtwerke Nord AG", "Ärztehaus am Ring GbR", "Bäckerei Sönnichsen GmbH & Co. KG")
_HOSTS = ("web.de", "gmx.de", "posteo.de", "example.org")
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ç": "c", "ø": "o", "å": "a", "'": None, "-": None})


class _Files:
    """The eight CSV files, open for writing."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.counts = dict.fromkeys(HEADERS, 0)
        self._writers = {}
        for name, header in HEADERS.items():
            file = stack.enter_context(
                (folder / f"{name}.csv").open("w", encoding="cp1252", newline="", errors="replace")
            )
            self._writers[name] = csv.writer(file, delimiter=";", lineterminator="\r\n")
            self._writers[name].writerow(header)

    def add(self, name: str, *cells: Any) -> None:
        self._writers[name].writerow(cells)
        self.counts[name] += 1


def make_export(folder: Path, units: int, seed: int = 1) -> dict[str, int]:
    """Writes the export of a stock with that many units; returns the data rows of each file."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        files = _Files(folder, stack)
        for client in CLIENTS:
            files.add("mandanten", *client)
        people = _People(files, chance)
        left, building = units, 0
        while left > 0:
            count = min(left, UNITS_PER_BUILDING)
            _building(files, chance, people, building, count)
            left -= count
            building += 1
        _broken(files, units)
        return files.counts


def _building(files: _Files, chance: random.Random, people: "_People", number: int, units: int) -> None:
    client = CLIENTS[number % 3][0]
    entity, place = str(100 + number // BUILDINGS_PER_ENTITY), str(60 + number)
    if number % BUILDINGS_PER_ENTITY < 3:
        files.add("wirtschaftseinheiten", client, entity, f"Wirtschaftseinheit {entity}")
    postcode, city, street = _PLACES[chance.randrange(len(_PLACES))]
    house = chance.choice(("{}", "{}", "{} a", "{0}-{1}")).format(first := chance.randrange(1, 140), first + 4)
    year, storeys = chance.randrange(1890, 2024), chance.randrange(1, 10)
    files.add("objekte", client, entity, place, f"{street} {house}", postcode, city, "", year, storeys)
    for position in range(1, units + 1):
        unit = f"{position:04}" if client == "2" else str(position)
        _unit(files, chance, client, entity, place, unit)
        _leases(files, chance, people, (client, entity, place, unit))
        if client == "7":
            contract = people.contract("E")
            started = f"{chance.randrange(1, 29):02}.{chance.randrange(1, 13):02}.{chance.randrange(2005, 2025)}"
            files.add("vertraege", client, contract, "Eigentümervertrag", started, "", "")
            files.add("vertrag_einheiten", client, contract, entity, place, unit)
            owners = 2 if chance.random() < 0.35 else 1
            for _ in range(owners):
                files.add("vertragspartner", client, contract, people.new(), "Eigentümer", f"1/{owners}")


def _unit(files: _Files, chance: random.Random, client: str, entity: str, place: str, unit: str) -> None:
    area = f"{chance.randrange(22, 160)},{chance.choice(('00', '35', '50'))}"
    if chance.random() < 0.72:
        usage = chance.choice(("Wohnung", "Wohnraum"))
        rooms = chance.choice(("1", "2", "2,5", "3", "4", ""))
        row = (chance.choice(_LIVING_FLOORS), usage, area, "", rooms)
    else:
        usage, floor = chance.choice(_OTHER)
        row = (floor, usage, "", area, "")
    files.add("verwaltungseinheiten", client, entity, place, unit, *row)


def _leases(files: _Files, chance: random.Random, people: "_People", key: tuple[str, str, str, str]) -> None:
    """Most units are let; some have an ended lease as well, some one that starts soon or much later."""
    day, month = chance.randrange(1, 29), chance.randrange(1, 13)
    draw = chance.random()
    terms = []
    if draw < 0.88:
        terms.append((f"{day:02}.{month:02}.{chance.randrange(2005, 2026)}", ""))
    if chance.random() < 0.15:
        terms.insert(0, (f"{day:02}.{month:02}.1999", f"{day:02}.{month:02}.{chance.randrange(2001, 2005)}"))
    if 0.88 <= draw < 0.91:
        terms.append((f"{day:02}.12.2026", ""))
    if 0.91 <= draw < 0.93:
        terms.append((f"{day:02}.{month:02}.2028", ""))
    client, entity, place, unit = key
    for start, end in terms:
        contract = people.contract("")
        files.add("vertraege", client, contract, "Mietvertrag", start, end, "Wohnung")
        files.add("vertrag_einheiten", client, contract, entity, place, unit)
        files.add("vertragspartner", client, contract, people.new(), "Hauptmieter", "")
        if chance.random() < 0.3:
            files.add("vertragspartner", client, contract, people.new(), "Mitmieter", "")


def _broken(files: _Files, units: int) -> None:
    """A little of what real exports hold: two rows in a hundred thousand units are enough to be judged, not to weigh."""
    client = CLIENTS[0][0]
    files.add("verwaltungseinheiten", client, "100", "999999", "1", "EG", "Wohnung", "50,00", "", "2")
    files.add("vertraege", client, "999999", "Mietvertrag", "01.02.2020", "", "Wohnung")
    files.add("vertrag_einheiten", client, "999999", "100", "60", "9999")
    files.add("vertragspartner", client, "999999", "15000", "Hauptmieter", "")


class _People:
    """Hands out parties and contract numbers, each new."""

    def __init__(self, files: _Files, chance: random.Random) -> None:
        self._files, self._chance = files, chance
        self._party, self._contract = 14_999, 601_400

    def contract(self, prefix: str) -> str:
        self._contract += 1
        return f"{prefix}{self._contract}"

    def new(self) -> int:
        chance = self._chance
        self._party += 1
        number = self._party
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        address = f"{first}{last}{number}@{chance.choice(_HOSTS)}".lower().translate(_PLAIN)
        draw = chance.random()
        if draw < 0.78:
            email = address
        elif draw < 0.80:
            email = f"{address} (Büro)"
        elif draw < 0.82:
            email = f"{address}; alt.{address}"
        elif draw < 0.84:
            email = f" {address.upper()} "
        elif draw < 0.87:
            email = address.replace("@", "(at)")
        else:
            email = ""
        phone = chance.choice(("", f"0231 {chance.randrange(100000, 999999)}", "kein Telefon", "0711 / 12 34 56"))
        mobile = chance.choice(("", f"0176 {chance.randrange(10000000, 99999999)}", "0176 1234 5678 (abends)"))
        if chance.random() < 0.06:
            row = ("J", "Firma", "", "", chance.choice(_FIRMS))
        else:
            title = "Dr." if chance.random() < 0.1 else ""
            row = ("N", chance.choice(("Herr", "Frau", "")), title, first, last)
        self._files.add("geschaeftspartner", number, *row, email, phone, mobile)
        return number


def rows(path: Path) -> Iterator[list[str]]:
    """The data rows of one file, for those who edit an export afterwards."""
    with path.open(encoding="cp1252", newline="") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        yield from reader


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    json.dump(make_export(given.folder, given.units, given.seed), sys.stdout)
