"""A passkey with Chromium's own virtual authenticator: added, used to log in, asked for again, removed."""

import os
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_passkey_replaces_the_password(live_server: Any, factories: ModuleType) -> None:
    cache.clear()
    person = factories.person(factories.organisation())
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Started here and not by a fixture: its event loop must not run while Django sets the database up and clears it.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("GEWERK_CHROMIUM", "/usr/bin/chromium"), args=sandbox
        )
        try:
            _walk(browser.new_page(locale="de-DE"), live_server.url, person.email, factories.PASSWORD)
        finally:
            browser.close()


def _walk(page: Page, base_url: str, email: str, password: str) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))

    page.goto(f"{base_url}/login/")
    page.get_by_label("E-Mail", exact=True).fill(email)
    page.get_by_label("Passwort", exact=True).fill(password)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.goto(f"{base_url}/account/security/passkeys/add/")
    page.get_by_label("Passwort", exact=True).fill(password)
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_label("Name").fill("Büro-PC")
    page.get_by_label("Damit allein anmelden, ohne Passwort").check()
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_role("heading", name="Ersatzcodes")).to_be_visible()
    page.goto(f"{base_url}/account/security/")
    expect(page.get_by_text("Büro-PC").first).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{base_url}/login/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url(f"{base_url}/")
    page.goto(f"{base_url}/account/security/")
    expect(page.get_by_text("Büro-PC").first).to_be_visible()

    page.get_by_role("link", name="Entfernen").click()
    page.get_by_role("link", name="Passkey benutzen").click()
    page.get_by_role("button", name="Passkey benutzen").click()
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_text("Büro-PC")).to_have_count(0)
    assert refused == []
