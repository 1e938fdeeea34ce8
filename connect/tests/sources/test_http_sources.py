"""What is fetched over HTTP tells the same stock as the files, and is kept as personal data is to be kept.

``GEWERK_WRITE_GOLDEN=1`` writes the golden files anew; read the difference before committing it.
"""

import json
import os
import stat
import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from exports_here import AS_OF, EXPORTS, counted, everything, sample, sent
from fetching import DATA, LISTS, NOW, fetched, judged_source, opened, requests_of, simulated, source_settings
from gewerk_connect.canonical import Entity, SourceError
from gewerk_connect.settings import Settings
from gewerk_connect.sources import manifest, open_source
from gewerk_connect.stock import fingerprint, trace
from golden import compare_with_golden

EXPECTED = json.loads((EXPORTS / "expected.json").read_text(encoding="utf-8"))
CLIENTS = {"all_clients": (), "client_1": ("1",), "clients_2_7": ("2", "7")}
WITH_BUILDINGS = [kind for kind in DATA if kind != "gap-immotion"]
"""GAP immotion has its own counts (``test_gap.py``)."""


@pytest.fixture(scope="module")
def erp_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Fetches each kind once: kind -> source."""
    found: dict[str, Any] = {}

    def get(kind: str) -> Any:
        if kind not in found:
            with simulated(kind) as erp:
                found[kind] = fetched(kind, erp.url, tmp_path_factory.mktemp(kind))
        return found[kind]

    return get


@pytest.mark.parametrize("kind", WITH_BUILDINGS)
@pytest.mark.parametrize("chosen", CLIENTS)
def test_the_counts_of_the_shared_exports(kind: str, chosen: str, erp_of: Any) -> None:
    stock = judged_source(erp_of(kind), clients=CLIENTS[chosen])
    counts, skipped = counted(stock), stock.skipped
    assert {
        "let_units": stock.let_units,
        "vacant_units": stock.vacant_units,
        "properties": counts["property"],
        "units": counts["unit"],
        "tenants": counts["tenant"],
        "landlords": counts["landlord"],
        "skipped": {
            "tenant_without_email": skipped["tenant_without_email"],
            "unit_without_building": skipped["unit_without_building"],
            "broken_reference_or_date": skipped["broken_reference"] + skipped["invalid_date"],
        },
    } == EXPECTED[chosen]


@pytest.mark.parametrize("kind", ["wodis-sigma", "uts-karthago", "sap-blue-eagle"])
def test_the_same_records_as_from_the_files(kind: str, erp_of: Any) -> None:
    assert everything(judged_source(erp_of(kind))) == everything(judged_source(sample(kind)))


@pytest.mark.parametrize("kind", ["wodis-yuneo", "relion-one"])
def test_the_same_records_as_from_sigmas_files_but_for_the_noughts_of_areas(kind: str, erp_of: Any) -> None:
    """Their interfaces say 116 where Sigma's files say 116,00."""

    def plain(records: list[tuple[Any, ...]]) -> list[Any]:
        return [[*head, _plain_areas(payload)] for *head, payload in records]

    assert plain(everything(judged_source(erp_of(kind)))) == plain(everything(judged_source(sample("wodis-sigma"))))


def _plain_areas(payload: dict[str, Any] | None) -> dict[str, Any] | None:
    if payload is None:
        return None
    areas = ("living_area_m2", "usable_area_m2")
    return {name: Decimal(value) if name in areas and value else value for name, value in payload.items()}


@pytest.mark.parametrize("kind", ["wodis-yuneo", "gap-immotion", "relion-one"])
def test_golden_records(kind: str, erp_of: Any) -> None:
    compare_with_golden(manifest(kind), judged_source(erp_of(kind)))


# -- how it is kept


