"""What the manager's pages say, and that they say it in as many queries for one row as for fifty."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from gewerk.entrypoints.web.manager.record_words import phone_words
from gewerk.identity.models import Role
from gewerk.portfolio.models import FieldChange, IntegrationRun

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    """What somebody reads: the page's text without tags, in one line."""
    html = answer.content.decode()
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def row_of(answer: Any, name: str) -> str:
    """The table row in which the name stands, as text."""
    for row in re.findall(r"<tr\b.*?</tr>", answer.content.decode(), flags=re.DOTALL):
        words = " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).replace("\u00a0", " ").split())
        if name in words:
            return words
    raise AssertionError(f"no row with {name}")


def test_the_front_page_says_how_the_stock_is(office: Any, house: Any, run: IntegrationRun) -> None:
    answer = office.browser.get("/")
    text = text_of(answer)
    assert re.search(r"Guten (Morgen|Tag|Abend), Frau Krüger", text)
    assert "1 Objekt" in text
    assert "3 Einheiten 2 vermietet" in text
    assert "1 leer 33,3 % aller Einheiten" in text
    assert "154 Mieter ohne E-Mail" in text
    assert "Letzter Abgleich mit Wodis Sigma" in text
    assert "Fertig, 1 Datensätze zurückgehalten" in text
    assert "1 × Einheit ohne Gebäude" in text
    assert row_of(answer, "Einheiten").startswith("Einheiten 14 0 0 0 1")
    for address in ("/properties/", "/sub-properties/?type=unit", "occupancy=vacant", "finding=tenant_without_email"):
        assert address in answer.content.decode()


def test_an_empty_installation_says_how_to_fill_it(open_office: Callable[..., Any]) -> None:
    office = open_office()
    for address in ("/", "/properties/", "/sub-properties/?type=tenant"):
        text = text_of(office.browser.get(address))
        assert "ERP anbinden" in text
        assert "Objekt von Hand anlegen" in text
    steps = text_of(office.browser.get("/integrations/"))
    assert "gewerk-connect plan --config connection.toml" in steps
    assert 'kind = "wodis-sigma"' in steps
    assert "http://localhost" in steps


def test_the_list_shows_units_vacancy_and_sums(
    office: Any, house: Any, run: IntegrationRun, factories: ModuleType
) -> None:
    factories.property_(office.organisation, street="Anger", house_number="7", city="Erfurt", external_id="2-1-1")
    answer = office.browser.get("/properties/")
    assert row_of(answer, "Lindemannstraße 12 a").startswith(
        "Lindemannstraße 12 a 44137 Dortmund 1-9-66 3 1 64,35 m² Befund niemand"
    )
    assert "nichts offen" in row_of(answer, "Anger 7")
    assert row_of(answer, "2 Objekte").startswith("2 Objekte 3 1 33,3 % 64,35 m²")
    assert text_of(answer).index("Anger 7") < text_of(answer).index("Lindemannstraße 12 a")
    turned = text_of(office.browser.get("/properties/?sort=-address"))
    assert turned.index("Anger 7") > turned.index("Lindemannstraße 12 a")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("city=Erfurt", ["Anger 7"]),
        ("vacancy=10", ["Lindemannstraße 12 a"]),
        ("finding=yes", ["Lindemannstraße 12 a"]),
        ("responsible=none&usage=living", ["Lindemannstraße 12 a"]),
        ("responsible=me", []),
        ("client=2", ["Anger 7"]),
        ("state=archived", []),
        ("group=not-an-id", []),
        ("vacancy=abc", []),
        ("sort=nonsense&columns=number.nonsense&page=99", ["Anger 7", "Lindemannstraße 12 a"]),
    ],
)
def test_filters_narrow_the_list(
    office: Any, house: Any, run: IntegrationRun, factories: ModuleType, query: str, found: list[str]
) -> None:
    factories.property_(office.organisation, street="Anger", house_number="7", city="Erfurt", client_number="2")
    answer = office.browser.get(f"/properties/?{query}")
    assert answer.status_code == 200
    rows = re.findall(r'<th scope="row"><a href="/properties/[^"]+">([^<]+)</a>', answer.content.decode())
    assert [unescape(r) for r in rows] == found


def test_the_sentence_says_how_much_of_the_whole_is_shown(office: Any, house: Any, factories: ModuleType) -> None:
    factories.property_(office.organisation, city="Erfurt")
    assert "1 von 2 Objekten" in text_of(office.browser.get("/properties/?city=Erfurt"))
    assert "1 von 3 Einheiten" in text_of(office.browser.get("/sub-properties/?type=unit&occupancy=vacant"))
    assert "2 Mieter" in text_of(office.browser.get("/sub-properties/?type=tenant"))


def test_nothing_found_leads_back_to_everything(office: Any, house: Any) -> None:
    answer = office.browser.get("/properties/?q=gibtesnicht&city=Dortmund")
    assert "Nichts gefunden" in text_of(answer)
    assert 'href="/properties/?"' in answer.content.decode()


