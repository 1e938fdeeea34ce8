"""A first run into an account that already has data: what is there by the same ERP ids is adopted, not doubled."""

from pathlib import Path

from stories.conftest import EXPORTS
from stories.installation import Access, Connection, Installation, export


def test_a_connector_that_lost_its_state_adopts_what_it_once_sent(
    installation: Installation, access: Access, tmp_path: Path
) -> None:
    connection = Connection(tmp_path / "one", installation.base_url, access, "wodis-sigma", EXPORTS / "sigma")
    connection.json("apply")
    before = {s["id"]: s["updated_at"] for s in export(installation.base_url, access, "sub-properties")}

    other = Connection(tmp_path / "two", installation.base_url, access, "wodis-sigma", EXPORTS / "sigma")
    plan = other.json("plan")

    assert {e: c["create"] + c["update"] + c["archive"] for e, c in plan["counts"].items()} == dict.fromkeys(
        ("property", "unit", "tenant", "landlord"), 0
    )
    run = other.json("apply")
    assert run["counts"]["unit"]["unchanged"] == 547
    assert {s["id"]: s["updated_at"] for s in export(installation.base_url, access, "sub-properties")} == before
