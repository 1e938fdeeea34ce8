"""A source that cannot be used says so with file, row and column, and nothing of it is judged."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from exports_here import copied, judged
from gewerk_connect.canonical import SourceError


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def junk_rows(columns: int) -> bytes:
    return b"".join(b";".join(b"%dx%d" % (n, m) for m in range(columns)) + b"\r\n" for n in range(10_000))


SIGMA: list[tuple[str, str, Callable[[bytes], bytes], str, int | None, str | None]] = [
    ("empty", "objekte.csv", lambda data: b"", "file_empty", 1, None),
    ("only blanks", "objekte.csv", lambda data: b"\r\n\r\n", "file_empty", 1, None),
    ("only the header", "objekte.csv", lambda data: data.split(b"\n")[0] + b"\n", "table_empty", 2, None),
    (
        "a missing column",
        "geschaeftspartner.csv",
        lambda data: data.replace(b"E-Mail", b"Notiz", 1),
        "column_missing",
        1,
        "E-Mail",
    ),
    (
        "UTF-8 where cp1252 was said",
        "geschaeftspartner.csv",
        lambda data: data.decode("cp1252").encode(),
        "encoding",
        2,
        None,
    ),
    ("UTF-16", "vertraege.csv", lambda data: data.decode("cp1252").encode("utf-16"), "encoding", 1, None),
    (
        "UTF-16 without mark",
        "vertraege.csv",
        lambda data: data.decode("cp1252").encode("utf-16-le"),
        "encoding",
        1,
        None,
    ),
    ("a byte that cp1252 lacks", "objekte.csv", lambda data: data.replace(b"Kiel", b"Ki\x81l", 1), "encoding", 3, None),
    ("cut inside the last row", "vertraege.csv", lambda data: data[:-25], "row_width", 762, "Vertragsart"),
    ("cut inside the last cell", "vertraege.csv", lambda data: data[:-4], "cut_off", 762, None),
    ("cut in the middle", "vertragspartner.csv", lambda data: data[: len(data) // 2 + 3], "row_width", None, None),
    (
        "a delimiter too many",
        "objekte.csv",
        lambda data: data.replace(b"Dortmund", b"Dort;mund", 1),
        "row_width",
        2,
        None,
    ),
    ("an open quote", "objekte.csv", lambda data: data.replace(b"Kleiner", b'"Kleiner', 1), "row_broken", None, None),
    (
        "10,000 junk rows",
        "verwaltungseinheiten.csv",
        lambda data: data + junk_rows(9),
        "too_many_broken_rows",
        549,
        "Objekt-Nr",
    ),
    ("10,000 junk contracts", "vertraege.csv", lambda data: data + junk_rows(6), "too_many_broken_rows", 762, "Beginn"),
    (
        "10,000 junk partners",
        "geschaeftspartner.csv",
        lambda data: data + junk_rows(9),
        "too_many_broken_rows",
        901,
        "Typ",
    ),
    (
        "10,000 junk links",
        "vertrag_einheiten.csv",
        lambda data: data + junk_rows(5),
        "too_many_broken_rows",
        None,
        "VE-Nr",
    ),
    (
        "10,000 junk roles",
        "vertragspartner.csv",
        lambda data: data + junk_rows(5),
        "too_many_broken_rows",
        919,
        "GP-Nr",
    ),
    ("10,000 junk objects", "objekte.csv", lambda data: data + junk_rows(9), "too_many_broken_rows", 43, "Mandant"),
    ("junk without columns", "objekte.csv", lambda data: data + b"xyz\r\n" * 10_000, "row_width", 43, None),
    ("an Excel file called CSV", "objekte.csv", lambda data: b"PK\x03\x04" + data, "not_csv", None, None),
]


SAME_ROW = {"verwaltungseinheiten.csv": 9, "vertraege.csv": 6, "vertrag_einheiten.csv": 5, "vertragspartner.csv": 5}


@pytest.mark.parametrize("file", SAME_ROW)
def test_one_junk_row_ten_thousand_times(tmp_path: Path, file: str) -> None:
    folder = copied("wodis-sigma", tmp_path)
    edit(folder / file, lambda data: data + (b";".join([b"xyz"] * SAME_ROW[file]) + b"\r\n") * 10_000)
    with pytest.raises(SourceError) as caught:
        judged(folder, kind="wodis-sigma")
    assert (caught.value.code, caught.value.file) == ("too_many_broken_rows", file)


@pytest.mark.parametrize(("name", "file", "change", "code", "row", "column"), SIGMA, ids=[case[0] for case in SIGMA])
def test_sigma(
    tmp_path: Path,
    name: str,
    file: str,
    change: Callable[[bytes], bytes],
    code: str,
    row: int | None,
    column: str | None,
) -> None:
    folder = copied("wodis-sigma", tmp_path)
    edit(folder / file, change)
    with pytest.raises(SourceError) as caught:
        judged(folder, kind="wodis-sigma")
    error = caught.value
    assert error.code == code
    assert error.file == file
    if row is not None:
        assert error.row == row
    if column is not None:
        assert error.column == column
    for language in ("de", "en"):
        assert file in error.message(language)
        assert "@" not in error.message(language)
    assert f"Zeile {error.row}" in error.message("de") or error.row is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    (folder / "vertraege.csv").unlink()
    with pytest.raises(SourceError, match=r"vertraege\.csv") as caught:
        judged(folder, kind="wodis-sigma")
    assert caught.value.code == "file_missing"


def test_the_folder_of_another_erp_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="UTS KARTHAGO"):
        judged(copied("uts-karthago", tmp_path), kind="wodis-sigma")
    with pytest.raises(SourceError, match="Wodis Sigma"):
        judged(copied("wodis-sigma", tmp_path), kind="uts-karthago")


def test_the_columns_of_another_erp_are_recognised(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    (folder / "objekte.csv").write_text(
        "BUKRS;SWENR;SGENR;STREET_HOUSE;POST_CODE1;CITY1;BAUJAHR\r\n", encoding="cp1252"
    )
    with pytest.raises(SourceError, match="SAP Blue Eagle") as caught:
        judged(folder, kind="wodis-sigma")
    assert caught.value.code == "column_missing"


def test_a_missing_folder(tmp_path: Path) -> None:
    for kind in ("wodis-sigma", "uts-karthago", "sap-blue-eagle", "table-folder"):
        with pytest.raises(SourceError):
            judged(tmp_path / "nowhere", kind=kind)


def test_utf8_with_byte_order_mark_is_read(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    edit(folder / "objekte.csv", lambda data: b"\xef\xbb\xbf" + data.decode("cp1252").encode())
    assert judged(folder, kind="wodis-sigma").source_rows["buildings"] == 41


def test_cp1252_where_utf8_was_said(tmp_path: Path) -> None:
    from exports_here import small, write_tables

    folder = write_tables(tmp_path, small())
    edit(folder / "economic_entities.csv", lambda data: data.decode().encode("cp1252"))
    with pytest.raises(SourceError, match="cp1252") as caught:
        judged(folder)
    assert (caught.value.code, caught.value.row) == ("encoding", 2)


def test_empty_rows_between_the_others_are_no_rows(tmp_path: Path) -> None:
    folder = copied("wodis-sigma", tmp_path)
    edit(folder / "objekte.csv", lambda data: data.replace(b"\r\n1;10;61", b"\r\n\r\n;;;;;;;;\r\n1;10;61", 1))
    stock = judged(folder, kind="wodis-sigma")
    assert stock.finding_counts.get("missing_key") is None
    assert stock.skipped["unit_without_building"] == 1


KARTHAGO: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("cut", lambda data: data[: len(data) // 2], "not_json"),
    ("empty", lambda data: b"", "file_empty"),
    ("a record less than announced", lambda data: data.replace(b'"anzahl": 41', b'"anzahl": 42'), "count_wrong"),
    ("no count", lambda data: json.dumps({"daten": json.loads(data)["daten"]}).encode(), "count_wrong"),
    ("another form", lambda data: b"[1, 2]", "not_this_form"),
    ("records that are none", lambda data: b'{"anzahl": 1, "daten": [7]}', "not_this_form"),
    ("no record", lambda data: b'{"anzahl": 0, "daten": []}', "column_missing"),
    ("cp1252", lambda data: data.decode().encode("cp1252"), "encoding"),
    ("a missing field", lambda data: data.replace(b'"strasse"', b'"str"'), "column_missing"),
]


@pytest.mark.parametrize(("name", "change", "code"), KARTHAGO, ids=[case[0] for case in KARTHAGO])
def test_karthago(tmp_path: Path, name: str, change: Callable[[bytes], bytes], code: str) -> None:
    folder = copied("uts-karthago", tmp_path)
    edit(folder / "objekte.json", change)
    with pytest.raises(SourceError) as caught:
        judged(folder, kind="uts-karthago")
    assert caught.value.code == code
    assert caught.value.file == "objekte.json"


def _sap_without(sheet: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(data))
        del book[sheet]
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return change


def _sap_number_keys(data: bytes) -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    book["Gebaeude"]["C3"] = 61
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAP: list[tuple[str, Callable[[bytes], bytes], str, int | None]] = [
    ("cut", lambda data: data[: len(data) // 2], "not_xlsx", None),
    ("empty", lambda data: b"", "file_empty", None),
    ("no workbook", lambda data: b"BUKRS;BUTXT\r\n0001;x\r\n", "not_xlsx", None),
    ("an empty zip", lambda data: _empty_zip(), "not_xlsx", None),
    ("a missing sheet", _sap_without("Vertraege"), "file_missing", None),
    ("keys stored as numbers", _sap_number_keys, "key_is_number", 3),
]


def _empty_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w"):
        pass
    return out.getvalue()


@pytest.mark.parametrize(("name", "change", "code", "row"), SAP, ids=[case[0] for case in SAP])
def test_sap(tmp_path: Path, name: str, change: Callable[[bytes], bytes], code: str, row: int | None) -> None:
    folder = copied("sap-blue-eagle", tmp_path)
    edit(folder / "stammdaten.xlsx", change)
    with pytest.raises(SourceError) as caught:
        judged(folder, kind="sap-blue-eagle")
    assert caught.value.code == code
    assert caught.value.row == row
