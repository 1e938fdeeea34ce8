"""GAP immotion: no buildings, units numbered anew, two persons in one record; against the CSV files, read here anew."""

from collections import defaultdict
from typing import Any

import pytest
from erp_client import ErpClient, Row, loaded
from export_rows import sigma
from gewerk_connect.sim import SimulatedErp

KIND = "gap-immotion"
Contract = tuple[str, str]


def parties() -> dict[Contract, list[Row]]:
    """The main tenant of each contract first, then in key order."""
    found: dict[Contract, list[Row]] = defaultdict(list)
    for row in sigma("vertragspartner"):
        found[row["Mandant"], row["Vertragsnummer"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row["Rolle"] != "Hauptmieter", row["GP-Nr"]))
    return found


def persons() -> dict[str, Row]:
    return {row["GP-Nr"]: row for row in sigma("geschaeftspartner")}


def told(person: Row | None, place: str) -> Row:
    """How a person stands in the first or second place of a record."""
    columns = {
        "name": "Name",
        "vorname": "Vorname",
        "anrede": "Anrede",
        "titel": "Titel",
        "email": "E-Mail",
        "telefon": "Telefon",
        "mobil": "Handy",
    }
    return {f"{field}{place}": (person or {}).get(column) or None for field, column in columns.items()}


def test_an_objekt_is_a_wirtschaftseinheit_with_the_address_of_its_first_building(client: ErpClient) -> None:
    buildings = sorted(sigma("objekte"), key=lambda row: (row["Mandant"], row["WIE-Nr"], row["Objekt-Nr"]))
    expected = []
    for entity in sigma("wirtschaftseinheiten"):
        of_it = [b for b in buildings if (b["Mandant"], b["WIE-Nr"]) == (entity["Mandant"], entity["WIE-Nr"])]
        first = of_it[0]
        expected.append(
            {
                "mandant": entity["Mandant"],
                "objekt": entity["WIE-Nr"],
                "bezeichnung": entity["Bezeichnung"],
                "strasse": first["Straße"],
                "plz": first["PLZ"],
                "ort": first["Ort"],
                "baujahr": int(first["Baujahr"]),
            }
        )
    assert client.rows(KIND, "objekte") == sorted(expected, key=lambda row: (row["mandant"], row["objekt"]))


def test_units_are_numbered_anew_in_key_order_within_the_objekt(client: ErpClient) -> None:
    by_entity: dict[Contract, list[Row]] = defaultdict(list)
    for row in sorted(sigma("verwaltungseinheiten"), key=lambda row: list(row.values())[:4]):
        by_entity[row["Mandant"], row["WIE-Nr"]].append(row)
    rows = client.rows(KIND, "einheiten")
    assert [(r["mandant"], r["objekt"], r["einheit"], r["lage"] or "", r["nutzung"]) for r in rows] == [
        (*entity, f"{number:04}", unit["Etage/Lage"], unit["Nutzungsart"])
        for entity, units in sorted(by_entity.items())
        for number, unit in enumerate(units, 1)
    ]


def test_the_first_two_persons_of_a_contract_are_one_record_and_everybody_is_in_one(client: ErpClient) -> None:
    known = persons()
    records = {row["adresse"]: row for row in client.rows(KIND, "adressen")}
    contracts = {(row["mandant"], row["vertrag"]): row for row in client.rows(KIND, "vertraege")}
    alone = set(known)
    together: dict[tuple[str, str], str] = {}
    seen_alone = set()
    for key, of_contract in parties().items():
        natural = [p for p in of_contract if known.get(p["GP-Nr"], {}).get("Typ") == "N"]
        pair = natural[:2] if len(natural) > 1 else []
        others = [p for p in of_contract if p not in pair]
        partners = contracts[key]["partner"]
        if pair:
            number = partners[0]["adresse"]
            assert together.setdefault((pair[0]["GP-Nr"], pair[1]["GP-Nr"]), number) == number
            assert records[number] == {
                "adresse": number,
                "art": "P",
                **told(known[pair[0]["GP-Nr"]], "1"),
                **told(known[pair[1]["GP-Nr"]], "2"),
            }
            assert number not in known
            assert (partners[0]["rolle"], partners[0]["anteil"]) == (pair[0]["Rolle"], pair[0]["Anteil"] or None)
            alone -= {p["GP-Nr"] for p in pair}
            partners = partners[1:]
        assert [(p["adresse"], p["rolle"], p["anteil"] or "") for p in partners] == [
            (p["GP-Nr"], p["Rolle"], p["Anteil"]) for p in others
        ]
        seen_alone |= {p["GP-Nr"] for p in others} & set(known)
    assert together
    assert len(set(together.values())) == len(together)
    assert set(records) == set(together.values()) | alone | seen_alone
    for number in alone | seen_alone:
        kind = "P" if known[number]["Typ"] == "N" else "F"
        assert records[number] == {"adresse": number, "art": kind, **told(known[number], "1"), **told(None, "2")}


