"""A German, an Austrian and a British organisation in one installation: the portfolio story, each in its own way of writing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from stories.conftest import EXPORTS
from stories.installation import Access, Connection, Installation, export
from stories.test_second_factor import log_in

pytestmark = pytest.mark.browser

# Country -> folder, street to look for, its postcode and place, phone with the country's prefix, heading of the list, time zone.
COUNTRIES = {
    "AT": ("austria", r"^\d{4}$", "+43", "Objekte", "de"),
    "GB": ("britain", r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$", "+44", "Properties", "en"),
}


def _logged_in(browser: Browser, installation: Installation, access: Access) -> Page:
    page = browser.new_context(locale="fr-FR").new_page()
    log_in(page, installation.base_url, access)
    return page


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_portfolio_story_abroad(browser: Browser, installation: Installation, tmp_path: Path, country: str) -> None:
    folder, postcode, prefix, heading, language = COUNTRIES[country]
    german = installation.organisation("DE")
    access = installation.organisation(country)
    connection = Connection(
        tmp_path, installation.base_url, access, "table-folder", EXPORTS / folder, {"country": country}
    )
    run = connection.json("apply")
    assert sum(c["refused"] for c in run["counts"].values()) == 0
    properties = export(installation.base_url, access, "properties")
    tenants = export(installation.base_url, access, "sub-properties", type="tenant")
    assert len(properties) == run["counts"]["property"]["created"] > 0
    assert all(re.match(postcode, p["address"]["postcode"]) for p in properties)
    assert {p["address"]["country"] for p in properties} == {country}
    numbers = [phone["e164"] for t in tenants for phone in t["phones"] if phone["e164"]]
    assert any(number.startswith(prefix) for number in numbers)
    assert export(installation.base_url, german, "properties") == []

    page = _logged_in(browser, installation, access)
    page.goto(f"{installation.base_url}/properties/")
    assert page.locator("html").get_attribute("lang") == language
    assert heading in page.locator("h1").inner_text()
    first = next(p for p in properties if p["address"]["street"])
    page.goto(f"{installation.base_url}/properties/?q={first['address']['postcode'].replace(' ', '+')}")
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()
    body = page.locator("main").inner_text()
    assert first["address"]["postcode"] in body
    assert first["address"]["city"] in body
    page.goto(f"{installation.base_url}/account/company/")
    assert page.locator("select[name=currency], input[name=currency]").first.input_value() == (
        "GBP" if country == "GB" else "EUR"
    )
    assert page.locator("select[name=time_zone], input[name=time_zone]").first.input_value() == (
        "Europe/London" if country == "GB" else "Europe/Vienna"
    )
    page.context.close()


def test_a_wrong_postcode_is_refused_in_the_words_of_the_country(browser: Browser, installation: Installation) -> None:
    for country, wrong, right in (("AT", "44137", "1010"), ("GB", "44137", "SW1A 1AA")):
        page = _logged_in(browser, installation, installation.organisation(country))
        page.goto(f"{installation.base_url}/properties/new/")
        page.locator("input[name=street]").fill("High Street" if country == "GB" else "Ringstraße")
        page.locator("input[name=house_number]").fill("5")
        page.locator("input[name=city]").fill("Westminster" if country == "GB" else "Wien")
        page.locator("input[name=postcode]").fill(wrong)
        page.locator("main form:has(input[name=postcode]) button[type=submit]").first.click()
        page.wait_for_load_state()
        assert page.locator("input[name=postcode]").get_attribute("aria-invalid") == "true"
        assert page.locator("input[name=postcode]").input_value() == wrong
        page.locator("input[name=postcode]").fill(right)
        page.locator("main form:has(input[name=postcode]) button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/properties/[0-9a-f-]{36}/"))
        assert right in page.locator("main").inner_text()
        page.context.close()
