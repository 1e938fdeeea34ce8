"""Another separator after go-live: a preview, the change, and killed at any point of it (spec 01, rule 7)."""

import copy
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from standin import Fault, StandIn

from .conftest import Cli, edit, write_config

DAY = ("--as-of", "2026-11-22")
REFERENCES = ("property_external_id", "unit_external_ids", "group_external_ids", "external_id")


def ids(api: StandIn) -> dict[str, dict[str, str]]:
    """Entity -> Gewerk's id -> the ERP's."""
    return {entity: {r["id"]: key for key, r in records.items()} for entity, records in api.records.items()}


def with_underscore(before: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {e: {i: key.replace("-", "_") for i, key in of.items()} for e, of in before.items()}


def moved(plan: Any) -> int:
    return sum(of["create"] + of["update"] + of["archive"] for of in plan["counts"].values())


@pytest.fixture
def live(cli: Cli, config: Path, api: StandIn) -> Path:
    """After the first productive run, with groups and an archived record."""
    write_config(config, api, economic_entities_as_groups=True)
    assert cli("apply", "-c", config, *DAY).code == 0
    api.touch("property", "1-9-66", note="by hand")
    return config


def test_the_preview_changes_nothing(cli: Cli, live: Path, api: StandIn) -> None:
    before, written = copy.deepcopy(api.records), len(api.written)
    state = live.with_name("haus.state.sqlite3")
    dump = list(sqlite3.connect(state).iterdump())
    told = cli("change-separator", "-c", live, "--to", "_")
    assert told.code == 0, told.err
    assert "1-9-66 -> 1_9_66" in told.out or "-> 1_" in told.out
    assert f"gewerk-connect change-separator --config {live} --to _ --yes" in told.out
    as_json = cli("change-separator", "-c", live, "--to", "_", "--json").json
    assert as_json["status"] == "planned"
    assert {e: of["rename"] for e, of in as_json["counts"].items()} == {e: len(r) for e, r in api.records.items()}
    assert "To carry it out" in cli("change-separator", "-c", live, "--to", "_", "--lang", "en").out
    assert (api.records, len(api.written)) == (before, written)
    assert list(sqlite3.connect(state).iterdump()) == dump


def test_every_record_is_kept_and_the_next_plan_has_nothing_to_do(cli: Cli, live: Path, api: StandIn) -> None:
    before, made = ids(api), dict(api.created)
    done = cli("change-separator", "-c", live, "--to", "_", "--yes")
    assert done.code == 0, done.err
    assert 'separator = "_"' in done.out
    assert ids(api) == with_underscore(before)
    refused = cli("apply", "-c", live, *DAY)
    assert refused.code == 2
    assert 'separator = "_"' in refused.err

    write_config(live, api, separator="_", economic_entities_as_groups=True)
    assert moved(cli("plan", "-c", live, *DAY, "--json").json) == 0
    assert moved(cli("plan", "-c", live, *DAY, "--json", "--offline").json) == 0
    applied = cli("apply", "-c", live, *DAY, "--json").json
    assert sum(of["created"] + of["updated"] + of["archived"] for of in applied["counts"].values()) == 0
    assert ids(api) == with_underscore(before)
    assert dict(api.created) == made
    again = cli("change-separator", "-c", live, "--to", "_", "--yes", "--json")
    assert (again.code, again.json["status"]) == (0, "already")
    shown = cli("explain", "property", "1_9_66", "-c", live)
    assert shown.code == 0
    back = cli("change-separator", "-c", live, "--to", "-", "--yes")
    assert back.code == 0
    assert ids(api) == before


def test_archived_and_refused_records_and_own_ways_of_the_target_come_along(
    cli: Cli, config: Path, api: StandIn
) -> None:
    api.on_store = lambda entity, record: record.update(name=str(record.get("name")).upper())
    api.reject["1-9-66-4"] = "invalid_record"
    cli("apply", "-c", config, *DAY)
    cli("apply", "-c", config, *DAY)  # the target's own way to hold a name is known from here on
    write_config(config, api, clients=["1", "2"])
    cli("apply", "-c", config, *DAY, "--confirm-fuse")
    assert any(r["archived_at"] for r in api.records["unit"].values())
    still = moved(cli("plan", "-c", config, *DAY, "--json", "--whole").json)
    assert 0 < still < 20
    before = ids(api)
    api.reject.clear()
    done = cli("change-separator", "-c", config, "--to", ".", "--yes")
    assert done.code == 0, done.err
    assert ids(api) == {e: {i: key.replace("-", ".") for i, key in of.items()} for e, of in before.items()}
    write_config(config, api, separator=".", clients=["1", "2"])
    assert "nicht (mehr)" in done.out
    assert moved(cli("plan", "-c", config, *DAY, "--json").json) == still
    write_config(config, api, separator=".")
    cli("apply", "-c", config, *DAY)
    assert all(before[e].keys() <= of.keys() for e, of in ids(api).items())
    assert set(api.created.values()) == {1}


def test_a_separator_within_a_number_is_refused(cli: Cli, live: Path, api: StandIn) -> None:
    for more in ((), ("--yes",)):
        ended = cli("change-separator", "-c", live, "--to", "/", *more, "--json")
        assert (ended.code, ended.json["error"]["code"]) == (2, "separator_unsafe")
        assert "Sichere Separatoren: - _ . |" in ended.err
    assert cli("plan", "-c", live, *DAY).code == 0


def test_an_id_that_somebody_else_has_is_shown_and_stops_the_change(cli: Cli, live: Path, api: StandIn) -> None:
    api.records["property"]["1_9_66"] = {**api.records["property"]["1-9-66"], "id": "x", "external_id": "1_9_66"}
    before = ids(api)
    told = cli("change-separator", "-c", live, "--to", "_")
    assert told.code == 0
    assert "1_9_66" in told.out
    assert "--yes" not in told.out
    ended = cli("change-separator", "-c", live, "--to", "_", "--yes")
    assert ended.code == 2
    assert "1_9_66" in ended.err
    assert ids(api) == before
    assert cli("plan", "-c", live, *DAY).code == 0


def test_before_go_live_without_target_and_with_nonsense(cli: Cli, config: Path, api: StandIn) -> None:
    early = cli("change-separator", "-c", config, "--to", "_")
    assert early.code == 2
    assert 'separator = "_"' in early.err
    assert cli("change-separator", "-c", config, "--to", "+").code == 2
    cli("apply", "-c", config, *DAY)
    api.rotate()
    assert cli("change-separator", "-c", config, "--to", "_", "--yes").code == 4


def test_a_refused_renaming_holds_everything_until_it_is_repeated(cli: Cli, live: Path, api: StandIn) -> None:
    before = ids(api)
    api.reject["1-9-66"] = "taken"
    ended = cli("change-separator", "-c", live, "--to", "_", "--yes")
    assert ended.code == 4
    assert "1-9-66 (taken)" in ended.err
    for separator in ("-", "_"):
        write_config(live, api, separator=separator, economic_entities_as_groups=True)
        for command in ("plan", "apply"):
            held = cli(command, "-c", live, *DAY)
            assert held.code == 2
            assert "--to _ --yes" in held.err
    other = cli("change-separator", "-c", live, "--to", ".", "--yes")
    assert other.code == 2
    assert "--to _ --yes" in other.err
    api.reject.clear()
    assert cli("change-separator", "-c", live, "--to", "_", "--yes").code == 0
    assert ids(api) == with_underscore(before)
    assert moved(cli("plan", "-c", live, *DAY, "--json").json) == 0


@pytest.mark.parametrize(
    ("path", "skip", "drop"),
    [("/rename", at, drop) for at in range(4) for drop in ("before", "after")] + [("/export", 2, "before")],
)
def test_killed_anywhere_it_is_completed_by_repeating(
    cli: Cli, live: Path, api: StandIn, path: str, skip: int, drop: str
) -> None:
    before, made = ids(api), dict(api.created)
    process: list[subprocess.Popen[bytes]] = []
    ready = threading.Event()

    def kill() -> None:
        ready.wait()
        process[0].send_signal(signal.SIGKILL)
        process[0].wait()

    api.faults.append(Fault(path, skip=skip, drop=drop, act=kill))
    command = [sys.executable, "-m", "gewerk_connect", "change-separator", "-c", str(live), "--to", "_", "--yes"]
    process.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    ready.set()
    assert process[0].wait(60) == -signal.SIGKILL
    if path == "/rename":
        assert cli("apply", "-c", live, *DAY).code == 2
    assert cli("change-separator", "-c", live, "--to", "_", "--yes").code == 0
    assert ids(api) == with_underscore(before)
    write_config(live, api, separator="_", economic_entities_as_groups=True)
    assert moved(cli("plan", "-c", live, *DAY, "--json").json) == 0
    assert dict(api.created) == made


def test_killed_between_target_and_ledger_it_is_completed_by_repeating(
    cli: Cli, live: Path, api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gewerk_connect.ledger.renaming import Renaming

    before = ids(api)
    rewrite = Renaming._rewrite_intents

    def torn(self: Renaming, *rest: Any) -> None:
        rewrite(self, *rest)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Renaming, "_rewrite_intents", torn)
        assert cli("change-separator", "-c", live, "--to", "_", "--yes").code == 130
    assert ids(api) == with_underscore(before)
    assert cli("plan", "-c", live, *DAY).code == 2
    assert cli("change-separator", "-c", live, "--to", "_", "--yes").code == 0
    write_config(live, api, separator="_", economic_entities_as_groups=True)
    assert moved(cli("plan", "-c", live, *DAY, "--json").json) == 0
    assert ids(api) == with_underscore(before)


def test_what_the_source_changed_meanwhile_is_one_change_after_it(cli: Cli, live: Path, api: StandIn) -> None:
    edit(live.parent / "export" / "objekte.csv", "Kleiner Kuhberg 40", "Neue Straße 1")
    cli("change-separator", "-c", live, "--to", "_", "--yes")
    write_config(live, api, separator="_", economic_entities_as_groups=True)
    plan = cli("plan", "-c", live, *DAY, "--json").json
    assert moved(plan) == 1
    assert plan["counts"]["property"]["update"] == 1
    assert cli("apply", "-c", live, *DAY).code == 0
    assert moved(cli("plan", "-c", live, *DAY, "--json").json) == 0