def test_three_persons_are_a_record_of_two_and_one_alone(client: ErpClient) -> None:
    three = [key for key, rows in parties().items() if len(rows) == 3]
    partners = {(row["mandant"], row["vertrag"]): row["partner"] for row in client.rows(KIND, "vertraege")}
    assert three
    assert {len(partners[key]) for key in three} == {2}


def test_a_lease_on_a_unit_that_does_not_exist_names_a_number_that_no_unit_has(client: ErpClient) -> None:
    units = {(r["mandant"], r["objekt"], r["einheit"]) for r in client.rows(KIND, "einheiten")}
    real = {tuple(list(row.values())[:4]) for row in sigma("verwaltungseinheiten")}
    broken = {
        (row["Mandant"], row["Vertragsnummer"])
        for row in sigma("vertrag_einheiten")
        if (row["Mandant"], row["WIE-Nr"], row["Objekt-Nr"], row["VE-Nr"]) not in real
    }
    dangling = {
        (row["mandant"], row["vertrag"])
        for row in client.rows(KIND, "vertraege")
        for unit in row["einheiten"]
        if (row["mandant"], unit["objekt"], unit["einheit"]) not in units
    }
    assert broken
    assert dangling == broken


def test_the_records_of_a_lease_and_its_units_are_the_right_ones(client: ErpClient) -> None:
    """A number is as good as what it leads to: floor, usage and areas of a lease's units, by way of the numbers."""
    units = {(r["mandant"], r["objekt"], r["einheit"]): r for r in client.rows(KIND, "einheiten")}
    real = {tuple(list(row.values())[:4]): row for row in sigma("verwaltungseinheiten")}
    expected: dict[Contract, list[Any]] = defaultdict(list)
    for row in sigma("vertrag_einheiten"):
        unit = real.get((row["Mandant"], row["WIE-Nr"], row["Objekt-Nr"], row["VE-Nr"]))
        if unit:
            expected[row["Mandant"], row["Vertragsnummer"]].append((unit["Etage/Lage"], unit["Nutzungsart"]))
    for row in client.rows(KIND, "vertraege"):
        found = [units.get((row["mandant"], unit["objekt"], unit["einheit"])) for unit in row["einheiten"]]
        assert sorted((unit["lage"] or "", unit["nutzung"]) for unit in found if unit) == sorted(
            expected[row["mandant"], row["vertrag"]]
        )


@pytest.mark.parametrize("asked_before", [True, False])
def test_numbers_once_given_stay_when_rows_come_go_or_are_hidden(client: ErpClient, asked_before: bool) -> None:
    with SimulatedErp(loaded("sigma")) as other, ErpClient(other) as fresh:
        first = {(r["mandant"], r["objekt"], r["einheit"]): r for r in fresh.rows(KIND, "einheiten")}
        records = {r["adresse"]: r for r in fresh.rows(KIND, "adressen")}
    if asked_before:
        client.rows(KIND, "einheiten")
    gone = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60", "VE-Nr": "1"}
    new = {**gone, "VE-Nr": "0", "Etage/Lage": "neu"}
    assert client.http.request("DELETE", "/_sim/rows/verwaltungseinheiten", json={"key": gone}).status_code == 200
    assert client.http.post("/_sim/rows/verwaltungseinheiten", json={"row": new}).status_code == 200
    client.fault("vanished", object="1/61")
    now = {(r["mandant"], r["objekt"], r["einheit"]): r for r in client.rows(KIND, "einheiten")}
    added = {key: row for key, row in now.items() if row["lage"] == "neu"}
    assert {key: row for key, row in now.items() if key not in added}.items() <= first.items()
    (number,) = added
    assert number[:2] == ("1", "638")
    assert number not in first
    after = {r["adresse"]: r for r in client.rows(KIND, "adressen")}
    pairs = {number: record for number, record in after.items() if record["name2"]}
    assert pairs
    assert pairs.items() <= records.items()


def test_without_a_wirtschaftseinheit_the_building_is_the_objekt() -> None:
    with SimulatedErp(loaded("karthago")) as erp, ErpClient(erp) as client:
        buildings = client.rows("uts-karthago", "objekte")
        objekte = client.rows(KIND, "objekte")
        assert [(r["mandant"], r["objekt"], r["strasse"], r["baujahr"]) for r in objekte] == [
            (r["firmaNr"], r["objektNr"], r["strasse"], r["baujahr"]) for r in buildings
        ]
        units = client.rows("uts-karthago", "einheiten")
        assert [(r["mandant"], r["objekt"], r["lage"]) for r in client.rows(KIND, "einheiten")] == [
            (r["firmaNr"], r["objektNr"], r["lage"]) for r in units
        ]
