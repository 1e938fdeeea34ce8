"""The mapping file as tables: what a clerk types there, and nothing else, changes in the file."""

import copy
import re
import shutil
import tomllib
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from exports_here import EXPORTS
from gewerk_connect.canonical import FindingCode
from gewerk_connect.manifests import kinds
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.web.mapping_table import codes_of, sections_of
from gewerk_connect.settings import Settings
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources import open_source
from gewerk_connect.sources.mapping_edit import with_entries
from gewerk_connect.stock import judge
from hypothesis import given, settings
from hypothesis import strategies as st
from service_doors import Doors, Visitor, activate, looked
from standin import StandIn

SHIPPED = {kind: (one.folder / "mapping.toml").read_text("utf-8") for kind, one in kinds().items()}
texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
entries = st.dictionaries(
    st.one_of(st.sampled_from(["number", "client", "usage", "Mietvertrag", "Büro", "neu"]), texts),
    st.one_of(st.none(), texts, st.lists(texts, min_size=1, max_size=3)),
    max_size=4,
)
sections = st.sampled_from(
    [("tables", "units", "columns"), ("tables", "buildings", "columns"), ("codes", "role"), ("codes", "neu")]
)


@settings(deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), sections, entries)
def test_exactly_the_entries_change_and_every_comment_stays(
    kind: str, section: tuple[str, ...], wanted: dict[str, Any]
) -> None:
    text = SHIPPED[kind]
    changed = with_entries(text, section, wanted)
    expected = copy.deepcopy(tomllib.loads(text))
    place = expected
    for name in section:
        place = place.setdefault(name, {})
    for name, value in wanted.items():
        place.pop(name, None)
        if value is not None:
            place[name] = value
    assert tomllib.loads(changed) == expected
    comments = [line for line in text.split("\n") if line.startswith("#")]
    assert [line for line in changed.split("\n") if line in comments] == comments
    assert with_entries(changed, section, wanted) == changed


def test_what_only_a_person_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tables\.units\.columns"):
        with_entries('[tables.units.columns]\nusage = [\n  "a",\n]\n', ("tables", "units", "columns"), {"usage": "b"})


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_every_shipped_mapping_has_its_tables_in_words(kind: str) -> None:
    shown = sections_of(SHIPPED[kind])
    assert len(shown) == len(tomllib.loads(SHIPPED[kind])["tables"])
    for section in shown:
        assert section.filled
        assert all(cell.label.de != cell.name.rpartition("_")[2] for cell in section.cells)
    assert {group.name for group in codes_of(SHIPPED[kind], [])} == {"contract_kind", "role", "party_kind"}


def form_of(visitor: Visitor) -> dict[str, str]:
    """The fields of the page as a browser sends them."""
    found = re.findall(r'<input (?:type="hidden" )?name="((?:column|code)_[^"]+)"[^>]*value="([^"]*)"', visitor.page)
    form = {name: unescape(value) for name, value in found}
    for name, options in re.findall(r'<select name="(meaning_[^"]+)".*?>(.*?)</select>', visitor.page):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        form[name] = chosen.group(1) if chosen else ""
    return form


def test_a_column_with_another_name_is_told_in_the_table(
    doors: Doors, admin: Visitor, api: StandIn, tmp_path: Path
) -> None:
    export = tmp_path / "export"
    shutil.copytree(EXPORTS / "sigma", export)
    made = activate(admin, api, export)
    at = f"/connections/{made}/mapping"
    admin.get(at)
    form = form_of(admin)
    assert form["column_parties_email"] == "E-Mail"
    admin.post(at, action="save", **form)
    assert Connections(doors.service).get(made).mapping is None
    looked(admin, f"/connections/{made}/login/source/answer")

    admin.post(at, 422, action="save", **form | {"column_units_number": ""})
    assert "Einheiten, Nummer: Nennen Sie die Spalte" in admin.text
    assert 'href="#column_units_number"' in admin.page
    assert 'value="E-Mail"' in admin.page
    admin.post(at, action="try", **form | {"column_parties_email": "Mail ; E-Mail", "column_buildings_storeys": ""})
    looked(admin, f"{at}/effect")
    assert Connections(doors.service).get(made).mapping is None
    admin.get(at)
    form = form_of(admin)
    assert (form["column_parties_email"], form["column_buildings_storeys"]) == ("Mail; E-Mail", "")
    admin.post(at, action="save", **form)
    kept = Connections(doors.service).get(made).mapping
    assert kept is not None
    assert tomllib.loads(kept)["tables"]["parties"]["columns"]["email"] == ["Mail", "E-Mail"]
    assert kept.startswith("# Wodis Sigma")
    looked(admin, f"/connections/{made}/login/source/answer")
    admin.post(at, action="default")
    assert Connections(doors.service).get(made).mapping is None


def test_a_role_that_the_mapping_does_not_know_is_found_by_its_text(tmp_path: Path) -> None:
    export = tmp_path / "export"
    shutil.copytree(EXPORTS / "sigma", export)
    links = export / "vertragspartner.csv"
    links.write_text(links.read_text("cp1252").replace(";Mitmieter;", ";Bürge;", 3), "cp1252")
    stock = judge(
        open_source(SourceSettings(kind="wodis-sigma", path=export)), Settings(separator="-"), date(2026, 11, 22)
    )
    found = [(one.column, one.detail) for one in stock.findings if one.code == FindingCode.UNMAPPED_VALUE]
    assert found
    assert set(found) == {("Rolle", "Bürge")}


def test_a_code_that_nobody_knows_stands_on_top_until_somebody_tells_its_meaning() -> None:
    text = SHIPPED["wodis-sigma"]
    unknown = [("Rolle", "Bürge"), ("Vertragsart", "Pacht"), ("Rolle", "Bürge"), ("Nutzungsart", "Atelier")]
    kinds_, roles, _ = codes_of(text, unknown)
    assert [(row.text, row.meaning) for row in kinds_.rows[:2]] == [("Pacht", ""), ("Mietvertrag", "lease")]
    assert [row.text for row in roles.rows if not row.meaning] == ["Bürge"]
    told = with_entries(text, ("codes", "role"), {"Bürge": "ignore"})
    assert [row.text for row in codes_of(told, unknown)[1].rows if not row.meaning] == []
