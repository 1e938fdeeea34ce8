"""GAP immotion: no buildings, and two persons in one address record. What must come out is worked out here from the export.

Nothing of the sources is used for that: the CSV files are read anew and the rules of the spec applied by hand.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from exports_here import AS_OF, EXPORTS, counted, everything, sent
from fetching import fetched, judged_source, simulated
from gewerk_connect.canonical import Entity
from gewerk_connect.settings import SEPARATORS
from gewerk_connect.sources import Source

CLIENTS = {"all": (), "1": ("1",), "2 and 7": ("2", "7")}


@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory) -> Source:
    with simulated("gap-immotion") as erp:
        return fetched("gap-immotion", erp.url, tmp_path_factory.mktemp("gap"))


@cache
def table(name: str) -> list[dict[str, str]]:
    with (EXPORTS / "sigma" / f"{name}.csv").open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day(text: str) -> date | None:
    """None for no date; raises ``ValueError`` for one that is none."""
    if not text:
        return None
    day_, month, year = map(int, text.split("."))
    return date(year, month, day_)


def expected(clients: tuple[str, ...]) -> dict[str, Any]:
    """What a first run makes of the export once its buildings are taken away."""
    wanted = {row["Mandant"] for row in table("mandanten") if not clients or row["Mandant"] in clients}
    objects = {(row["Mandant"], row["WIE-Nr"]) for row in table("wirtschaftseinheiten") if row["Mandant"] in wanted}
    units = {
        (row["Mandant"], row["WIE-Nr"], row["Objekt-Nr"], row["VE-Nr"])
        for row in table("verwaltungseinheiten")
        if row["Mandant"] in wanted
    }
    has_mail = {row["GP-Nr"]: _has_mail(row["E-Mail"]) for row in table("geschaeftspartner")}
    units_of: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for row in table("vertrag_einheiten"):
        key = (row["Mandant"], row["WIE-Nr"], row["Objekt-Nr"], row["VE-Nr"])
        units_of.setdefault((row["Mandant"], row["Vertragsnummer"]), []).append(key)
    parties_of: dict[tuple[str, str], list[str]] = {}
    for row in table("vertragspartner"):
        parties_of.setdefault((row["Mandant"], row["Vertragsnummer"]), []).append(row["GP-Nr"])
    counts: Counter[str] = Counter()
    let = set()
    for row in table("vertraege"):
        contract = (row["Mandant"], row["Vertragsnummer"])
        if row["Mandant"] not in wanted:
            continue
        here = [unit for unit in units_of.get(contract, []) if unit in units]
        is_lease = row["Vertragsart"] == "Mietvertrag"
        try:
            start, end = day(row["Beginn"]), day(row["Ende"])
        except ValueError:
            counts["broken_reference_or_date"] += len(parties_of[contract])
            continue
        if is_lease and (start is None or start <= AS_OF) and (end is None or end >= AS_OF):
            let.update(here)
        for party in parties_of.get(contract, []):
            if party not in has_mail or not here:
                counts["broken_reference_or_date"] += 1
            elif (end is not None and end < AS_OF) or (start is not None and start - timedelta(days=60) > AS_OF):
                counts["outside the window"] += 1
            elif not is_lease:
                counts["landlords"] += 1
            elif has_mail[party]:
                counts["tenants"] += 1
            else:
                counts["tenant_without_email"] += 1
    return {
        "properties": len(objects),
        "units": len(units),
        "let_units": len(let),
        "vacant_units": len(units) - len(let),
        **{name: counts[name] for name in ("tenants", "landlords", "tenant_without_email", "broken_reference_or_date")},
        "outside the window": counts["outside the window"],
    }


def _has_mail(text: str) -> bool:
    """Good enough for this export: a word with something on both sides of one @ and a point behind it."""
    words = text.replace(";", " ").replace(",", " ").split()
    return any("." in word.partition("@")[2] and word.partition("@")[0] for word in words if word.count("@") == 1)


@pytest.mark.parametrize("chosen", CLIENTS)
def test_the_counts_worked_out_from_the_export(chosen: str, gap: Source) -> None:
    stock = judged_source(gap, clients=CLIENTS[chosen])
    counts, skipped = counted(stock), stock.skipped
    assert {
        "properties": counts["property"],
        "units": counts["unit"],
        "let_units": stock.let_units,
        "vacant_units": stock.vacant_units,
        "tenants": counts["tenant"],
        "landlords": counts["landlord"],
        "tenant_without_email": skipped["tenant_without_email"],
        "broken_reference_or_date": skipped["broken_reference"] + skipped["invalid_date"],
        "outside the window": skipped["ended"] + skipped["not_yet"],
    } == expected(CLIENTS[chosen])
    assert skipped["unit_without_building"] == 0


def test_the_economic_entity_is_the_property_with_or_without_the_setting(gap: Source) -> None:
    with_setting = judged_source(gap, economic_entity_as_property=True)
    assert everything(with_setting) == everything(judged_source(gap))
    properties = sent(with_setting, Entity.PROPERTY)
    assert {external_id.count("-") for external_id in properties} == {1}
    assert properties["1-638"]["address"]["street"] == "Schüruferstraße"
    assert next(iter(sent(with_setting, Entity.UNIT))).count("-") == 2


def _couples() -> Iterator[tuple[dict[str, str], dict[str, str], str]]:
    """(main tenant, co-tenant, contract) of running leases of two natural persons who both have an address."""
    people = {row["GP-Nr"]: row for row in table("geschaeftspartner") if row["Typ"] == "N"}
    leases = {row["Vertragsnummer"]: row for row in table("vertraege") if row["Vertragsart"] == "Mietvertrag"}
    on: dict[str, list[dict[str, str]]] = {}
    for row in table("vertragspartner"):
        on.setdefault(row["Vertragsnummer"], []).append(row)
    for contract, rows in on.items():
        both = [
            people[row["GP-Nr"]]
            for row in rows
            if row["GP-Nr"] in people and row["Rolle"] in ("Hauptmieter", "Mitmieter")
        ]
        if contract in leases and len(rows) == len(both) == 2 and not leases[contract]["Ende"]:
            main, co = sorted(
                both, key=lambda person: [row["Rolle"] for row in rows if row["GP-Nr"] == person["GP-Nr"]]
            )
            yield main, co, contract


def test_the_second_person_is_a_party_of_its_own(gap: Source) -> None:
    tenants = sent(judged_source(gap), Entity.TENANT)
    by_contract: dict[str, list[dict[str, Any]]] = {}
    for tenant in tenants.values():
        by_contract.setdefault(tenant["contract_number"], []).append(tenant)
    checked = 0
    for main, co, contract in _couples():
        if not (_has_mail(main["E-Mail"]) and _has_mail(co["E-Mail"])) or contract not in by_contract:
            continue
        found = {tenant["role"]: tenant for tenant in by_contract[contract]}
        assert found["main_tenant"]["first_name"] == main["Vorname"]
        assert found["co_tenant"]["first_name"] == co["Vorname"]
        assert found["main_tenant"]["email"] != found["co_tenant"]["email"]
        number = found["main_tenant"]["party_number"]
        assert found["co_tenant"]["party_number"] == f"{number}~2"
        checked += 1
    assert checked > 5


@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_second_persons_number_survives_every_separator_and_address(separator: str, gap: Source) -> None:
    stock = judged_source(gap, separator=separator)
    seconds = [external_id for external_id in sent(stock, Entity.TENANT) if external_id.endswith("~2")]
    assert seconds
    for external_id in seconds:
        assert external_id.split(separator)[2].endswith("~2")
        assert quote(external_id.split(separator)[2], safe="") == external_id.split(separator)[2]
    assert separator not in "~2"


def test_who_leaves_a_couple_leaves_alone(tmp_path: Path) -> None:
    """The record loses its second person: that one is no party any more, the first stays as it was."""
    with simulated("gap-immotion") as erp:
        before = sent(judged_source(fetched("gap-immotion", erp.url, tmp_path)), Entity.TENANT)
        main, co, contract = next(
            found for found in _couples() if _has_mail(found[0]["E-Mail"]) and _has_mail(found[1]["E-Mail"])
        )
        first = next(t for t in before.values() if t["contract_number"] == contract and t["role"] == "main_tenant")
        from fetching import delete

        delete(
            erp.url,
            "vertragspartner",
            {"Mandant": first["client_number"], "Vertragsnummer": contract, "GP-Nr": co["GP-Nr"]},
        )
        after = sent(judged_source(fetched("gap-immotion", erp.url, tmp_path)), Entity.TENANT)
    assert main["Vorname"] == first["first_name"]
    assert [t["role"] for t in after.values() if t["contract_number"] == contract] == ["main_tenant"]
