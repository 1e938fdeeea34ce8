"""RELion One names what changed: only that is read, and what is missed by it is noticed by the number of records."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from exports_here import counted, everything, sent
from fetching import NOW, Clock, change, delete, fault, fetched, insert, judged_source, opened, requests_of
from gewerk_connect.canonical import Entity
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.sources import Source

KIND = "relion-one"
FLAT = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60", "VE-Nr": "3"}


def whole(erp: SimulatedErp, folder: Path) -> list[tuple[Any, ...]]:
    """The stock as a fetch of everything, by somebody who knows nothing yet, sees it now."""
    return everything(judged_source(fetched(KIND, erp.url, folder / "anew", now=NOW)))


def later(source: Source, hours: int = 1) -> Source:
    return source.fetched(NOW + timedelta(hours=hours))


def requests(erp: SimulatedErp) -> int:
    return sum(count for name, count in requests_of(erp.url, KIND).items() if name == "units")


def at_page_size_50(erp: SimulatedErp, folder: Path, **more: Any) -> Source:
    return fetched(KIND, erp.url, folder, page_size=50, **more)


def test_when_nothing_changed_next_to_nothing_is_read(relion: SimulatedErp, clock: Clock, tmp_path: Path) -> None:
    source = at_page_size_50(relion, tmp_path)
    assert requests(relion) > 11  # 548 units in pages of 50, of three companies
    clock.now += timedelta(days=1)
    change(relion.url, "verwaltungseinheiten", FLAT, Zimmer="3")
    source = later(source, 24)
    before, asked = everything(judged_source(source)), requests(relion)
    source = later(source, 48)
    # per company: what changed since five minutes before the latest change known, and the number of all
    assert requests(relion) - asked == 6
    assert everything(judged_source(source)) == before == whole(relion, tmp_path)


def test_a_changed_and_a_new_row_arrive_in_their_places(relion: SimulatedErp, tmp_path: Path) -> None:
    source = fetched(KIND, relion.url, tmp_path)
    change(relion.url, "verwaltungseinheiten", FLAT, **{"Etage/Lage": "7. OG"})
    new = {
        **FLAT,
        "VE-Nr": "99",
        "Etage/Lage": "EG",
        "Nutzungsart": "Wohnung",
        "Wohnfläche": "50",
        "Nutzfläche": "",
        "Zimmer": "2",
    }
    insert(relion.url, "verwaltungseinheiten", new)
    stock = judged_source(later(source))
    assert sent(stock, Entity.UNIT)["1-638-60-3"]["floor"] == 7
    assert sent(stock, Entity.UNIT)["1-638-60-99"]["living_area_m2"] == "50"
    assert everything(stock) == whole(relion, tmp_path)


def test_a_deleted_row_is_noticed_by_the_count(relion: SimulatedErp, tmp_path: Path) -> None:
    source = fetched(KIND, relion.url, tmp_path)
    units = counted(judged_source(source))["unit"]
    delete(relion.url, "verwaltungseinheiten", FLAT)
    stock = judged_source(later(source))
    assert counted(stock)["unit"] == units - 1
    assert everything(stock) == whole(relion, tmp_path)


def test_one_gone_and_one_come_at_once_is_noticed_too(relion: SimulatedErp, tmp_path: Path) -> None:
    source = fetched(KIND, relion.url, tmp_path)
    delete(relion.url, "verwaltungseinheiten", FLAT)
    new = {
        **FLAT,
        "VE-Nr": "99",
        "Etage/Lage": "EG",
        "Nutzungsart": "Wohnung",
        "Wohnfläche": "50",
        "Nutzfläche": "",
        "Zimmer": "2",
    }
    insert(relion.url, "verwaltungseinheiten", new)
    stock = judged_source(later(source))
    assert "1-638-60-3" not in sent(stock, Entity.UNIT)
    assert "1-638-60-99" in sent(stock, Entity.UNIT)
    assert everything(stock) == whole(relion, tmp_path)


def test_after_some_days_everything_is_read_whatever_the_counts_say(
    relion: SimulatedErp, clock: Clock, tmp_path: Path
) -> None:
    source = at_page_size_50(relion, tmp_path, full_fetch_days=3)
    first = requests(relion)
    clock.now += timedelta(days=1)
    change(relion.url, "verwaltungseinheiten", FLAT, Zimmer="3")
    source = later(source, 24)
    asked = requests(relion)
    later(source, 24 * 3)
    assert requests(relion) - asked == first
    never = fetched(KIND, relion.url, tmp_path, page_size=50, full_fetch_days=0)
    asked = requests(relion)
    never.fetched(NOW)
    assert requests(relion) - asked == first


def test_another_mapping_reads_everything(relion: SimulatedErp, tmp_path: Path) -> None:
    fetched(KIND, relion.url, tmp_path)
    from gewerk_connect.sources import manifest

    mapping = tmp_path / "mapping.toml"
    text = (manifest(KIND).folder / "mapping.toml").read_text(encoding="utf-8")
    mapping.write_text(text.replace('storeys = "numberOfFloors"\n', ""), encoding="utf-8")
    stock = judged_source(fetched(KIND, relion.url, tmp_path, mapping=mapping))
    assert "storeys" not in next(iter(sent(stock, Entity.PROPERTY).values()))


def test_a_company_that_comes_or_goes_reads_everything(relion: SimulatedErp, tmp_path: Path) -> None:
    source = fetched(KIND, relion.url, tmp_path)
    delete(relion.url, "mandanten", {"Mandant": "7"})
    stock = judged_source(later(source))
    assert {payload["client_number"] for payload in sent(stock, Entity.UNIT).values()} == {"1", "2"}
    assert everything(stock) == whole(relion, tmp_path)


def test_half_a_list_of_changes_is_read_again(relion: SimulatedErp, tmp_path: Path) -> None:
    source = fetched(KIND, relion.url, tmp_path)
    change(relion.url, "verwaltungseinheiten", FLAT, **{"Etage/Lage": "7. OG"})
    fault(relion.url, KIND, "units", "short_page", times=2)
    stock = judged_source(later(source))
    assert everything(stock) == whole(relion, tmp_path)


def test_changes_among_faults_end_where_a_fetch_of_everything_ends(relion: SimulatedErp, tmp_path: Path) -> None:
    source = opened(KIND, relion.url, tmp_path, page_size=40).fetched(NOW)
    httpx2.post(f"{relion.url}/_sim/rate", json={"rate": 0.2, "seed": 3}).raise_for_status()
    for turn in range(6):
        change(relion.url, "verwaltungseinheiten", FLAT, **{"Etage/Lage": f"{turn}. OG"})
        if turn in (1, 2):
            delete(relion.url, "verwaltungseinheiten", {**FLAT, "VE-Nr": str(3 + turn)})
        source = later(source, turn + 1)
    httpx2.delete(f"{relion.url}/_sim/faults").raise_for_status()
    assert everything(judged_source(source)) == whole(relion, tmp_path)
