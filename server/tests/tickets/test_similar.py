"""What is proposed as the same matter, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from gewerk.tickets.queries.similar import Matter, known_in_building, likeness, likenesses, similar_tickets
from hypothesis import given
from hypothesis import strategies as st

HOUSE, FLAT, OTHER = uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def matter(category: str, unit: UUID | None = FLAT, *, days: float = 0, house: UUID = HOUSE, **more: Any) -> Matter:
    return Matter(
        uuid4(), house, unit, more.get("part", ""), category, more.get("wide", False), NOW - timedelta(days=days)
    )


@pytest.mark.parametrize(
    ("one", "other", "kind", "reason"),
    [
        (matter("water.tap"), matter("water.tap", days=10), "duplicate", "same_unit"),
        (matter("water.tap"), matter("water.drain", days=1), "duplicate", "same_group"),
        (matter("water.tap"), matter("water.tap", days=20), None, ""),
        (matter("water.tap"), matter("water.tap", OTHER), None, ""),
        (matter("heating.no_heating"), matter("heating.no_heating", OTHER, days=1), "incident", "same_property"),
        (matter("heating.no_heating"), matter("heating.no_heating", OTHER, days=5), None, ""),
        (
            matter("heating.no_heating"),
            matter("heating.no_heating", OTHER, days=5, wide=True),
            "incident",
            "building_wide",
        ),
        (matter("heating.no_heating"), matter("heating.no_heating", OTHER, house=uuid4()), None, ""),
        (
            matter("stairwell.light", None, part="cellar"),
            matter("stairwell.light", None, part="cellar", days=9),
            "duplicate",
            "same_part",
        ),
        (
            matter("lift.stopped", None, part="lift"),
            matter("lift.stopped", OTHER, days=2),
            "duplicate",
            "same_property",
        ),
        (matter("mould.mould"), matter("electrics.bell"), None, ""),
    ],
)
def test_known_pairs(one: Matter, other: Matter, kind: str | None, reason: str) -> None:
    found = likeness(one, other)
    assert (found.kind if found else None) == kind
    assert found is None or reason in found.reasons


_MATTERS = st.builds(
    lambda category, unit, house, days, wide: matter(category, unit, days=days, house=house, wide=wide),
    st.sampled_from(["water.tap", "water.drain", "heating.no_heating", "stairwell.light", "lift.stopped"]),
    st.sampled_from([None, FLAT, OTHER]),
    st.sampled_from([HOUSE, OTHER]),
    st.floats(0, 60),
    st.booleans(),
)


@given(_MATTERS, _MATTERS)
def test_what_is_like_the_other_is_like_it_too(one: Matter, other: Matter) -> None:
    there, back = likeness(one, other), likeness(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.kind, there.score, there.reasons) == (back.kind, back.score, back.reasons)
        assert there.reasons
        assert 50 <= there.score <= 100


@given(st.lists(_MATTERS, max_size=8), _MATTERS)
def test_the_likeliest_stands_first(others: list[Matter], one: Matter) -> None:
    scores = [alike.score for alike in likenesses(one, [one, *others])]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.django_db
def test_rows_are_proposed_with_reasons(building: Any, factories: Any) -> None:
    first = factories.ticket(building.property, unit=building.left, category="heating.no_heating")
    second = factories.ticket(building.property, unit=building.right, category="heating.no_heating")
    factories.ticket(building.property, unit=building.right, category="heating.no_heating", state="closed")
    factories.ticket(factories.property_(building.organisation), category="heating.no_heating")
    (found,) = similar_tickets(building.staff, second)
    assert (found.ticket, found.likeness.kind) == (first, "incident")


@pytest.mark.django_db
def test_the_building_hears_of_what_is_known_once_somebody_works_on_it(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property, category="heating.no_heating", building_wide=True)
    assert known_in_building(building.property.pk, "heating.no_heating") is None
    ticket.state = "in_progress"
    ticket.save()
    assert known_in_building(building.property.pk, "heating.no_heating") == ticket
    assert known_in_building(building.property.pk, "water.tap") is None
