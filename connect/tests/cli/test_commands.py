import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from standin import Fault, StandIn

from .conftest import EXPORTS, Cli, edit, write_config

DAY = ("--as-of", "2026-11-22")
EXPECTED = json.loads((EXPORTS / "expected.json").read_text())
SKIPPED = [
    "tenant_without_email",
    "ended",
    "not_yet",
    "unit_without_building",
    "broken_reference",
    "invalid_date",
    "conflicting_rows",
    "id_collision",
    "parent_held",
]


def check_contract(printed: Any, names: list[str]) -> None:
    """The object of spec 01, "For scripts"."""
    assert list(printed) == ["as_of", "counts", "skipped", "let_units", "vacant_units", "findings"]
    assert set(printed["counts"]) == {"property", "unit", "tenant", "landlord"}
    assert all(list(of) == names for of in printed["counts"].values())
    assert list(printed["skipped"]) == SKIPPED
    assert set(printed["findings"]) == {"total", "by_code"}
    assert printed["findings"]["total"] == sum(printed["findings"]["by_code"].values())


def test_plan_apply_plan(cli: Cli, config: Path, api: StandIn) -> None:
    want = EXPECTED["all_clients"]
    planned = cli("plan", "--config", config, *DAY, "--json")
    assert planned.code == 0
    check_contract(planned.json, ["create", "update", "archive", "unchanged"])
    assert {e: of["create"] for e, of in planned.json["counts"].items()} == {
        "property": want["properties"],
        "unit": want["units"],
        "tenant": want["tenants"],
        "landlord": want["landlords"],
    }
    assert api.written == []

    done = cli("apply", "--config", config, *DAY, "--json")
    assert done.code == 0
    check_contract(done.json, ["created", "updated", "archived", "unchanged", "held", "refused"])
    assert {e: len(r) for e, r in api.records.items()} == {e: of["create"] for e, of in planned.json["counts"].items()}
    assert set(api.created.values()) == {1}
    assert done.json["let_units"] == want["let_units"]
    assert done.json["vacant_units"] == want["vacant_units"]
    assert done.json["skipped"] == planned.json["skipped"]

    again = cli("plan", "--config", config, *DAY, "--json").json
    assert all(of["create"] == of["update"] == of["archive"] == 0 for of in again["counts"].values())
    assert {e: of["unchanged"] for e, of in again["counts"].items()} == {e: len(r) for e, r in api.records.items()}
    assert again["skipped"] == planned.json["skipped"]
    assert again["findings"] == planned.json["findings"]
    offline = cli("plan", "--config", config, *DAY, "--json", "--offline").json
    assert offline == again
    whole = cli("plan", "--config", config, *DAY, "--json", "--whole").json
    assert whole == again

    [run] = api.runs.values()
    assert run["status"] == "succeeded"
    assert run["counts"]["unit"]["created"] == want["units"]
    assert run["findings"]["total"] == len(run["findings"]["items"])
    assert next(iter(api.integrations.values()))["erp_name"] == "Wodis Sigma"


@pytest.mark.parametrize("command", ["check-source", "plan"])
def test_a_code_that_the_mapping_does_not_know_is_told_with_its_row(cli: Cli, config: Path, command: str) -> None:
    edit(config.parent / "export" / "vertragspartner.csv", ";Mitmieter;", ";Bürge;")
    told = cli(command, "--config", config, *DAY)
    assert (told.code, told.err) == (0, "")
    assert "1  unbekannte Schlüssel des ERP" in told.out
    assert "vertragspartner.csv, Zeile" in told.out
    assert ", Rolle, tenant " in told.out


@pytest.mark.parametrize("kind", ["sigma", "karthago", "sap"])
@pytest.mark.parametrize(("clients", "want"), [([], "all_clients"), (["1"], "client_1"), (["2", "7"], "clients_2_7")])
def test_every_sample_reaches_the_expected_counts(
    cli: Cli, tmp_path: Path, api: StandIn, kind: str, clients: list[str], want: str
) -> None:
    names = {"sigma": "wodis-sigma", "karthago": "uts-karthago", "sap": "sap-blue-eagle"}
    path = tmp_path / "haus.toml"
    place = EXPORTS / kind if kind != "sap" else EXPORTS / "sap" / "stammdaten.xlsx"
    write_config(path, api, kind=names[kind], source=str(place), clients=clients)
    done = cli("apply", "--config", path, *DAY, "--json")
    assert done.code == 0, done.err
    expected = EXPECTED[want]
    counts = {e: of["created"] for e, of in done.json["counts"].items()}
    assert counts == {
        "property": expected["properties"],
        "unit": expected["units"],
        "tenant": expected["tenants"],
        "landlord": expected["landlords"],
    }
    assert {e: len(r) for e, r in api.records.items()} == counts
    assert (done.json["let_units"], done.json["vacant_units"]) == (expected["let_units"], expected["vacant_units"])
    skipped = done.json["skipped"]
    assert skipped["tenant_without_email"] == expected["skipped"]["tenant_without_email"]
    assert skipped["unit_without_building"] == expected["skipped"]["unit_without_building"]
    assert skipped["broken_reference"] + skipped["invalid_date"] == expected["skipped"]["broken_reference_or_date"]
    again = cli("plan", "--config", path, *DAY, "--json", "--whole").json
    assert all(of["create"] == of["update"] == of["archive"] == 0 for of in again["counts"].values())


