"""axe finds nothing on the pages of everybody but the administrator, on those of an empty organisation, with errors and of refusals."""

import re
import time
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from stories.conftest import Demo
from stories.crawl import Crawler
from stories.installation import Installation
from stories.looks import LOOKS, ROLES, bad_looks, both_widths, crawl_as, every_look, findings, open_as

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", [None, *ROLES[1:]], ids=lambda role: role or "nobody")
def test_with_data(browser: Browser, demo: Demo, routes: list[dict[str, object]], role: str | None) -> None:
    assert bad_looks(browser, demo, crawl_as(browser, demo, routes, role), role) == {}


@pytest.fixture
def empty(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A page logged in, with the password, to an organisation that has nothing yet."""
    access = installation.organisation("DE")
    context = browser.new_context(locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{installation.base_url}/login/")
    page.locator("input[name=login]").fill(access.email)
    page.locator("input[name=password]").fill(access.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/(start/)?$"))
    yield page
    context.close()


def test_empty(empty: Page, installation: Installation, routes: list[dict[str, object]]) -> None:
    crawler = Crawler(installation.base_url, routes, per_route=1)
    crawler.walk(empty, "/")
    assert len(crawler.found) > 8
    bad = {}
    for addresses in crawler.found.values():
        if said := every_look(empty, installation.base_url + addresses[0]):
            bad[addresses[0]] = said
    assert bad == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_errors(
    empty: Page, installation: Installation, routes: list[dict[str, object]], scheme: Literal["light", "dark"]
) -> None:
    """Every form is sent empty: the page says what is wrong, and axe finds nothing on it."""
    empty.emulate_media(color_scheme=scheme)
    crawler = Crawler(installation.base_url, routes, per_route=1)
    crawler.walk(empty, "/")
    bad, with_errors = {}, 0
    for addresses in crawler.found.values():
        address = addresses[0]
        empty.goto(installation.base_url + address)
        if not empty.locator("main form[method=post] :is(input, select)[required]").count():
            continue
        empty.evaluate(
            """() => {
              const form = document.querySelector('main form[method=post]:has([required])');
              form.noValidate = true;
              const fields = 'input:not([type=hidden]):not([type=checkbox]):not([type=radio])';
              form.querySelectorAll(fields).forEach(field => { field.value = ''; });
            }"""
        )
        empty.locator("main form[method=post]:has([required]) button[type=submit]").first.click()
        empty.wait_for_load_state()
        with_errors += bool(empty.locator("[aria-invalid=true]").count())
        if said := both_widths(empty):
            bad[address] = said
    assert with_errors >= 4
    assert bad == {}


def test_refusals(browser: Browser, demo: Demo) -> None:
    """Not found, not allowed, not logged in."""
    context = open_as(browser, demo, "housing_officer", LOOKS[0])
    page = context.new_page()
    for path, status in (
        ("/gibt-es-nicht/", 404),
        ("/account/api-keys/", 403),
        (f"/properties/{'0' * 8}-0000-7000-8000-{'0' * 12}/", 404),
    ):
        answer = page.goto(demo.base_url + path)
        assert answer is not None
        assert answer.status == status
        assert findings(page) == []
        assert page.locator("html").get_attribute("lang") == "de"
    context.close()


def test_the_first_page_of_an_empty_installation(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = Installation(data=tmp_path_factory.mktemp("fresh"))
    try:
        fresh.start()
        context = browser.new_context(locale="de-DE")
        page = context.new_page()
        page.goto(f"{fresh.base_url}/")
        assert urlsplit(page.url).path == "/first-operator/"
        assert every_look(page, page.url) == []
        context.close()
    finally:
        fresh.stop()


def test_pages_behind_links_of_mails(browser: Browser, demo: Demo) -> None:
    """A login link asked for, read in the demo's outbox by the operator, opened and used by the clerk."""
    visitor = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844}).new_page()
    visitor.goto(f"{demo.base_url}/login/link/")
    visitor.locator("input[type=email]").fill("sabine.krueger@demo.example")
    visitor.locator("main button[type=submit]").first.click()
    visitor.wait_for_load_state()
    assert findings(visitor) == []

    context = open_as(browser, demo, "operator", LOOKS[2])
    page = context.new_page()
    link = None
    patience = time.monotonic() + 30
    while link is None and time.monotonic() < patience:
        page.goto(f"{demo.base_url}/operator/outbox/")
        link = re.search(r"/login/link/[^\s\"<]+", page.content())
    context.close()
    assert link, "the worker put no mail into the outbox"

    visitor.goto(demo.base_url + link.group(0))
    assert findings(visitor) == []
    visitor.locator("main form button[type=submit]").first.click()
    visitor.wait_for_url(re.compile(r"/(start/)?$"))
    assert "Krüger" in visitor.locator("body").inner_text()
    visitor.context.close()
