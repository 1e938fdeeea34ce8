"""Laws of distance, and a few that one can look up."""

import pytest
from gewerk.marketplace.nearness import BANDS_KM, Nearness, nearness_to, steps_of
from gewerk.marketplace.postcodes import SAME
from gewerk.places import Position, distance_km, key_of, km_between, nearby, position_of, towns
from gewerk.places.table import places
from hypothesis import given
from hypothesis import strategies as st

COUNTRIES = ("DE", "AT", "GB")
positions = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
postcodes = st.sampled_from(sorted(places("DE")))
HAIR = 1e-6


@given(positions, positions)
def test_it_is_as_far_there_as_back(one: Position, other: Position) -> None:
    assert km_between(one, other) == km_between(other, one)


@given(positions)
def test_nothing_is_nought_from_itself(one: Position) -> None:
    assert km_between(one, one) == 0


@given(positions, positions, positions)
def test_no_way_round_is_shorter(one: Position, other: Position, between: Position) -> None:
    assert km_between(one, other) <= km_between(one, between) + km_between(between, other) + HAIR


@given(positions, positions)
def test_nothing_is_farther_than_half_around_the_earth(one: Position, other: Position) -> None:
    assert 0 <= km_between(one, other) <= 20015.2


@given(postcodes, postcodes, st.floats(0, 900))
def test_nearby_says_what_distance_says(here: str, there: str, km: float) -> None:
    apart, around = distance_km("DE", here, there), nearby("DE", here, km)
    assert apart is not None
    assert around is not None
    if abs(apart - km) > HAIR:
        assert (there in around) == (apart <= km)
    assert here in around


@pytest.mark.parametrize(
    ("country", "one", "other", "km"),
    [
        ("DE", "44137", "10115", 421),
        ("DE", "80331", "20095", 612),
        ("AT", "1010", "6020", 386),
        ("GB", "B14 7EB", "SW1A 1AA", 158),
        ("GB", "b14", "B147EB", 0),
    ],
)
def test_ways_that_are_known(country: str, one: str, other: str, km: int) -> None:
    assert distance_km(country, one, other) == pytest.approx(km, abs=5)


def test_inner_london_is_found_by_its_district() -> None:
    assert key_of("GB", "SE1A 1AA") == key_of("GB", "SE1B 1AA") == "SE1"
    assert key_of("GB", "SE1B 1AA") in (nearby("GB", "SE1A 1AA", 0) or ())


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("DE", "00000"),
        ("DE", ""),
        ("DE", "4413"),
        ("GB", "Unfug"),
        ("GB", ""),
        ("XX", "44137"),
        ("../x", "44137"),
        ("", ""),
    ],
)
def test_what_is_not_known_is_not_guessed(country: str, postcode: str) -> None:
    assert position_of(country, postcode) is None
    assert key_of(country, postcode) == ""
    assert distance_km(country, postcode, "44137") is None
    assert nearby(country, postcode, 50) is None


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_delivered_tables_lie_in_their_country(country: str) -> None:
    south, north, west, east = {
        "DE": (47.2, 55.1, 5.8, 15.1), "AT": (46.3, 49.1, 9.5, 17.2), "GB": (49.1, 60.9, -8.7, 1.8)
    }[country]  # fmt: skip
    assert len(places(country)) > 2000
    for place in places(country).values():
        assert south <= place.position.latitude <= north
        assert west <= place.position.longitude <= east
    assert towns(country)[0].people == max(town.people for town in towns(country))


def test_the_greatest_towns_bear_their_own_names() -> None:
    assert [town.name for town in towns("DE")[:4]] == ["Berlin", "Hamburg", "München", "Köln"]
    assert towns("AT")[0].name == "Wien"
    assert towns("XX") == ()


def test_a_position_of_both_ends_makes_it_kilometres() -> None:
    # Dortmund and Hagen share no digit of their postcodes.
    near = nearness_to("DE", "44137")("58089")
    assert near.km == pytest.approx(14.5, abs=1)
    assert near.steps == 3
    assert nearness_to("GB", "B14 7EB")("b13 8AA").steps == 4


def test_without_a_position_shared_areas_count() -> None:
    near = nearness_to("DE", "44137")
    assert near("44199") == Nearness(3, None)
    assert near("Unfug") == near("") == Nearness(0, None)
    assert nearness_to("DE", "")("44137") == Nearness(0, None)


@given(postcodes, postcodes)
def test_nearer_is_never_less_near(one: str, other: str) -> None:
    to = nearness_to("DE", "44137")
    near, far = sorted([to(one), to(other)], key=lambda found: found.km or 0)
    assert near.steps >= far.steps


def test_bands() -> None:
    assert [steps_of(km) for km in (0, *BANDS_KM, 100.1)] == [SAME, 4, 3, 2, 1, 0]