def test_a_view_is_saved_under_its_name(office: Any, house: Any) -> None:
    office.browser.post(
        "/views/", {"listing": "properties", "name": "Nur Dortmund", "query": "city=Dortmund", "back": "/properties/"}
    )
    answer = office.browser.get("/properties/?city=Dortmund")
    assert "Nur Dortmund" in text_of(answer)
    assert "Diese Ansicht entfernen" in text_of(answer)


def test_the_way_back_stays_in_this_installation(office: Any) -> None:
    for bad in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        answer = office.browser.post("/views/", {"listing": "properties", "name": "x", "query": "", "back": bad})
        assert answer.headers["Location"] == "/properties/"


def test_the_property_page_says_who_lives_there(office: Any, house: Any) -> None:
    answer = office.browser.get(reverse("property", args=[house.property.pk]))
    text = text_of(answer)
    assert "44137 Dortmund. 3 Einheiten: 2 vermietet, 1 leer." in text
    assert row_of(answer, "2. OG links").startswith("1 2. OG links Wohnung 64,35 m² Jonas Wiebe seit 01.04.2021")
    assert "Vermietet, Mieter nicht übertragen" in row_of(answer, "EG")
    assert "Kontakt eintragen" in row_of(answer, "EG")
    vacant = row_of(answer, "Keller")
    assert "leer" in vacant
    assert "Amelie Vogt" in vacant
    assert "davor: Kevin Stratmann" in vacant
    assert "Eigentümer: Dr. Paul Reimann" in text
    assert text.index("2. OG links") < text.index("Keller"), "unit 2 comes before unit 10"


def test_locked_fields_give_their_reason_and_own_fields_may_change(office: Any, house: Any) -> None:
    html = office.browser.get(reverse("property", args=[house.property.pk])).content.decode()
    facts = html[html.index('id="facts"') :]
    street = re.search(r"<div><dt>((?:(?!</div>).)*Straße.*?)</div>", facts, re.DOTALL)
    assert street is not None
    assert "Vom ERP geführt" in street[1]
    assert "der nächste Lauf bringt es mit" in street[1]
    assert "<a " not in street[1]
    year = re.search(r"<dt>Baujahr</dt>(.*?)</div>", facts, re.DOTALL)
    assert year is not None
    assert "Ändern" in year[1]


def test_history_tells_the_erp_from_people(office: Any, house: Any, factories: ModuleType) -> None:
    def changed(kind: str, field: str, old: Any, new: Any) -> None:
        FieldChange.objects.create(
            organisation=office.organisation,
            object_type="property",
            object_id=house.property.pk,
            at=factories.NOW,
            actor_kind=kind,
            actor_id=office.person.pk if kind == "person" else None,
            field=field,
            old=old,
            new=new,
        )

    changed("key", "construction_year", 1958, 1959)
    changed("person", "property_type", None, "Wohnhaus")
    address = reverse("property", args=[house.property.pk])
    everything = text_of(office.browser.get(address))
    assert "Baujahr von 1958 auf 1959" in everything
    assert "Art von leer auf Wohnhaus" in everything
    assert "Baujahr von 1958" not in text_of(office.browser.get(f"{address}?who=person"))
    assert "Wohnhaus" not in text_of(office.browser.get(f"{address}?who=program"))


def test_unit_and_people_pages(office: Any, house: Any) -> None:
    unit = text_of(office.browser.get(reverse("sub_property", args=[house.let.pk])))
    assert "Lindemannstraße 12 a, 2. OG links" in unit
    assert "Jetzt Jonas Wiebe seit 01.04.2021" in unit
    assert "Eigentümer Dr. Paul Reimann" in unit
    silent = text_of(office.browser.get(reverse("sub_property", args=[house.silent.pk])))
    assert "Die Einheit gilt trotzdem als vermietet" in silent
    tenant = office.browser.get(reverse("sub_property", args=[house.tenant.pk]))
    assert f"mailto:{house.tenant.email}" in tenant.content.decode()
    assert "Lindemannstraße 12 a, 44137 Dortmund" in text_of(tenant)
    owner = text_of(office.browser.get(reverse("sub_property", args=[house.owner.pk])))
    assert "weder eine E-Mail-Adresse noch eine Telefonnummer" in owner


def test_access_is_given_from_the_tenants_page(office: Any, house: Any, factories: ModuleType) -> None:
    today = timezone.localdate()
    former = factories.tenant(house.let, contract_end=today - timedelta(days=1))
    for one, offered in ((house.tenant, True), (former, False), (house.owner, False), (house.let, False)):
        page = office.browser.get(reverse("sub_property", args=[one.pk])).content.decode()
        assert (reverse("invite_tenant", args=[one.pk]) in page) is offered, one.name


