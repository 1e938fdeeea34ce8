"""axe finds nothing: on every named route that shows a page, with data, empty and with errors, light and dark, phone and wide."""

import re
import time
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from stories.conftest import Demo
from stories.crawl import Crawler, example_of
from stories.installation import Installation

pytestmark = pytest.mark.browser

LOOKS = [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light"), (390, 844, "dark")]
ROLES = ["admin", "operator", "firm", "private_owner", "tenant"]
"""The managing roles see the administrator's pages or fewer."""

FACES = {"order": 8, "ticket": 4, "firm_job": 4, "sub_property": 4, "visit_step": 4, "quote_request": 2}
"""Routes whose pages look different by state or kind -> how many of them are looked at; of all others one."""

# Named routes that a crawl of a running demo cannot show, each with the reason.
NO_PAGE = {
    "health": "answers a program",
    "account_api_key_reveal": "takes a POST; shown in test_the_clerks_day",
    "account_api_key_rotate": "takes a POST; shown in test_the_clerks_day",
    "account_api_key_end": "takes a POST",
    "account_api_key": "with one key the page account_api_keys shows it",
    "account_api_key_picture": "a picture inside the key's page",
    "mfa_login_webauthn": "answers the browser's passkey dialogue",
    "mfa_reauthenticate_webauthn": "needs a passkey; the same form as mfa_reauthenticate",
    "mfa_authenticate": "second step of a login; tested with a real code in test_second_factor",
    "mfa_reauthenticate": "needs a second factor; tested in test_second_factor",
    "mfa_activate_totp": "asks for the password again first; tested in test_second_factor",
    "mfa_list_webauthn": "asks for the password again first; tested in test_second_factor",
    "start": "the page that home shows",
    "mfa_add_webauthn": "asks for the password again first; tested in test_second_factor",
    "mfa_deactivate_totp": "needs a second factor; tested in test_second_factor",
    "mfa_view_recovery_codes": "needs a second factor; tested in test_second_factor",
    "mfa_generate_recovery_codes": "needs a second factor; tested in test_second_factor",
    "mfa_remove_webauthn": "needs a passkey",
    "account_inactive": "shown to somebody whose access was ended",
    "first_operator": "only on an empty installation: test_the_first_page_of_an_empty_installation",
    "accept_invitation": "only with a link from a mail: test_pages_behind_links_of_mails",
    "firm_appeal": "the demo's firm has appealed already; shown in test_rating_pages",
    "quote_file_by_link": "a picture behind the link of a mail",
    "open_login_link": "only with a link from a mail: test_pages_behind_links_of_mails",
    "new_ticket_questions": "a piece of new_ticket, fetched as soon as the fault is chosen; shown in test_damage_report",
    "order_insurance": "a file, for a claim",
    "calendar_feed": "answers a calendar program",
    "field_worker": "answers a program",
    "field_manifest": "answers a program",
    "field_jobs": "answers a program",
    "firm_job_files": "takes a POST",
    "join_quote_request": "takes a POST",
    "tenant_report_photo_show": "a picture of the report under way",
    "report_photo_show": "a picture of the report under way",
    "tenant_status_photo": "a picture",
    "status_photo": "a picture",
    "tenant_status_live": "a piece of tenant_status, fetched again and again",
    "status_live": "a piece of status, fetched again and again",
    "quote_bill": "a file, after the quotes are opened; server/tests/marketplace/test_pages.py",
    "quote_by_link": "only with the link of a mail; the form of firm_request",
    "owner_approval": "only with the link of a mail; server/tests/marketplace/test_pages.py",
}


def findings(page: Page) -> list[str]:
    """What axe says about the page as it stands, one line each."""
    report = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html'][:160]} {[check['message'] for check in node['any']][:1]}"
        for violation in report.response["violations"]
        for node in violation["nodes"]
    ]


