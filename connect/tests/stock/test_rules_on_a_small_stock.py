"""Every rule of spec 01 on a stock small enough to see: what is sent, left out or held, and why."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exports_here import EXPORTS, codes, counted, judged, sent, small, verdicts, write_tables
from gewerk_connect.canonical import Entity, FindingCode, SettingsError
from gewerk_connect.stock import Stock

TENANT, UNIT, PROPERTY, LANDLORD = Entity.TENANT, Entity.UNIT, Entity.PROPERTY, Entity.LANDLORD


def stock_of(tmp_path: Path, tables: dict[str, list[list[str]]] | None = None, **settings: Any) -> Stock:
    return judged(write_tables(tmp_path / "export", tables or small()), **settings)


def test_the_small_stock(tmp_path: Path) -> None:
    stock = stock_of(tmp_path)
    assert counted(stock) == {"property": 3, "unit": 4, "landlord": 1, "tenant": 1}
    assert (stock.let_units, stock.vacant_units) == (2, 2)
    assert verdicts(stock, TENANT) == {
        "1-700-100": ("send", None),
        "1-701-101": ("left_out", "tenant_without_email"),
    }
    owner = sent(stock, LANDLORD)["2-700-102"]
    assert owner["company_name"] == "Firma C"
    assert (owner["email"], owner["further_emails"]) == ("c@firma.de", ["d@firma.de"])
    assert owner["unit_external_ids"] == ["2-9-66-1"]
    assert all(stock.complete.values())


def test_a_flat_let_to_somebody_without_email_is_let(tmp_path: Path) -> None:
    assert sent(stock_of(tmp_path), UNIT)["1-9-66-2"]["occupancy"] == "let"


def test_send_without(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, tenants_without_email="send_without")
    assert sent(stock, TENANT)["1-701-101"]["email"] is None
    assert stock.skipped["tenant_without_email"] == 0
    assert "tenant_without_email" not in stock.finding_counts


def lease(start: str, end: str, *, email: str = "anna@web.de") -> dict[str, list[list[str]]]:
    tables = small()
    tables["contracts"][0][3:] = [start, end]
    tables["parties"][0][5] = email
    return tables


@pytest.mark.parametrize(
    ("start", "end", "verdict", "occupancy"),
    [
        ("21.01.2027", "", ("send", None), "vacant"),
        ("22.01.2027", "", ("left_out", "not_yet"), "vacant"),
        ("01.01.2020", "22.11.2026", ("send", None), "let"),
        ("01.01.2020", "21.11.2026", ("left_out", "ended"), "vacant"),
        ("22.11.2026", "", ("send", None), "let"),
        ("23.11.2026", "", ("send", None), "vacant"),
        ("31.02.2020", "", ("held", "invalid_date"), "unknown"),
        ("01.01.2020", "30.02.2027", ("held", "invalid_date"), "unknown"),
        ("", "", ("send", None), "let"),
    ],
)
def test_window_and_occupancy(
    tmp_path: Path, start: str, end: str, verdict: tuple[str, str | None], occupancy: str
) -> None:
    stock = stock_of(tmp_path, lease(start, end))
    assert verdicts(stock, TENANT)["1-700-100"] == verdict
    assert sent(stock, UNIT)["1-9-66-1"]["occupancy"] == occupancy


def test_lead_and_grace_are_settings(tmp_path: Path) -> None:
    tables = lease("01.01.2027", "")
    assert verdicts(stock_of(tmp_path, tables, lead_days=39), TENANT)["1-700-100"] == ("left_out", "not_yet")
    assert verdicts(stock_of(tmp_path, tables, lead_days=40), TENANT)["1-700-100"] == ("send", None)
    tables = lease("01.01.2020", "12.11.2026")
    assert verdicts(stock_of(tmp_path, tables, grace_days=9), TENANT)["1-700-100"] == ("left_out", "ended")
    assert verdicts(stock_of(tmp_path, tables, grace_days=10), TENANT)["1-700-100"] == ("send", None)


def test_order_of_judgement_is_held_then_window_then_email(tmp_path: Path) -> None:
    assert (
        verdicts(stock_of(tmp_path, lease("31.02.2020", "01.01.2021", email="")), TENANT)["1-700-100"][1]
        == "invalid_date"
    )
    assert verdicts(stock_of(tmp_path, lease("01.01.2020", "01.01.2021", email="")), TENANT)["1-700-100"][1] == "ended"
    assert (
        verdicts(stock_of(tmp_path, lease("01.01.2020", "", email="-")), TENANT)["1-700-100"][1]
        == "tenant_without_email"
    )


def test_each_tenant_of_a_lease_is_judged_alone(tmp_path: Path) -> None:
    tables = small()
    tables["contract_parties"].append(["1", "700", "101", "co_tenant", ""])
    assert verdicts(stock_of(tmp_path, tables), TENANT)["1-700-101"] == ("left_out", "tenant_without_email")
    assert verdicts(stock_of(tmp_path, tables, main_tenants_only=True), TENANT)["1-700-101"] == (
        "left_out",
        "co_tenant_filter",
    )
    assert verdicts(stock_of(tmp_path, tables, main_tenants_only=True), TENANT)["1-700-100"] == ("send", None)


def test_a_unit_without_building_holds_what_stands_on_it(tmp_path: Path) -> None:
    tables = small()
    tables["units"].append(["1", "9", "99", "1", "Wohnung", "", ""])
    tables["contracts"].append(["1", "702", "lease", "01.01.2020", ""])
    tables["contract_units"].append(["1", "702", "9", "99", "1"])
    tables["contract_parties"].append(["1", "702", "100", "main_tenant", ""])
    stock = stock_of(tmp_path, tables)
    assert verdicts(stock, UNIT)["1-9-99-1"] == ("held", "unit_without_building")
    assert verdicts(stock, TENANT)["1-702-100"] == ("held", "parent_held")
    assert stock.skipped["unit_without_building"] == 1
    assert stock.skipped["parent_held"] == 1
    finding = next(finding for finding in stock.findings if finding.code == "unit_without_building")
    assert (finding.external_id, finding.detail) == ("1-9-99-1", "99")
    assert finding.origin == ("units.csv", 6)
    assert finding.column == "building"


def test_broken_references(tmp_path: Path) -> None:
    tables = small()
    tables["contracts"] += [["1", "702", "lease", "", ""], ["1", "703", "lease", "", ""]]
    tables["contract_units"].append(["1", "702", "9", "66", "77"])
    tables["contract_parties"] += [
        ["1", "702", "100", "main_tenant", ""],
        ["1", "703", "100", "main_tenant", ""],
        ["1", "700", "999", "co_tenant", ""],
        ["1", "888", "100", "main_tenant", ""],
    ]
    stock = stock_of(tmp_path, tables)
    found = verdicts(stock, TENANT)
    for external_id in ("1-702-100", "1-703-100", "1-700-999", "1-888-100"):
        assert found[external_id] == ("held", "broken_reference")
    assert found["1-700-100"] == ("send", None)
    assert stock.skipped["broken_reference"] == 4
    told = {finding.external_id: finding for finding in stock.findings if finding.code == "broken_reference"}
    assert told["1-702-100"].detail == "1-9-66-77"
    assert told["1-702-100"].origin == ("contract_units.csv", 5)
    assert told["1-700-999"].origin == ("contract_parties.csv", 7)


def test_a_contract_with_a_good_and_a_missing_unit_is_sent_with_the_good_one(tmp_path: Path) -> None:
    tables = small()
    tables["contract_units"].append(["1", "700", "9", "66", "77"])
    stock = stock_of(tmp_path, tables)
    assert sent(stock, TENANT)["1-700-100"]["unit_external_ids"] == ["1-9-66-1"]
    assert codes(stock).count("partial_contract") == 1
    tables["contract_units"][0], tables["contract_units"][-1] = (
        tables["contract_units"][-1],
        tables["contract_units"][0],
    )
    assert sent(stock_of(tmp_path, tables), TENANT)["1-700-100"]["unit_external_ids"] == ["1-9-66-1"]


def test_a_lease_of_two_units(tmp_path: Path) -> None:
    tables = small()
    tables["contract_units"].append(["1", "700", "9", "67", "1"])
    stock = stock_of(tmp_path, tables)
    assert sent(stock, TENANT)["1-700-100"]["unit_external_ids"] == ["1-9-66-1", "1-9-67-1"]
    assert stock.let_units == 3


def test_the_same_row_twice_is_one_record(tmp_path: Path) -> None:
    tables = {name: rows + rows for name, rows in small().items()}
    once, twice = stock_of(tmp_path / "a"), stock_of(tmp_path / "b", tables)
    assert counted(once) == counted(twice)
    assert twice.skipped["conflicting_rows"] == 0


def test_two_rows_with_one_key_and_other_content_are_both_held(tmp_path: Path) -> None:
    tables = small()
    tables["buildings"].append(["1", "9", "66", "Anger 55", "99084", "Erfurt", "1990"])
    stock = stock_of(tmp_path, tables)
    assert verdicts(stock, PROPERTY)["1-9-66"] == ("held", "conflicting_rows")
    assert verdicts(stock, UNIT)["1-9-66-1"] == ("held", "parent_held")
    assert verdicts(stock, TENANT)["1-700-100"] == ("held", "parent_held")
    assert stock.skipped["conflicting_rows"] == 2
    rows = [finding.origin.row for finding in stock.findings if finding.code == "conflicting_rows" and finding.origin]
    assert rows == [2, 5]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("contracts", ["1", "700", "lease", "01.01.2021", ""]),
        ("parties", ["100", "natural", "Anne", "Alt", "", "anna@web.de", ""]),
        ("contract_parties", ["1", "700", "100", "co_tenant", ""]),
    ],
)
def test_conflicts_around_a_tenant_hold_the_tenant(tmp_path: Path, table: str, row: list[str]) -> None:
    tables = small()
    tables[table].append(row)
    stock = stock_of(tmp_path, tables)
    assert verdicts(stock, TENANT)["1-700-100"] == ("held", "conflicting_rows")
    assert stock.skipped["conflicting_rows"] == 1
    assert "conflicting_rows" in stock.finding_counts


def test_a_conflicting_unit_holds_its_lease(tmp_path: Path) -> None:
    tables = small()
    tables["units"].append(["1", "9", "66", "1", "Büro", "EG links", "50,5"])
    stock = stock_of(tmp_path, tables)
    assert verdicts(stock, UNIT)["1-9-66-1"] == ("held", "conflicting_rows")
    assert verdicts(stock, TENANT)["1-700-100"] == ("held", "parent_held")


def test_keys_that_would_render_one_id_are_both_held(tmp_path: Path) -> None:
    tables = small()
    tables["units"] += [["1", "9", "66", "3-1", "Wohnung", "", ""]]
    tables["buildings"].append(["1", "9", "66-3", "Anger 8", "99084", "Erfurt", ""])
    tables["units"].append(["1", "9", "66-3", "1", "Wohnung", "", ""])
    stock = stock_of(tmp_path, tables)
    assert verdicts(stock, UNIT)["1-9-66-3-1"] == ("held", "id_collision")
    assert stock.skipped["id_collision"] == 2
    assert codes(stock).count("id_collision") == 2
    assert "separator_in_key" in codes(stock)
    other = stock_of(tmp_path, tables, separator="_")
    assert other.skipped["id_collision"] == 0
    assert other.safe_separators == ("_", ".", "/", "|")


def test_a_collision_with_a_record_of_another_client_is_none_when_that_is_filtered(tmp_path: Path) -> None:
    tables = small()
    tables["contracts"].append(["1-700", "1", "lease", "", ""])
    tables["contract_units"].append(["1-700", "1", "9", "66", "1"])
    tables["contract_parties"].append(["1-700", "1", "100", "main_tenant", ""])
    tables["contracts"].append(["1", "700-1", "lease", "", ""])
    tables["contract_units"].append(["1", "700-1", "9", "66", "1"])
    tables["contract_parties"].append(["1", "700-1", "100", "main_tenant", ""])
    both = stock_of(tmp_path, tables)
    assert verdicts(both, TENANT)["1-700-1-100"] == ("held", "id_collision")
    one = stock_of(tmp_path, tables, clients=("1",))
    assert verdicts(one, TENANT)["1-700-1-100"] == ("send", None)
    assert next(record.key for record in one.stream(TENANT) if record.external_id == "1-700-1-100") == (
        "1",
        "700-1",
        "100",
    )


def test_client_filter(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, clients=("2",))
    assert counted(stock) == {"property": 1, "unit": 1, "landlord": 1, "tenant": 0}
    assert set(verdicts(stock, TENANT).values()) == {("left_out", "client_filter")}
    assert stock.skipped["tenant_without_email"] == 0
    assert stock_of(tmp_path, clients=("02", "9")).finding_counts == {"unknown_client": 1}
    with pytest.raises(SettingsError):
        stock_of(tmp_path, small(clients=[["1", ""], ["01", ""]]), clients=("1",))


def test_object_filter(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, objects=("67",))
    assert counted(stock) == {"property": 1, "unit": 1, "landlord": 0, "tenant": 0}
    assert verdicts(stock, TENANT)["1-700-100"] == ("left_out", "object_filter")
    assert stock_of(tmp_path, objects=("67", "5")).finding_counts["unknown_object"] == 1


def test_usage_filter(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, usages=("storage",))
    assert list(sent(stock, UNIT)) == ["1-9-67-1"]
    assert verdicts(stock, TENANT)["1-700-100"] == ("left_out", "usage_filter")


def test_vacant_filter(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, vacant_units=False)
    assert set(sent(stock, UNIT)) == {"1-9-66-1", "1-9-66-2"}
    assert verdicts(stock, LANDLORD)["2-700-102"] == ("left_out", "vacant_filter")
    coming = stock_of(tmp_path, lease("01.12.2026", ""), vacant_units=False)
    assert "1-9-66-1" in sent(coming, UNIT)
    assert verdicts(coming, TENANT)["1-700-100"] == ("send", None)


def test_usages_that_no_table_knows_are_told_once(tmp_path: Path) -> None:
    tables = small()
    tables["units"] += [["1", "9", "67", str(number), "Atelier", "", ""] for number in range(2, 6)]
    stock = stock_of(tmp_path, tables)
    assert sent(stock, UNIT)["1-9-67-3"]["usage"] == "other"
    assert [finding.detail for finding in stock.findings if finding.code == "unmapped_usage"] == ["Atelier"]
    own = stock_of(tmp_path, tables, usage_table={"atelier": "commercial"})
    assert sent(own, UNIT)["1-9-67-3"]["usage"] == "commercial"
    assert "unmapped_usage" not in own.finding_counts


def test_economic_entities_as_groups(tmp_path: Path) -> None:
    stock = stock_of(tmp_path, economic_entities_as_groups=True)
    assert [(group.external_id, group.name) for group in stock.groups] == [("1-9", "Süd"), ("2-9", "Nord")]
    assert sent(stock, PROPERTY)["1-9-67"]["group_external_ids"] == ["1-9"]
    assert "group_external_ids" not in sent(stock_of(tmp_path), PROPERTY)["1-9-67"]


def test_economic_entity_as_property_where_there_are_no_buildings(tmp_path: Path) -> None:
    tables = small()
    tables["units"].append(["1", "9", "", "2", "Wohnung", "", ""])
    assert verdicts(stock_of(tmp_path, tables), UNIT)["1-9-2"] == ("held", "unit_without_building")
    stock = stock_of(tmp_path, tables, economic_entity_as_property=True)
    assert sent(stock, UNIT)["1-9-2"]["property_external_id"] == "1-9"
    assert sent(stock, PROPERTY)["1-9"]["name"] == "Süd"
    record = next(record for record in stock.stream(UNIT) if record.external_id == "1-9-2")
    assert record.key == ("1", "9", "2")


def test_codes_that_the_mapping_does_not_know_hold_the_record(tmp_path: Path) -> None:
    for table, column, value in (("contracts", 2, "Pacht"), ("contract_parties", 3, "Bürge"), ("parties", 1, "X")):
        tables = small()
        tables[table][0][column] = value
        stock = stock_of(tmp_path / table, tables)
        assert verdicts(stock, TENANT)["1-700-100"] == ("held", "unmapped_value"), table
        assert stock.finding_counts["unmapped_value"] >= 1
        assert stock.skipped["unmapped_value"] == 1


def test_rows_without_a_number_are_told(tmp_path: Path) -> None:
    tables = small()
    tables["units"].append(["1", "9", "66", "", "Wohnung", "", ""])
    stock = stock_of(tmp_path, tables)
    assert counted(stock)["unit"] == 4
    assert stock.finding_counts["missing_key"] == 1


def test_numbers_that_are_none_stay_empty(tmp_path: Path) -> None:
    tables = small()
    tables["units"][0][6] = "ca. 50"
    tables["buildings"][0][6] = "um 1900"
    stock = stock_of(tmp_path, tables)
    assert sent(stock, UNIT)["1-9-66-1"]["living_area_m2"] is None
    assert sent(stock, PROPERTY)["1-9-66"]["construction_year"] is None
    assert stock.finding_counts["invalid_number"] == 2


def test_padded_keys_find_each_other(tmp_path: Path) -> None:
    tables = small()
    tables["contract_units"][0] = [" 1", "700 ", "9", "66 ", " 1 "]
    tables["contract_parties"][0][2] = "100  "
    tables["units"][0][3] = "1 "
    assert verdicts(stock_of(tmp_path, tables), TENANT)["1-700-100"] == ("send", None)


def test_without_contracts_the_occupancy_is_unknown_and_people_are_not_complete(tmp_path: Path) -> None:
    tables = {name: rows for name, rows in small().items() if name in ("buildings", "units")}
    stock = stock_of(tmp_path, tables)
    assert sent(stock, UNIT)["1-9-66-1"]["occupancy"] == "unknown"
    assert (stock.let_units, stock.vacant_units) == (None, None)
    assert stock.complete == {PROPERTY: True, UNIT: True, LANDLORD: False, TENANT: False}


def test_valid_until_is_the_next_day_on_which_something_changes(tmp_path: Path) -> None:
    assert stock_of(tmp_path).valid_until is None
    assert stock_of(tmp_path, lease("01.01.2020", "30.11.2026")).valid_until == date(2026, 12, 1)
    assert stock_of(tmp_path, lease("01.03.2027", "")).valid_until == date(2026, 12, 31)
    assert stock_of(tmp_path, lease("01.12.2026", "")).valid_until == date(2026, 12, 1)


def test_findings_carry_no_personal_data(tmp_path: Path) -> None:
    tables = small()
    tables["parties"].append(["101", "natural", "Berta", "Bau", "", "berta@", "0176"])
    stock = stock_of(tmp_path, tables)
    text = repr(list(stock.findings)) + str(list(stock.findings))
    for word in ("Anna", "Bert", "Bau", "@", "0176"):
        assert word not in text
    assert FindingCode.CONFLICTING_ROWS in stock.finding_counts


@pytest.mark.parametrize(
    ("folder", "country", "counts", "let"),
    [
        ("austria", "AT", {"property": 5, "unit": 11, "landlord": 1, "tenant": 5}, (6, 5)),
        ("britain", "GB", {"property": 5, "unit": 10, "landlord": 1, "tenant": 3}, (5, 5)),
    ],
)
def test_two_other_countries(folder: str, country: str, counts: dict[str, int], let: tuple[int, int]) -> None:
    stock = judged(EXPORTS / folder, country=country)
    assert counted(stock) == counts
    assert (stock.let_units, stock.vacant_units) == let
    assert stock.skipped["tenant_without_email"] == 2
    assert stock.skipped["ended"] == 1
    assert {payload["address"]["country"] for payload in sent(stock, PROPERTY).values()} == {country}
    phones = [entry["e164"] for payload in sent(stock, TENANT).values() for entry in payload["phones"]]
    code = {"AT": "+43", "GB": "+44"}[country]
    assert phones
    assert all(number.startswith(code) for number in phones)
