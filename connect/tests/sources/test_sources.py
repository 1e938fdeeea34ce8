"""Each source against its golden records, mapping files that a customer edits, and the neutral folder's freedoms.

``GEWERK_WRITE_GOLDEN=1`` writes the golden files anew; read the difference before committing it.
"""

import shutil
from datetime import date
from pathlib import Path

import gewerk_connect.sources as sources_package
import openpyxl
import pytest
from exports_here import (
    AS_OF,
    EXPORTS,
    HEADERS,
    SAMPLES,
    copied,
    counted,
    everything,
    judged,
    sent,
    small,
    write_tables,
)
from gewerk_connect.canonical import Entity, SettingsError, SourceError
from gewerk_connect.settings import Settings, SourceSettings
from gewerk_connect.sources import kinds, manifest, open_source
from gewerk_connect.stock import judge
from golden import compare_with_golden

SOURCES = Path(sources_package.__file__).parent
GOLDEN = {
    **{kind: (EXPORTS / folder, "DE") for kind, folder in SAMPLES.items()},
    "table-folder": (EXPORTS / "austria", "AT"),
}


@pytest.mark.parametrize("kind", GOLDEN)
def test_golden_records(kind: str) -> None:
    path, country = GOLDEN[kind]
    compare_with_golden(manifest(kind), judged(path, kind=kind, country=country))


def test_the_kinds_of_the_spec_are_there() -> None:
    assert set(kinds()) >= {
        *("wodis-sigma", "wodis-yuneo", "gap-immotion", "relion-one", "sap-blue-eagle", "uts-karthago"),
        *("table-folder", "sql", "rest", "odata"),
    }


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="wodis-sigma"):
        open_source(SourceSettings(kind="wodis", path=tmp_path))


def _with_mapping(tmp_path: Path, old: str, new: str) -> Path:
    text = (SOURCES / "wodis_sigma" / "mapping.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mapping.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_customers_mapping_renames_a_column(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    file = folder / "geschaeftspartner.csv"
    file.write_bytes(file.read_bytes().replace(b";E-Mail;", b";Mailadresse;", 1))
    mapping = _with_mapping(tmp_path, 'email = "E-Mail"', 'email = ["Mail", "Mailadresse"]')
    source = open_source(SourceSettings(kind="wodis-sigma", path=folder, mapping=mapping))
    stock = judge(source, Settings(separator="-"), AS_OF)
    assert everything(stock) == everything(judged(EXPORTS / "sigma", kind="wodis-sigma"))


def test_the_customers_usage_and_floor_tables(tmp_path: Path) -> None:
    mapping = _with_mapping(tmp_path, "[floor]", "[floor]\nDG = 4\n")
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace("[usage]", '[usage]\nAtelier = "commercial"'), encoding="utf-8"
    )
    source = open_source(SourceSettings(kind="wodis-sigma", path=EXPORTS / "sigma", mapping=mapping))
    stock = judge(source, Settings(separator="-"), AS_OF)
    assert "unmapped_usage" not in stock.finding_counts
    assert {unit["floor"] for unit in sent(stock, Entity.UNIT).values() if unit["floor_raw"] == "DG"} == {4}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('number = "VE-Nr"', 'nummer = "VE-Nr"', "nummer"),
        ('number = "VE-Nr"', "", "number"),
        ("[tables.units]", "[tables.flats]", "flats"),
        ('Mietvertrag = "lease"', 'Mietvertrag = "miete"', "contract_kind"),
        ('Wohnraum = "living"', 'Wohnraum = "wohnen"', "usage"),
        ("[usage]", "[nutzung]", "nutzung"),
        ("[floor]", '[floor]\nDG = "4"', "floor"),
        ("[format]", "[format", "TOML"),
        ('file = "objekte.csv"', "file = 7", "buildings"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(tmp_path: Path, old: str, new: str, told: str) -> None:
    mapping = _with_mapping(tmp_path, old, new)
    with pytest.raises(SourceError, match=told) as caught:
        open_source(SourceSettings(kind="wodis-sigma", path=EXPORTS / "sigma", mapping=mapping))
    assert caught.value.code == "mapping_invalid"


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(SourceSettings(kind="wodis-sigma", path=EXPORTS / "sigma", mapping=tmp_path / "none.toml"))
    assert caught.value.code == "mapping_unreadable"


def test_the_encoding_can_be_told(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().decode("cp1252").encode())
    source = open_source(SourceSettings(kind="wodis-sigma", path=folder, encoding="utf-8"))
    stock = judge(source, Settings(separator="-"), AS_OF)
    assert everything(stock) == everything(judged(EXPORTS / "sigma", kind="wodis-sigma"))


def _as_workbook(path: Path, tables: dict[str, list[list[str]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table, rows in tables.items():
        sheet = book.create_sheet(table)
        for row in [HEADERS[table], *rows]:
            sheet.append([cell or None for cell in row])
    book.save(path)


def test_one_workbook_with_a_sheet_per_table_is_the_same_stock(tmp_path: Path) -> None:
    _as_workbook(tmp_path / "stock.xlsx", small())
    folder = write_tables(tmp_path / "folder", small())
    assert everything(judged(tmp_path / "stock.xlsx")) == everything(judged(folder))


def test_workbooks_and_csv_files_mix(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "folder", small())
    expected = everything(judged(folder))
    for table in ("units", "contracts"):
        (folder / f"{table}.csv").unlink()
        _as_workbook(folder / f"{table}.xlsx", {table: small()[table]})
    assert everything(judged(folder)) == expected


def test_real_dates_and_numbers_in_cells(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "folder", small())
    (folder / "contracts.csv").unlink()
    book = openpyxl.Workbook()
    book.active.append(HEADERS["contracts"])
    book.active.append([1, 700, "lease", date(2020, 1, 1), None])
    book.active.append([])
    book.active.append([1, 701.0, "lease", date(2020, 1, 1), date(9999, 12, 31)])
    book.active.append(["2", "700", "ownership", "01.01.2010", None])
    book.save(folder / "contracts.xlsx")
    stock = judged(folder)
    assert sent(stock, Entity.TENANT)["1-700-100"]["contract_start"] == "2020-01-01"
    assert counted(stock) == {"property": 3, "unit": 4, "landlord": 1, "tenant": 1}


def test_a_contract_table_without_its_companions_is_refused(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "folder", small())
    (folder / "contract_units.csv").unlink()
    with pytest.raises(SourceError, match="contract_units") as caught:
        judged(folder)
    assert caught.value.code == "file_missing"


def test_file_names_in_any_case(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXPORTS / "sigma", tmp_path / "sigma"))
    (folder / "objekte.csv").rename(folder / "OBJEKTE.CSV")
    assert judged(folder, kind="wodis-sigma").source_rows["buildings"] == 41


@pytest.mark.parametrize("table", ["units", "contract_units"])
def test_a_level_that_only_one_of_two_tables_has(tmp_path: Path, table: str) -> None:
    folder = write_tables(tmp_path / "folder", small())
    file = folder / f"{table}.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("economic_entity", "note", 1), encoding="utf-8")
    with pytest.raises(SourceError, match="economic_entity") as caught:
        judged(folder)
    assert (caught.value.code, caught.value.file) == ("column_missing", f"{table}.csv")
