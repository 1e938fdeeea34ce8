"""The stock in numbers: a flat that is let stays let when its tenant is not sent."""

from datetime import date
from types import ModuleType

import pytest
from gewerk.identity.access import actor_for
from gewerk.journal.actor import Actor
from gewerk.portfolio.models import Property, SubProperty
from gewerk.portfolio.queries.german_order import LeadingNumber, spelled_out
from gewerk.portfolio.queries.property_list import property_totals, with_vacancy_over
from gewerk.portfolio.queries.property_page import natural, property_units
from gewerk.portfolio.queries.stock_at_a_glance import stock_at_a_glance
from gewerk.portfolio.queries.sub_property_list import without_tenant

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def org(factories: ModuleType) -> object:
    return factories.organisation()


@pytest.fixture
def actor(org: object, factories: ModuleType) -> Actor:
    somebody = factories.person(org)
    return actor_for(somebody, org.pk, memberships=list(somebody.memberships.all()))


def test_the_glance_counts_what_is_there(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org)
    other = factories.property_(org, city="Kiel")
    factories.tenant(factories.unit(house, usage="living", occupancy="let"))
    factories.unit(house, usage="living", occupancy="let")  # let, tenant not sent
    factories.unit(house, usage="parking", occupancy="vacant")
    factories.unit(other, usage="", occupancy="")
    factories.unit(other, archived_at=factories.NOW)
    foreign = factories.organisation()
    factories.unit(factories.property_(foreign))

    glance = stock_at_a_glance(actor)

    assert glance.properties == 2
    assert (glance.total.let, glance.total.vacant, glance.total.unknown) == (2, 1, 1)
    assert {usage: (o.let, o.vacant, o.unknown) for usage, o in glance.by_usage} == {
        "living": (2, 0, 0),
        "parking": (0, 1, 0),
        "other": (0, 0, 1),
    }
    assert [(p.city, p.properties, p.occupied.units) for p in glance.places] == [("Dortmund", 1, 3), ("Kiel", 1, 1)]
    assert (
        sum(p.occupied.units for p in glance.places) == glance.total.units == sum(o.units for _u, o in glance.by_usage)
    )


def test_let_without_tenant_is_let_and_can_be_listed(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org)
    lived_in = factories.unit(house, occupancy="let")
    factories.tenant(lived_in, contract_start=date(2020, 1, 1))
    silent = factories.unit(house, occupancy="let")
    factories.tenant(silent, contract_end=date(2026, 11, 21))  # the former one
    factories.unit(house, occupancy="vacant")

    units = property_units(house, as_of=TODAY)

    assert (units.let, units.vacant, units.without_tenant) == (2, 1, 1)
    found = without_tenant(actor, SubProperty.objects.filter(type="unit"), as_of=TODAY)
    assert [u.pk for u in found] == [silent.pk]


def test_vacancy_filter_and_totals_agree(org: object, actor: Actor, factories: ModuleType) -> None:
    full, half, without_units = (factories.property_(org) for _ in range(3))
    factories.unit(full)
    factories.unit(half, living_area_m2="64.35")
    factories.unit(half, occupancy="vacant", living_area_m2=None, usable_area_m2="15.00")
    everything = Property.objects.filter(organisation=org)

    assert {p.pk for p in with_vacancy_over(everything, 0.1)} == {half.pk}
    assert with_vacancy_over(everything, 0.5).count() == 0
    totals = property_totals(actor, everything)
    assert (totals.properties, totals.units, totals.vacant, str(totals.area_m2)) == (3, 3, 1, "79.35")
    assert without_units.pk


def test_streets_and_numbers_sort_as_in_a_telephone_book(org: object, factories: ModuleType) -> None:
    for street, number in [
        ("Zaun", "1"),
        ("Überweg", "10"),
        ("Überweg", "9 a"),
        ("Anger", "133"),
        ("Anger", "6 a"),
        ("Anger", ""),
    ]:
        factories.property_(org, street=street, house_number=number)
    rows = Property.objects.alias(s=spelled_out("street"), n=LeadingNumber("house_number")).order_by(
        "s", "n", "house_number"
    )
    listed = [(p.street, p.house_number) for p in rows if p.house_number]
    assert listed == [("Anger", "6 a"), ("Anger", "133"), ("Überweg", "9 a"), ("Überweg", "10"), ("Zaun", "1")]


def test_unit_numbers_sort_naturally() -> None:
    assert sorted(["1-9-10", "1-9-9", "1-10-1", "1-9-9a"], key=natural) == ["1-9-9", "1-9-9a", "1-9-10", "1-10-1"]