@pytest.mark.parametrize("kind", DATA)
def test_what_was_fetched_is_readable_by_this_user_alone(kind: str, erp_of: Any) -> None:
    path = erp_of(kind).place.path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    files = [*path.parent.glob("current"), *path.iterdir()]
    assert len(files) == len(LISTS[kind]) + 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_fields_that_no_mapping_names_never_reach_the_disk(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    text = (manifest("wodis-sigma").folder / "mapping.toml").read_text(encoding="utf-8")
    mapping.write_text(text.replace('storeys = "Geschosse"\n', "").replace('mobile = "Handy"\n', ""), encoding="utf-8")
    with simulated("wodis-sigma") as erp:
        source = fetched("wodis-sigma", erp.url, tmp_path, mapping=mapping)
    kept = b"".join(file.read_bytes() for file in source.place.path.glob("*.ndjson"))
    assert b"0176 1234 5678 (abends)" not in kept
    assert b"srenuczak15009@example.org" in kept
    assert json.loads((source.place.path / "snapshot.json").read_bytes())["resources"]["vertraege"]["columns"] == [
        *("Mandant", "Vertragsnummer", "Vertragsart", "Beginn", "Ende")
    ]


def test_each_fetch_takes_the_place_of_the_one_before_and_forgetting_leaves_nothing(tmp_path: Path) -> None:
    with simulated("uts-karthago") as erp:
        first = fetched("uts-karthago", erp.url, tmp_path)
        second = first.fetched(NOW + timedelta(hours=1))
        third = second.fetched(NOW + timedelta(hours=2))
        folders = [path for path in (tmp_path / "snapshot").iterdir() if path.is_dir()]
        assert folders == [third.place.path]
        before = fingerprint(third)
        fourth = third.fetched(NOW + timedelta(hours=3))
        assert fingerprint(fourth) == before
        fourth.forget()
        assert not (tmp_path / "snapshot").exists()
        with pytest.raises(SourceError, match="noch nichts gelesen"):
            judged_source(opened("uts-karthago", erp.url, tmp_path))
        assert counted(judged_source(fetched("uts-karthago", erp.url, tmp_path)))["property"] == 40


def test_a_snapshot_that_is_being_read_outlives_the_next_fetches(tmp_path: Path) -> None:
    with simulated("wodis-sigma") as erp:
        read = fetched("wodis-sigma", erp.url, tmp_path)
        before = everything(judged_source(read))
        for hours in (1, 2):
            fetched("wodis-sigma", erp.url, tmp_path, now=NOW + timedelta(hours=hours))
        assert everything(judged_source(read)) == before


def test_explain_shows_what_the_erp_said_without_asking_it_again(tmp_path: Path) -> None:
    with simulated("wodis-yuneo") as erp:
        fetched("wodis-yuneo", erp.url, tmp_path)
        asked = requests_of(erp.url, "wodis-yuneo")
        source = opened("wodis-yuneo", erp.url, tmp_path)
        tenant = next(iter(sent(judged_source(source), Entity.TENANT)))
        found = trace(source, Settings(separator="-"), AS_OF, Entity.TENANT, tenant)
        assert requests_of(erp.url, "wodis-yuneo") == asked
    assert found is not None
    rows = {row.table: row for row in found.rows}
    assert rows["parties"].file == "personen"
    assert rows["parties"].columns["email"] == found.field("email")[0].value
    assert rows["contract_parties"].columns["vertragspartner.personNr"] == tenant.rsplit("-", 1)[1]


def test_progress_is_told_by_one_thread_with_counts_and_totals(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    threads = set()

    def progress(what: str, done: int, total: int | None) -> None:
        told.append((what, done, total))
        threads.add(threading.get_ident())

    with simulated("wodis-sigma") as erp:
        opened("wodis-sigma", erp.url, tmp_path).fetched(NOW, progress)
    assert threads == {threading.get_ident()}
    assert {what for what, _, _ in told} == set(LISTS["wodis-sigma"])
    units = [(done, total) for what, done, total in told if what == "verwaltungseinheiten"]
    assert units == [(200, 548), (400, 548), (548, 548)]


def test_whoever_looks_on_may_stop_it(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def progress(_what: str, _done: int, _total: int | None) -> None:
        raise Enough

    with simulated("wodis-sigma") as erp, pytest.raises(Enough):
        opened("wodis-sigma", erp.url, tmp_path).fetched(NOW, progress)
    assert not [*(tmp_path / "snapshot").iterdir()]


def test_a_customers_copy_made_for_files_serves_the_interface_too(tmp_path: Path) -> None:
    text = (manifest("uts-karthago").folder / "mapping.toml").read_text(encoding="utf-8")
    head, tail = text.index("# Nur für den Weg"), text.index("[tables.clients]")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(text[:head] + text[tail:], encoding="utf-8")
    with simulated("uts-karthago") as erp:
        source = fetched("uts-karthago", erp.url, tmp_path, mapping=mapping)
    assert everything(judged_source(source)) == everything(judged_source(sample("uts-karthago")))


def test_a_field_that_no_record_has_is_named(tmp_path: Path) -> None:
    text = (manifest("wodis-yuneo").folder / "mapping.toml").read_text(encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(text.replace('email = "email"', 'email = "mail"'), encoding="utf-8")
    with simulated("wodis-yuneo") as erp:
        source = fetched("wodis-yuneo", erp.url, tmp_path, mapping=mapping)
    with pytest.raises(SourceError) as caught:
        judged_source(source)
    assert (caught.value.code, caught.value.file, caught.value.column) == ("column_missing", "personen", "mail")


def test_a_source_across_a_network_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="folder"):
        open_source(source_settings("wodis-sigma", "http://127.0.0.1:9"))
    assert os.listdir(tmp_path) == []