def test_the_run_page_groups_findings_and_says_what_to_do(office: Any, house: Any, run: IntegrationRun) -> None:
    address = reverse("integration_run", args=[run.integration_id, run.pk])
    answer = office.browser.get(address)
    text = text_of(answer)
    assert "Lauf 129" in text
    assert row_of(answer, "Einheit ohne Gebäude").endswith(
        "1-9-71-4, verwaltungseinheiten.csv, Zeile 214 Gebäude im ERP anlegen oder seine Nummer an der Einheit berichtigen. zurückgehalten"
    )
    assert "Vermietete Einheiten 470" in text
    assert "gewerk-connect explain" in text
    assert "153 weitere Befunde stehen im Bericht des Konnektors" in text
    assert reverse("sub_property", args=[house.let.pk]) in answer.content.decode(), "a finding leads to its record"
    one = text_of(office.browser.get(f"{address}?finding=unit_without_building"))
    assert "1-9-71-4" in one
    assert "1-601499-15099" not in one


def test_search_finds_every_kind(office: Any, house: Any) -> None:
    for record, search in (
        (house.property, "lindemannstrasse 12 a 1 9 66"),
        (house.let, "1 9 66 1"),
        (house.tenant, "jonas wiebe"),
        (house.owner, "dr paul reimann"),
    ):
        type(record).objects.filter(pk=record.pk).update(search=search)
    assert "Lindemannstraße 12 a" in text_of(office.browser.get("/search/?q=Lindemannstr."))
    assert "Jonas Wiebe" in text_of(office.browser.get("/search/?q=wiebe"))
    assert "Dr. Paul Reimann" in text_of(office.browser.get("/search/?q=REIMANN"))
    assert "Nichts gefunden" in text_of(office.browser.get("/search/?q=gibtesnicht"))
    assert office.browser.get("/search/?q=%00%25").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/properties/",
        "/properties/?q=linde&sort=-vacancy",
        "/sub-properties/?type=unit",
        "/sub-properties/?type=tenant",
        "{house}",
        "/search/?q=wiebe",
    ],
)
def test_fifty_rows_cost_as_many_queries_as_one(
    office: Any, house: Any, run: IntegrationRun, factories: ModuleType, address: str
) -> None:
    address = address.format(house=reverse("property", args=[house.property.pk]))
    type(house.property).objects.update(search="lindemannstrasse")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert office.browser.get(address).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for _ in range(55):
        other = factories.property_(office.organisation, responsible=office.person, search="lindemannstrasse")
        factories.tenant(factories.unit(other), search="wiebe")
        factories.tenant(factories.unit(house.property), search="wiebe")
    assert queries() == few


def test_only_managing_people_get_in(open_office: Callable[..., Any]) -> None:
    for role, status in ((Role.FINANCE_OFFICER, 200), (Role.TENANT, 403), (Role.FIRM, 403), (Role.OPERATOR, 403)):
        office = open_office(role=role)
        for address in ("/properties/", "/sub-properties/", "/property-groups/", "/integrations/", "/search/"):
            assert office.browser.get(address).status_code == status, (role, address)
    finance = open_office(role=Role.FINANCE_OFFICER).browser
    assert finance.get("/properties/new/").status_code == 403
    assert "Objekt anlegen" not in text_of(finance.get("/properties/"))


def test_units_come_by_street_then_by_number(office: Any, house: Any) -> None:
    numbers = re.findall(
        r'class="id">(1-9-66-\d+)</td>', office.browser.get("/sub-properties/?type=unit").content.decode()
    )
    assert numbers == ["1-9-66-1", "1-9-66-2", "1-9-66-10"]
    turned = re.findall(
        r'class="id">(1-9-66-\d+)</td>', office.browser.get("/sub-properties/?type=unit&sort=-unit").content.decode()
    )
    assert turned == numbers[::-1]


def test_people_and_companies_stand_in_one_alphabet(office: Any, house: Any, factories: ModuleType) -> None:
    for first, last, company in [
        ("Anna", "Zander", ""),
        ("", "", "Ätna GmbH"),
        ("Jörg", "Ünal", ""),
        ("", "", "Bäckerei Sönnichsen"),
    ]:
        name = company or f"{first} {last}"
        factories.tenant(house.let, name=name, first_name=first, last_name=last, company_name=company)
    text = text_of(office.browser.get("/sub-properties/?type=tenant"))
    order = [text.index(name) for name in ("Ätna GmbH", "Bäckerei Sönnichsen", "Jörg Ünal", "Anna Zander")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("phone", "country", "read"),
    [
        ({"e164": "+4917612345678"}, "DE", "0176 12345678"),
        ({"e164": "+4917612345678"}, "AT", "+49 176 12345678"),
        ({"e164": "+442079460958"}, "GB", "020 7946 0958"),
        ({"e164": None, "raw": "kein Telefon"}, "DE", "kein Telefon"),
    ],
)
def test_telephone_numbers_read_as_they_are_dialled(phone: dict[str, Any], country: str, read: str) -> None:
    assert phone_words(phone, country) == read
