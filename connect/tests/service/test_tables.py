"""The customer's own usages and floors, and the pages of step 2 with a source of 5,000 objects."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from exports_here import EXPORTS
from gewerk_connect.service.connections import Connections
from service_doors import Doors, Visitor, activate, looked, settings_form
from sqlalchemy import event
from standin import StandIn

MANY = 5_000


def settings_of(doors: Doors, made: str) -> dict[str, Any]:
    kept: dict[str, Any] = Connections(doors.service).get(made).document["settings"]
    return kept


def export_of(folder: Path, objects: int) -> Path:
    """The sample and so many objects more, of one flat each, and as many texts of a floor that no rule maps."""
    shutil.copytree(EXPORTS / "sigma", folder)

    def add(name: str, row: str) -> None:
        with (folder / f"{name}.csv").open("a", encoding="cp1252", newline="") as file:
            file.writelines(row.format(n=number) + "\r\n" for number in range(1, objects + 1))

    add("objekte", "1;10;9{n:05};Lange Straße {n};44287;Dortmund;;1990;3")
    add("verwaltungseinheiten", "1;10;9{n:05};1;Hof {n:05};Wohnung;64,35;;3")
    return folder


@contextmanager
def statements(doors: Doors) -> Iterator[list[str]]:
    """Every statement that the pages send to the state."""
    sent: list[str] = []

    def note(*call: Any) -> None:
        sent.append(call[2])

    event.listen(doors.service.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(doors.service.engine, "before_cursor_execute", note)


def test_usages_are_mapped_with_their_effect_before_they_are_saved(doors: Doors, admin: Visitor, api: StandIn) -> None:
    made = activate(admin, api)
    at = f"/connections/{made}"
    admin.get(f"{at}/usages")
    assert "26 Einheiten ohne Zuordnung" in admin.text
    admin.post(f"{at}/tables/usages/effect", text_0="Atelier", value_0="commercial")
    assert "Damit ändern sich 26 Einheiten" in admin.text
    assert "usage_table" not in settings_of(doors, made)
    admin.post(f"{at}/usages", further_text="Waschküche", further_value="storage")
    assert settings_of(doors, made)["usage_table"] == {"Atelier": "commercial", "Waschküche": "storage"}
    admin.get(f"{at}/usages")
    assert "ohne Zuordnung" not in admin.text
    assert "Noch nicht gespeichert" not in admin.text
    admin.post(f"{at}/usages", text_0="waschküche", value_0="other")
    assert settings_of(doors, made)["usage_table"] == {"Atelier": "commercial", "waschküche": "other"}
    admin.post(f"{at}/usages", text_0="Atelier", value_0="")
    assert settings_of(doors, made)["usage_table"] == {"waschküche": "other"}
    admin.post(f"{at}/usages", 422, text_0="Atelier", value_0="Schloss")
    assert "Wählen Sie eine Nutzung aus der Liste" in admin.text


def test_floors_are_whole_numbers(doors: Doors, admin: Visitor, api: StandIn) -> None:
    made = activate(admin, api)
    at = f"/connections/{made}/floors"
    admin.get(at)
    for wrong in ("oben", "1.5", "-21", "201", "²", "9" * 50):
        admin.post(at, 422, text_0="Hinterhof", value_0=wrong)
        assert "Hinterhof: Geben Sie eine ganze Zahl ein" in admin.text
        assert f'value="{wrong}"' in admin.page
        assert 'href="#value_0"' in admin.page
        assert 'aria-describedby="value_0_error' in admin.page
    for typed, kept in (("4", 4), ("-20", -20), ("+3", 3), ("0", 0)):
        admin.post(at, text_0="Hinterhof", value_0=typed)
        assert settings_of(doors, made)["floor_table"] == {"Hinterhof": kept}
    admin.get(at)
    assert 'value="0"' in admin.page


def test_what_was_chosen_on_one_page_waits_while_another_is_looked_at(
    doors: Doors, admin: Visitor, api: StandIn, tmp_path: Path
) -> None:
    made = activate(admin, api, export_of(tmp_path / "export", 120))
    at = f"/connections/{made}/floors"
    effect = f"/connections/{made}/tables/floors/effect"
    admin.get(f"{at}?show=open&q=hof+0")
    assert "Zeile 1 bis 50 von 120" in admin.text
    admin.post(effect, text_0="Hof 00001", value_0="1", text_1="Hof 00002", value_1="")
    admin.get(f"{at}?show=open&q=hof+0&page=3")
    assert "Zeile 101 bis 120 von 120" in admin.text
    assert "1 Zuordnung geändert. Damit ändern sich 1 Einheiten" in admin.text
    admin.post(effect, text_0="Hof 00101", value_0="unten")
    admin.get(f"{at}?q=hof+00050")
    assert "Zeile 1 bis 1 von 1" in admin.text
    admin.get(f"{at}?show=changed")
    assert "Hof 00001" in admin.text
    assert "Zeile 1 bis 2 von 2" in admin.text

    admin.post(f"{at}?page=2", 422, text_0="Hof 00051", value_0="5")
    assert 'href="#value_0">Hof 00101: Geben Sie eine ganze Zahl ein' in admin.page
    assert "Zeile 1 bis 3 von 3" in admin.text
    assert "floor_table" not in settings_of(doors, made)
    admin.post(at, text_0="Hof 00101", value_0="-1", text_1="Hof 00051", value_1="5")
    assert settings_of(doors, made)["floor_table"] == {"Hof 00001": 1, "Hof 00101": -1, "Hof 00051": 5}
    admin.get(f"{at}?show=own")
    assert "Zeile 1 bis 3 von 3" in admin.text


def test_what_waits_can_be_dropped(doors: Doors, admin: Visitor, api: StandIn) -> None:
    made = activate(admin, api)
    admin.post(f"/connections/{made}/tables/floors/effect", text_0="Hinterhof", value_0="4")
    admin.post(f"/connections/{made}/floors?q=hof", action="discard", text_0="Hinterhof", value_0="4")
    assert "Noch nicht gespeichert" not in admin.text
    assert "floor_table" not in settings_of(doors, made)


def test_two_who_map_at_once_lose_nothing(doors: Doors, admin: Visitor, api: StandIn) -> None:
    made = activate(admin, api)
    at = f"/connections/{made}/usages"
    version = Connections(doors.service).get(made).version
    doors.visitor().post(at, text_0="Atelier", value_0="living", version=version)
    admin.post(at, 409, text_0="Lager", value_0="other", version=version)
    assert "Inzwischen hat jemand anders gespeichert" in admin.text
    admin.post(at, text_0="Lager", value_0="other", version=version + 1)
    assert settings_of(doors, made)["usage_table"] == {"Atelier": "living", "Lager": "other"}


@pytest.fixture
def seen(doors: Doors, admin: Visitor, api: StandIn, tmp_path: Path) -> dict[int, dict[str, tuple[int, list[str]]]]:
    """Objects of the source -> page -> (bytes, statements)."""
    pages = ("login", "settings", "floors", "usages", "settings/objects?q=lange", "settings/clients?q=")
    found: dict[int, dict[str, tuple[int, list[str]]]] = {}
    for objects in (100, MANY):
        made = activate(admin, api, export_of(tmp_path / str(objects), objects))
        looked(admin, f"/connections/{made}/plan/progress")  # the first plan writes too
        found[objects] = {}
        for page in pages:
            with statements(doors) as sent:
                admin.get(f"/connections/{made}/{page}")
            found[objects][page] = (len(admin.page.encode()), list(sent))
    return found


def test_the_pages_of_5000_objects_are_no_larger_and_ask_no_more(
    seen: dict[int, dict[str, tuple[int, list[str]]]],
) -> None:
    for page, (size, asked) in seen[MANY].items():
        small, few = seen[100][page]
        print(f"{page}: {small:,} -> {size:,} bytes, {len(asked)} statements")
        assert asked == few, page
        assert size < small + 4_000, page
        assert size < 100_000, page


def test_5000_objects_are_chosen_checked_and_saved(doors: Doors, admin: Visitor, api: StandIn, tmp_path: Path) -> None:
    made = activate(admin, api, export_of(tmp_path / "export", MANY))
    at = f"/connections/{made}/settings"
    numbers = [f"9{number:05}" for number in range(1, MANY + 1)]
    admin.post(at, 422, **settings_form(separator="-", objects="\n".join([*numbers, "4711"])))
    assert "4711 kennt Ihr ERP nicht" in admin.text
    padded = settings_form(separator="-", objects="\n".join(f"00{number}" for number in numbers))
    admin.post(f"{at}/draft", **padded)
    admin.post(f"{at}/sums", **padded)
    admin.post(at, **padded)
    assert settings_of(doors, made)["objects"] == numbers
    admin.get(at)
    assert numbers[-1] in admin.page
    assert len(admin.page.encode()) < 150_000
