"""The map of a day: stops in order of time, ways of one contractor, what has no place, and nobody else's visits."""

import re
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from gewerk.projects.models import WorkOrder
from gewerk.scheduling.models import Visit

from .conftest import NOW, Matter, matter

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 12, 1)


def at(clock: int, day: date = DAY) -> datetime:
    return datetime.combine(day, time(clock), BERLIN)


def visit_of(one: Matter, factories: ModuleType, clock: int, number: int, **fields: Any) -> Visit:
    """Of an order of its own, at a property of its own."""
    firm = fields.pop("firm", one.firm)
    prop = factories.property_(
        one.organisation, **{key: fields.pop(key) for key in ("postcode", "street", "country") if key in fields}
    )
    order = WorkOrder.objects.create(
        organisation=one.organisation,
        number=f"A-2026-1{number:03}",
        title=f"Arbeit {number}",
        property=prop,
        firm=firm,
        award_kind="by_hand",
        state="booked",
        state_at=NOW,
        awarded_at=NOW,
        currency="EUR",
        created_at=NOW,
        updated_at=NOW,
    )
    given = {"state": "agreed", "starts_at": at(clock), "ends_at": at(clock) + timedelta(minutes=45), **fields}
    return Visit.objects.create(
        organisation=one.organisation, order=order, number=1, state_at=NOW, created_at=NOW, updated_at=NOW, **given
    )


@pytest.fixture
def day(awarded: Matter, factories: ModuleType) -> Matter:
    visit_of(awarded, factories, 10, 2, postcode="58239", street="Zweite Straße")
    visit_of(awarded, factories, 8, 1, postcode="44145", street="Erste Straße")
    visit_of(awarded, factories, 13, 3, postcode="00999", street="Nirgends")
    visit_of(awarded, factories, 14, 4, postcode="44263", street="Vierte Straße", state="attended")
    return awarded


def page_of(client: Any, shown: date = DAY) -> str:
    answer = client.get(f"/calendar/?view=map&day={shown}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def pins(text: str) -> list[str]:
    return re.findall(r'<a href="#stop-\d+" aria-label="([^"]+)"', text)


def test_the_firm_sees_its_day_in_order_of_time(as_person: Any, day: Matter) -> None:
    text = page_of(as_person(day.fitter_person))
    assert "Dienstag, 01.12.2026: 4 Termine" in text
    first, second, third = (number_in(text, f"{street} Straße") for street in ("Erste", "Zweite", "Vierte"))
    assert sorted(pins(text)) == [
        f"1. 08:00 bis 08:45 Uhr, Erste Straße {first}, 44145 Dortmund, Arbeit 1",
        f"2. 10:00 bis 10:45 Uhr, Zweite Straße {second}, 58239 Dortmund, Arbeit 2",
        f"3. 14:00 bis 14:45 Uhr, Vierte Straße {third}, 44263 Dortmund, Arbeit 4",
    ]
    assert text.index('id="stop-1"') < text.index('id="stop-2"') < text.index('id="stop-3"')
    assert text.count('class="map-way"') == 2
    assert "km Luftlinie vom vorigen Termin" in text
    assert text.index("Nicht auf der Karte") < text.index("Nirgends")
    assert "hat stattgefunden" in text
    assert "GeoNames (CC BY 4.0)" in text
    assert "Rohr &amp; Sohn" not in text.split("<main")[1]


def number_in(text: str, street: str) -> str:
    found = re.search(rf"{street} (\d+)", text)
    assert found is not None
    return found[1]


def test_the_manager_sees_who_comes_and_ways_of_each_firm_alone(
    as_person: Any, day: Matter, factories: ModuleType
) -> None:
    other = factories.firm(day.organisation, name="Elektro Blitz")
    visit_of(day, factories, 9, 5, postcode="44309", firm=other)
    text = page_of(as_person(factories.person(day.organisation, "housing_officer")))
    assert len(pins(text)) == 4
    assert "Rohr &amp; Sohn" in text
    assert "Elektro Blitz" in text
    # The one stop of the other firm lies between two of the first in time, and no line leads to it.
    assert text.count('class="map-way"') == 2


def test_nobody_sees_the_day_of_others(as_person: Any, day: Matter, factories: ModuleType) -> None:
    strange = matter(factories)
    visit_of(strange, factories, 11, 9, postcode="10115", street="Fremde Straße")
    for person in (day.fitter_person, factories.person(day.organisation, "housing_officer")):
        text = page_of(as_person(person))
        assert "Fremde Straße" not in text
        assert len(pins(text)) == 3
    assert "Erste Straße" not in page_of(as_person(strange.fitter_person))
    tenant = factories.person(day.organisation, "tenant")
    assert as_person(tenant).get(f"/calendar/?view=map&day={DAY}").status_code == 403


def test_an_empty_day_says_so(as_person: Any, awarded: Matter) -> None:
    text = page_of(as_person(awarded.fitter_person))
    assert "An diesem Tag kein Termin" in text
    assert "<figure" not in text


def test_a_day_without_any_known_place_is_a_list(as_person: Any, awarded: Matter, factories: ModuleType) -> None:
    visit_of(awarded, factories, 10, 1, postcode="")
    text = page_of(as_person(awarded.fitter_person))
    assert "<figure" not in text
    assert "Nicht auf der Karte" in text
    assert "An diesem Tag kein Termin" not in text


def test_a_visit_of_several_days_stands_on_each(as_person: Any, awarded: Matter, factories: ModuleType) -> None:
    visit_of(awarded, factories, 8, 1, ends_at=at(16, DAY + timedelta(days=1)))
    client = as_person(awarded.fitter_person)
    assert len(pins(page_of(client))) == 1
    assert len(pins(page_of(client, DAY + timedelta(days=1)))) == 1
    assert pins(page_of(client, DAY + timedelta(days=2))) == []


def test_a_property_without_country_lies_in_its_organisations(
    as_person: Any, awarded: Matter, factories: ModuleType
) -> None:
    visit_of(awarded, factories, 8, 1, country="")
    assert len(pins(page_of(as_person(awarded.fitter_person)))) == 1


def test_it_asks_as_often_for_many_stops(
    as_person: Any, day: Matter, factories: ModuleType, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_person(day.fitter_person)
    page_of(client)
    with CaptureQueriesContext(connection) as few:
        page_of(client)
    for number in range(20, 32):
        visit_of(day, factories, 9, number, postcode="44137")
    with django_assert_num_queries(len(few)):
        page_of(client)
