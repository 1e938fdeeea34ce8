"""What the connector did is seen on the platform, and holds no personal data."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from stories.conftest import EXPORTS
from stories.installation import Access, Connection, Installation


def _get(installation: Installation, access: Access, path: str) -> Any:
    root = f"{installation.base_url}/api/2026-11-01"
    ask = urllib.request.Request(
        f"{root}/token",
        data=json.dumps({"client_id": access.client_id, "client_secret": access.client_secret}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(ask) as answer:
        token = json.load(answer)["access_token"]
    request = urllib.request.Request(f"{root}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_a_run_is_reported_with_its_findings_and_without_people(
    installation: Installation, access: Access, tmp_path: Path
) -> None:
    connection = Connection(tmp_path, installation.base_url, access, "wodis-sigma", EXPORTS / "sigma")
    done = connection.run("apply", "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    printed = json.loads(done.stdout)

    [integration] = _get(installation, access, "/integrations")["items"]
    assert (integration["kind"], integration["erp_name"]) == ("wodis-sigma", "Wodis Sigma")
    [listed] = _get(installation, access, f"/integrations/{integration['id']}/runs")["items"]
    run = _get(installation, access, f"/integrations/{integration['id']}/runs/{listed['id']}")
    assert run["status"] == "succeeded"
    assert run["counts"] == printed["counts"]
    assert (run["let_units"], run["vacant_units"]) == (470, 77)
    assert run["findings"]["by_code"] == printed["findings"]["by_code"]
    assert "@" not in json.dumps(run)
