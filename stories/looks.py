"""How pages look to whom: what axe finds on them, light and dark, phone and wide, for each role that a crawl logs in."""

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from stories.conftest import Demo
from stories.crawl import Crawler

LOOKS = [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light"), (390, 844, "dark")]
ROLES = ["admin", "operator", "firm", "private_owner", "tenant"]
"""The managing roles see the administrator's pages or fewer."""

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours: all that can differ between light and dark, which change nothing else."""

FACES = {"order": 8, "ticket": 4, "firm_job": 4, "sub_property": 4, "visit_step": 4, "quote_request": 6}
"""Routes whose pages look different by state or kind -> how many of them are looked at; of all others one."""


def findings(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe says about the page as it stands, one line each. ``only``: these rules."""
    chosen = {"runOnly": {"type": "rule", "values": list(only)}} if only else {}
    report = Axe().run(page, options={"resultTypes": ["violations"], **chosen})
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


def crawl_as(browser: Browser, demo: Demo, routes: list[dict[str, object]], role: str | None) -> Crawler:
    """What this role finds by following links; the administrator after filling in what the export does not bring."""
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
    return crawler


def bad_looks(browser: Browser, demo: Demo, crawler: Crawler, role: str | None) -> dict[str, list[str]]:
    """Address -> what is wrong with its looks, for as many pages of each route as ``FACES`` says."""
    context = open_as(browser, demo, role, LOOKS[0])
    page = context.new_page()
    bad = {}
    for name, addresses in crawler.found.items():
        for address in addresses[: FACES.get(name, 1)]:
            if said := every_look(page, demo.base_url + address):
                bad[address] = said
    context.close()
    return bad


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


def both_widths(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, wide and on a phone, and whether it is wider than the window."""
    said = []
    for width, height, _ in LOOKS[::2]:
        page.set_viewport_size({"width": width, "height": height})
        said += [f"{width} px: {line}" for line in findings(page, only=only)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            said.append(f"{width} px: {wider} px wider than the window")
    return said


def every_look(page: Page, url: str) -> list[str]:
    """Light and dark, each loaded anew: a scheme that changes under a page's feet is no look of its own.

    The scheme changes colours alone, so that in the dark the rules about colours say all there is to say.
    """
    said = []
    schemes: tuple[tuple[Literal["light", "dark"], tuple[str, ...]], ...] = (
        ("light", ()),
        ("dark", ("color-contrast",)),
    )
    for scheme, only in schemes:
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        said += [f"{scheme}: {line}" for line in both_widths(page, only=only)]
    return said
