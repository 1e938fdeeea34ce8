"""The report as a spreadsheet: whole, readable, and nothing in it is carried out."""

import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from gewerk_connect.ledger import RunRow, StoredFinding
from gewerk_connect.report.workbook import write_workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
OUTCOME = {
    "counts": {
        entity: {"created": 1, "updated": 2, "archived": 0, "unchanged": 3, "held": 0, "refused": 1}
        for entity in ("property", "unit", "tenant", "landlord")
    },
    "skipped": {"tenant_without_email": 4, "ended": 0},
    "let_units": 5,
    "vacant_units": 6,
    "findings": {"total": 2, "by_code": {"invalid_date": 2}},
}
RUN = RunRow(7, "run-7", "succeeded", date(2026, 11, 22), AT, AT, None, None, None, OUTCOME, None)


def finding(detail: str | None = None) -> StoredFinding:
    return StoredFinding("invalid_date", "tenant", "1-6-7", "vertraege.csv", 12, "Beginn", detail)


def cells(path: Path) -> Iterator[object]:
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            yield from (cell.value for cell in row)


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_says_what_the_run_was_and_what_is_to_be_done(tmp_path: Path, language: str) -> None:
    path = tmp_path / "bericht.xlsx"
    write_workbook(path, RUN, [finding("31.02.2026")], "Musterverwaltung", language)
    book = load_workbook(path)
    assert book.sheetnames == (["Übersicht", "Befunde"] if language == "de" else ["Overview", "Findings"])
    values = list(cells(path))
    for said in ("Musterverwaltung", "2026-11-22", "1-6-7", "vertraege.csv", 12, "31.02.2026"):
        assert said in values
    assert ("Mieter" if language == "de" else "Tenants") in values
    assert book.worksheets[1].max_row == 2
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","?")', "+1", "-1", "@SUM(A1)", "\t=1", "=1+1|cmd"])
def test_nothing_in_it_is_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bericht.xlsx"
    write_workbook(path, RUN, [finding(text)], text, "de")
    for sheet in load_workbook(path).worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert text in list(cells(path))
    with zipfile.ZipFile(path) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


@settings(max_examples=40)
@given(text=st.text(max_size=40))
def test_whatever_an_erp_writes_the_file_can_be_opened(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("xlsx") / "bericht.xlsx"
    write_workbook(path, RUN, [finding(text)], "x", "de")
    assert load_workbook(path).worksheets[1].max_row == 2


def test_memory_does_not_grow_with_the_findings(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write_workbook(tmp_path / "x.xlsx", RUN, (finding(str(n)) for n in range(count)), "x", "de")
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported on the way does not count
    assert peak(2_000) < 2 * peak(200)


def test_a_run_that_failed_has_its_message(tmp_path: Path) -> None:
    path = tmp_path / "bericht.xlsx"
    failed = RunRow(8, "run-8", "failed", date(2026, 11, 22), AT, AT, None, None, None, None, "Datei fehlt.")
    write_workbook(path, failed, [], "x", "de")
    assert "Datei fehlt." in list(cells(path))
