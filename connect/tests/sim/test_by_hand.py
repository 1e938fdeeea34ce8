"""Changes by hand in the tables of each export, and buildings that vanish or may no longer be seen."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from erp_client import RESOURCES, ErpClient, Row, loaded
from gewerk_connect.sim import SimulatedErp

KEYS: dict[str, tuple[str, dict[str, str], str]] = {
    "sigma": ("verwaltungseinheiten", {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60", "VE-Nr": "2"}, "Etage/Lage"),
    "karthago": ("einheiten", {"firmaNr": "1", "objektNr": "00060", "einheitNr": "2"}, "lage"),
    "sap": (
        "Mietobjekte",
        {"BUKRS": "0001", "SWENR": "00000638", "SGENR": "00000060", "SMENR": "00000002"},
        "LOCFLOOR",
    ),
}
PLACES = {"sigma": "1/60", "karthago": "1/00060", "sap": "0001/00000060"}
OWN = {"sigma": "wodis-sigma", "karthago": "uts-karthago", "sap": "sap-blue-eagle"}
every_export = pytest.mark.parametrize("export", list(KEYS))


def rows_of(client: ErpClient, kind: str, resource: str) -> list[Row]:
    """Without the time of the last change."""
    return [{k: v for k, v in row.items() if k != "systemModifiedAt"} for row in client.rows(kind, resource)]


def send(client: ErpClient, method: str, table: str, **body: Any) -> httpx2.Response:
    return client.http.request(method, f"/_sim/rows/{table}", json=body)


@every_export
def test_a_change_by_hand_is_seen_in_every_dialect(export: str) -> None:
    table, key, column = KEYS[export]
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        units = {
            "wodis-yuneo": ("verwaltungseinheiten", "lage"),
            "gap-immotion": ("einheiten", "lage"),
            "relion-one": ("units", "location"),
            "sap-blue-eagle": ("Mietobjekte", "LOCFLOOR"),
            "uts-karthago": ("einheiten", "lage"),
            "wodis-sigma": ("verwaltungseinheiten", "Etage/Lage"),
        }
        before = {kind: rows_of(client, kind, resource) for kind, (resource, _) in units.items()}
        assert send(client, "PATCH", table, key=key, set={column: "7. OG, neu"}).status_code == 200
        for kind, (resource, field) in units.items():
            after = rows_of(client, kind, resource)
            changed = [(old, new) for old, new in zip(before[kind], after, strict=True) if old != new]
            assert len(changed) == 1
            assert changed[0][1] == {**changed[0][0], field: "7. OG, neu"}
    assert not any("7. OG, neu" in str(row) for row in loaded(export).tables[table].rows)


@every_export
def test_a_row_deleted_by_hand_is_gone_and_can_be_posted_again(export: str) -> None:
    table, key, _ = KEYS[export]
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        before = client.rows(OWN[export], table)
        row = next(row for row in before if key.items() <= row.items())
        assert send(client, "DELETE", table, key=key).json() == {"table": table, "rows": len(before) - 1}
        assert client.rows(OWN[export], table) == [one for one in before if one != row]
        assert send(client, "DELETE", table, key=key).status_code == 404
        assert send(client, "POST", table, row=row).status_code == 200
        assert client.rows(OWN[export], table) == before
        assert send(client, "POST", table, row=row).status_code == 409


def test_a_row_that_stands_twice_changes_twice(client: ErpClient) -> None:
    key = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60"}
    send(client, "PATCH", "objekte", key=key, set={"Straße": "Neue Straße 1"})
    assert [row["Straße"] for row in client.rows("wodis-sigma", "objekte")].count("Neue Straße 1") == 2


@pytest.mark.parametrize(
    ("method", "table", "body", "status"),
    [
        ("PATCH", "konten", {"key": {}, "set": {}}, 404),
        ("PATCH", "mandanten", {"key": {"Mandant": "8"}, "set": {"Name": "x"}}, 404),
        ("PATCH", "mandanten", {"key": {"Mandant": "1"}, "set": {"Mandant": "3"}}, 400),
        ("PATCH", "mandanten", {"key": {"Mandant": "1"}, "set": {"Konto": "3"}}, 400),
        ("PATCH", "mandanten", {"key": {"Mandant": "1"}, "set": {"Name": 3}}, 400),
        ("PATCH", "mandanten", {"key": {"Mandant": "1"}}, 400),
        ("PATCH", "mandanten", {"key": {"Name": "x"}, "set": {"Name": "y"}}, 400),
        ("PATCH", "objekte", {"key": {"Mandant": "1"}, "set": {"Ort": "y"}}, 400),
        ("DELETE", "mandanten", {"key": {"Mandant": 1}}, 400),
        ("DELETE", "mandanten", {}, 400),
        ("POST", "mandanten", {"row": {"Name": "x"}}, 400),
        ("POST", "mandanten", {"row": {"Mandant": "1"}}, 409),
        ("PUT", "mandanten", {"row": {"Mandant": "9"}}, 404),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    client: ErpClient, method: str, table: str, body: dict[str, Any], status: int
) -> None:
    before = client.rows("wodis-sigma", "mandanten")
    assert send(client, method, table, **body).status_code == status
    assert client.rows("wodis-sigma", "mandanten") == before


def test_the_time_of_a_change_is_told_and_is_later_than_any_time_told_before() -> None:
    moment = datetime(2026, 11, 22, 2, tzinfo=UTC)
    with SimulatedErp(loaded("sigma"), clock=lambda: moment) as erp, ErpClient(erp) as client:
        before = {row["systemModifiedAt"] for row in client.rows("relion-one", "buildings")}
        assert before == {"2026-11-22T02:00:00.000Z"}
        told = []
        for name in ("A 1", "A 2"):
            key = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60"}
            send(client, "PATCH", "objekte", key=key, set={"Straße": name})
            rows = client.rows("relion-one", "buildings")
            told += [{row["systemModifiedAt"] for row in rows if row["address"] == name}]
            assert sum(row["systemModifiedAt"] in before for row in rows) == len(rows) - 2
        assert told == [{"2026-11-22T02:00:00.001Z"}, {"2026-11-22T02:00:00.002Z"}]


def test_a_contract_changed_in_karthago_is_changed_with_its_units_and_parties() -> None:
    with SimulatedErp(loaded("karthago")) as erp, ErpClient(erp) as client:
        start = client.rows("relion-one", "companies")[0]["systemModifiedAt"]
        key = {"firmaNr": "1", "vertragNr": "601405"}
        send(client, "PATCH", "vertraege", key=key, set={"ende": "2027-01-31"})
        for resource, field in (
            *(("contracts", "number"), ("contractUnits", "contractNumber"), ("contractContacts", "contractNumber")),
        ):
            changed = [row for row in client.rows("relion-one", resource) if row["systemModifiedAt"] > start]
            assert {(row["company"], row[field]) for row in changed} == {("1", "601405")}


BELOW: dict[str, tuple[str, str, str, Any]] = {
    "wodis-sigma": ("objekte", "verwaltungseinheiten", "vertraege", "Objekt-Nr"),
    "wodis-yuneo": ("gebaeude", "verwaltungseinheiten", "vertraege", "gebaeudeNr"),
    "uts-karthago": ("objekte", "einheiten", "vertraege", "objektNr"),
    "sap-blue-eagle": ("Gebaeude", "Mietobjekte", "Vertraege", "SGENR"),
}


@every_export
@pytest.mark.parametrize("fault", ["vanished", "rights"])
@pytest.mark.parametrize("kind", list(BELOW))
def test_a_hidden_building_takes_along_what_lies_below_it_and_nothing_else(export: str, fault: str, kind: str) -> None:
    buildings, units, contracts, number = BELOW[kind]
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        before = {name: client.rows(kind, name) for name in (buildings, units, contracts)}
        other = "wodis-yuneo" if kind != "wodis-yuneo" else "gap-immotion"
        untouched = client.rows(other, "vertraege")
        nested = client.rows("wodis-yuneo", "vertraege")
        client.fault(fault, dialect=kind, object=PLACES[export])
        client_number, building = PLACES[export].split("/")

        def below(row: Row) -> bool:
            return row[number] == building and next(iter(row.values())) == client_number

        assert client.rows(kind, buildings) == [row for row in before[buildings] if not below(row)]
        assert client.rows(kind, units) == [row for row in before[units] if not below(row)]
        emptied = {
            (row["mandantNr"], row["vertragNr"])
            for row in nested
            if row["einheiten"]
            and all((row["mandantNr"], u["gebaeudeNr"]) == (client_number, building) for u in row["einheiten"])
        }
        assert emptied
        left = [tuple(row.values())[:2] for row in before[contracts] if tuple(row.values())[:2] not in emptied]
        assert [tuple(row.values())[:2] for row in client.rows(kind, contracts)] == left
        assert client.rows(other, "vertraege") == untouched
        client.http.delete("/_sim/faults")
        assert client.rows(kind, units) == before[units]


def test_a_contract_with_a_unit_elsewhere_stays_with_that_unit() -> None:
    with SimulatedErp(loaded("karthago")) as erp, ErpClient(erp) as client:
        before = {row["vertragNr"]: row for row in client.rows("uts-karthago", "vertraege")}
        assert {unit["objektNr"] for unit in before["601460"]["einheiten"]} == {"00060", "00061"}
        client.fault("vanished", object="1/00060")
        after = {row["vertragNr"]: row for row in client.rows("uts-karthago", "vertraege")}
        assert after["601460"] == {**before["601460"], "einheiten": [{"objektNr": "00061", "einheitNr": "4"}]}


@every_export
def test_karthago_tells_a_right_taken_away_from_an_object_that_is_gone(export: str) -> None:
    client_number, building = PLACES[export].split("/")
    address = f"/karthago/api/objekte/{client_number}/{building}"
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        listed = [
            r
            for r in client.rows("uts-karthago", "objekte")
            if (r["firmaNr"], r["objektNr"]) == (client_number, building)
        ]
        assert client.get("uts-karthago", address).json() == listed[0]
        assert client.get("uts-karthago", f"{address}0").status_code == 404
        client.fault("rights", object=PLACES[export])
        answer = client.get("uts-karthago", address)
        assert (answer.status_code, listed[0]["strasse"] in answer.text) == (403, False)
        client.fault("vanished", object=PLACES[export])
        assert client.get("uts-karthago", address).status_code == 404
        client.http.delete("/_sim/faults")
        assert client.get("uts-karthago", address).status_code == 200
        assert client.http.get(address).status_code == 401


def test_persons_stay_when_their_building_is_hidden(client: ErpClient) -> None:
    before = client.rows("wodis-sigma", "geschaeftspartner")
    client.fault("vanished", object="1/60")
    assert client.rows("wodis-sigma", "geschaeftspartner") == before


def test_all_dialects_are_asked(client: ErpClient) -> None:
    """A hidden building is hidden in each of them when none is named."""
    counts = {kind: {name: len(client.rows(kind, name)) for name in names} for kind, names in RESOURCES.items()}
    client.fault("vanished", object="1/60")
    for kind, names in RESOURCES.items():
        assert sum(len(client.rows(kind, name)) for name in names) < sum(counts[kind].values())


@every_export
def test_a_building_with_the_same_number_of_another_client_stays(export: str) -> None:
    table = {"sigma": "objekte", "karthago": "objekte", "sap": "Gebaeude"}[export]
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        client_number, building = PLACES[export].split("/")
        other = client_number.replace("1", "2")
        rows = client.rows(OWN[export], table)
        twin = next(row for row in rows if building in row.values())
        twin |= {name: other for name, value in twin.items() if value == client_number}
        assert send(client, "POST", table, row=twin).status_code == 200
        client.fault("vanished", object=PLACES[export])
        assert [row for row in client.rows(OWN[export], table) if building in row.values()] == [twin]
