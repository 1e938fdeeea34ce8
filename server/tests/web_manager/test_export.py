"""The list as a file: the same rows in the same order, and no text becomes a formula."""

import csv
import io
from types import ModuleType
from typing import Any

import pytest
from gewerk.entrypoints.web.manager.listing.export import harmless
from gewerk.portfolio.models import IntegrationRun
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook


def lines_of(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@given(st.text())
def test_no_text_begins_like_a_formula(text: str) -> None:
    kept = harmless(text)
    assert not kept.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert kept in (text, f"'{text}")


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://x")', "+49", "-1+1", "@SUM(A1)", "\t=1", " =1"])
def test_formulas_lose_their_sting(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@pytest.mark.django_db
def test_the_file_is_the_list(office: Any, factories: ModuleType) -> None:
    for number in range(1, 121):
        factories.property_(
            office.organisation, street="Anger", house_number=str(number), city="Erfurt" if number % 2 else "Kiel"
        )
    factories.unit(
        factories.property_(office.organisation, street="=Zaun", house_number="1", city="Kiel"), living_area_m2="64.35"
    )
    answer = office.browser.get("/properties/?city=Kiel&columns=number.units.area&export=csv")
    head, *rows = lines_of(answer)
    assert head == ["Objekt", "Nummer", "Einheiten", "Fläche"]
    assert len(rows) == 61
    assert [row[0] for row in rows[:3]] == ["'=Zaun 1, 44137 Kiel", "Anger 2, 44137 Kiel", "Anger 4, 44137 Kiel"]
    assert rows[0][2:] == ["1", "64,35"]
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = load_workbook(
        io.BytesIO(b"".join(office.browser.get("/properties/?city=Kiel&export=xlsx").streaming_content))
    ).active
    assert sheet.max_row == 62
    first = sheet["A2"]
    assert (first.value, first.data_type) == ("=Zaun 1, 44137 Kiel", "s")


@pytest.mark.django_db
def test_a_selection_exports_only_itself(office: Any, house: Any, factories: ModuleType) -> None:
    factories.property_(office.organisation)
    foreign = factories.property_(factories.organisation())
    answer = office.browser.get("/properties/", {"export": "csv", "id": [str(house.property.pk), str(foreign.pk)]})
    assert [row[1] for row in lines_of(answer)[1:]] == ["1-9-66"]
    assert office.browser.get("/properties/", {"export": "csv", "id": "no-id"}).status_code == 200


@pytest.mark.django_db
def test_findings_go_to_the_colleagues_at_the_erp(office: Any, run: IntegrationRun) -> None:
    answer = office.browser.get(f"/integrations/{run.integration_id}/runs/{run.pk}/?export=csv")
    head, *rows = lines_of(answer)
    assert head[0] == "Befund"
    assert len(rows) == 3
    assert rows[0][0] == "Einheit ohne Gebäude", "the gravest first"
    assert rows[-1][-1] == "'=Waschküche"
