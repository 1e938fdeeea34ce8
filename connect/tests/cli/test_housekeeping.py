"""``forget``, ``tidy`` and ``report --xlsx`` as somebody types them."""

from pathlib import Path

import pytest
from exports_here import small, write_tables
from openpyxl import load_workbook
from standin import StandIn

from .conftest import Cli, write_config

DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def config(tmp_path: Path, api: StandIn) -> Path:
    write_tables(tmp_path / "export", small())
    path = tmp_path / "haus.toml"
    write_config(path, api, kind="table-folder")
    return path


def without_anna(folder: Path) -> None:
    tables = small()
    tables["parties"] = [row for row in tables["parties"] if row[0] != "100"]
    tables["contracts"] = [row for row in tables["contracts"] if row[:2] != ["1", "700"]]
    tables["contract_units"] = [row for row in tables["contract_units"] if row[:2] != ["1", "700"]]
    tables["contract_parties"] = [row for row in tables["contract_parties"] if row[:2] != ["1", "700"]]
    write_tables(folder, tables)


def state(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("haus.*") if file.suffix != ".toml")


def test_forget_leaves_nothing_of_a_person_and_says_so(cli: Cli, config: Path, tmp_path: Path, api: StandIn) -> None:
    assert cli("apply", "--config", config, *DAY).code == 0
    assert "1-700-100" in api.records["tenant"]
    early = cli("forget", "tenant", "1-700-100", "--config", config)
    assert early.code == 2
    assert "zuerst im ERP" in early.err

    without_anna(tmp_path / "export")
    assert cli("apply", "--config", config, *DAY).code == 0
    assert api.records["tenant"]["1-700-100"]["archived_at"]
    assert b"anna@web.de" in state(tmp_path)

    gone = cli("forget", "tenant", "1-700-100", "--config", config)
    assert gone.code == 0, gone.err
    assert "Vergessen: tenant 1-700-100" in gone.out
    for said in (b"anna@web.de", b"Anna", b"0176 1234 5678", b"+4917612345678"):
        assert said not in state(tmp_path)
    assert b"c@firma.de" in state(tmp_path)

    explained = cli("explain", "tenant", "1-700-100", "--config", config, "--json")
    assert explained.code == 0
    assert explained.json["sent"] is None
    assert "anna" not in explained.out.lower()
    assert cli("plan", "--config", config, *DAY, "--whole", "--json").json["counts"]["tenant"]["create"] == 0
    again = cli("forget", "tenant", "1-700-100", "--config", config, "--json")
    assert (again.json["intents"], again.json["findings"]) == (0, 0)
    assert "ist hier nichts gespeichert" in cli("forget", "tenant", "9-9-9", "--config", config).out


def test_forget_warns_when_the_erp_would_bring_the_person_back(cli: Cli, config: Path, tmp_path: Path) -> None:
    assert cli("apply", "--config", config, *DAY).code == 0
    without_anna(tmp_path / "export")
    assert cli("apply", "--config", config, *DAY).code == 0
    write_tables(tmp_path / "export", small())
    warned = cli("forget", "tenant", "1-700-100", "--config", config)
    assert "Das ERP liefert tenant 1-700-100 noch" in warned.out


def test_tidy_says_what_went(cli: Cli, config: Path, tmp_path: Path) -> None:
    assert cli("apply", "--config", config, *DAY).code == 0
    without_anna(tmp_path / "export")
    assert cli("apply", "--config", config, *DAY).code == 0
    assert cli("tidy", "--config", config, "--json").json == {"runs": 0, "findings": 0, "payloads": 0}
    config.write_text(config.read_text() + "[retention]\narchived = 0\n")
    assert cli("tidy", "--config", config, "--json").json["payloads"] == 1
    assert b"anna@web.de" not in state(tmp_path)
    assert "Aufgeräumt: 0 Läufe" in cli("tidy", "--config", config).out


def test_report_as_a_spreadsheet(cli: Cli, config: Path, tmp_path: Path) -> None:
    assert cli("apply", "--config", config, *DAY).code == 0
    path = tmp_path / "bericht.xlsx"
    done = cli("report", "--config", config, "--xlsx", path)
    assert done.code == 0
    assert "Bericht geschrieben" in done.out
    findings = load_workbook(path)["Befunde"]
    assert findings.max_row > 1
    text = " ".join(str(cell.value) for row in findings.iter_rows() for cell in row)
    assert "tenant_without_email" in text
    assert "Bert" not in text  # the tenant without an address
    assert cli("report", "--config", config, "--xlsx", tmp_path / "no" / "such.xlsx").code == 2


def test_targets_are_listed(cli: Cli) -> None:
    assert {one["kind"] for one in cli("targets", "--json").json} == {"gewerk", "plentific"}
    assert "Nie am Original versucht" in cli("targets").out
