"""A person who is to be forgotten: nothing of them is left in the ledger's files, and no run takes them for new."""

import copy
from pathlib import Path
from typing import Any

import pytest
from fake_upper import connection, house, out
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger import Records, Runs, StoredFinding, open_store
from gewerk_connect.ledger.erasure import compact, erase
from gewerk_connect.settings import Connection
from lower import apply, plan
from standin import StandIn

NAME, MAIL = "Leutheusser-Schnarrenberger", "schnarri@example.org"


def people() -> dict[str, dict[str, Any]]:
    rows = house()
    rows["tenant"]["1-00-7"]["payload"] |= {"last_name": NAME, "email": MAIL}
    rows["tenant"]["1-11-7"]["payload"] |= {"last_name": NAME, "email": MAIL}  # the same person's other lease
    return rows


def ended(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    rows = copy.deepcopy(rows)
    rows["tenant"]["1-00-7"] = out("ended")
    return rows


@pytest.fixture
def made(tmp_path: Path, api: StandIn) -> Connection:
    return connection(tmp_path, api.url)


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("haus.state.sqlite3*")))


def test_nothing_of_the_person_is_left_and_no_run_takes_them_for_new(
    tmp_path: Path, api: StandIn, made: Connection
) -> None:
    rows = people()
    rows["tenant"]["1-11-7"]["payload"]["last_name"] = "Andere"
    rows["tenant"]["1-11-7"]["payload"]["email"] = "andere@example.org"
    apply(tmp_path, api, rows)
    api.reject["1-00-7"] = "invalid"
    rows["tenant"]["1-00-7"]["payload"]["first_name"] = "Sabine"
    apply(tmp_path, api, rows)  # refused: the problem may quote a value
    api.reject.clear()
    with open_store(made.state_url(), made.id, api.url) as store:
        last = Runs(store).last()
        assert last is not None
        Runs(store).keep_findings(
            last.no, [StoredFinding("conflicting_rows", "tenant", "1-00-7", "f.csv", 3, None, NAME)], start=90
        )
    gone = ended(rows)
    apply(tmp_path, api, gone)
    assert NAME.encode() in bytes_of(tmp_path)

    with open_store(made.state_url(), made.id, api.url) as store:
        found = erase(store, "tenant", "1-00-7")
        assert found.known
        assert found.intents >= 1
        assert found.findings >= 1
        compact(store)
        assert Records(store).last_sent("tenant", "1-00-7") is None
        known = Records(store).one("tenant", "1-00-7")
        assert known is not None
        assert (known.state, known.hash, known.intent, known.accepted) == ("archived", None, None, None)
    for left in (NAME, MAIL, "Sabine"):
        assert left.encode() not in bytes_of(tmp_path)
    assert b"andere@example.org" in bytes_of(tmp_path)

    sent = len(api.written)
    assert plan(tmp_path, api, gone, whole=True).changed == 0
    apply(tmp_path, api, gone, whole=True)
    assert len(api.written) == sent
    assert api.created["tenant", "1-00-7"] == 1


def test_only_the_erp_brings_the_record_back(tmp_path: Path, api: StandIn, made: Connection) -> None:
    rows = people()
    apply(tmp_path, api, rows)
    apply(tmp_path, api, ended(rows))
    with open_store(made.state_url(), made.id, api.url) as store:
        erase(store, "tenant", "1-00-7")
    done = apply(tmp_path, api, rows)
    assert done.counts["tenant"]["updated"] == 1
    assert api.created["tenant", "1-00-7"] == 1
    assert not api.records["tenant"]["1-00-7"]["archived_at"]


def test_a_record_in_force_is_not_forgotten_and_the_way_is_told(tmp_path: Path, api: StandIn, made: Connection) -> None:
    apply(tmp_path, api, people())
    with open_store(made.state_url(), made.id, api.url) as store:
        with pytest.raises(SettingsError) as caught:
            erase(store, "tenant", "1-00-7")
        assert caught.value.code == "record_in_force"
        assert "zuerst im ERP" in caught.value.de
        assert Records(store).last_sent("tenant", "1-00-7") is not None


def test_other_records_of_the_same_person_are_named(tmp_path: Path, api: StandIn, made: Connection) -> None:
    rows = people()
    apply(tmp_path, api, rows)
    apply(tmp_path, api, ended(rows))
    with open_store(made.state_url(), made.id, api.url) as store:
        found = erase(store, "tenant", "1-00-7")
    # party 7 of client 1 has every flat of this house
    assert ("tenant", "1-11-7") in found.same_person
    assert ("tenant", "1-00-7") not in found.same_person


def test_one_that_was_never_sent_loses_its_findings(tmp_path: Path, api: StandIn, made: Connection) -> None:
    apply(tmp_path, api, house())
    with open_store(made.state_url(), made.id, api.url) as store:
        last = Runs(store).last()
        assert last is not None
        Runs(store).keep_findings(
            last.no,
            [StoredFinding("tenant_without_email", "tenant", "9-9-9", "f.csv", 3, "email", None)],
            start=50,
        )
        assert erase(store, "tenant", "9-9-9").findings == 1
        assert not erase(store, "tenant", "9-9-9").known
        assert not any(finding.external_id == "9-9-9" for finding in Runs(store).findings(last.no))
