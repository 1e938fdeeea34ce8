"""Maps of the demo: the day with its stops, the firms that are found; by keyboard, in all looks, and without a word to another host."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from stories.conftest import Demo
from stories.looks import LOOKS, every_look, open_as

pytestmark = pytest.mark.browser


def _day_with_a_visit(page: Page, demo: Demo) -> str:
    """Of the next days, the one with the demo's visit."""
    for month in ("", page.locator('a[aria-label="Später"]').get_attribute("href") or ""):
        page.goto(f"{demo.base_url}{month or '/calendar/?view=month'}")
        day = page.locator(".month-day:has(.visit-entry) .month-date").first
        if day.count():
            return re.search(r"day=([\d-]+)", day.get_attribute("href") or "")[1]  # type: ignore[index]
    raise AssertionError("the demo has no visit in this month or the next")


def test_the_day_as_a_map(browser: Browser, demo: Demo) -> None:
    for role in ("admin", "firm"):
        context = open_as(browser, demo, role, LOOKS[0])
        page = context.new_page()
        asked: list[str] = []

        def note(request: Request, to: list[str] = asked) -> None:
            to.append(urlsplit(request.url).netloc)

        page.on("request", note)
        page.goto(f"{demo.base_url}/calendar/?view=month")
        day = _day_with_a_visit(page, demo)
        page.goto(f"{demo.base_url}/calendar/?view=day&day={day}")
        page.get_by_role("link", name="Karte des Tages").click()
        page.wait_for_url(re.compile("view=map"))
        pin = page.get_by_role("group", name="Karte des Tages").get_by_role("link").first
        pin.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("#stop-1$"))
        assert page.locator("#stop-1").is_visible()
        assert every_look(page, page.url.split("#")[0]) == []
        assert set(asked) == {urlsplit(demo.base_url).netloc}
        context.close()


def test_firms_on_a_map(browser: Browser, demo: Demo) -> None:
    context = open_as(browser, demo, "admin", LOOKS[0])
    page = context.new_page()
    page.goto(f"{demo.base_url}/firms/find/?place=44137")
    page.get_by_role("link", name="Karte", exact=True).click()
    firms = page.get_by_role("group", name="Betriebe auf der Karte").get_by_role("link")
    assert firms.count() > 1
    assert "Dortmund" in (firms.last.get_attribute("aria-label") or "")
    assert "km" in page.locator("#firm-2").inner_text()
    assert every_look(page, page.url) == []
    context.close()
