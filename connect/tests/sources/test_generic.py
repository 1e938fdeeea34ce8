"""The sources ``rest`` and ``odata``: an interface that they know from a mapping file alone.

The interfaces are the simulated ERP's dialects, the mapping files those of the vendors' own sources.
``GEWERK_WRITE_GOLDEN=1`` writes the golden files anew; read the difference before committing it.
"""

from pathlib import Path
from typing import Any

import pytest
from exports_here import everything
from fetching import fetched, judged_source, simulated
from gewerk_connect.canonical import Entity
from gewerk_connect.sources import Source, manifest
from golden import compare_with_golden

ALIKE = [
    ("rest", "wodis-sigma"),  # a key in a header, numbered pages
    ("rest", "wodis-yuneo"),  # a token, cursors, lists inside records
    ("rest", "uts-karthago"),  # a key in a header, numbered pages, lists inside records
    ("odata", "sap-blue-eagle"),  # user and password, next links
]
"""(generic kind, the ERP whose dialect is read): what the vendor's source adds in code is nothing here."""


def read_by(kind: str, like: str, url: str, folder: Path, **more: Any) -> Source:
    mapping = more.pop("mapping", manifest(like).folder / "mapping.toml")
    return fetched(kind, url, folder, like=like, mapping=mapping, **more)


@pytest.mark.parametrize(("kind", "like"), ALIKE)
def test_a_mapping_alone_reads_what_the_vendors_source_reads(kind: str, like: str, tmp_path: Path) -> None:
    with simulated(like) as erp:
        generic = read_by(kind, like, erp.url, tmp_path / "generic")
        vendors = fetched(like, erp.url, tmp_path / "vendors")
    assert everything(judged_source(generic)) == everything(judged_source(vendors))
    assert judged_source(generic).let_units


@pytest.mark.parametrize(("kind", "like"), [("rest", "gap-immotion"), ("odata", "relion-one")])
def test_offsets_and_companies_are_read_where_the_vendors_source_adds_code(
    kind: str, like: str, tmp_path: Path
) -> None:
    """GAP's persons of two and Business Central's empty dates are the vendors' sources' own affair; the stock is the same."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(_first_person_only((manifest(like).folder / "mapping.toml").read_text(encoding="utf-8")))
    with simulated(like) as erp:
        generic = judged_source(read_by(kind, like, erp.url, tmp_path / "generic", mapping=mapping))
        vendors = judged_source(fetched(like, erp.url, tmp_path / "vendors"))
    assert generic.source_rows["units"] == vendors.source_rows["units"]
    for entity in (Entity.PROPERTY, Entity.UNIT):
        keys = [[(record.key, record.verdict) for record in stock.stream(entity)] for stock in (generic, vendors)]
        assert keys[0] == keys[1]


def _first_person_only(mapping: str) -> str:
    """GAP's mapping as a customer would write it for the generic source: ``name1`` in the place of ``name``."""
    head, told, rest = mapping.partition('persons = ["1", "2"]')
    for name in ("anrede", "titel", "vorname", "name", "email", "telefon", "mobil") if told else ():
        rest = rest.replace(f' = "{name}"', f' = "{name}1"')
    return head + rest


@pytest.mark.parametrize(("kind", "like"), [("rest", "wodis-yuneo"), ("odata", "sap-blue-eagle")])
def test_golden_records(kind: str, like: str, tmp_path: Path) -> None:
    with simulated(like) as erp:
        compare_with_golden(manifest(kind), judged_source(read_by(kind, like, erp.url, tmp_path)))
