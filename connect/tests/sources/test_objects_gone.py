"""UTS KARTHAGO stops listing an object when rights are taken away: the whole way, from the ERP to the target."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from exports_here import AS_OF, EXPORTS
from fetching import delete, fault, no_faults, requests_of, simulated, source_settings
from gewerk_connect import run
from gewerk_connect.report import Outcome
from gewerk_connect.settings import Connection, Settings, TargetSettings
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.targets import open_target
from gewerk_connect.upper import open_river
from standin import StandIn

OBJECT = "1/00066"
"""As the simulated ERP names it: client and building."""
EXTERNAL_ID = "1-00066"


def apply(folder: Path, api: StandIn, source: SourceSettings, **settings: Any) -> Outcome:
    connection = Connection(
        id="haus",
        name="Haus",
        source=source,
        target=TargetSettings(base_url=api.url, client_id=api.client_id, client_secret=api.secret),
        settings=Settings(separator="-", **settings),
        folder=folder,
    )
    assert connection.target is not None
    target = open_target(connection.target, language="de")
    return run.apply(open_river(connection, target, as_of=AS_OF, now=lambda: datetime.now(UTC), confirm_fuse=True))


def over_http(erp: SimulatedErp) -> SourceSettings:
    return source_settings("uts-karthago", erp.url)


def archived(api: StandIn) -> dict[str, int]:
    return {
        entity: sum(record.get("archived_at") is not None for record in records.values())
        for entity, records in api.records.items()
    }


def below(api: StandIn) -> dict[str, set[str]]:
    """The object, its units, and who lives or owns in them."""
    units = {key for key in api.records["unit"] if key.startswith(f"{EXTERNAL_ID}-")}
    people = {
        entity: {key for key, record in api.records[entity].items() if units & set(record["unit_external_ids"])}
        for entity in ("landlord", "tenant")
    }
    return {"property": {EXTERNAL_ID}, "unit": units, **people}


@pytest.mark.usefixtures("hasty")
def test_rights_taken_away_archive_nothing_until_the_erp_says_that_it_is_gone(tmp_path: Path, api: StandIn) -> None:
    with simulated("uts-karthago") as erp:
        apply(tmp_path, api, over_http(erp))
        assert all(below(api).values()) or below(api)["tenant"]
        fault(erp.url, "uts-karthago", "*", "rights", object=OBJECT)
        for _ in range(2):  # the second run has nothing new to read, and asks all the same
            done = apply(tmp_path, api, over_http(erp))
            assert done.finding_counts["object_hidden"] == 1
            assert not any(archived(api).values())
        no_faults(erp.url)
        fault(erp.url, "uts-karthago", "*", "vanished", object=OBJECT)
        expected = below(api)
        done = apply(tmp_path, api, over_http(erp))
        assert "object_hidden" not in done.finding_counts
        gone = {
            entity: {key for key, record in records.items() if record.get("archived_at") is not None}
            for entity, records in api.records.items()
        }
        assert {entity: gone[entity] & expected[entity] for entity in ("property", "unit")} == {
            entity: expected[entity] for entity in ("property", "unit")
        }
        assert gone["property"] == {EXTERNAL_ID}


@pytest.mark.usefixtures("hasty")
def test_rights_given_back_leave_no_trace(tmp_path: Path, api: StandIn) -> None:
    with simulated("uts-karthago") as erp:
        apply(tmp_path, api, over_http(erp))
        fault(erp.url, "uts-karthago", "*", "rights", object=OBJECT)
        apply(tmp_path, api, over_http(erp))
        no_faults(erp.url)
        written = len(api.written)
        done = apply(tmp_path, api, over_http(erp))
        assert "object_hidden" not in done.finding_counts
        assert len(api.written) == written


@pytest.mark.usefixtures("hasty")
def test_an_erp_that_finds_nothing_at_all_is_not_believed(tmp_path: Path, api: StandIn) -> None:
    """Every single address is 404, also of an object that is listed: then 404 says nothing."""
    with simulated("uts-karthago") as erp:
        mapping = tmp_path / "mapping.toml"
        text = (Path(__file__).parents[2] / "gewerk_connect/sources/uts_karthago/mapping.toml").read_text(
            encoding="utf-8"
        )
        mapping.write_text(text.replace('single = "objekte/', 'single = "objekt/'), encoding="utf-8")
        source = source_settings("uts-karthago", erp.url, mapping=mapping)
        apply(tmp_path, api, source)
        fault(erp.url, "uts-karthago", "*", "vanished", object=OBJECT)
        done = apply(tmp_path, api, source)
        assert done.finding_counts["object_hidden"] == 1
        assert not archived(api)["property"]


@pytest.mark.usefixtures("hasty")
def test_an_erp_that_cannot_be_asked_leaves_it_in_doubt(tmp_path: Path, api: StandIn) -> None:
    with simulated("uts-karthago") as erp:
        apply(tmp_path, api, over_http(erp))
        fault(erp.url, "uts-karthago", "*", "vanished", object=OBJECT)
        asked = sum(requests_of(erp.url, "uts-karthago").values())
        single = {"dialect": "uts-karthago", "resource": "objekte", "fault": "500", "times": None, "skip": 1}
        httpx2.post(f"{erp.url}/_sim/faults", json=single).raise_for_status()
        source = source_settings("uts-karthago", erp.url, patience_seconds=0.3)
        done = apply(tmp_path, api, source)
        assert sum(requests_of(erp.url, "uts-karthago").values()) > asked
        assert done.finding_counts["object_hidden"] == 1
        assert not archived(api)["property"]


@pytest.mark.usefixtures("hasty")
def test_what_the_erp_deletes_elsewhere_is_archived_as_ever(tmp_path: Path, api: StandIn) -> None:
    with simulated("uts-karthago") as erp:
        apply(tmp_path, api, over_http(erp))
        unit = next(iter(api.records["unit"]))
        client, building, number = unit.split("-")
        key = {"firmaNr": client, "objektNr": building, "einheitNr": number}
        delete(erp.url, "einheiten", key)
        done = apply(tmp_path, api, over_http(erp))
        assert "object_hidden" not in done.finding_counts
        assert api.records["unit"][unit]["archived_at"] is not None


def test_from_files_only_the_setting_lets_an_object_go(tmp_path: Path, api: StandIn) -> None:
    import json

    folder = Path(shutil.copytree(EXPORTS / "karthago", tmp_path / "export"))
    source = SourceSettings(kind="uts-karthago", path=folder)
    apply(tmp_path, api, source)
    for name in ("objekte", "einheiten"):
        data = json.loads((folder / f"{name}.json").read_bytes())
        data["daten"] = [row for row in data["daten"] if (row["firmaNr"], row["objektNr"]) != ("1", "00066")]
        data["anzahl"] = len(data["daten"])
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    done = apply(tmp_path, api, source)
    assert done.finding_counts["object_hidden"] == 1
    assert not archived(api)["property"]
    assert not archived(api)["unit"]
    done = apply(tmp_path, api, source, objects_gone=(EXTERNAL_ID,))
    assert "object_hidden" not in done.finding_counts
    assert {key for key, record in api.records["property"].items() if record["archived_at"]} == {EXTERNAL_ID}
    assert {key for key, record in api.records["unit"].items() if record["archived_at"]} == below(api)["unit"]
