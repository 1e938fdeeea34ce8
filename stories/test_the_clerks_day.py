"""What a clerk does on the first day, in the demo that ``./gewerk up`` started: log in, search, open a property, see the run's
report; and the administrator rotates the key."""

import re
import urllib.error
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from stories.conftest import Demo
from stories.installation import Access, Installation, export, fetch_token
from stories.test_second_factor import confirm_password, log_in

pytestmark = pytest.mark.browser


def _as(browser: Browser, demo: Demo, role: str) -> Page:
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(f"{demo.base_url}/")
    page.locator(f'form[action="/login/demo/{role}/"] button').click()
    page.wait_for_load_state()
    return page


TENANTS = r"Mieter\s+(\d+)"
NO_MAIL = r"(\d+)  Mieter ohne E-Mail-Adresse"


def _said(demo: Demo, words: str) -> int:
    """A number of the run of this very day: contracts begin and end, so tomorrow's may be another. Not said: none."""
    found = re.search(words, demo.said)
    return int(found[1]) if found else 0


def test_up_says_ready_and_fills_the_stock(demo: Demo) -> None:
    assert f"ready {demo.base_url}/" in demo.said
    assert "Traceback" not in demo.said
    for line in (r"Objekte\s+40\b", r"Einheiten\s+547\b", r"Eigentümer\s+155\b"):
        assert re.search(line, demo.said)
    kept_back = (NO_MAIL, r"(\d+)  Verträge beendet", r"(\d+)  Verträge beginnen erst später")
    assert _said(demo, TENANTS) + sum(_said(demo, words) for words in kept_back) == 760, (
        "contracts begin and end with the days, but the export's stay as many"
    )


def test_the_stock_is_seen_searched_and_opened(browser: Browser, demo: Demo) -> None:
    page = _as(browser, demo, "housing_officer")
    start = page.locator("main").inner_text()
    for number in ("40", "547", str(_said(demo, r"leer: (\d+)")), str(_said(demo, NO_MAIL))):
        assert number in start
    page.get_by_role("link", name="Objekte", exact=True).first.click()
    page.wait_for_load_state()
    search = page.locator("main input[type=search]").first
    search.fill("ahrenweg dortmund")
    search.press("Enter")
    page.wait_for_load_state()
    rows = page.locator("tbody th a")
    expect(rows).to_have_count(1)
    assert "Am Ährenweg 24" in rows.first.inner_text()
    rows.first.click()
    page.wait_for_url(re.compile(r"/properties/[0-9a-f-]{36}/"))
    body = page.locator("main").inner_text()
    assert "1-638-94" in body
    assert "44287" in body
    page.context.close()


def test_the_runs_report_names_what_is_to_be_done(browser: Browser, demo: Demo) -> None:
    page = _as(browser, demo, "housing_manager")
    page.goto(f"{demo.base_url}/integrations/")
    page.locator("main a[href*='/integrations/']").first.click()
    page.wait_for_load_state()
    page.locator("main a[href*='/runs/']").first.click()
    page.wait_for_load_state()
    body = page.locator("main").inner_text()
    for word in ("547", str(_said(demo, TENANTS)), "155", "verwaltungseinheiten.csv", str(_said(demo, NO_MAIL))):
        assert word in body
    page.context.close()


def test_the_demo_has_work_in_every_state(browser: Browser, demo: Demo) -> None:
    page = _as(browser, demo, "housing_manager")
    page.goto(f"{demo.base_url}/orders/")
    rows = page.locator("main tbody")
    for state in ("erledigt", "vergeben", "Nachtrag wartet", "wartet auf Freigabe"):
        assert state in rows.inner_text()
    page.context.close()


def test_the_key_is_shown_after_the_password_and_rotated(
    browser: Browser, installation: Installation, access: Access
) -> None:
    token = fetch_token(installation.base_url, access)
    page = browser.new_context(locale="de-DE").new_page()
    log_in(page, installation.base_url, access)
    page.goto(f"{installation.base_url}/account/api-keys/")
    assert access.client_id in page.locator("main").inner_text()
    assert access.client_secret not in page.content(), "hidden until asked for"

    page.locator('form[action$="/secret/"] button').click()
    confirm_password(page, access)
    assert access.client_secret in page.content()

    page.goto(f"{installation.base_url}/account/api-keys/")
    page.locator('input[name=overlap][value="0"]').check(force=True)
    page.locator('form[action$="/rotate/"] button[type=submit]').click()
    confirm_password(page, access)
    page.locator('form[action$="/secret/"] button').click()
    confirm_password(page, access)
    fresh = page.locator("#client-secret").inner_text()
    assert fresh != access.client_secret

    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch_token(installation.base_url, access)
    assert refused.value.code == 401
    assert fetch_token(installation.base_url, replace(access, client_secret=fresh))
    assert export(installation.base_url, access, "properties", token=token) == [], "a token made before stays valid"
    page.context.close()
