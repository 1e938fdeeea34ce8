"""The simulator as a program and under load: its first line, its end, bad data, eight clients at once, a large export."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from erp_client import EXPORTS, RESOURCES, TABLES, ErpClient, Row, loaded
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.sim import SimulatedErp, open_export

from bench.make_export import make_export


def simulate(*arguments: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gewerk_connect", "simulate", *map(str, arguments)]
    environment = {**os.environ, "GEWERK_LANG": "de"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.parametrize("export", ["sigma", "karthago", "sap/stammdaten.xlsx"])
def test_the_first_line_says_where_it_is_ready_and_ctrl_c_ends_it_well(export: str) -> None:
    with simulate("--data", EXPORTS / export, "--port", "0", "--dialects", "wodis-sigma,gap-immotion") as process:
        assert process.stdout
        word, url = process.stdout.readline().split()
        assert word == "ready"
        assert httpx2.get(f"{url}/gap/rest/objekte").status_code == 401
        assert httpx2.get(f"{url}/karthago/api/objekte").status_code == 404
        answer = httpx2.get(f"{url}/wodis-sigma/v1/verwaltungseinheiten", headers={"X-API-Key": "sim-key"})
        assert answer.json()["total"] == 548
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_rate_of_the_command_line_is_that_of_its_seed() -> None:
    found = []
    for seed in (7, 7, 8):
        with simulate("--data", EXPORTS / "sigma", "--rate", "0.5", "--seed", seed) as process:
            assert process.stdout
            url = process.stdout.readline().split()[1]
            found.append([])
            for page in range(1, 13):
                try:
                    address = f"{url}/wodis-sigma/v1/vertraege?page={page}&pageSize=50"
                    found[-1].append(httpx2.get(address, headers={"X-API-Key": "sim-key"}).status_code)
                except httpx2.TransportError as error:
                    found[-1].append(type(error).__name__)
            process.terminate()
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "nowhere"), "kein Export"),
        (("--data", EXPORTS), "kein Export"),
        (("--data", EXPORTS / "sigma", "--dialects", "wodis-sigma,sage"), "sage"),
        (("--data", EXPORTS / "sigma", "--rate", "2"), "--rate"),
    ],
)
def test_a_call_that_cannot_be_served_ends_with_2_and_says_why(arguments: tuple[str | Path, ...], said: str) -> None:
    with simulate(*arguments) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_ends_with_2_and_names_it(erp: SimulatedErp) -> None:
    port = erp.url.rpartition(":")[2]
    with simulate("--data", EXPORTS / "sigma", "--port", port) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert port in err


def damaged(folder: Path, file: str, old: bytes, new: bytes) -> Path:
    shutil.copytree(EXPORTS / file.partition("/")[0], folder / "export")
    path = folder / "export" / file.partition("/")[2]
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    return folder / "export"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sigma/objekte.csv", b";Objekt-Nr;", b";Haus;"),
        ("sigma/objekte.csv", b"1;638;60;", b"1;638;"),
        ("sigma/mandanten.csv", b"Lindenhof", b"Linden\x81hof"),
        ("karthago/objekte.json", b'"daten"', b'"data"'),
        ("karthago/objekte.json", b'"objektNr": "00060"', b'"objektNr": 60'),
        ("karthago/objekte.json", b'"baujahr": 1999', b'"jahr": 1999'),
        ("karthago/firmen.json", b"]", b""),
    ],
)
def test_a_damaged_export_is_refused_and_nothing_of_it_is_quoted(
    tmp_path: Path, file: str, old: bytes, new: bytes
) -> None:
    with pytest.raises(SettingsError) as refused:
        open_export(damaged(tmp_path, file, old, new))
    assert refused.value.code == "simulate_data_unusable"
    assert "Lindenhof" not in refused.value.de + refused.value.en


def test_a_table_that_is_missing_is_named(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS / "sigma", tmp_path / "export")
    (tmp_path / "export" / "vertraege.csv").unlink()
    with pytest.raises(SettingsError, match="vertraege"):
        open_export(tmp_path / "export")


def test_eight_clients_at_once_are_told_the_same(erp: SimulatedErp) -> None:
    def read(_: int) -> dict[str, list[Row]]:
        with ErpClient(erp) as client:
            return {f"{kind}/{resource}": client.rows(kind, resource, size=150) for kind, resource in TABLES}

    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(read, range(8))
    assert all(one == first for one in others)
    assert set(first) == {f"{kind}/{resource}" for kind, resource in TABLES}


def test_clients_that_read_while_rows_change_see_a_whole_page_of_one_moment(erp: SimulatedErp) -> None:
    """Both rows of the building that stands twice change together, so no page may show one old and one new."""
    key = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60"}

    def change(number: int) -> None:
        body = {"key": key, "set": {"Straße": f"Straße {number}"}}
        assert httpx2.patch(f"{erp.url}/_sim/rows/objekte", json=body).status_code == 200

    def read(_: int) -> set[int]:
        with ErpClient(erp) as client:
            pages = [client.page("wodis-yuneo", "gebaeude").json()["data"] for _ in range(10)]
        return {len({row["hausnummer"] for row in page if row["gebaeudeNr"] == "60"}) for page in pages}

    with ThreadPoolExecutor(8) as pool:
        changes = [pool.submit(change, number) for number in range(30)]
        assert set().union(*pool.map(read, range(6))) == {1}
        for done in changes:
            done.result()


def test_a_made_export_of_many_units_is_served_whole(tmp_path: Path) -> None:
    counts = make_export(tmp_path, units=2000, seed=3)
    with SimulatedErp(tmp_path) as erp, ErpClient(erp) as client:
        assert {table: len(client.rows("wodis-sigma", table, 1000)) for table in counts} == counts
        units = client.rows("relion-one", "units", 1000)
        assert len(units) == counts["verwaltungseinheiten"]
        assert len({row["systemId"] for row in units}) == len(units)
        assert len(client.rows("gap-immotion", "einheiten", 1000)) == counts["verwaltungseinheiten"]


def test_nothing_is_printed_about_a_request(erp: SimulatedErp, capfd: pytest.CaptureFixture[str]) -> None:
    with ErpClient(erp) as client:
        client.page("wodis-sigma", "geschaeftspartner")
        client.fault("cut")
        with pytest.raises(httpx2.RemoteProtocolError):
            client.page("wodis-sigma", "geschaeftspartner")
    assert capfd.readouterr() == ("", "")


def test_an_export_is_not_changed_by_its_servers() -> None:
    before = {name: list(table.rows) for name, table in loaded("sigma").tables.items()}
    with SimulatedErp(loaded("sigma")) as erp:
        body = {"key": {"Mandant": "1"}, "set": {"Name": "Neu"}}
        assert httpx2.patch(f"{erp.url}/_sim/rows/mandanten", json=body).status_code == 200
    assert {name: list(table.rows) for name, table in loaded("sigma").tables.items()} == before
    assert RESOURCES["wodis-sigma"] == tuple(before)
