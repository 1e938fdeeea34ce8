"""Forms: locked fields, errors beside the field with the input kept, and what happens when somebody else was faster."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from gewerk.entrypoints.web.manager.address_forms import tidy_phone, tidy_postcode
from gewerk.portfolio.models import Property, PropertyGroup, SubProperty

pytestmark = pytest.mark.django_db

HOUSE = {"street": "Anger", "house_number": "7", "postcode": "99084", "city": "Erfurt", "country": "DE"}


def test_a_property_a_unit_and_a_tenant_by_hand(office: Any) -> None:
    browser = office.browser
    one = browser.post("/properties/new/", HOUSE, follow=True)
    house = Property.objects.get()
    assert "Anger 7" in one.content.decode()
    assert (house.source, house.name, house.external_id) == ("manual", "Anger 7", None)
    unit = {"name": "3", "usage": "living", "occupancy": "vacant", "living_area_m2": "64,35", "floor": "2"}
    assert browser.post(f"/properties/{house.pk}/units/new/", unit).status_code == 302
    flat = SubProperty.objects.get(type="unit")
    assert (str(flat.living_area_m2), flat.property_id) == ("64.35", house.pk)
    tenant = {
        "kind": "natural",
        "first_name": "Jonas",
        "last_name": "Wiebe",
        "email": "wiebe@example.org",
        "phone": "0176 12345678",
        "contract_start": "2026-01-01",
        "role": "main_tenant",
    }
    assert browser.post(f"/sub-properties/new/tenant/?unit={flat.pk}", tenant).status_code == 302
    somebody = SubProperty.objects.get(type="tenant")
    assert somebody.name == "Jonas Wiebe"
    assert somebody.phones[0]["e164"] == "+4917612345678"
    assert list(somebody.units.all()) == [flat]
    assert "Jonas Wiebe" in browser.get(f"/properties/{house.pk}/").content.decode()


def test_errors_stand_beside_the_field_and_the_input_stays(office: Any) -> None:
    answer = office.browser.post("/properties/new/", {**HOUSE, "postcode": "123", "street": "Straße des 17. Juni"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Das ist keine Postleitzahl des gewählten Landes" in html
    assert 'href="#id_postcode"' in html
    assert 'value="Straße des 17. Juni"' in html
    assert 'value="123"' in html
    assert not Property.objects.exists()


def test_locked_fields_are_no_inputs_and_cannot_be_forced(office: Any, house: Any) -> None:
    address = reverse("edit_property", args=[house.property.pk])
    html = office.browser.get(address).content.decode()
    assert 'name="street"' not in html
    assert 'name="storeys"' in html
    assert "Felder mit Schloss führt das ERP" in html
    forced = {"street": "Woanders", "storeys": "4", "version": "1", "country": "DE", "postcode": "44137"}
    office.browser.post(address, forced)
    house.property.refresh_from_db()
    assert (house.property.street, house.property.storeys) == ("Lindemannstraße", 4)


def test_somebody_was_faster(office: Any, house: Any) -> None:
    address = reverse("edit_property", args=[house.property.pk])
    first = {"storeys": "4", "construction_year": "1959", "version": "1", "country": "DE", "postcode": "44137"}
    assert office.browser.post(address, first).status_code == 302
    late = {**first, "storeys": "5"}
    answer = office.browser.post(address, late)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Inzwischen hat jemand diesen Datensatz geändert" in html
    assert "gespeichert ist 4, Sie haben 5 eingegeben" in html
    assert 'name="storeys" value="5"' in html
    house.property.refresh_from_db()
    assert house.property.storeys == 4
    # The page carries the present version: saving again is a decision.
    assert 'name="version" value="2"' in html
    assert office.browser.post(address, {**late, "version": "2"}).status_code == 302
    house.property.refresh_from_db()
    assert house.property.storeys == 5


def test_contract_dates_and_names_are_checked(office: Any, house: Any) -> None:
    address = f"/sub-properties/new/tenant/?unit={house.vacant.pk}"
    wrong = {"kind": "natural", "role": "main_tenant", "contract_start": "2026-05-01", "contract_end": "2026-04-30"}
    html = office.browser.post(address, wrong).content.decode()
    assert "Der Vertrag endet, bevor er beginnt." in html
    assert "Geben Sie einen Nachnamen oder eine Firma an." in html
    assert "Das ist keine Telefonnummer" in office.browser.post(address, {**wrong, "phone": "abends"}).content.decode()


def test_archive_by_hand_and_back(office: Any, factories: ModuleType) -> None:
    one = factories.property_(office.organisation, source="manual")
    page = office.browser.post(reverse("archive_property", args=[one.pk]), follow=True).content.decode()
    assert "Wieder aktivieren" in page
    assert "archiviert" in page
    office.browser.post(reverse("restore_property", args=[one.pk]))
    one.refresh_from_db()
    assert one.archived_at is None
    led = factories.property_(office.organisation)
    assert (
        "Dieser Datensatz kommt aus dem ERP"
        in office.browser.post(reverse("archive_property", args=[led.pk]), follow=True).content.decode()
    )


def test_many_properties_get_somebody_responsible_and_a_group(office: Any, factories: ModuleType) -> None:
    colleague = factories.person(office.organisation, role="housing_manager", first_name="Tim", last_name="Albers")
    houses = [factories.property_(office.organisation) for _ in range(3)]
    ids = [str(h.pk) for h in houses]
    assert "3 Objekte" in office.browser.get("/properties/responsible/", {"id": ids}).content.decode()
    office.browser.post("/properties/responsible/", {"id": ids, "responsible": str(colleague.pk), "deputy": ""})
    assert {p.responsible_id for p in Property.objects.all()} == {colleague.pk}
    assert "Es gibt noch keine Gruppe" in office.browser.get("/properties/group/", {"id": ids}).content.decode()
    office.browser.post("/property-groups/new/", {"name": "Quartier Nord"})
    group = PropertyGroup.objects.get()
    answer = office.browser.post("/properties/group/", {"id": ids, "group": str(group.pk), "back": "city=Dortmund"})
    assert answer.headers["Location"] == "/properties/?city=Dortmund"
    assert group.properties.count() == 3
    assert "3 Objekte" in office.browser.get(f"/property-groups/{group.pk}/").content.decode()
    office.browser.post(f"/property-groups/{group.pk}/members/{ids[0]}/leave/")
    assert group.properties.count() == 2
    same = office.browser.post(
        "/properties/responsible/", {"id": ids[:1], "responsible": str(colleague.pk), "deputy": str(colleague.pk)}
    )
    assert "zwei verschiedene Personen" in same.content.decode()


def test_references_come_and_go(office: Any, house: Any) -> None:
    address = reverse("add_reference", args=["property", house.property.pk])
    page = office.browser.post(address, {"system": "Versorger", "reference": "4711"}, follow=True).content.decode()
    assert "4711" in page
    again = office.browser.post(address, {"system": "Versorger", "reference": "4711"}, follow=True).content.decode()
    assert "Diese Nummer steht schon da." in again


@pytest.mark.parametrize(
    ("country", "typed", "written"),
    [
        ("DE", "44137", "44137"),
        ("DE", " 04277 ", "04277"),
        ("AT", "1010", "1010"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "M1 1AE", "M1 1AE"),
        ("NL", "1012 ab", "1012 AB"),
        ("PT", "1000-001", "1000-001"),
        ("DE", "", ""),
    ],
)
def test_postcodes_are_written_as_the_country_does(country: str, typed: str, written: str) -> None:
    assert tidy_postcode(typed, country) == written


@pytest.mark.parametrize(
    ("country", "typed"), [("DE", "1010"), ("AT", "44137"), ("GB", "44137"), ("DE", "4413A"), ("GB", "AAAA 1AA")]
)
def test_a_postcode_of_another_country_is_refused(country: str, typed: str) -> None:
    with pytest.raises(ValidationError):
        tidy_postcode(typed, country)


@pytest.mark.parametrize(
    ("country", "typed", "written"),
    [
        ("DE", "0231 123456", "+49231123456"),
        ("AT", "01 5123456", "+4315123456"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("DE", "+43 1 5123456", "+4315123456"),
    ],
)
def test_telephone_numbers_start_from_the_country(country: str, typed: str, written: str) -> None:
    assert tidy_phone(typed, country) == written


def test_an_austrian_and_a_british_office_keep_their_forms(open_office: Callable[..., Any]) -> None:
    vienna, london = open_office("AT"), open_office("GB")
    assert (
        vienna.browser.post(
            "/properties/new/", {"street": "Ring", "city": "Wien", "postcode": "1010", "country": "AT"}
        ).status_code
        == 302
    )
    british = {
        "street": "Downing Street",
        "house_number": "10",
        "city": "London",
        "postcode": "sw1a2aa",
        "country": "GB",
    }
    page = london.browser.post("/properties/new/", british, follow=True).content.decode()
    assert "10 Downing Street" in page
    assert "London SW1A 2AA" in page
    assert "Master data" in page
    house = Property.objects.get(organisation=london.organisation)
    unit = {"name": "1", "usage": "living", "occupancy": "let", "living_area_m2": "1234.5"}
    london.browser.post(f"/properties/{house.pk}/units/new/", unit)
    assert "1,234.50\u00a0m²" in london.browser.get(f"/properties/{house.pk}/").content.decode()
