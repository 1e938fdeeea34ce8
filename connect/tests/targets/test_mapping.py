"""The target mapping: its law, and what is said of a mistake in it."""

from pathlib import Path
from typing import Any

import pytest
from exports_here import AS_OF, SAMPLES, sample
from gewerk_connect.canonical import PUSH_ORDER
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.diff.fields import same
from gewerk_connect.settings import Settings
from gewerk_connect.stock import judge
from gewerk_connect.targets.plentific.mapping_file import FIELDS, load_mapping
from gewerk_connect.targets.plentific.records import PlentificShape, UnknownReference, read, write
from hypothesis import given
from hypothesis import strategies as st
from sides import MAPPING

TEXT = st.one_of(st.none(), st.text("abcäß -", max_size=8))
ID = st.text("0123456789-/|", min_size=1, max_size=9)
PHONE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["phone", "mobile"]),
        "e164": st.one_of(st.none(), st.just("+49176")),
        "raw": st.text(max_size=3),
    }
)
USAGE = st.sampled_from(["living", "commercial", "parking", "storage", "other", "unheard-of"])
RECORDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "property": st.fixed_dictionaries(
        {"name": TEXT},
        optional={
            "address": st.fixed_dictionaries({"street": TEXT, "city": TEXT, "district": TEXT}),
            "construction_year": st.one_of(st.none(), st.integers(1800, 2030)),
            "storeys": st.integers(1, 9),
        },
    ),
    "unit": st.fixed_dictionaries(
        {"property_external_id": ID, "name": TEXT},
        optional={
            "usage": USAGE,
            "floor": st.one_of(st.none(), st.integers(-3, 20)),
            "living_area_m2": st.one_of(st.none(), st.decimals(0, 999, places=2).map(str)),
            "occupancy": st.sampled_from(["let", "vacant", "unknown"]),
        },
    ),
    "landlord": st.fixed_dictionaries(
        {"unit_external_ids": st.lists(ID, max_size=3, unique=True).map(sorted)},
        optional={
            "kind": st.sampled_from(["natural", "legal", "association"]),
            "phones": st.lists(PHONE, max_size=3),
            "share": TEXT,
        },
    ),
    "tenant": st.fixed_dictionaries(
        {"unit_external_ids": st.lists(ID, min_size=1, max_size=3, unique=True).map(sorted)},
        optional={"phones": st.lists(PHONE, max_size=3), "contract_start": TEXT, "contract_number": TEXT},
    ),
}


@pytest.mark.parametrize("entity", sorted(RECORDS))
@given(data=st.data())
def test_what_comes_back_of_a_record_sent_is_what_fits(entity: str, data: st.DataObject) -> None:
    mapping = load_mapping(MAPPING)
    mapped, shape = mapping.of(entity), PlentificShape(mapping)
    assert mapped is not None
    record = data.draw(RECORDS[entity])
    fitting = shape.fits(entity, record)
    assert shape.fits(entity, fitting) == fitting
    sent = write(mapped, fitting, lambda _entity, external_id: f"uuid of {external_id}")
    back = read(mapped, sent, lambda _entity, id_: id_.removeprefix("uuid of "))
    assert all(same(value, back.get(name)) for name, value in fitting.items())
    assert sent == write(mapped, record, lambda _entity, external_id: f"uuid of {external_id}")


def test_a_reference_to_nothing_names_the_field() -> None:
    mapped = load_mapping(MAPPING).of("unit")
    assert mapped is not None
    with pytest.raises(UnknownReference) as caught:
        write(mapped, {"property_external_id": "1-9"}, lambda _entity, _id: None)
    assert (caught.value.field, caught.value.entity) == ("property_external_id", "property")


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_field_that_the_river_makes_can_be_mapped(kind: str) -> None:
    stock = judge(sample(kind), Settings(separator="-", economic_entities_as_groups=True), AS_OF)
    for entity in PUSH_ORDER:
        made = {name for judged in stock.stream(entity) for name in judged.payload or ()}
        assert made
        assert made <= {name.partition(".")[0] for name in FIELDS[entity]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('path = "/tenants"\n', "", "entities.tenant.path: fehlt"),
        ('style = "offset"', 'style = "pages"', "paging.style: ist keiner der erlaubten Werte"),
        ('position = "offset"', "", "braucht / needs position"),
        ('construction_year = "construction_year"', 'year = "year"', "[entities.property.fields] year gibt es nicht"),
        ('email = "email"', 'email = "first_name"', "first_name ist das Ziel mehrerer Felder"),
        ('change = "PATCH"', 'change = "DELETE"', "change: ist keiner der erlaubten Werte"),
        ('version = "2023-02-01"', 'version = "v1"', "api.version: hat nicht die richtige Form"),
        ("[api]", "[api", "kein gültiges TOML"),
        ("renames = false", "renamed = false", "api.renamed: gibt es nicht"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mapping.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_mapping(path)
    assert caught.value.code == "mapping_invalid"
    assert said in caught.value.de


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_mapping(tmp_path / "fehlt.toml")
    assert caught.value.code == "mapping_unreadable"
