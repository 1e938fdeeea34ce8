"""The main job: an ERP's export becomes the stock, through the real connector process and the real HTTP API."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from stories.conftest import EXPORTS
from stories.installation import Access, Connection, Installation, export

EXPECTED = json.loads((EXPORTS / "expected.json").read_text())
ERPS = {
    "wodis-sigma": EXPORTS / "sigma",
    "uts-karthago": EXPORTS / "karthago",
    "sap-blue-eagle": EXPORTS / "sap" / "stammdaten.xlsx",
}
CLIENT_SETS = {"all_clients": [], "client_1": ["1"], "clients_2_7": ["2", "7"]}


def _in_target(installation: Installation, access: Access) -> dict[str, int]:
    subs = export(installation.base_url, access, "sub-properties")
    live = [s for s in subs if s["archived_at"] is None]
    kinds = Counter(s["type"] for s in live)
    return {
        "properties": len(export(installation.base_url, access, "properties")),
        "units": kinds["unit"],
        "tenants": kinds["tenant"],
        "landlords": kinds["landlord"],
        "let_units": sum(s.get("occupancy") == "let" for s in live),
        "vacant_units": sum(s.get("occupancy") == "vacant" for s in live),
    }


@pytest.mark.parametrize("clients", CLIENT_SETS)
@pytest.mark.parametrize("kind", ERPS)
def test_a_first_run_gives_the_expected_counts_and_a_second_plans_nothing(
    installation: Installation, access: Access, tmp_path: Path, kind: str, clients: str
) -> None:
    numbers = CLIENT_SETS[clients]
    if kind == "sap-blue-eagle":
        numbers = [n.zfill(4) for n in numbers]
    connection = Connection(tmp_path, installation.base_url, access, kind, ERPS[kind], {"clients": numbers})
    wanted = EXPECTED[clients]

    run = connection.json("apply")

    assert {e: c["created"] for e, c in run["counts"].items()} == {
        "property": wanted["properties"],
        "unit": wanted["units"],
        "tenant": wanted["tenants"],
        "landlord": wanted["landlords"],
    }
    assert sum(c["refused"] for c in run["counts"].values()) == 0
    skipped = run["skipped"]
    assert {
        "tenant_without_email": skipped["tenant_without_email"],
        "unit_without_building": skipped["unit_without_building"],
        "broken_reference_or_date": skipped["broken_reference"] + skipped["invalid_date"],
    } == wanted["skipped"]
    assert (run["let_units"], run["vacant_units"]) == (wanted["let_units"], wanted["vacant_units"])
    target = _in_target(installation, access)
    assert target == {k: wanted[k] for k in target}

    again = connection.json("plan")
    assert {e: (c["create"], c["update"], c["archive"]) for e, c in again["counts"].items()} == dict.fromkeys(
        ("property", "unit", "tenant", "landlord"), (0, 0, 0)
    )


def test_one_changed_email_is_one_change_and_explain_shows_its_way(
    installation: Installation, access: Access, tmp_path: Path
) -> None:
    folder = tmp_path / "sigma"
    shutil.copytree(EXPORTS / "sigma", folder)
    connection = Connection(tmp_path / "c", installation.base_url, access, "wodis-sigma", folder)
    connection.json("apply")
    partners = folder / "geschaeftspartner.csv"
    lines = partners.read_bytes().split(b"\r\n")
    tenants = export(installation.base_url, access, "sub-properties", type="tenant")
    leases = Counter(t["party_number"] for t in tenants)
    # Somebody with one lease, whose address stands in the file as it was sent.
    tenant = next(
        t
        for t in sorted(tenants, key=lambda t: str(t["external_id"]))
        if leases[t["party_number"]] == 1 and f";{t['email']};".encode() in partners.read_bytes()
    )
    changed = [
        line.replace(tenant["email"].encode("cp1252"), b"neu@posteo.de")
        if line.startswith(tenant["party_number"].encode() + b";")
        else line
        for line in lines
    ]
    assert sum(a != b for a, b in zip(lines, changed, strict=True)) == 1
    partners.write_bytes(b"\r\n".join(changed))

    plan = connection.json("plan")

    moves = {e: (c["create"], c["update"], c["archive"]) for e, c in plan["counts"].items()}
    assert moves == {"property": (0, 0, 0), "unit": (0, 0, 0), "tenant": (0, 1, 0), "landlord": (0, 0, 0)}

    connection.json("apply")
    explained = connection.run("explain", "tenant", tenant["external_id"], "email", as_of=None)
    assert explained.returncode == 0, explained.stderr
    for stop in ("geschaeftspartner.csv", "neu@posteo.de", tenant["email"]):
        assert stop in explained.stdout


def test_another_separator_before_go_live_renders_other_ids_and_after_it_is_refused(
    installation: Installation, access: Access, tmp_path: Path
) -> None:
    connection = Connection(
        tmp_path, installation.base_url, access, "wodis-sigma", EXPORTS / "sigma", {"separator": "_"}
    )
    connection.json("plan")
    connection.settings["separator"] = "."
    connection.json("apply")
    ids = {p["external_id"] for p in export(installation.base_url, access, "properties")}
    assert "1.9.66" in ids

    connection.settings["separator"] = "_"
    refused = connection.run("apply")

    assert refused.returncode == 2
    assert "Migration" in refused.stderr
    assert f"gewerk-connect change-separator --config {connection.config} --to _" in refused.stderr
    assert {p["external_id"] for p in export(installation.base_url, access, "properties")} == ids