def some_tenant(api: StandIn) -> tuple[str, str]:
    """A tenant whose e-mail address stands in the export as it was sent, and nowhere else."""
    export = (EXPORTS / "sigma" / "geschaeftspartner.csv").read_bytes().decode("cp1252")
    for external_id, record in api.records["tenant"].items():
        others = [r for r in api.records["tenant"].values() if r["party_number"] == record["party_number"]]
        if len(others) == 1 and export.count(f";{record['email']};") == 1:
            return external_id, record["email"]
    raise AssertionError


def test_one_changed_email_is_one_change_and_explain_shows_its_way(cli: Cli, config: Path, api: StandIn) -> None:
    cli("apply", "-c", config, *DAY)
    external_id, email = some_tenant(api)
    edit(config.parent / "export" / "geschaeftspartner.csv", email, "Neu@Example.org")
    planned = cli("plan", "-c", config, *DAY)
    assert f"tenant {external_id}  (Felder: email)" in planned.out
    counts = cli("plan", "-c", config, *DAY, "--json").json["counts"]
    assert sum(of["create"] + of["update"] + of["archive"] for of in counts.values()) == 1

    before = cli("explain", "tenant", external_id, "email", "-c", config).out
    assert "Export hat sich seit dem letzten Lauf geändert" in before
    assert "verschieden: email" in before

    sent = len(api.written)
    cli("apply", "-c", config, *DAY)
    assert api.written[sent:] == [("tenant", external_id, "updated")]
    told = cli("explain", "tenant", external_id, "email", "-c", config)
    assert told.code == 0
    stops = re.findall(r"^(\d)\. ", told.out, re.MULTILINE)
    assert stops == ["1", "2", "3", "4", "5", "6", "7"]
    assert "Neu@Example.org" in told.out  # what the ERP says
    assert "email = 'neu@example.org'" in told.out  # what is sent
    assert f"email: '{email}' -> 'neu@example.org'" in told.out  # what changed
    assert "updated" in told.out  # the answer
    as_json = cli("explain", "tenant", external_id, "email", "-c", config, "--json").json
    assert as_json["sent"]["fields"] == ["email"]
    assert as_json["answer"] == {"status": "updated", "problem": None}
    assert as_json["diff"]["fields"] == []


def test_explain_of_a_record_that_was_not_sent_says_why(cli: Cli, config: Path, api: StandIn) -> None:
    cli("apply", "-c", config, *DAY)
    told = cli("explain", "tenant", "1-601402-15003", "-c", config)
    assert told.code == 0
    assert "wird nicht übertragen (tenant_without_email)" in told.out
    assert "noch nichts gesendet" in told.out
    assert (
        "is not sent (tenant_without_email)"
        in cli("explain", "tenant", "1-601402-15003", "-c", config, "--lang", "en").out
    )


def test_explain_of_what_nobody_knows(cli: Cli, config: Path) -> None:
    ended = cli("explain", "tenant", "gibt-es-nicht", "-c", config)
    assert ended.code == 2
    assert "Schreibweise" in ended.err
    cli("apply", "-c", config, *DAY)
    ended = cli("explain", "property", "1-9-66", "schuhgroesse", "-c", config)
    assert ended.code == 2
    assert "address.street" in ended.err
    assert cli("explain", "haus", "1", "-c", config).code == 2


def test_the_report_names_findings_and_what_to_do(cli: Cli, config: Path, api: StandIn) -> None:
    assert "noch keinen Lauf" in cli("report", "-c", config).out
    assert cli("report", "-c", config, "--json").json is None
    api.reject["1-9-66"] = "invalid"
    cli("apply", "-c", config, *DAY)
    told = cli("report", "-c", config)
    assert told.code == 0
    for part in ("abgeschlossen", "31.02.2020", "vertraege.csv, Zeile 762", "Zu tun:", "property 1-9-66: invalid"):
        assert part in told.out
    as_json = cli("report", "-c", config, "--json").json
    assert as_json["status"] == "succeeded"
    assert as_json["findings"]["by_code"]["refused"] >= 1
    english = cli("report", "-c", config, "--lang", "en")
    assert "To do:" in english.out
    assert "Zu tun" not in english.out
    assert cli("report", "-c", config, "--strict").code == 1


