"""The script of the look in a real browser: rows by keyboard, the bulk bar, menus, dialogs, theme, drafts; axe on all of it."""

import os
from collections.abc import Callable
from pathlib import Path

import gewerk_ui
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
STATIC = Path(gewerk_ui.__file__).parent / "static"
HOST = "http://look.test"
POLICY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
ROWS = [("Adlerstraße 72", "/1/", 12), ("Borsigplatz 4", "/2/", 13), ("Übelgönne 26", "/3/", 8)]
PAGE = (Path(__file__).parent / "a_list.html").read_text()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ.get("GEWERK_CHROMIUM", "/usr/bin/chromium"), "args": sandbox}


@pytest.fixture
def show(page: Page) -> Callable[[], Page]:
    """Opens the page above with the policy of the platform; no server, no login."""
    navigation = [{"label": "Objekte", "url": "/", "icon": "building-2", "active": True}]
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
            route.fulfill(body=file.read_bytes(), content_type=kind[file.suffix])
            return
        theme = next((c["value"] for c in page.context.cookies() if c.get("name") == "gewerk_theme"), "")
        request = RequestFactory().get("/")
        request.COOKIES["gewerk_theme"] = theme
        context = {
            "rows": ROWS,
            "navigation": {"main": navigation, "below": []},
            "user_card": {"initials": "SK", "name": "Sabine Krüger", "role": "Objektleitung", "url": "/account/"},
        }
        with translation.override("de"):
            html = Template(CottonCompiler().process(PAGE)).render(RequestContext(request, context))
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=POLICY)

    page.route(f"{HOST}/**", answer)

    def opened() -> Page:
        page.goto(HOST + "/")
        assert not refused
        return page

    return opened


def test_rows_are_walked_chosen_and_opened_by_keyboard(show: Callable[[], Page]) -> None:
    page = show()
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    for key in ("j", "x", "j", "j", "x", "j"):
        page.keyboard.press(key)
    expect(bar).to_be_visible()
    assert bar.locator("b").inner_text() == "2 ausgewählt"
    assert bar.locator(".bulk-sum").inner_text() == "20 Einheiten"
    assert page.locator("[data-select-all]").evaluate("box => box.indeterminate")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(HOST + "/2/")


def test_choosing_all_and_clearing(show: Callable[[], Page]) -> None:
    page = show()
    page.locator("[data-select-all]").check()
    assert page.locator("[data-bulk] b").inner_text() == "3 ausgewählt"
    page.get_by_role("button", name="Auswahl aufheben").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    assert page.locator(".t input:checked").count() == 0


def test_the_whole_row_is_a_link(show: Callable[[], Page]) -> None:
    page = show()
    page.locator("tbody tr").nth(2).locator("td.num").click()
    page.wait_for_url(HOST + "/3/")


def test_typing_in_a_field_triggers_no_key(show: Callable[[], Page]) -> None:
    page = show()
    page.keyboard.press("/")
    page.keyboard.type("jx?/k")
    expect(page.get_by_label("Objekte suchen")).to_have_value("jx?/k")
    expect(page.locator("#keys")).to_be_hidden()
    assert page.locator(".t input:checked").count() == 0


def test_menus_and_dialogs_open_and_close(show: Callable[[], Page]) -> None:
    page = show()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tasten")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Objekt anlegen").click()
    expect(page.get_by_role("dialog", name="Objekt anlegen")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Schließen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".filters summary").click()
    expect(page.get_by_role("link", name="Dortmund")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Dortmund")).to_be_hidden()


def test_the_theme_is_kept(show: Callable[[], Page]) -> None:
    page = show()
    page.locator(".user-card").first.click()
    page.get_by_role("button", name="Dunkel").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(11, 18, 19)"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".user-card").first.click()
    page.get_by_role("button", name="Wie Gerät").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") is None


def test_a_draft_comes_back_but_no_password(show: Callable[[], Page]) -> None:
    page = show()
    page.get_by_label("Notiz").fill("Schlüssel beim Hausmeister")
    page.get_by_label("Passwort").fill("geheim")
    page.reload()
    expect(page.get_by_label("Notiz")).to_have_value("Schlüssel beim Hausmeister")
    expect(page.get_by_label("Passwort")).to_have_value("")
    assert "geheim" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_what_was_done_is_said_with_the_way_back(show: Callable[[], Page]) -> None:
    page = show()
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_role("status").filter(has_text="Kopiert")).to_be_visible()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('gewerk:toast', {detail: {text: '<b>3</b> archiviert', undo: '/undo/'}}))"
    )
    toast = page.get_by_role("status").filter(has_text="<b>3</b> archiviert")
    assert toast.locator("form").get_attribute("action") == "/undo/"
    toast.get_by_role("button", name="Schließen").click()
    expect(toast).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_axe_finds_nothing_and_nothing_runs_over(show: Callable[[], Page], page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    show()
    page.locator("tbody .pick input").first.evaluate("box => box.click()")
    if width < 768:
        page.get_by_role("button", name="Mehr").click()
        narrow = "[...document.querySelectorAll('.phone-bar > *, .sheet a, .sheet button, .btn, .chip')]"
        heights = page.evaluate(f"{narrow}.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)")
        assert min(heights) >= 44
    findings = Axe().run(page).response["violations"]
    assert not [(finding["id"], [node["target"] for node in finding["nodes"]]) for finding in findings]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
