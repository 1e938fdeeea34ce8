"""A second factor with a real code, the sessions list, and the pages that only somebody with a second factor sees."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Browser, Page

from stories.installation import Access, Installation
from stories.looks import findings

pytestmark = pytest.mark.browser


def code(secret: str, at: float) -> str:
    """RFC 6238 with SHA-1, 30 seconds, six digits: written here, so that the server is checked by something else."""
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    place = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def log_in(page: Page, base_url: str, access: Access) -> None:
    page.goto(f"{base_url}/login/")
    page.locator("input[name=login]").fill(access.email)
    page.locator("input[name=password]").fill(access.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()


def confirm_password(page: Page, access: Access) -> None:
    """Type the password again where a page asks for it."""
    if "/reauthenticate/" in page.url:
        assert findings(page) == []
        page.locator("input[type=password]").fill(access.password)
        page.locator("main form:has(input[type=password]) button[type=submit]").first.click()
        page.wait_for_load_state()


def test_a_second_factor_is_set_up_asked_for_and_listed(
    browser: Browser, installation: Installation, access: Access
) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    log_in(page, installation.base_url, access)
    page.goto(f"{installation.base_url}/account/security/app/")
    confirm_password(page, access)
    assert findings(page) == []
    secret = re.search(r"\b([A-Z2-7]{32})\b", page.content().replace(" ", " "))
    assert secret, "the page shows the secret for those who cannot scan"
    page.locator("input[name=code]").fill(code(secret.group(1), time.time()))
    page.locator("main form:has(input[name=code]) button[type=submit]").first.click()
    page.wait_for_load_state()
    for path in ("", "recovery-codes/", "recovery-codes/new/", "app/end/", "passkeys/", "passkeys/add/"):
        page.goto(f"{installation.base_url}/account/security/{path}")
        confirm_password(page, access)
        assert findings(page) == [], path

    second = browser.new_context(locale="de-DE")
    other = second.new_page()
    log_in(other, installation.base_url, access)
    assert "/login/code/" in other.url
    assert findings(other) == []
    # allauth takes each code once: wait for the next one.
    used = code(secret.group(1), time.time())
    while (fresh := code(secret.group(1), time.time())) == used:
        time.sleep(1)
    other.locator("input[name=code]").fill(fresh)
    other.locator("main form:has(input[name=code]) button[type=submit]").first.click()
    other.wait_for_url(re.compile(r"/(start/)?$"))

    page.goto(f"{installation.base_url}/account/security/")
    page.locator('form[action$="/sessions/end/"] button').first.click()
    page.wait_for_load_state()
    other.goto(f"{installation.base_url}/properties/")
    assert "/login/" in other.url, "an ended session is out at once"
    second.close()
    context.close()
