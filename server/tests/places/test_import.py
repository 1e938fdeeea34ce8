"""Taking a table of postcodes in: all of it or nothing, and what is wrong in which line."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from gewerk.entrypoints.cli.management.commands import import_places
from gewerk.places import geonames, key_of, position_of, table
from hypothesis import given
from hypothesis import strategies as st

BERN = "CH\t3011\tBern\tKanton Bern\tBE\t\t\tBern\t351\t46.948\t7.4474\t4\n"
LOST = "DE\t00001\tNirgends\t\t\t\t\t\t\t52.5\t13.4\t\n"
codes = st.integers(10_000, 99_999).map(str)
rows = st.lists(st.tuples(codes, st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20)


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    with translation.override("de"):
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: Any) -> Path:
    for module in (table, import_places):
        monkeypatch.setattr(module, "installation", lambda: SimpleNamespace(data=tmp_path))
    return tmp_path


def file_of(folder: Path, text: str | bytes) -> Path:
    path = folder / "places.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def line(postcode: str, latitude: float, longitude: float) -> str:
    return f"DE\t{postcode}\tOrt\t\t\t\t\t\t\t{latitude}\t{longitude}\t\n"


def test_a_further_country_is_known_after_that(data: Path, capsys: Any) -> None:
    assert position_of("CH", "3011") is None
    table._read.cache_clear()
    call_command("import_places", file_of(data, BERN))
    assert position_of("CH", "3011") == (46.948, 7.447)
    assert position_of("CH", "CH-3011") == (46.948, 7.447)
    assert "CH: 1" in capsys.readouterr().out
    assert position_of("DE", "44137") is not None


def test_a_delivered_country_is_replaced_as_a_whole(data: Path) -> None:
    call_command("import_places", file_of(data, LOST))
    assert position_of("DE", "00001") == (52.5, 13.4)
    assert position_of("DE", "44137") is None


def test_only_the_countries_asked_for(data: Path) -> None:
    call_command("import_places", file_of(data, BERN + LOST), country=["ch"])
    assert [path.name for path in (data / "places").iterdir()] == ["CH.csv.gz"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "leer"),
        (BERN + "CH\t3012\tBern\n", "Zeile 2: 3 Spalten"),
        (BERN.replace("46.948", "96.948"), "Zeile 1: Spalte 10, Breite"),
        (BERN.replace("7.4474", "nan"), "Zeile 1: Spalte 11, Länge"),
        (BERN.replace("7.4474", "7,4474"), "Zeile 1: Spalte 11, Länge"),
        (BERN.replace("CH", "Schweiz"), "Zeile 1: Spalte 1"),
        (BERN.replace("3011", ""), "Zeile 1: Spalte 2"),
        (LOST.replace("DE\t00001", "GB\t00001"), "Zeile 1: Spalte 2"),
        (BERN.encode() + b"CH\t3012\tZ\xfcrich\t\t\t\t\t\t\t46.9\t7.4\t\n", "Zeile 2: nicht UTF-8"),
        ("x\n" * 30, "20 weitere"),
    ],
)
def test_one_wrong_line_and_nothing_is_taken_in(data: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("import_places", file_of(data, text))
    assert not (data / "places").exists()


def test_a_country_that_the_file_lacks_is_said(data: Path) -> None:
    with pytest.raises(CommandError, match="FR"):
        call_command("import_places", file_of(data, BERN), country=["FR"])


def test_a_missing_file_is_said(data: Path) -> None:
    with pytest.raises(CommandError, match="nicht lesen"):
        call_command("import_places", data / "fehlt.txt")


@given(rows)
def test_what_is_written_is_what_was_read(tmp_path_factory: Any, given_rows: list[tuple[str, float, float]]) -> None:
    folder = tmp_path_factory.mktemp("places")
    found = geonames.read(line(*row).encode() for row in given_rows)["DE"]
    first = table.write(folder, "DE", found).read_bytes()
    known = {**table.read_file(folder / "DE.csv.gz")}
    assert set(known) == {row[0] for row in given_rows}
    for postcode, position in found:
        assert known[postcode].position == pytest.approx(position, abs=0.000501)
    again = [(postcode, place.position) for postcode, place in known.items()]
    assert table.write(folder, "DE", again).read_bytes() == first


def test_many_places_of_a_postcode_are_their_middle() -> None:
    text = line("11111", 50, 10) + line("11111", 51, 11) + line("11111", 59, 19)
    assert dict(geonames.read([one.encode() for one in text.splitlines(keepends=True)])["DE"]) == {"11111": (51, 11)}


def test_british_postcodes_go_in_by_their_outward_code() -> None:
    text = LOST.replace("DE\t00001", "GB\tB14 7EB")
    assert [row[0] for row in geonames.read([text.encode()])["GB"]] == ["B14"]
    assert key_of("GB", "B14 7EB") == "B14"
