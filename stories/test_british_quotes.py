"""A British manager has its boilers serviced: its own small catalogue and gates, pounds, 20 % VAT, British postcodes, English throughout.

The engineer on the Gas Safe Register quotes by the link of the mail; whoever is not on it cannot. No German word on any page or mail.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from stories.installation import Installation
from stories.mailbox import Mailbox, link_in
from stories.test_damage_report import PHONE, Program, tap
from stories.test_drip_to_mended import post
from stories.test_second_factor import log_in
from stories.test_three_firms import day, seed, sound

pytestmark = pytest.mark.browser
__all__ = ["post"]

SERVICE = "boiler_service_gas"
SAFE, UNSAFE = "gas@safe.example", "cheap@boiler.example"
GERMAN = re.compile(
    r"\b(Angebot|Anfrage|Betrieb|Auftrag|Frist|Netto|Brutto|MwSt|Uhr|vergeben|Nachweis\w*|und|der|die|das|nicht)\b"
)


def read(page: Page) -> str:
    """What stands there; English, in pounds."""
    text = page.locator("main").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    assert not GERMAN.search(text), GERMAN.search(text)
    assert "€" not in text
    return text


def test_gas_engineers_in_london(browser: Browser, post: tuple[Installation, Mailbox]) -> None:
    installation, box = post
    access = installation.organisation("GB")
    program = Program(installation, access)
    address = {
        "street": "Chester Terrace",
        "house_number": "14",
        "postcode": "NW1 4ND",
        "city": "London",
        "country": "GB",
    }
    building = {"external_id": "L-1", "name": "14 Chester Terrace", "address": address}
    place = program("POST", "/properties/upsert", {"records": [building]})["results"][0]["id"]
    order_id = program(
        "POST", "/work-orders", {"property_id": place, "title": "Service the boiler", "trade": "heating"}
    )["id"]
    firms = {
        email: program("POST", "/firms", {"name": name, "email": email, "trades": ["heating"]})["id"]
        for name, email in (("Bright Boilers Ltd", SAFE), ("Cheap Heat Ltd", UNSAFE))
    }
    seed(installation, "vet", firms[SAFE], SERVICE, "300")
    asked = program(
        "POST",
        "/quote-requests",
        {
            "work_order_id": order_id,
            "title": "Service the boiler",
            "service": SERVICE,
            "items": [{"text": "Boiler service", "quantity": "1", "unit": "pcs"}],
            "firm_ids": list(firms.values()),
            "deadline_at": (datetime.now(UTC) + timedelta(days=6)).isoformat(),
        },
    )
    path = f"/quote-requests/{asked['id']}"
    assert asked["currency"] == "GBP"
    office = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    desk = office.new_page()
    log_in(desk, installation.base_url, access)
    desk.goto(f"{installation.base_url}{path}/edit/")
    read(desk)
    assert desk.locator("select[name=service] option").count() < 80, "its own small catalogue"
    desk.goto(f"{installation.base_url}{path}/")
    expect(desk.locator("#firms li", has_text="Cheap Heat")).to_contain_text("Gas Safe")
    assert sound(desk)
    tap(desk, "^Ask for quotes$|^Send$|^Request quotes$")
    read(desk)

    def answers(email: str, price: str) -> Page:
        page = browser.new_context(locale="en-GB", viewport=PHONE).new_page()
        mail = box.wait_for(email, "please send us a quote")
        assert not GERMAN.search(mail.split("http")[0]), mail
        page.goto(link_in(mail, "/quotes/by-link/"))
        assert "NW1 4ND London" in read(page)
        assert page.locator("[name=rate]").input_value() == "20"
        page.locator("#items input[name^=price-]").fill(price)
        page.locator("#valid_until").fill(day(90))
        tap(page, "^Submit the quote$|^Submit quote$")
        return page

    safe = answers(SAFE, "120.50")
    assert "£144.60" in read(safe)
    assert sound(safe)
    unsafe = answers(UNSAFE, "60.00")
    expect(unsafe.locator("[role=alert]")).to_contain_text("Gas Safe")
    read(unsafe)

    seed(installation, "days", "7")
    box.wait_for(access.email, "the quotes are opened")
    desk.goto(f"{installation.base_url}{path}/")
    shown = read(desk)
    assert "£144.60" in shown
    assert "£120.50" in shown
    assert sound(desk)
    award = desk.locator("#award")
    award.get_by_label("Bright Boilers Ltd").check()
    award.locator("#award-reason").fill("The only one on the register.")
    tap(desk, "^Award$")
    assert "£144.60" in read(desk)
    order = program("GET", f"/work-orders/{order_id}")
    assert (order["state"], order["firm_id"], order["currency"]) == ("awarded", firms[SAFE], "GBP")
    desk.goto(f"{installation.base_url}/orders/{order_id}/")
    assert "£144.60" in read(desk)