def test_check_source_tells_what_would_be_sent(cli: Cli, config: Path, api: StandIn) -> None:
    told = cli("check-source", "-c", config, *DAY)
    assert told.code == 0
    assert "Sichere Separatoren: " in told.out
    as_json = cli("check-source", "-c", config, *DAY, "--json").json
    assert as_json["counts"] == {"property": 40, "unit": 547, "landlord": 155, "tenant": 427}
    assert "/" not in as_json["safe_separators"]
    assert cli("check-source", "-c", config, *DAY, "--strict").code == 1
    assert api.requests.total() == 0


def test_sources_lists_the_kinds(cli: Cli) -> None:
    kinds = {s["kind"] for s in cli("sources", "--json").json}
    assert {"wodis-sigma", "uts-karthago", "sap-blue-eagle", "table-folder"} <= kinds
    assert "Wodis Sigma" in cli("sources").out


def test_strict_makes_findings_an_exit_code(cli: Cli, config: Path) -> None:
    assert cli("plan", "-c", config, *DAY, "--strict", "--json").code == 1
    assert cli("apply", "-c", config, *DAY, "--strict", "--json").code == 1


def test_the_fuse_ends_with_5_until_confirmed(cli: Cli, config: Path, api: StandIn) -> None:
    cli("apply", "-c", config, *DAY)
    write_config(config, api, clients=["1"])
    sent = len(api.written)
    planned = cli("plan", "-c", config, *DAY)
    assert planned.code == 0
    assert "SICHERUNG" in planned.out
    assert "SICHERUNG" in cli("plan", "-c", config, *DAY, "--json").err
    ended = cli("apply", "-c", config, *DAY)
    assert ended.code == 5
    assert "--confirm-fuse" in ended.out
    assert len(api.written) == sent
    assert cli("apply", "-c", config, *DAY, "--json").code == 5
    assert "von der Sicherung angehalten" in cli("report", "-c", config).out
    ended = cli("apply", "-c", config, *DAY, "--confirm-fuse", "--json")
    assert ended.code == 0
    assert len(api.active("unit")) == EXPECTED["client_1"]["units"]
    assert {r["archive_reason"] for r in api.records["unit"].values()} == {None, "filtered"}


def test_another_separator_before_go_live_and_after(cli: Cli, config: Path, api: StandIn) -> None:
    write_config(config, api, separator="_")
    assert "property 1_9_66" in cli("plan", "-c", config, *DAY, "--examples", "1000").out
    write_config(config, api)
    cli("apply", "-c", config, *DAY)
    write_config(config, api, separator="_")
    for command in ("plan", "apply"):
        ended = cli(command, "-c", config, *DAY)
        assert ended.code == 2
        assert "Migration" in ended.err
        assert f"gewerk-connect change-separator --config {config} --to _" in ended.err
    assert "by the migration" in cli("apply", "-c", config, *DAY, "--lang", "en").err


def test_a_rotated_secret_ends_with_4_and_says_what_to_do(cli: Cli, config: Path, api: StandIn) -> None:
    api.rotate()
    ended = cli("apply", "-c", config, *DAY, "--json")
    assert ended.code == 4
    assert ended.json["error"]["code"] == "credentials_rejected"
    assert "Konto > API-Schlüssel" in ended.err
    assert "Account > API keys" in cli("apply", "-c", config, *DAY, "--lang", "en").err


def test_nobody_there_ends_with_4_and_offline_needs_nobody(cli: Cli, config: Path, api: StandIn) -> None:
    config.write_text(re.sub(r"http://[^\"]+", "http://127.0.0.1:1", config.read_text()))
    assert cli("plan", "-c", config, *DAY).code == 4
    assert cli("plan", "-c", config, *DAY, "--offline").code == 0