def open_as(browser: Browser, demo: Demo, role: str | None, look: tuple[int, int, str]) -> BrowserContext:
    width, height, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE", reduced_motion="reduce"
    )
    if role:
        page = context.new_page()
        page.goto(f"{demo.base_url}/")
        page.locator(f'form[action="/login/demo/{role}/"] button').click()
        page.wait_for_load_state()
        page.close()
    return context


@pytest.fixture(scope="module")
def crawled(browser: Browser, demo: Demo, routes: list[dict[str, object]]) -> dict[str | None, Crawler]:
    """What each role finds by following links, after a clerk filled in what the export does not bring."""
    found: dict[str | None, Crawler] = {}
    for role in [None, *ROLES]:
        crawler = Crawler(demo.base_url, routes, per_route=9)
        context = open_as(browser, demo, role, LOOKS[0])
        page = context.new_page()
        if role == "admin":
            _fill(page, demo)
        crawler.walk(page, "/")
        if role is None:
            crawler.walk(page, "/login/")
        if role == "admin":
            crawler.walk(page, "/logout/")
            for kind in ("unit", "tenant", "landlord"):
                crawler.per_route += 3
                crawler.walk(page, f"/sub-properties/?type={kind}")
            for address in _unlinked(crawler):
                crawler.walk(page, address)
        context.close()
        found[role] = crawler
    return found


def _unlinked(crawler: Crawler) -> list[str]:
    """Pages that only a form with chosen rows leads to, or a state that the demo does not have."""
    ticket, order, firm = (crawler.found[name][0] for name in ("ticket", "order", "firm"))
    chosen = urlsplit(ticket).path.split("/")[2]
    return [
        f"/tickets/step/?id={chosen}",
        f"/tickets/together/?id={chosen}",
        f"{urlsplit(order).path}invoice/",
        f"{urlsplit(firm).path}gates/power_out_flat/",
    ]


def _fill(page: Page, demo: Demo) -> None:
    """A group, a saved view's worth of own data: pages that only own data show."""
    page.goto(f"{demo.base_url}/property-groups/new/")
    page.get_by_label(re.compile("Name|Bezeichnung")).first.fill("Musterquartier")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def test_every_named_route_is_shown_or_excused(
    browser: Browser, demo: Demo, crawled: dict[str | None, Crawler], routes: list[dict[str, object]]
) -> None:
    shown = {name for crawler in crawled.values() for name in [*crawler.found, *crawler.passed]}
    context = open_as(browser, demo, "admin", LOOKS[0])
    unseen = []
    for route in routes:
        if route["name"] in shown or route["name"] in NO_PAGE:
            continue
        address = example_of(str(route["path"]))
        status = context.request.get(demo.base_url + address, max_redirects=0).status
        if status != 405:  # 405: takes a POST only
            unseen.append((route["name"], status))
    context.close()
    assert not unseen, unseen


def both_widths(page: Page) -> list[str]:
    """What axe finds on the page as it stands, wide and on a phone, and whether it is wider than the window."""
    said = []
    for width, height, _ in LOOKS[::2]:
        page.set_viewport_size({"width": width, "height": height})
        said += [f"{width} px: {line}" for line in findings(page)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            said.append(f"{width} px: {wider} px wider than the window")
    return said


def every_look(page: Page, url: str) -> list[str]:
    """Light and dark, each loaded anew: a scheme that changes under a page's feet is no look of its own."""
    said = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(url)
        said += [f"{scheme}: {line}" for line in both_widths(page)]
    return said


@pytest.mark.parametrize("role", [None, *ROLES], ids=lambda role: role or "nobody")
def test_with_data(browser: Browser, demo: Demo, crawled: dict[str | None, Crawler], role: str | None) -> None:
    context = open_as(browser, demo, role, LOOKS[0])
    page = context.new_page()
    bad = {}
    for name, addresses in crawled[role].found.items():
        for address in addresses[: FACES.get(name, 1)]:
            if said := every_look(page, demo.base_url + address):
                bad[address] = said
    context.close()
    assert bad == {}


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
