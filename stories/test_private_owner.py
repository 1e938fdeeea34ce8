"""A private owner without an ERP: registers by mail, enters the flat, describes the job with photos from a phone, gets sealed quotes
from vetted firms near by, compares, awards. The firms answer by the links of their mails; nobody has to know anybody before.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from stories.installation import Installation
from stories.mailbox import Mailbox, link_in
from stories.test_damage_report import PHONE, picture, tap
from stories.test_drip_to_mended import PASSWORD, post
from stories.test_three_firms import quote, sound

pytestmark = pytest.mark.browser
__all__ = ["post"]

OWNER = "petra.lindner@example.org"
NEAR, FAR_OFF = "hahn-und-rohr@example.org", "rohrfix@example.org"


def seed(installation: Installation, *arguments: str) -> Any:
    return json.loads(installation.python("-m", "stories.seed_quotes", *arguments))


def register(page: Page, installation: Installation, box: Mailbox) -> None:
    page.goto(f"{installation.base_url}/login/")
    page.get_by_role("link", name="Betrieb finden").click()
    page.get_by_label("Ihr Name").fill("Petra Lindner")
    page.get_by_label("E-Mail").fill(OWNER)
    assert sound(page)
    tap(page, "Per E-Mail weiter")
    page.goto(link_in(box.wait_for(OWNER, "Bitte bestätigen Sie Ihre E-Mail-Adresse"), "/invitations/"))
    expect(page.locator("input[name=first_name]")).to_have_value("Petra")
    page.locator("input[name=password]").fill(PASSWORD)
    assert sound(page)
    tap(page, "^Weiter")


def test_from_the_registration_to_the_award(
    browser: Browser, post: tuple[Installation, Mailbox], tmp_path: Path
) -> None:
    installation, box = post
    firms = {}
    for name, email, postcode in (("Hahn und Rohr", NEAR, "44135"), ("Rohrfix", FAR_OFF, "44139")):
        firms[email] = seed(installation, "join", name, email, "plumbing", postcode)
        seed(installation, "vet", firms[email], "tap_drips", "300")
    seed(installation, "join", "Ungeprüft", "ungeprueft@example.org", "plumbing", "44135")
    photo = tmp_path / "hahn.jpg"
    photo.write_bytes(picture(1200, 900))
    at_home = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin", viewport=PHONE, has_touch=True)
    page = at_home.new_page()

    # Registered, the address entered, the job described: from a phone.
    register(page, installation, box)
    expect(page.get_by_role("heading", name="Meine Aufträge")).to_be_visible()
    assert sound(page)
    page.get_by_role("link", name="Arbeit beschreiben").click()
    for name, text in (
        ("street", "Kronprinzenstraße"),
        ("house_number", "84"),
        ("postcode", "44135"),
        ("city", "Dortmund"),
        ("flat", "3. OG rechts"),
    ):
        page.locator(f"input[name={name}]").fill(text)
    assert sound(page)
    tap(page, "Adresse speichern")
    page.locator("#q").fill("Wasserhahn")
    tap(page, "^Suchen")
    assert sound(page)
    page.get_by_role("link", name=re.compile("^Wasserhahn tropft")).click()
    page.get_by_label("Beschreibung").fill("Der Hahn in der Küche tropft seit Montag.")
    page.locator("#photos").set_input_files(photo)
    page.get_by_label("Telefon").fill("0231 123456")
    assert sound(page)
    tap(page, "Angebote anfordern")
    expect(page.locator("main")).to_contain_text("versiegelt")
    expect(page.locator("#firms li")).to_have_count(2)
    expect(page.locator("#photos img")).to_have_count(1)
    assert sound(page)
    request_url = page.url

    # Two vetted firms answer by link; the third, whose papers nobody has seen, was not asked.
    street = browser.new_context(locale="de-DE", viewport=PHONE, has_touch=True)
    for email, price in ((NEAR, "80,00"), (FAR_OFF, "95,00")):
        van = street.new_page()
        van.goto(link_in(box.wait_for(email, "bitte um Ihr Angebot"), "/quotes/by-link/"))
        expect(van.locator("main")).to_contain_text("44135 Dortmund")
        expect(van.locator("main")).not_to_contain_text("Kronprinzenstraße")
        shown = van.locator("#matter img")
        shown.scroll_into_view_if_needed()
        assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
        quote(van, price)
        expect(van.locator("main")).to_contain_text("Ihr Angebot ist eingegangen")
        van.close()
    assert box.to("ungeprueft@example.org") == []
    page.goto(request_url)
    expect(page.locator("main")).not_to_contain_text("95,20")
    expect(page.locator("#compare")).to_have_count(0)

    # Eight days later: opened, compared, awarded; nobody else has to agree.
    seed(installation, "days", "8")
    page.goto(link_in(box.wait_for(OWNER, "die Angebote sind geöffnet"), "/quote-requests/"))
    expect(page.locator("#compare")).to_contain_text("95,20")
    expect(page.locator("#compare")).to_contain_text("113,05")
    expect(page.locator("main")).not_to_contain_text("Eigentümer um Zustimmung bitten")
    assert sound(page)
    page.locator("#award").get_by_label("Hahn und Rohr").check()
    page.locator("#award-reason").fill("Günstiger und näher.")
    page.locator("#award").get_by_role("button", name="Vergeben").click()
    expect(page.locator("#record")).to_contain_text("95,20")
    box.wait_for(NEAR, "Sie haben den Auftrag")
    assert "Günstiger und näher." in box.wait_for(FAR_OFF, "diesmal hat ein anderer Betrieb den Auftrag")
    page.goto(f"{installation.base_url}/")
    expect(page.locator("#jobs")).to_contain_text("Hahn und Rohr")
    page.get_by_role("link", name="Wasserhahn tropft", exact=True).click()
    expect(page.locator("#items")).to_contain_text("95,20")
    at_home.close()
    street.close()
