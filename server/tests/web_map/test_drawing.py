"""Laws of the picture: everything is in it, nothing is drawn that was not said, and the scale says what is true."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
from gewerk.entrypoints.web.map import drawing
from gewerk.entrypoints.web.map.drawing import Bubble, Mark, Pin, drawn
from gewerk.entrypoints.web.map.giving_way import apart
from gewerk.entrypoints.web.map.projection import frame_of, plane
from gewerk.entrypoints.web.map.scale import scale_of
from gewerk.entrypoints.web.map.tiles import tiles_of
from gewerk.places import Position, km_between
from hypothesis import given
from hypothesis import strategies as st

DORTMUND, BERLIN, MUNICH = Position(51.51, 7.46), Position(52.53, 13.38), Position(48.13, 11.57)
thousandths = {"latitude": (47_000, 60_000), "longitude": (-8_000, 17_000)}
degrees = [st.integers(*ends).map(lambda one: one / 1000) for ends in thousandths.values()]
positions = st.lists(st.builds(Position, *degrees), min_size=1, max_size=8)
aspects = st.sampled_from([4 / 3, 4 / 5])


@given(positions, aspects)
def test_everything_lies_inside_with_room_around(given_positions: list[Position], aspect: float) -> None:
    frame = frame_of(given_positions, aspect=aspect)
    for position in given_positions:
        x, y = frame.place(position)
        assert 11.9 <= x <= 88.1
        assert 11.9 <= y <= 88.1
    assert frame.width_km >= 5.9


@given(positions, aspects)
def test_the_scale_is_short_and_round(given_positions: list[Position], aspect: float) -> None:
    frame = frame_of(given_positions, aspect=aspect)
    scale = scale_of(frame)
    assert 0 < float(scale.width) <= 30.01
    number, unit = scale.label.split()
    assert number.replace(".", "").rstrip("0") in {"1", "2", "5"}
    assert unit in {"km", "m"}


def test_the_scale_is_true() -> None:
    west, east = Position(51.5, 7.0), Position(51.5, 8.0)
    frame = frame_of([west, east], aspect=4 / 3)
    across = (frame.place(east)[0] - frame.place(west)[0]) / 100 * frame.width_km
    assert across == pytest.approx(km_between(west, east), rel=0.01)


@given(positions, aspects)
def test_tiles_cover_the_picture_and_are_few(given_positions: list[Position], aspect: float) -> None:
    tiles = tiles_of(frame_of(given_positions, aspect=aspect), "https://t.example/{z}/{x}/{y}.png")
    assert len(tiles) <= 40
    assert min(float(tile.x) for tile in tiles) <= 0
    assert min(float(tile.y) for tile in tiles) <= 0
    assert max(float(tile.x) + float(tile.width) for tile in tiles) >= 100
    assert max(float(tile.y) + float(tile.height) for tile in tiles) >= 100
    assert all("{" not in tile.url for tile in tiles)


def test_a_tile_is_that_of_its_place() -> None:
    frame = frame_of([DORTMUND], aspect=4 / 3)
    found = tiles_of(frame, "{z}/{x}/{y}")
    depth = int(found[0].url.split("/")[0])
    x, y = plane(DORTMUND)
    assert f"{depth}/{math.floor(x * 2**depth)}/{math.floor(y * 2**depth)}" in {tile.url for tile in found}


circles = st.lists(st.tuples(st.floats(20, 80), st.floats(20, 80)), min_size=2, max_size=6)


@given(circles)
def test_few_circles_do_not_cover_each_other(points: list[tuple[float, float]]) -> None:
    moved = apart(points, [11] * len(points), 1.0)
    for n, one in enumerate(moved):
        for other in moved[:n]:
            assert math.dist(one, other) * 4 >= 18  # of 22 pixels: they may still touch


def test_circles_that_do_not_meet_stay() -> None:
    points = [(10.0, 10.0), (50.0, 50.0), (90.0, 20.0)]
    for moved, point in zip(apart(points, [11, 11, 11], 0.8), points, strict=True):
        assert moved == pytest.approx(point)


def test_nothing_to_show_is_no_picture() -> None:
    assert drawn(label="x", countries=["DE"]) is None


def test_pins_are_joined_in_the_order_of_their_numbers() -> None:
    pins = [
        Pin(1, DORTMUND, "1", "#1", "brandt"),
        Pin(2, BERLIN, "2", "#2", "other"),
        Pin(3, MUNICH, "3", "#3", "brandt"),
        Pin(4, DORTMUND, "4", "#4"),
    ]
    found = drawn(label="x", countries=["DE"], pins=pins)
    assert found is not None
    at = {point.text: (point.x, point.y) for point in found.pins}
    assert [((way.x1, way.y1), (way.x2, way.y2)) for way in found.ways] == [(at["1, 4"], at["3"])]
    # What stands first lies on top, and one pin stands for both of a place.
    assert [point.text for point in found.pins] == ["3", "2", "1, 4"]
    assert found.pins[-1].label == "1; 4"


def test_many_pins_of_a_place_are_one() -> None:
    found = drawn(label="x", countries=["DE"], pins=[Pin(n, DORTMUND, str(n), "#") for n in range(7, 13)])
    assert found is not None
    assert [point.text for point in found.pins] == ["7+"]


def test_the_shape_follows_what_lies_there() -> None:
    north = Position(54.3, 10.1)
    tall = drawn(label="x", countries=["DE"], bubbles=[Bubble(1, north, "24", "", ""), Bubble(2, MUNICH, "80", "", "")])
    wide = drawn(label="x", countries=["DE"], marks=[Mark(DORTMUND, "a"), Mark(BERLIN, "b")])
    assert tall is not None
    assert wide is not None
    assert (tall.shape, wide.shape) == ("tall", "wide")
    assert tall.land.count("M") > 300
    assert {"Dortmund", "Berlin"} & {name.name for name in tall.names}


def test_words_of_a_mark_do_not_leave_the_picture() -> None:
    west, middle, east = (Mark(Position(51.5, degrees), "Ort der Arbeit: 44137") for degrees in (7.0, 7.5, 8.0))
    found = drawn(label="x", countries=["DE"], marks=[west, middle, east])
    assert found is not None
    assert [mark.anchor for mark in found.marks] == ["start", "middle", "end"]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=12))
def test_no_circle_leaves_the_picture(points: list[tuple[float, float]]) -> None:
    for x, y in apart(points, [16] * len(points), 0.8):
        assert 4 <= x <= 96
        assert 3.19 <= y <= 96.81


def test_names_do_not_cover_pins_or_each_other() -> None:
    found = drawn(label="x", countries=["DE"], pins=[Pin(1, DORTMUND, "1", "#"), Pin(2, BERLIN, "2", "#")])
    assert found is not None
    names = [name.name for name in found.names]
    assert "Berlin" not in names
    assert "Hannover" in names
    assert len(names) == len(set(names))


def test_from_near_postcodes_are_named() -> None:
    found = drawn(label="x", countries=["DE"], pins=[Pin(1, DORTMUND, "1", "#")])
    assert found is not None
    assert any(name.name.startswith("44") and name.anchor == "middle" for name in found.names)


def test_tiles_take_the_place_of_land_and_names(monkeypatch: Any) -> None:
    setting = SimpleNamespace(tile_url="https://t.example/{z}/{x}/{y}.png", tile_attribution="© Wer")
    monkeypatch.setattr(drawing, "installation", lambda: setting)
    found = drawn(label="x", countries=["DE"], marks=[Mark(DORTMUND, "a")])
    assert found is not None
    assert found.tiles
    assert (found.land, found.names, found.credit) == ("", [], "© Wer")