@pytest.mark.parametrize("body", [b"<html>Willkommen</html>", b""])
def test_a_web_page_instead_of_gewerk_ends_with_4(cli: Cli, config: Path, api: StandIn, body: bytes) -> None:
    api.faults.append(Fault("/token", status=404, body=body, content_type="text/html", times=9))
    ended = cli("plan", "-c", config, *DAY)
    assert ended.code == 4
    assert "base_url" in ended.err


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda folder: (folder / "objekte.csv").unlink(), "objekte.csv"),
        (lambda folder: (folder / "objekte.csv").write_bytes(b""), "objekte.csv"),
        (lambda folder: edit(folder / "objekte.csv", "Objekt-Nr", "Objekt"), "objekte.csv"),
        (lambda folder: (folder / "objekte.csv").write_bytes(b"\x00\xff" * 5000), "objekte.csv"),
    ],
)
def test_an_unusable_source_ends_with_3_and_sends_nothing(
    cli: Cli, config: Path, api: StandIn, break_it: Any, told: str
) -> None:
    break_it(config.parent / "export")
    for command in ("check-source", "plan", "apply"):
        ended = cli(command, "-c", config, *DAY)
        assert ended.code == 3, ended.out
        assert told in ended.err
    assert api.written == []
    [run] = api.runs.values()
    assert run["status"] == "failed"
    assert "objekte.csv" in run["message"]


@pytest.mark.parametrize(
    "text",
    ["", "[settings", '[source]\nkind="x"\npath="."\n[settings]\nseparator="-"', "separator = 1"],
)
def test_an_unusable_configuration_ends_with_2(cli: Cli, tmp_path: Path, text: str) -> None:
    path = tmp_path / "haus.toml"
    path.write_text(text)
    for command in ("check-source", "plan", "apply", "report"):
        if command == "report" and "kind" in text:
            continue
        ended = cli(command, "-c", path)
        assert ended.code == 2
        assert ended.err


@pytest.mark.parametrize(
    "arguments", [("plan",), ("plan", "-c"), ("nix",), ("plan", "--nix"), ("plan", "-c", "x", "--as-of", "gestern")]
)
def test_a_wrong_call_ends_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).code == 2


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:////proc/gibt/es/nicht.db", "unsinn"])
def test_an_unusable_state_is_named(cli: Cli, config: Path, url: str) -> None:
    config.write_text(config.read_text() + f'[state]\nurl = "{url}"\n')
    ended = cli("apply", "-c", config, *DAY)
    assert ended.code == 2
    assert "state" in ended.err


def test_an_unexpected_error_names_a_log_and_shows_no_trace(
    cli: Cli, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*_: object, **__: object) -> None:
        raise ZeroDivisionError("max.mustermann@example.org")

    monkeypatch.setattr("gewerk_connect.run.plan", boom)
    ended = cli("plan", "-c", config, *DAY)
    assert ended.code == 70
    log = config.with_name("haus.log")
    assert str(log) in ended.err
    assert "ZeroDivisionError" in log.read_text()
    assert "example.org" not in log.read_text() + ended.err


def test_a_broken_state_is_named(cli: Cli, config: Path) -> None:
    state = config.with_name("haus.state.sqlite3")
    state.write_bytes(b"no database at all " * 500)
    for command in ("plan", "apply", "report"):
        ended = cli(command, "-c", config, *(DAY if command != "report" else ()))
        assert ended.code == 2
        assert "[state] url" in ended.err


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii"}])
def test_any_terminal_will_do(config: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "gewerk_connect", "plan", "-c", str(config), *DAY, "--offline"]
    text = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})
    assert text.returncode == 0
    assert b"Traceback" not in text.stderr
    as_json = subprocess.run([*command, "--json"], capture_output=True, check=False, env={**os.environ, **environment})
    assert json.loads(as_json.stdout.decode("utf-8"))["counts"]


def test_a_reader_that_has_seen_enough_is_no_error(config: Path) -> None:
    command = (
        f"{sys.executable} -m gewerk_connect plan -c {config} --as-of 2026-11-22 --offline --examples 5000 | head -n 1"
    )
    ended = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False)
    assert ended.stderr == b""
    assert ended.stdout.startswith(b"Plan")


@pytest.mark.parametrize("command", ["check-source", "plan", "apply", "explain", "report", "sources"])
def test_help_is_in_both_languages(cli: Cli, command: str) -> None:
    german = cli(command, "--help")
    english = cli(command, "--help", "--lang", "en")
    assert german.code == english.code == 0
    assert "Sprache der Ausgabe" in german.out
    assert "Language of the output" in english.out


def test_plan_answers_within_two_seconds_with_start_up(config: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, "-m", "gewerk_connect", "plan", "-c", str(config), *DAY, "--json"],
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode == 0, ended.stderr
    # the processor's time: the clock on the wall also counts whoever else is at work on this machine
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_nothing_secret_and_nobody_in_what_is_printed_or_kept_open(cli: Cli, config: Path, api: StandIn) -> None:
    ended = cli("apply", "-c", config, *DAY)
    assert api.secret not in ended.out + ended.err
    assert "@" not in ended.out
    state = config.with_name("haus.state.sqlite3")
    assert state.stat().st_mode & 0o077 == 0
    assert api.secret.encode() not in state.read_bytes()
