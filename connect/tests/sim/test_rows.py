"""Every dialect and table: all rows arrive once over all pages, and they are what the export holds, read here anew."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from erp_client import RESOURCES, TABLES, ErpClient, Row, loaded
from export_rows import karthago, sap, sigma
from gewerk_connect.sim import SimulatedErp

OWN = {"sigma": "wodis-sigma", "karthago": "uts-karthago", "sap": "sap-blue-eagle"}


@pytest.fixture(scope="module", params=list(OWN))
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, ErpClient]]:
    with SimulatedErp(loaded(request.param)) as erp, ErpClient(erp) as client:
        yield request.param, client


@pytest.fixture(scope="module")
def from_sigma() -> Iterator[ErpClient]:
    with SimulatedErp(loaded("sigma")) as erp, ErpClient(erp) as client:
        yield client


KEYS = {
    "wodis-sigma": {
        "mandanten": "Mandant",
        "wirtschaftseinheiten": "Mandant WIE-Nr",
        "objekte": "Mandant WIE-Nr Objekt-Nr",
        "verwaltungseinheiten": "Mandant WIE-Nr Objekt-Nr VE-Nr",
        "geschaeftspartner": "GP-Nr",
        "vertraege": "Mandant Vertragsnummer",
        "vertrag_einheiten": "Mandant Vertragsnummer WIE-Nr Objekt-Nr VE-Nr",
        "vertragspartner": "Mandant Vertragsnummer GP-Nr",
    },
    "wodis-yuneo": {
        "mandanten": "mandantNr",
        "wirtschaftseinheiten": "mandantNr weNr",
        "gebaeude": "mandantNr weNr gebaeudeNr",
        "verwaltungseinheiten": "mandantNr weNr gebaeudeNr veNr",
        "personen": "personNr",
        "vertraege": "mandantNr vertragNr",
    },
    "gap-immotion": {
        "mandanten": "mandant",
        "objekte": "mandant objekt",
        "einheiten": "mandant objekt einheit",
        "adressen": "adresse",
        "vertraege": "mandant vertrag",
    },
    "relion-one": {
        "companies": "number",
        "economicUnits": "company number",
        "buildings": "company economicUnitNumber number",
        "units": "company economicUnitNumber objectNumber number",
        "contacts": "company number",
        "contracts": "company number",
        "contractUnits": "company contractNumber economicUnitNumber objectNumber unitNumber",
        "contractContacts": "company contractNumber contactNumber",
    },
    "sap-blue-eagle": {
        "Buchungskreise": "BUKRS",
        "Wirtschaftseinheiten": "BUKRS SWENR",
        "Gebaeude": "BUKRS SWENR SGENR",
        "Mietobjekte": "BUKRS SWENR SGENR SMENR",
        "Geschaeftspartner": "PARTNER",
        "Vertraege": "BUKRS RECNNR",
        "Vertragsobjekte": "BUKRS RECNNR SWENR SGENR SMENR",
        "Vertragspartner": "BUKRS RECNNR PARTNER",
    },
    "uts-karthago": {
        "firmen": "firmaNr",
        "objekte": "firmaNr objektNr",
        "einheiten": "firmaNr objektNr einheitNr",
        "adressen": "adressNr",
        "vertraege": "firmaNr vertragNr",
    },
}
TWICE = {("1", "638", "60"), ("1", "60"), ("1", "", "60"), ("1", "", "00060"), ("1", "00060")}
TWICE |= {("0001", "00000638", "00000060"), ("0001", "00000060")}
"""The building that stands twice in all three exports, in every form of its key."""
READ: dict[str, Callable[[str], list[Row]]] = {"sigma": sigma, "karthago": karthago, "sap": sap}


def bag(rows: list[Row]) -> Counter[str]:
    """Rows without their order, each as often as it stands there, types and order of fields included."""
    return Counter(json.dumps(row, ensure_ascii=False) for row in rows)


@pytest.mark.parametrize(
    ("export", "resource"), [(export, name) for export, kind in OWN.items() for name in RESOURCES[kind]]
)
def test_a_dialect_serves_its_own_export_unchanged(export: str, resource: str) -> None:
    with SimulatedErp(loaded(export)) as erp, ErpClient(erp) as client:
        rows = client.rows(OWN[export], resource)
    assert bag(rows) == bag(READ[export](resource))


def key_of(kind: str, resource: str, row: Row) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in KEYS[kind][resource].split())


@pytest.mark.parametrize(("kind", "resource"), TABLES)
def test_every_row_arrives_once_in_key_order_whatever_the_size_of_a_page(
    served: tuple[str, ErpClient], kind: str, resource: str
) -> None:
    export, client = served
    rows = client.rows(kind, resource, size=97)
    assert rows == client.rows(kind, resource, size=1000)
    keys = [key_of(kind, resource, row) for row in rows]
    if (
        kind == "uts-karthago" and export != "karthago"
    ):  # its Objekt is one of a Wirtschaftseinheit that it does not show
        keys.sort()
    assert keys == sorted(keys)
    assert {key for key, times in Counter(keys).items() if times > 1} <= TWICE
    assert bool(rows) == (export != "karthago" or resource.lower() not in ("wirtschaftseinheiten", "economicunits"))


def german(text: str) -> str | None:
    """``01.02.2020`` as ISO, also where there is no such day."""
    return "-".join(reversed(text.split("."))) if text else None


def amount(text: str) -> float | None:
    return float(text.replace(",", ".")) if text else None


def no_blank(row: Row, blank: Any = None) -> Row:
    return {name: blank if value in ("", None) else value for name, value in row.items()}


def grouped(table: str) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sigma(table):
        found[row["Mandant"], row["Vertragsnummer"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: [row[name] for name in KEYS["wodis-sigma"][table].split()])
    return found


def yuneo(resource: str) -> list[Row]:
    """What Yuneo must say, made of the CSV files."""
    match resource:
        case "mandanten":
            return [{"mandantNr": r["Mandant"], "name": r["Name"]} for r in sigma("mandanten")]
        case "wirtschaftseinheiten":
            return [
                {"mandantNr": r["Mandant"], "weNr": r["WIE-Nr"], "bezeichnung": r["Bezeichnung"]}
                for r in sigma(resource)
            ]
        case "gebaeude":
            rows = []
            for r in sigma("objekte"):
                found = re.fullmatch(r"(.+) (\d\S*)", r["Straße"])
                rows.append(
                    no_blank(
                        {
                            "mandantNr": r["Mandant"],
                            "weNr": r["WIE-Nr"],
                            "gebaeudeNr": r["Objekt-Nr"],
                            "strasse": found[1] if found else r["Straße"],
                            "hausnummer": found[2] if found else None,
                            "plz": r["PLZ"],
                            "ort": r["Ort"],
                            "ortsteil": r["Ortsteil"],
                            "baujahr": int(r["Baujahr"]),
                            "geschosse": int(r["Geschosse"]),
                        }
                    )
                )
            return rows
        case "verwaltungseinheiten":
            return [
                no_blank(
                    {
                        "mandantNr": r["Mandant"],
                        "weNr": r["WIE-Nr"],
                        "gebaeudeNr": r["Objekt-Nr"],
                        "veNr": r["VE-Nr"],
                        "lage": r["Etage/Lage"],
                        "nutzungsart": r["Nutzungsart"],
                        "wohnflaeche": amount(r["Wohnfläche"]),
                        "nutzflaeche": amount(r["Nutzfläche"]),
                        "zimmer": amount(r["Zimmer"]),
                    }
                )
                for r in sigma(resource)
            ]
        case "personen":
            names = ["personNr", "typ", "anrede", "titel", "vorname", "name", "email", "telefon", "mobil"]
            return [no_blank(dict(zip(names, r.values(), strict=True))) for r in sigma("geschaeftspartner")]
    units, parties = grouped("vertrag_einheiten"), grouped("vertragspartner")
    return [
        {
            "mandantNr": r["Mandant"],
            "vertragNr": r["Vertragsnummer"],
            "art": r["Vertragsart"],
            "beginn": german(r["Beginn"]),
            "ende": german(r["Ende"]),
            "einheiten": [
                {"weNr": u["WIE-Nr"], "gebaeudeNr": u["Objekt-Nr"], "veNr": u["VE-Nr"]}
                for u in units[r["Mandant"], r["Vertragsnummer"]]
            ],
            "vertragspartner": [
                {"personNr": p["GP-Nr"], "rolle": p["Rolle"], "anteil": p["Anteil"] or None}
                for p in parties[r["Mandant"], r["Vertragsnummer"]]
            ],
        }
        for r in sigma("vertraege")
    ]


@pytest.mark.parametrize("resource", RESOURCES["wodis-yuneo"])
def test_yuneo_says_what_the_sigma_export_holds(from_sigma: ErpClient, resource: str) -> None:
    def plain(rows: list[Row]) -> Counter[str]:
        return Counter(json.dumps(row, sort_keys=True).replace(".0,", ",").replace(".0}", "}") for row in rows)

    assert plain(from_sigma.rows("wodis-yuneo", resource)) == plain(yuneo(resource))


RELION_FIELDS = {
    "companies": ("mandanten", "Mandant Name", "number name"),
    "economicUnits": ("wirtschaftseinheiten", "Mandant WIE-Nr Bezeichnung", "company number description"),
    "buildings": (
        "objekte",
        "Mandant WIE-Nr Objekt-Nr Straße PLZ Ort Ortsteil Baujahr Geschosse",
        "company economicUnitNumber number address postCode city district constructionYear numberOfFloors",
    ),
    "units": (
        "verwaltungseinheiten",
        "Mandant WIE-Nr Objekt-Nr VE-Nr Etage/Lage Nutzungsart Wohnfläche Nutzfläche Zimmer",
        "company economicUnitNumber objectNumber number location usageType livingArea usableArea rooms",
    ),
    "contracts": (
        "vertraege",
        "Mandant Vertragsnummer Vertragsart Beginn Ende",
        "company number type startingDate endingDate",
    ),
    "contractUnits": (
        "vertrag_einheiten",
        "Mandant Vertragsnummer WIE-Nr Objekt-Nr VE-Nr",
        "company contractNumber economicUnitNumber objectNumber unitNumber",
    ),
    "contractContacts": (
        "vertragspartner",
        "Mandant Vertragsnummer GP-Nr Rolle Anteil",
        "company contractNumber contactNumber role share",
    ),
}
AMOUNTS = {"Baujahr", "Geschosse", "Wohnfläche", "Nutzfläche", "Zimmer"}


def relion_value(column: str, text: str) -> Any:
    if column in AMOUNTS:
        return amount(text) or 0
    if column in ("Beginn", "Ende"):
        return german(text) or "0001-01-01"
    return {"Mietvertrag": "Rental", "Eigentümervertrag": "Ownership"}.get(text, text)


@pytest.mark.parametrize("resource", RELION_FIELDS)
def test_relion_says_what_the_sigma_export_holds(from_sigma: ErpClient, resource: str) -> None:
    table, columns, fields = RELION_FIELDS[resource]
    expected = Counter(tuple(relion_value(column, row[column]) for column in columns.split()) for row in sigma(table))
    rows = from_sigma.rows("relion-one", resource)
    assert Counter(tuple(row[field] for field in fields.split()) for row in rows) == expected
    identity = "id" if resource == "companies" else "systemId"
    assert set().union(*rows) <= {*fields.split(), identity, "systemModifiedAt"}
    assert len({row[identity] for row in rows}) == len(rows)


def test_relion_lists_for_each_company_the_persons_that_its_contracts_name(from_sigma: ErpClient) -> None:
    known = {row["GP-Nr"]: row for row in sigma("geschaeftspartner")}
    named = {(row["Mandant"], row["GP-Nr"]) for row in sigma("vertragspartner") if row["GP-Nr"] in known}
    rows = from_sigma.rows("relion-one", "contacts")
    assert {(row["company"], row["number"]) for row in rows} == named
    assert len(rows) == len(named)
    for row in rows:
        person = known[row["number"]]
        natural = person["Typ"] == "N"
        assert row["type"] == ("Person" if natural else "Company")
        assert (row["surname"], row["companyName"]) == ((person["Name"], "") if natural else ("", person["Name"]))
        given = [row[f] for f in ("salutation", "jobTitle", "firstName", "eMail", "phoneNumber", "mobilePhoneNumber")]
        assert given == [person[c] for c in ("Anrede", "Titel", "Vorname", "E-Mail", "Telefon", "Handy")]


def test_ids_of_relion_are_the_same_in_every_run(from_sigma: ErpClient) -> None:
    with SimulatedErp(loaded("sigma")) as other, ErpClient(other) as client:
        again = [row["systemId"] for row in client.rows("relion-one", "buildings")]
    assert [row["systemId"] for row in from_sigma.rows("relion-one", "buildings")] == again


SAP_CODES = {
    "Mietvertrag": "MV",
    "Eigentümervertrag": "EV",
    "N": "1",
    "J": "2",
    "Hauptmieter": "TR0600",
    "Mitmieter": "TR0603",
    "Eigentümer": "TR0602",
}
SAP_COLUMNS = {
    "Buchungskreise": ("mandanten", "Mandant Name"),
    "Wirtschaftseinheiten": ("wirtschaftseinheiten", "Mandant WIE-Nr Bezeichnung"),
    "Gebaeude": ("objekte", "Mandant WIE-Nr Objekt-Nr Straße PLZ Ort Baujahr"),
    "Mietobjekte": (
        "verwaltungseinheiten",
        "Mandant WIE-Nr Objekt-Nr VE-Nr Etage/Lage Nutzungsart Wohnfläche Nutzfläche",
    ),
    "Vertraege": ("vertraege", "Mandant Vertragsnummer Vertragsart Beginn Ende"),
    "Vertragsobjekte": ("vertrag_einheiten", "Mandant Vertragsnummer WIE-Nr Objekt-Nr VE-Nr"),
    "Vertragspartner": ("vertragspartner", "Mandant Vertragsnummer GP-Nr Rolle Anteil"),
}


@pytest.mark.parametrize("sheet", SAP_COLUMNS)
def test_sap_says_what_the_sigma_export_holds_in_the_columns_of_its_sheets(from_sigma: ErpClient, sheet: str) -> None:
    table, columns = SAP_COLUMNS[sheet]

    def value(column: str, text: str) -> Any:
        if column in AMOUNTS:
            return amount(text)
        return german(text) if column in ("Beginn", "Ende") else SAP_CODES.get(text, text) or None

    rows = from_sigma.rows("sap-blue-eagle", sheet)
    assert Counter(tuple(row.values()) for row in rows) == Counter(
        tuple(value(column, row[column]) for column in columns.split()) for row in sigma(table)
    )
    assert list(rows[0]) == list(sap(sheet)[0])


def test_a_person_and_a_firm_stand_in_the_columns_that_sap_has_for_them(from_sigma: ErpClient) -> None:
    given = {row["GP-Nr"]: row for row in sigma("geschaeftspartner")}
    rows = from_sigma.rows("sap-blue-eagle", "Geschaeftspartner")
    assert len(rows) == len(given)
    for row in rows:
        person = no_blank(given[row["PARTNER"]])
        assert (row["TYPE"], row["NAME_LAST"], row["NAME_ORG1"]) in (
            ("1", person["Name"], None),
            ("2", None, person["Name"]),
        )
        assert row["TYPE"] == SAP_CODES[person["Typ"]]
        assert [row["TITLE"], row["NAME_FIRST"], row["SMTP_ADDR"], row["TEL_NUMBER"], row["MOB_NUMBER"]] == [
            person[column] for column in ("Anrede", "Vorname", "E-Mail", "Telefon", "Handy")
        ]


def bare(number: str | None) -> str:
    return (number or "").lstrip("0")


def test_the_three_exports_tell_one_stock(served: tuple[str, ErpClient], from_sigma: ErpClient) -> None:
    """Keys but for their zeros, and what all three know."""
    _, client = served

    def units(of: ErpClient) -> Counter[Any]:
        return Counter(
            (*(bare(row[key]) for key in ("mandantNr", "gebaeudeNr", "veNr")), row["lage"], row["wohnflaeche"])
            for row in of.rows("wodis-yuneo", "verwaltungseinheiten")
        )

    def contracts(of: ErpClient) -> Counter[Any]:
        return Counter(
            (
                *(bare(row["mandantNr"]), bare(row["vertragNr"]), row["art"], row["beginn"], row["ende"]),
                frozenset((bare(unit["gebaeudeNr"]), bare(unit["veNr"])) for unit in row["einheiten"]),
                frozenset((bare(p["personNr"]), p["rolle"], p["anteil"]) for p in row["vertragspartner"]),
            )
            for row in of.rows("wodis-yuneo", "vertraege")
        )

    def persons(of: ErpClient) -> Counter[Any]:
        return Counter(
            (bare(row["personNr"]), *(row[name] for name in ("typ", "anrede", "email", "telefon", "mobil")))
            for row in of.rows("wodis-yuneo", "personen")
        )

    assert units(client) == units(from_sigma)
    assert contracts(client) == contracts(from_sigma)
    assert persons(client) == persons(from_sigma)


@pytest.mark.parametrize(("kind", "resource"), [(kind, name) for kind in OWN.values() for name in RESOURCES[kind]])
def test_a_dialect_says_of_another_export_what_its_own_holds(
    served: tuple[str, ErpClient], kind: str, resource: str
) -> None:
    """Field names, types and the number of rows; the values are compared dialect by dialect elsewhere."""
    export, client = served
    own = next(name for name, dialect in OWN.items() if dialect == kind)
    if export == "karthago" and resource.lower() == "wirtschaftseinheiten":
        return
    rows, expected = client.rows(kind, resource), READ[own](resource)
    assert len(rows) == len(expected)
    kinds = {type(value) for row in expected for value in row.values()} | {type(None), float, int}
    for row in rows:
        assert list(row) == list(expected[0])
        assert {type(value) for value in row.values()} <= (kinds if own != "sigma" else {str})


def test_karthago_says_what_the_sigma_export_holds(from_sigma: ErpClient) -> None:
    said = {(row["firmaNr"], row["vertragNr"]): row for row in from_sigma.rows("uts-karthago", "vertraege")}
    for row in yuneo("vertraege"):
        told = said[row["mandantNr"], row["vertragNr"]]
        assert told["art"] == {"Mietvertrag": "MIETER", "Eigentümervertrag": "EIGENTUEMER"}[row["art"]]
        assert (told["beginn"], told["ende"]) == (row["beginn"], row["ende"])
        assert told["einheiten"] == [{"objektNr": u["gebaeudeNr"], "einheitNr": u["veNr"]} for u in row["einheiten"]]
        assert told["personen"] == [
            {"adressNr": p["personNr"], "rolle": p["rolle"], "anteil": p["anteil"]} for p in row["vertragspartner"]
        ]
    persons = {row["adressNr"]: row for row in from_sigma.rows("uts-karthago", "adressen")}
    for row in yuneo("personen"):
        told = persons[row["personNr"]]
        assert told["natuerlichePerson"] == (row["typ"] == "N")
        assert {name: told[name] for name in row if name in told} == {n: v for n, v in row.items() if n in told}
    units = {
        (row["firmaNr"], row["objektNr"], row["einheitNr"]): row for row in from_sigma.rows("uts-karthago", "einheiten")
    }
    for row in yuneo("verwaltungseinheiten"):
        told = units[row["mandantNr"], row["gebaeudeNr"], row["veNr"]]
        assert [told[n] for n in ("lage", "nutzung", "wohnflaeche", "nutzflaeche")] == [
            row[n] for n in ("lage", "nutzungsart", "wohnflaeche", "nutzflaeche")
        ]


def test_sigma_says_what_the_sap_sheets_hold() -> None:
    with SimulatedErp(loaded("sap")) as erp, ErpClient(erp) as client:
        units = {tuple(list(row.values())[:4]): row for row in client.rows("wodis-sigma", "verwaltungseinheiten")}
        contracts = {(row["Mandant"], row["Vertragsnummer"]): row for row in client.rows("wodis-sigma", "vertraege")}

    def written(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}".replace(".", ",") if value % 1 else f"{value:.0f}"

    for row in sap("Mietobjekte"):
        told = units[row["BUKRS"], row["SWENR"], row["SGENR"], row["SMENR"]]
        assert (told["Etage/Lage"], told["Nutzungsart"]) == (row["LOCFLOOR"] or "", row["USAGETYPE"])
        assert told["Wohnfläche"].removesuffix(",00") == written(row["WOHNFL"])
    for row in sap("Vertraege"):
        told = contracts[row["BUKRS"], row["RECNNR"]]
        dates = [
            cell and (cell if "." in cell else ".".join(reversed(cell.split("-"))))
            for cell in (row["RECNBEG"], row["RECNENDABS"])
        ]
        assert [told["Beginn"], told["Ende"]] == [day or "" for day in dates]
        assert told["Vertragsart"] == {"MV": "Mietvertrag", "EV": "Eigentümervertrag"}[row["RECNTYPE"]]
