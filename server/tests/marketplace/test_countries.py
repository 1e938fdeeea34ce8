"""A British manager works with the British catalogue: its services, its gates, its rate of value added tax, its pounds."""

import re
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from gewerk.catalogue.queries import services
from gewerk.identity.countries import COUNTRIES, usual_vat

from .conftest import Matter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "rate", "currency", "foreign"),
    [("GB", "20", "GBP", "empty_flat_refurbish"), ("AT", "20", "EUR", "empty_flat_refurbish"), ("DE", "19", "EUR", "")],
)
def test_each_country_has_its_own_catalogue_vat_and_currency(
    new_matter: Any, country: str, rate: str, currency: str, foreign: str
) -> None:
    matter: Matter = new_matter(country=country, sent=False)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(matter.staff_person)
    assert matter.request.currency == currency
    edit = client.get(reverse("edit_quote_request", args=[matter.request.pk])).content.decode()
    menu = re.search(r"<select name=\"service\".*?</select>", edit, re.DOTALL)
    assert menu
    offered = set(re.findall(r'<option value="([a-z_0-9]+)"', menu[0]))
    assert offered == {one.code for one in services(country)}
    assert not foreign or foreign not in offered
    items = client.get(reverse("order_items", args=[matter.order.pk])).content.decode()
    assert f'name="item-rate" value="{rate}"' in items, "an empty row begins with the country's rate"
    price = client.get(reverse("new_framework_price", args=[matter.firms[0].pk])).content.decode()
    assert re.search(rf'name="vat_rate" value="{rate}"', price)


def test_a_british_firm_is_vetted_by_british_papers(factories: ModuleType, new_matter: Any) -> None:
    matter: Matter = new_matter(country="GB", sent=False, service="boiler_service_gas", firms=1)
    firm = matter.firms[0]
    type(firm).objects.filter(pk=firm.pk).update(country="GB", language="en", currency="GBP")
    factories.firm_trades(firm, "heating")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(matter.staff_person)
    shown = client.get(reverse("quote_request", args=[matter.request.pk])).content.decode()
    assert "Gas Safe" in shown
    assert "Handwerk" not in shown
    firm.refresh_from_db()
    for kind in ("company_registration", "public_liability", "gas_safe"):
        factories.evidence(firm, kind=kind, trades=("heating",))
    shown = client.get(reverse("quote_request", args=[matter.request.pk])).content.decode()
    assert "evidence complete" in shown


def test_every_country_that_an_organisation_may_have_has_a_rate() -> None:
    assert all(500 <= usual_vat(code) <= 3_000 for code in COUNTRIES)
    assert (usual_vat("DE"), usual_vat("GB"), usual_vat("CH"), usual_vat("FI")) == (1_900, 2_000, 810, 2_550)
